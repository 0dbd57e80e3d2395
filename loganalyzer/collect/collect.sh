#!/bin/sh
# Collects what tells why a TKEStack or kubeadm node does not work, as a tar.gz that `tkelog analyze` reads.
#
#   sh collect.sh -o node.tar.gz               on the node
#   ssh root@node sh < collect.sh > node.tar.gz
#   ssh root@node sh -s -- --since 2h < collect.sh > node.tar.gz
#
# It only reads. Every command has a time and a size, secrets are masked before anything is written, what is not there
# is noted and skipped, and nothing stays behind. POSIX sh (dash, busybox, bash); no tool besides the shell is needed for
# it to end well, though without sed nothing that may hold a secret is taken.

usage() {
  cat <<'USAGE'
usage: collect.sh [-o FILE] [--root DIR [--live]] [--since DURATION] [--timeout S] [--total S] [--max-log MIB] [--host NAME]

  -o FILE         write there; default: standard output, if it is no terminal
  --root DIR      read the files below DIR: the mounted disk of a machine that does not start. Commands that would speak
                  of this machine are left out
  --live          with --root: DIR is the root of this very machine, seen from a container (kubectl debug node/NAME
                  mounts it at /host); commands are run
  --since D       of journals and pod logs, such as 6h or 2d (default 24h)
  --timeout S     seconds for one command (default 20)
  --total S       seconds for everything (default 600)
  --max-log MIB   of each log its last so many MiB (default 5)
  --host NAME     name of the node; default: its own
  --mask          only mask the secrets in standard input
USAGE
}

# ------------------------------------------------------------------------------------------------------- little tools

have() { command -v "$1" >/dev/null 2>&1; }

note() { echo "tkelog collect: $*" >&2; }

now() { # whole seconds of a clock that only goes forward, where there is one
  if read -r _up _ </proc/uptime; then echo "${_up%%.*}"; elif have date; then date +%s; else echo 0; fi 2>/dev/null
}

pause() { # a moment, then a fifth of a second; a whole one where sleep knows no fractions
  case $SLEEP in
    short) if [ "$_waits" -lt 10 ]; then sleep 0.02; else sleep 0.2; fi ;;
    long) sleep 1 ;;
    *) read -r _a _ </proc/uptime && _b=$_a && while [ "${_b%?}" = "${_a%?}" ]; do read -r _b _ </proc/uptime; done ;;
  esac 2>/dev/null
}

kill_tree() { # a process and all that it started; uses nothing but the shell
  for _status in /proc/[0-9]*/status; do
    [ -r "$_status" ] || continue
    _child= _parent=
    while read -r _key _value _; do
      case $_key in
        Pid:) _child=$_value ;;
        PPid:) _parent=$_value; break ;;
      esac
    done <"$_status" 2>/dev/null
    if [ "$_parent" = "$1" ] && [ -n "$_child" ]; then (kill_tree "$_child"); fi
  done
  kill -9 "$1" 2>/dev/null
}

limited() { # SECONDS BLOCKS OUT COMMAND...: run it, give its exit code; 124 when its time was over
  _limit=$1 _blocks=$2 _out=$3
  shift 3
  rm_f "$WORK/rc"
  (
    ulimit -f "$_blocks" 2>/dev/null
    "$@" </dev/null >"$_out" 2>&1
    echo $? >"$WORK/rc"
  ) 2>/dev/null &
  _pid=$!
  _end=$(($(now) + _limit)) _waits=0
  while kill -0 "$_pid" 2>/dev/null && [ ! -s "$WORK/rc" ]; do
    if [ "$(now)" -ge "$_end" ]; then
      kill_tree "$_pid" # what hangs in the kernel stays; it is not waited for
      return 124
    fi
    pause
    _waits=$((_waits + 1))
  done
  read -r _rc <"$WORK/rc" 2>/dev/null || _rc=125
  return "$_rc"
}

rm_f() { if have rm; then rm -f "$@"; else for _f; do : >"$_f"; done; fi; }

quoted() { # a text as JSON
  if have sed; then printf '%s' "$1" | LC_ALL=C sed 's/\\/\\\\/g; s/"/\\"/g; s/	/\\t/g' | LC_ALL=C tr_controls; return; fi
  case $1 in *[\"\\]*) printf '?' ;; *) printf '%s' "$1" ;; esac
}

tr_controls() { if have tr; then tr -d '\000-\037'; else cat; fi; }

entry() { # STATE FILE SECONDS CODE WHAT [SAID]: one line of the manifest
  [ -s "$ENTRIES" ] && printf ',\n' >>"$ENTRIES"
  printf '{"what": "%s", "file": "%s", "state": "%s", "seconds": %s, "code": %s' \
    "$(quoted "$5")" "$(quoted "$2")" "$1" "$3" "$4" >>"$ENTRIES"
  [ -z "$6" ] || printf ', "said": "%s"' "$(quoted "$6")" >>"$ENTRIES"
  printf '}' >>"$ENTRIES"
}

# ------------------------------------------------------------------------------------------------------------ secrets

# Masks keys, tokens and passwords, in YAML, JSON, URLs, headers, command lines and logs. Private keys are masked from
# BEGIN to END, block scalars of secret keys to the next key, and every line that is base64 and nothing else.
redact() {
  LC_ALL=C sed -e '
s/-----BEGIN [A-Z ]*PRIVATE KEY-----.*-----END [A-Z ]*PRIVATE KEY-----/[masked: private key]/g
/-----BEGIN [A-Z ]*PRIVATE KEY-----/,/-----END [A-Z ]*PRIVATE KEY-----/{
s/-----BEGIN [A-Z ]*PRIVATE KEY-----.*/[masked: private key]/
t
s/-----END [A-Z ]*PRIVATE KEY-----.*/[masked: end of private key]/
t
s/.*/[masked]/
b
}
s/LS0tLS1CRUdJ[A-Za-z0-9+\/=]*/[masked]/g
s/^[ 	]*[A-Za-z0-9+\/]\{48,\}=*$/[masked]/
s/\( [FP] \)[A-Za-z0-9+\/]\{48,\}=*$/\1[masked]/
s/eyJ[A-Za-z0-9_-]\{8,\}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*/[masked]/g
s/\([Bb]earer  *\)[A-Za-z0-9._~+\/=-]\{6,\}/\1[masked]/g
s/\([Bb]asic  *\)[A-Za-z0-9+\/=]\{8,\}/\1[masked]/g
s/AKID[A-Za-z0-9]\{13,\}/[masked]/g
s/AKIA[0-9A-Z]\{16\}/[masked]/g
s#\(://[^/:@ "]*:\)[^/@ "]*@#\1[masked]@#g
s/\([^A-Za-z0-9.]\)[a-z0-9]\{6\}\.[a-z0-9]\{16\}\([^A-Za-z0-9.]\)/\1[masked]\2/g
s/\([^A-Za-z0-9.]\)[a-z0-9]\{6\}\.[a-z0-9]\{16\}$/\1[masked]/
s/^[a-z0-9]\{6\}\.[a-z0-9]\{16\}$/[masked]/
s/\(docker login .*-p[ =]*\)[^ ]*/\1[masked]/g
s/\(sshpass  *-p *\)[^ ]*/\1[masked]/g
s/\(auth_pass  *\)[^ ]*/\1[masked]/g
:again
/'"$KEYS"'["'"'"']*[ 	]*:[ 	]*[|>][0-9+-]*[ 	]*$/{
:block
$b
n
/^[ 	]*["'"'"']*[A-Za-z0-9_.-]*["'"'"']*:\([ 	]\|$\)/!{
s/[^ 	].*/[masked]/
b block
}
b again
}
s/\('"$KEYS"'\\*["'"'"']*[ 	]*[:=][ 	]*\\*"\)[^"\\]*/\1[masked]/g
s/\('"$KEYS"'\\*["'"'"']*[ 	]*[:=][ 	]*'"'"'\)[^'"'"']*/\1[masked]/g
s/\('"$KEYS"'["'"'"']*[ 	]*[:=][ 	]*\)[^][ 	"'"'"',;{}&\\][^ 	"'"'"',;}&\\]*/\1[masked]/g
s/\(--'"$KEYS"'  *\)[^ -][^ ]*/\1[masked]/g
s/\(["'"'"'][Aa]uth["'"'"'][ 	]*:[ 	]*"\)[^"]*/\1[masked]/g
s/\([?&\"]code\\*"\{0,1\}[=:] *\\*"\{0,1\}\)[A-Za-z0-9._-]\{8,\}/\1[masked]/g
'
}

# The end of a key's name whose value is a secret.
KEYS='\([Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]\|[Pp][Aa][Ss][Ss][Ww][Dd]\|[Pp]ass[_-]*[Pp]hrase\|[Ss][Ee][Cc][Rr][Ee][Tt]\|[Ss]ecret[_-]*[Kk]ey\|[Ss]ecret[_-]*[Ii][Dd]\|[Aa]ccess[_-]*[Kk]ey\|[Pp]rivate[_-]*[Kk]ey\|[Aa]pi[_ -]*[Kk]ey\|[Cc]ertificate[_-]*[Kk]ey\|client-key-data\|[Tt][Oo][Kk][Ee][Nn]\|_[Pp][Aa][Ss][Ss]\|token\.csv\|password\.csv\|[Cc]redential\)'

masked() { # IN OUT KIB first|last: what may be written of it
  if have sed && [ "$4" = last ] && have tail; then
    tail -c "$(($3 * 1024))" "$1" 2>/dev/null | redact >"$2"
  elif have sed && have head; then
    head -c "$(($3 * 1024))" "$1" 2>/dev/null | redact >"$2"
  elif have sed; then
    redact <"$1" >"$2"
  else
    echo "[not taken: there is no sed that would mask secrets]" >"$2"
    return 1
  fi
}

# ------------------------------------------------------------------------------------------------------- taking things

over() { [ "$(now)" -ge "$DEADLINE" ]; }

into() { # FILE: make its directory below the node's
  case $1 in */*) mkdir -p "$NODE/${1%/*}" 2>/dev/null ;; esac
}

run() { # FILE COMMAND...: what it prints; the status is that of the command, 127 when it is not there
  _file=$1
  shift
  if ! have "$1"; then entry missing "" 0 127 "$*"; return 127; fi
  if over; then entry "no time left" "" 0 124 "$*"; return 124; fi
  into "$_file"
  _began=$(now)
  limited "$TIMEOUT" 131072 "$WORK/raw" "$@"
  _code=$?
  _took=$(($(now) - _began))
  _state=ok
  [ "$_code" = 0 ] || _state=failed
  [ "$_code" = 124 ] && _state=timeout
  _said=
  case $_code:$1 in
    0:* | 124:*) ;;
    # What a client says when its server does not answer is no log of the server.
    *:docker | *:nerdctl | *:crictl | *:kubectl | *:env)
      masked "$WORK/raw" "$WORK/clean" 1 first && while read -r _line; do _said=${_line:-$_said}; done <"$WORK/clean"
      : >"$WORK/raw"
      _file= ;;
  esac
  if [ -s "$WORK/raw" ]; then
    masked "$WORK/raw" "$WORK/clean" "${KIB:-4096}" "${END:-first}" || _state=refused
    # Append: several commands may tell of one thing.
    while :; do cat "$WORK/clean" && break; done >>"$NODE/$_file" 2>/dev/null
  fi
  rm_f "$WORK/raw" "$WORK/clean"
  entry "$_state" "$_file" "$_took" "$_code" "$*" "$_said"
  return "$_code"
}

copy() { # PATH [first|last] [KIB]: a file of the node
  _path=$ROOT$1
  if [ -L "$_path" ] && have readlink; then
    _to=$(readlink "$_path" 2>/dev/null)
    case $_to in /*) _path=$ROOT$_to ;; esac
  fi
  [ -f "$_path" ] || return 1
  if over; then entry "no time left" "" 0 124 "$1"; return 1; fi
  if [ ! -r "$_path" ]; then entry unreadable "" 0 1 "$1"; return 1; fi
  into "files$1"
  _began=$(now)
  limited "$TIMEOUT" 1048576 /dev/null masked "$_path" "$NODE/files$1" "${3:-512}" "${2:-first}"
  _code=$?
  _state=ok
  [ "$_code" = 0 ] || _state=failed
  [ "$_code" = 124 ] && _state=timeout
  entry "$_state" "files$1" "$(($(now) - _began))" "$_code" "$1"
}

live() { [ -z "$ROOT" ] || [ -n "$LIVE" ]; }

# --------------------------------------------------------------------------------------------------------- the subjects

files() {
  for _f in /etc/hosts /etc/os-release /etc/resolv.conf /etc/fstab /etc/hostname /etc/modules-load.d/tke.conf \
    /etc/sysctl.conf /etc/sysctl.d/99-tke.conf /etc/sysctl.d/k8s.conf /etc/containerd/config.toml /etc/docker/daemon.json \
    /etc/systemd/system/containerd.service /etc/systemd/system/kubelet.service /etc/systemd/system/docker.service \
    /etc/systemd/system/containerd.service.d/*.conf /etc/systemd/system/docker.service.d/*.conf \
    /etc/systemd/system/kubelet.service.d/*.conf /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf \
    /usr/lib/systemd/system/kubelet.service /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env \
    /etc/kubernetes/kubeadm-config.yaml /etc/kubernetes/scheduler-policy-config.json \
    /etc/kubernetes/tke-authz-webhook.yaml /etc/kubernetes/audit-policy.yaml /run/flannel/subnet.env \
    /etc/keepalived/keepalived.conf /etc/haproxy/haproxy.cfg /etc/crictl.yaml; do
    case $_f in *'*'*) for _g in "$ROOT"$_f; do copy "${_g#"$ROOT"}"; done ;; *) copy "$_f" ;; esac
  done
  for _dir in /etc/kubernetes/manifests /etc/cni/net.d; do
    for _f in "$ROOT$_dir"/*; do copy "${_f#"$ROOT"}"; done
  done
}

logs() {
  copy /opt/tke-installer/data/tke.log last $((LOG_KIB * 4))
  if [ -r "$ROOT/opt/tke-installer/data/tke.json" ] && have tr && have grep; then
    # The form holds every machine's password: only these keys of it are taken.
    run cmd/tke-json.txt tke_json
  fi
  _n=0
  for _f in "$ROOT"/var/log/pods/tke_*/*/*.log "$ROOT"/var/log/pods/kube-system_*/*/*.log; do
    [ -e "$_f" ] || continue
    _n=$((_n + 1))
    if [ "$_n" -gt 400 ]; then entry refused "" 0 1 "pod logs beyond the first 400"; break; fi
    copy "${_f#"$ROOT"}" last "$LOG_KIB"
  done
  END=last
  KIB=$((LOG_KIB * 4))
  for _unit in kubelet containerd docker etcd keepalived haproxy; do
    if [ -n "$ROOT" ]; then
      [ -d "$ROOT/var/log/journal" ] && run "cmd/journal-$_unit.log" \
        journalctl -D "$ROOT/var/log/journal" -u "$_unit" --since "-$SINCE" -q --no-pager -o short-iso -n 200000
    else
      run "cmd/journal-$_unit.log" journalctl -u "$_unit" --since "-$SINCE" -q --no-pager -o short-iso -n 200000
    fi
  done
  if live && ! have journalctl; then
    for _f in /var/log/messages /var/log/syslog; do copy "$_f" last $((LOG_KIB * 4)); done
  elif ! live; then
    for _f in /var/log/messages /var/log/syslog; do copy "$_f" last $((LOG_KIB * 4)); done
  fi
  live && { run cmd/dmesg.log dmesg -T || run cmd/dmesg.log dmesg; }
  END=first KIB=4096
}

tke_json() {
  tr ',{}' '\n\n\n' <"$ROOT/opt/tke-installer/data/tke.json" |
    grep -E '"(step|includeSelf|ip|port|host|replicas|domain|networkDevice|clusterCIDR|version|phase|reason|message)" *:'
}

static_pods() { grep -HE '^ *- --' "$ROOT"/etc/kubernetes/manifests/*.yaml; }

residue() {
  echo '# looked for what an earlier installation leaves'
  for _f in /root/.kube/config /etc/kubernetes /etc/kubernetes/manifests /etc/kubernetes/pki /etc/kubernetes/kubelet.conf \
    /etc/cni/net.d /var/lib/etcd /var/lib/etcd/member /var/lib/kubelet /var/lib/kubelet/pki /var/lib/cni /var/lib/containerd \
    /run/flannel /etc/docker /var/lib/docker /etc/systemd/system/kubelet.service /opt/tke-installer/data/tke.json; do
    if [ -d "$ROOT$_f" ]; then
      _count=0
      for _e in "$ROOT$_f"/*; do [ -e "$_e" ] && _count=$((_count + 1)); done
      if [ "$_count" = 1 ]; then _word=entry; else _word=entries; fi
      printf 'directory\t%s\t%s %s\n' "$_f" "$_count" "$_word"
    elif [ -e "$ROOT$_f" ]; then
      printf 'file\t%s\n' "$_f"
    fi
  done
  live && for _l in /sys/class/net/*; do
    case ${_l##*/} in cni* | flannel* | cilium* | kube-ipvs* | docker* | tunl* | cali* | galaxy*) printf 'link\t%s\n' "${_l##*/}" ;; esac
  done
  return 0
}

certificates() {
  have date && printf 'now=%s\n' "$(LC_ALL=C date -u '+%b %e %H:%M:%S %Y GMT')"
  for _f in "$ROOT"/etc/kubernetes/pki/*.crt "$ROOT"/etc/kubernetes/pki/etcd/*.crt \
    "$ROOT"/var/lib/kubelet/pki/kubelet-client-current.pem "$ROOT"/var/lib/kubelet/pki/kubelet.crt \
    "$ROOT"/opt/tke-installer/data/*.crt "$ROOT"/etc/docker/certs.d/*/*.crt; do
    [ -r "$_f" ] || continue
    echo "== ${_f#"$ROOT"}"
    openssl x509 -noout -subject -issuer -dates -in "$_f" 2>&1
    openssl x509 -noout -text -in "$_f" 2>/dev/null | grep -E '^ +(DNS|IP Address):'
  done
  for _f in "$ROOT"/etc/kubernetes/*.conf; do # only the certificate in it; it is public
    [ -r "$_f" ] && have base64 || continue
    echo "== ${_f#"$ROOT"}"
    sed -n 's/^ *client-certificate-data: *//p' "$_f" | base64 -d 2>/dev/null |
      openssl x509 -noout -subject -issuer -dates 2>&1
  done
  return 0
}

facts() {
  run cmd/residue.txt residue
  have grep && [ -d "$ROOT/etc/kubernetes/manifests" ] && run cmd/static-pod-flags.txt static_pods
  if have openssl && have sed && have grep; then run cmd/certificates.txt certificates; else entry missing "" 0 127 openssl; fi
  live || return 0
  run cmd/ip-addr.txt ip -o addr show || run cmd/ip-addr.txt ifconfig -a || proc cmd/ip-addr.txt /proc/net/fib_trie
  run cmd/ip-link.txt ip -d link
  run cmd/ip-route.txt ip route || proc cmd/ip-route.txt /proc/net/route
  run cmd/ip-route-get.txt ip -o route get 1.1.1.1
  run cmd/ss-ntlp.txt ss -ntlp || run cmd/ss-ntlp.txt netstat -ntlp || proc cmd/ss-ntlp.txt /proc/net/tcp
  run cmd/ss-nulp.txt ss -nulp || run cmd/ss-nulp.txt netstat -nulp
  run cmd/df.txt df -PkT || run cmd/df.txt df -Pk || run cmd/df.txt df
  run cmd/df-i.txt df -Pi || run cmd/df-i.txt df -i
  run cmd/timedatectl.txt timedatectl
  run cmd/chronyc-tracking.txt chronyc -n tracking
  run cmd/date.txt date
  run cmd/uname.txt uname -a || proc cmd/version.txt /proc/version
  proc cmd/swaps.txt /proc/swaps
  proc cmd/meminfo.txt /proc/meminfo
  proc cmd/mounts.txt /proc/mounts
  run cmd/lsmod.txt lsmod || proc cmd/lsmod.txt /proc/modules
  sysctls
  run cmd/getenforce.txt getenforce
  run cmd/units.txt systemctl list-units --all --plain --no-legend --no-pager \
    'kubelet*' 'containerd*' 'docker*' 'etcd*' 'crio*' 'keepalived*' 'haproxy*' 'nginx*' 'firewalld*' 'chronyd*' 'ntpd*'
  for _unit in kubelet containerd docker; do run "cmd/systemctl-status-$_unit.txt" systemctl status "$_unit" --no-pager -l; done
  run cmd/iptables-save.txt iptables-save
  run cmd/ipvsadm.txt ipvsadm -Ln
  run cmd/firewall.txt firewall-cmd --state
  run cmd/ufw.txt ufw status
  run cmd/getent-hosts.txt getent hosts registry.tke.com console.tke.com api.tke.com
  for _url in https://127.0.0.1:6443/healthz https://api.tke.com:6443/healthz http://registry.tke.com/v2/ \
    https://127.0.0.1:31138/healthz http://127.0.0.1/healthz; do
    run cmd/reachability.txt curl -sk -m 5 -o /dev/null -w "$_url %{http_code} %{time_total}s\n" "$_url"
  done
}

proc() { # FILE PATH: what the kernel shows, read by the shell itself
  [ -r "$2" ] || return 1
  into "$1"
  while IFS= read -r _line; do printf '%s\n' "$_line"; done <"$2" >>"$NODE/$1" 2>/dev/null
  entry ok "$1" 0 0 "$2"
}

sysctls() {
  into cmd/sysctl.txt
  for _key in net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables \
    net.netfilter.nf_conntrack_max net.netfilter.nf_conntrack_count fs.inotify.max_user_instances \
    fs.inotify.max_user_watches fs.file-max fs.nr_open kernel.pid_max vm.swappiness vm.overcommit_memory \
    net.ipv4.conf.all.rp_filter net.core.somaxconn kernel.panic net.ipv6.conf.all.disable_ipv6; do
    _path=/proc/sys _rest=$_key.
    while [ -n "$_rest" ]; do _path=$_path/${_rest%%.*} _rest=${_rest#*.}; done
    # cat, as dash reads byte by byte, which these files do not bear.
    [ -r "$_path" ] && printf '%s = %s\n' "$_key" "$(cat "$_path" 2>/dev/null)"
  done >"$NODE/cmd/sysctl.txt"
  entry ok cmd/sysctl.txt 0 0 "kernel parameters"
}

containers() {
  live || return 0
  run cmd/nerdctl-ps-a.txt nerdctl ps -a
  run cmd/nerdctl-k8s.io-ps-a.txt nerdctl -n k8s.io ps -a
  run cmd/nerdctl-images.txt nerdctl -n k8s.io images
  # A client of docker says little where containerd is the runtime.
  if [ -S /var/run/docker.sock ] || [ -S /run/docker.sock ]; then run cmd/docker-ps-a.txt docker ps -a; fi
  run cmd/crictl-ps-a.txt crictl ps -a
  run cmd/crictl-pods.txt crictl pods
  END=last KIB=$LOG_KIB
  for _name in tke-installer registry-http registry-https; do
    _dir=cmd/containers/${_name%-http*}
    run "$_dir/$_name.log" nerdctl logs --tail 5000 "$_name" || run "$_dir/$_name.log" docker logs --tail 5000 "$_name"
  done
  for _name in etcd kube-apiserver kube-controller-manager kube-scheduler; do # when the API server is dead
    for _id in $(ids "$_name"); do
      run "cmd/containers/$_name/$_id.log" crictl logs --tail 3000 "$_id" ||
        run "cmd/containers/$_name/$_id.log" docker logs --tail 3000 "$_id"
    done
  done
  END=first KIB=4096
  run cmd/tke-installer-images.txt nerdctl exec tke-installer docker images
}

ids() { # the newest three containers of a static pod
  if have crictl; then limited "$TIMEOUT" 2048 "$WORK/ids" crictl ps -aq --name "^$1\$"
  elif have docker; then limited "$TIMEOUT" 2048 "$WORK/ids" docker ps -aq --filter "name=k8s_${1}_"
  else return 0; fi
  _n=0
  while read -r _one && [ "$_n" -lt 3 ]; do
    case $_one in *[!0-9a-f]* | '') ;; *) echo "$_one" ;; esac
    _n=$((_n + 1))
  done <"$WORK/ids" 2>/dev/null
}

etcd() {
  live || return 0
  _pki=$ROOT/etc/kubernetes/pki/etcd
  [ -r "$_pki/ca.crt" ] && have etcdctl || { entry missing "" 0 127 etcdctl; return 0; }
  _with="--endpoints=https://127.0.0.1:2379 --cacert=$_pki/ca.crt --cert=$_pki/server.crt --key=$_pki/server.key"
  # shellcheck disable=SC2086 - these are options without blanks
  {
    run cmd/etcd-status.txt env ETCDCTL_API=3 etcdctl $_with endpoint status --cluster -w table
    run cmd/etcd-alarms.txt env ETCDCTL_API=3 etcdctl $_with alarm list
    run cmd/etcd-members.txt env ETCDCTL_API=3 etcdctl $_with member list -w table
    run cmd/etcd-dex-clients.txt env ETCDCTL_API=3 etcdctl $_with get /tke/auth-api/client/ --prefix
  }
}

cluster() {
  live || return 0
  have kubectl || { entry missing "" 0 127 kubectl; return 0; }
  for _f in "$KUBECONFIG" "$ROOT/root/.kube/config" "$ROOT/etc/kubernetes/admin.conf" \
    "$ROOT/opt/tke-installer/data/admin.kubeconfig"; do
    [ -r "$_f" ] && break
  done
  if [ -r "$_f" ]; then KUBECONFIG=$_f; export KUBECONFIG; fi
  if ! run k8s/version.txt kubectl --request-timeout=10s version; then
    entry refused "" 0 1 "the rest of kubectl: the API server does not answer"
    return 0
  fi
  k() { _to=$1; shift; run "k8s/$_to" kubectl --request-timeout=15s "$@"; }
  _cond='{range .items[*]}# {.kind} {.metadata.name}{"\n"}{range .status.conditions[*]}{.type}{"\t"}{.status}{"\t"}{.reason}{"\t"}{.message}{"\n"}{end}{end}'
  k nodes.txt get nodes -o wide
  k pods.txt get pods -A -o wide
  k conditions-nodes.txt get nodes -o "jsonpath=$_cond"
  k conditions-clusters.txt get clusters.platform.tkestack.io -o "jsonpath=$_cond"
  k conditions-machines.txt get machines.platform.tkestack.io -o "jsonpath=$_cond"
  k events.txt get events -A --sort-by=.lastTimestamp
  k describe-nodes.txt describe nodes
  k workloads-tke.txt get ds,deploy,sts,svc,ep -n tke -o wide
  k workloads-kube-system.txt get ds,deploy,sts,svc,ep -n kube-system -o wide
  k apiservices.txt get apiservices
  k cluster-info.txt -n kube-public get cm cluster-info -o yaml
  for _cm in kubeadm-config coredns kube-proxy; do k "cm-$_cm.txt" -n kube-system get cm "$_cm" -o yaml; done
  for _cm in tke-gateway tke-auth-api; do k "cm-$_cm.txt" -n tke get cm "$_cm" -o yaml; done
  KIB=$LOG_KIB END=last
  for _ns in tke kube-system; do
    limited "$TIMEOUT" 2048 "$WORK/pods" kubectl --request-timeout=10s -n "$_ns" get pods -o 'jsonpath={range .items[*]}{.metadata.name}{" "}{range .spec.containers[*]}{.name}{" "}{end}{"\n"}{end}' || continue
    while read -r _pod _containers; do
      case $_pod in *[!a-z0-9.-]* | '') continue ;; esac
      case $_ns in kube-system) case $_pod in etcd-* | kube-* | coredns* | flannel* | galaxy* | calico* | cilium*) ;; *) continue ;; esac ;; esac
      for _c in $_containers; do
        k "podlogs/$_ns/$_pod/$_c.log" -n "$_ns" logs "$_pod" -c "$_c" --tail=5000 "--since=$SINCE"
        k "podlogs/$_ns/$_pod/$_c.previous.log" -n "$_ns" logs "$_pod" -c "$_c" --tail=5000 --previous
      done
    done <"$WORK/pods"
  done
  KIB=4096 END=first
}

# ------------------------------------------------------------------------------------------------------------- the whole

hostname_of() {
  if [ -n "$ROOT" ] && [ -r "$ROOT/etc/hostname" ]; then read -r _h <"$ROOT/etc/hostname"
  elif have hostname; then _h=$(hostname 2>/dev/null)
  elif have uname; then _h=$(uname -n)
  elif [ -r /proc/sys/kernel/hostname ]; then _h=$(cat /proc/sys/kernel/hostname); fi
  case $_h in '' | *[!A-Za-z0-9._-]* | .*) _h=node-0 ;; esac
  echo "$_h"
}

workplace() { # a directory of our own that goes when we go
  umask 077
  if have mktemp; then WORK=$(mktemp -d "${TMPDIR:-/tmp}/tkelog.XXXXXX" 2>/dev/null); fi
  if [ -z "$WORK" ]; then
    for _dir in "${TMPDIR:-/tmp}" /var/tmp /run /dev/shm .; do
      if mkdir "$_dir/tkelog.$$" 2>/dev/null; then WORK=$_dir/tkelog.$$; break; fi
    done
  fi
  [ -n "$WORK" ] && [ -d "$WORK" ]
}

leave() {
  trap '' HUP INT TERM
  [ -n "$WORK" ] && [ -d "$WORK" ] && { rm -rf "$WORK" 2>/dev/null || note "cannot remove $WORK"; }
}

manifest() {
  into meta/collect.json
  _time=
  have date && _time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  {
    printf '{"schema": "tkelog.collect/v1", "host": "%s", "time": "%s", "root": "%s", "live": %s, "since": "%s",\n' \
      "$(quoted "$HOST")" "$_time" "$(quoted "${ROOT:-/}")" "$(live && echo true || echo false)" "$(quoted "$SINCE")"
    printf ' "seconds": %s, "complete": %s, "entries": [\n' "$(($(now) - STARTED))" "$(over && echo false || echo true)"
    cat "$ENTRIES" 2>/dev/null || while IFS= read -r _line; do printf '%s\n' "$_line"; done <"$ENTRIES"
    printf '\n]}\n'
  } >"$NODE/meta/collect.json"
}

pack() { # to standard output
  cd "$WORK/b" || return 1
  if have gzip; then archive | gzip -c; else archive; fi
}

archive() {
  if have tar; then tar -cf - "$HOST"; elif have bsdtar; then bsdtar -cf - "$HOST"
  else find "$HOST" -type f | cpio -o -H ustar 2>/dev/null; fi
}

borrow() { # what this machine lacks and busybox has
  have busybox || return 0
  for _tool in tar rm mkdir cat sed grep head tail tr date sleep gzip mktemp readlink; do
    have "$_tool" || eval "$_tool() { busybox $_tool \"\$@\"; }"
  done
}

gentle() { # the lowest priority there is, for this shell and all that it starts
  have renice && renice 19 $$ >/dev/null 2>&1
  have ionice && ionice -c 3 -p $$ >/dev/null 2>&1
  return 0
}

main() {
  OUT= ROOT=${TKELOG_ROOT:-} LIVE=${TKELOG_LIVE:-} SINCE=24h TIMEOUT=20 TOTAL=600 LOG_KIB=5120 HOST= WORK= END=first KIB=4096
  KUBECONFIG=${KUBECONFIG:-}
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) usage; return 0 ;;
      --mask) borrow; redact; return ;;
      --live) LIVE=1; shift; continue ;;
      -o | --root | --since | --timeout | --total | --max-log | --host)
        if [ $# -lt 2 ]; then note "$1 needs a value"; usage >&2; return 2; fi ;;
      *) note "unknown option $1"; usage >&2; return 2 ;;
    esac
    case $1 in
      -o) OUT=$2 ;;
      --root) ROOT=${2%/} ;;
      --host) HOST=$2 ;;
      --since) case $2 in *[!0-9smhd]* | '') note "--since wants a duration such as 6h"; return 2 ;; esac; SINCE=$2 ;;
      *)
        case $2 in *[!0-9]* | '') note "$1 wants a whole number"; return 2 ;; esac
        case $1 in --timeout) TIMEOUT=$2 ;; --total) TOTAL=$2 ;; --max-log) LOG_KIB=$(($2 * 1024)) ;; esac ;;
    esac
    shift 2
  done
  case $SINCE in *d) SINCE=$((${SINCE%d} * 24))h ;; esac
  if [ -n "$ROOT" ] && [ ! -d "$ROOT" ]; then note "there is no directory $ROOT"; return 2; fi
  if [ -z "$OUT" ] && [ -t 1 ]; then note "standard output is a terminal: give -o FILE"; return 2; fi
  borrow
  have tar || have bsdtar || { have cpio && have find; } || {
    note "there is no tar, bsdtar or cpio on this machine; nothing was collected"
    return 1
  }
  # `rm` makes sure that nothing stays; without it nothing is begun.
  have rm && have mkdir && have cat || { note "rm, mkdir and cat are needed; nothing was collected"; return 1; }
  workplace || { note "no directory can be written to (set TMPDIR)"; return 1; }
  trap leave EXIT
  trap 'leave; exit 130' HUP INT TERM
  if sleep 0.01 2>/dev/null; then SLEEP=short; elif have sleep; then SLEEP=long; else SLEEP=none; fi
  if have id && [ "$(id -u)" != 0 ]; then note "not root: what only root may read is left out"; fi
  gentle
  case $HOST in '' | *[!A-Za-z0-9._-]* | .*) HOST=$(hostname_of) ;; esac
  NODE=$WORK/b/$HOST ENTRIES=$WORK/entries
  mkdir -p "$NODE/meta" "$NODE/cmd" && : >"$ENTRIES" || { note "cannot write to $WORK"; return 1; }
  STARTED=$(now)
  DEADLINE=$((STARTED + TOTAL))
  have sed || note "no sed here: nothing that may hold a secret is taken"
  # What decides most comes first, in case the time is over.
  facts
  files
  logs
  containers
  etcd
  cluster
  manifest
  if over; then note "the time was over before everything was collected; meta/collect.json says what is missing"; fi
  if [ -n "$OUT" ]; then
    (pack) >"$OUT" || { note "$OUT cannot be written"; return 1; }
    note "$OUT is ready; analyze it with: tkelog analyze $OUT"
  else
    (pack)
  fi
}

main "$@"

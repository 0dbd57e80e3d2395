"""What a node can tell besides its logs: the items of collected command output, and the columns of their tables.

Part of the table: `ingest` fills these tables, rules test them (`facts:`), reports name what was not collected. The
collector writes one file an item, so this list is also what it promises.
"""

from __future__ import annotations

from collections.abc import Mapping

from loganalyzer.frozen import frozen
from loganalyzer.model import Text


@frozen
class Item:
    """One kind of collected output, read as a table."""

    title: Text
    """What it is, for sentences: "the addresses of the interfaces"."""
    file: str
    """Where the collector writes it, below the host's directory of a bundle."""
    command: str
    """What shows it to a person at a prompt."""
    columns: Mapping[str, str]
    """Column -> what its cells hold."""
    cluster: bool = False
    """It speaks of the cluster, whichever node it was collected on."""


ITEMS: Mapping[str, Item] = {
    "ip-addr": Item(
        Text("the addresses of the interfaces", "网卡地址"),
        "cmd/ip-addr.txt",
        "ip -o addr show",
        {"interface": "name of the interface", "address": "IPv4 or IPv6 address", "prefix": "length of the prefix"},
    ),
    "listeners": Item(
        Text("the listening sockets", "监听端口"),
        "cmd/ss-ntlp.txt",
        "ss -ntlp; ss -nulp",
        {
            "protocol": "tcp or udp", "address": "the address that is listened on; * for all", "port": "the port",
            "process": "name of the process, where it was allowed to be seen", "pid": "its process id",
        },
    ),
    "filesystems": Item(
        Text("the space on the filesystems", "磁盘空间"),
        "cmd/df.txt",
        "df -PkT",
        {"device": "device", "mount": "where it is mounted", "used": "percent used", "free": "KiB free"},
    ),
    "inodes": Item(
        Text("the inodes of the filesystems", "磁盘 inode"),
        "cmd/df-i.txt",
        "df -Pi",
        {"device": "device", "mount": "where it is mounted", "used": "percent used", "free": "inodes free"},
    ),
    "clock": Item(
        Text("the synchronisation of the clock", "时间同步状态"),
        "cmd/timedatectl.txt",
        "timedatectl; chronyc tracking",
        {
            "synchronized": "yes or no", "service": "active or inactive", "zone": "time zone",
            "offset": "seconds between the clock and its reference",
        },
    ),
    "certificates": Item(
        Text("the dates of the certificates", "证书有效期"),
        "cmd/certificates.txt",
        'for f in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt; do echo "== $f"; '
        'openssl x509 -noout -subject -issuer -dates -in "$f"; done',
        {
            "path": "file", "subject": "subject", "issuer": "issuer", "not_before": "begins", "not_after": "ends",
            "state": "valid, expired or not-yet-valid when it was collected", "names": "names and addresses in it",
        },
    ),
    "swap": Item(
        Text("the swap areas in use", "swap 使用情况"),
        "cmd/swaps.txt",
        "cat /proc/swaps",
        {"device": "file or partition", "kind": "file or partition", "size": "KiB"},
    ),
    "residue": Item(
        Text("what an earlier installation left", "历史安装残留"),
        "cmd/residue.txt",
        "ls -lad /root/.kube/config /etc/kubernetes/* /etc/cni/net.d/* /var/lib/etcd/* /var/lib/kubelet/* /var/lib/cni",
        {"path": "file, directory or interface", "kind": "file, directory or link", "entries": "entries in it"},
    ),
    "static-pods": Item(
        Text("the flags of the static pods", "静态 Pod 启动参数"),
        "cmd/static-pod-flags.txt",
        "grep -HE '^ *- --' /etc/kubernetes/manifests/*.yaml",
        {
            "pod": "stem of the manifest, such as etcd", "flag": "name without dashes", "value": "its value",
            "address": "the addresses in the value",
        },
    ),
    "sysctl": Item(
        Text("the kernel parameters", "内核参数"),
        "cmd/sysctl.txt",
        "sysctl -a",
        {"key": "name with dots", "value": "its value"},
    ),
    "modules": Item(
        Text("the loaded kernel modules", "已加载的内核模块"), "cmd/lsmod.txt", "lsmod", {"name": "name of the module"}
    ),
    "kernel": Item(
        Text("the kernel", "内核版本"),
        "cmd/uname.txt",
        "uname -a",
        {"release": "release", "version": "major.minor", "machine": "architecture"},
    ),
    "selinux": Item(
        Text("the mode of SELinux", "SELinux 模式"),
        "cmd/getenforce.txt",
        "getenforce",
        {"mode": "enforcing, permissive or disabled"},
    ),
    "units": Item(
        Text("the state of the services", "服务状态"),
        "cmd/units.txt",
        "systemctl list-units --all --plain --no-legend 'kubelet*' 'containerd*' 'docker*' 'etcd*' 'firewalld*'",
        {"unit": "name without .service", "load": "loaded, not-found ...", "active": "active, inactive, failed ...",
         "sub": "running, dead, auto-restart ..."},
    ),
    "containers": Item(
        Text("the containers of the node", "节点上的容器"),
        "cmd/nerdctl-ps-a.txt",
        "nerdctl ps -a; nerdctl -n k8s.io ps -a; crictl ps -a; docker ps -a",
        {"name": "name", "image": "image", "status": "running or exited", "id": "id"},
    ),
    "hosts": Item(
        Text("the hosts file", "hosts 文件"),
        "files/etc/hosts",
        "cat /etc/hosts",
        {"address": "address", "name": "one of its names"},
    ),
    "pods": Item(
        Text("the pods of the cluster", "集群 Pod 列表"),
        "k8s/pods.txt",
        "kubectl get pods -A -o wide",
        {
            "namespace": "namespace", "name": "name", "ready": "such as 0/1", "status": "such as Running",
            "restarts": "restarts", "node": "node",
        },
        cluster=True,
    ),
    "nodes": Item(
        Text("the nodes of the cluster", "集群节点列表"),
        "k8s/nodes.txt",
        "kubectl get nodes -o wide",
        {"name": "name", "status": "such as NotReady,SchedulingDisabled", "roles": "roles", "version": "version",
         "address": "internal address"},
        cluster=True,
    ),
    "conditions": Item(
        Text("the conditions of nodes, clusters and machines", "节点、集群与机器的状态条件"),
        "k8s/conditions-nodes.txt",
        "kubectl get nodes,clusters,machines -o jsonpath='{range .items[*]}# {.kind} {.metadata.name}{\"\\n\"}"
        "{range .status.conditions[*]}{.type}{\"\\t\"}{.status}{\"\\t\"}{.reason}{\"\\t\"}{.message}{\"\\n\"}"
        "{end}{end}'",
        {
            "kind": "node, cluster or machine", "name": "name", "type": "type, for TKE the name of a handler",
            "status": "True, False or Unknown", "reason": "reason", "message": "message",
        },
        cluster=True,
    ),
    "etcd-status": Item(
        Text("the status of the etcd members", "etcd 成员状态"),
        "cmd/etcd-status.txt",
        "etcdctl endpoint status --cluster -w table; etcdctl alarm list",
        {"endpoint": "endpoint or member", "alarm": "NOSPACE or CORRUPT"},
    ),
}  # fmt: skip
"""By name, as `from:` in a rule's `facts` says it."""

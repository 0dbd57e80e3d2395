"""What misleads in TKEStack's own logs, each as a test that fails when its rule is loosened."""

from __future__ import annotations

import pytest

from fixtures.generator import dialects as d
from tests.kit import analyze
from tests.rules.dialects import AT, wrapped
from tests.rules.test_catalogue import PACK, everything, roots

HANDLER = "tke-installer.ClusterProvider.OnCreate"
MODPROBE = (
    'exec cmd "modprobe ip_vs" {word}: exit code 1: stderr modprobe: FATAL: Module ip_vs not found in directory '
    "/lib/modules/5.4.0-80-generic"
)


@pytest.mark.parametrize(
    ("text", "channel", "expected"),
    [
        (MODPROBE.format(word="eror"), "handler", "kernel-module-missing"),
        ('exec cmd "do-it" eror: exit code 3: stderr some unheard of trouble', "installer", "remote-command-failed"),
        ("availble space of disk for /var/lib in the first node which you input in cluster needs to be greater than "
         "30 GiB", "http", "disk-insufficient"),
        ("no endpoint is available in [api.tke.com:6443], erros: [join api.tke.com:6443 failed: some unheard of trouble]",
         "machine", "kubeadm-join-failed"),
        ("create chargroup failed, cannot find public chartgroup", "installer", "chartgroup-missing"),
        ("can't imported same cluster, you can use `kubectl -nkube-system delete configmap tke`", "http",
         "import-cluster-duplicate"),
        ("pull image fail: 502 Bad Gateway. maybe set no_proxy for registry(registry.tke.com,*.registry.tke.com) in "
         "containerd dameon.", "machine", "proxy-env-interference"),
        ("ports 6443 2379 is in used", "http", "host-port-in-use"),
    ],
)  # fmt: skip
def test_misspellings_are_matched_as_they_are_printed(text: str, channel: str, expected: str):
    assert {how: roots(log)[:1] for how, log in wrapped(channel, text) if roots(log)[:1] != [expected]} == {}


def test_the_spelling_may_be_mended_one_day():
    assert roots(MODPROBE.format(word="error")) == ["kernel-module-missing"]


def test_an_ok_install_ends_with_a_misspelt_success():
    assert roots(d.zap(AT, "info", "tke-installer", "===>install task [Sucesss] [1834.220101s]")) == []


# ------------------------------------------------------------------------------------ what Go prints by mistake

UNREADABLE = "kubeadm.Join error: %!w(*errors.withStack=&{0xc0004b1230 0xc0004b1248})"


def test_an_unreadable_join_error_is_an_envelope():
    assert roots(d.zap_pod(AT, "warn", "", UNREADABLE)) == ["kubeadm-join-failed"]


def test_an_unreadable_join_error_gives_way_to_the_readable_one():
    inner = "join api.tke.com:6443 failed: dial tcp 10.0.8.11:6443: connect: connection refused"
    done = {"machine": "mc-7xk2p9qv", "error": f"no endpoint is available in [api.tke.com:6443], erros: [{inner}]"}
    log = [
        d.zap_pod(AT, "warn", "", UNREADABLE),
        d.zap_pod(AT + 1, "info", "MachineController.MachineProvider.OnCreate.EnsureJoinPhasePreflight", "Done", done),
    ]
    assert roots("\n".join(log))[0] == "apiserver-unreachable"


def test_an_unreadable_join_error_is_healed_by_a_later_endpoint():
    done = {"machine": "mc-7xk2p9qv", "error": None, "cost": "3.1s"}
    log = [
        d.zap_pod(AT, "warn", "", UNREADABLE),
        d.zap_pod(AT + 1, "info", "MachineController.MachineProvider.OnCreate.EnsureJoinPhasePreflight", "Done", done),
    ]
    assert roots("\n".join(log)) == []


def test_an_unexpanded_format_is_the_message():
    text = 'exec "tar -C %s -xvaf %s %s --strip-components=3" failed:exit 2:stderr some unheard of trouble:error %!s(<nil>)'
    assert roots(text) == ["package-unpack-failed"]
    assert roots(d.zap_pod(AT, "error", "", "cluster %!s(MISSING) has more than one credentials, need attention!")) == [
        "cluster-duplicate-credentials"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "delete iptables iptables -w 30 -t nat -D OUTPUT -d 10.0.8.100 -j DNAT err:%!s(<nil>)",
        'delete iptables iptables -w 30 -t nat -D OUTPUT -d 10.0.8.100 -j DNAT err:exec cmd "iptables -w 30 -t nat -D '
        'OUTPUT -d 10.0.8.100 -j DNAT" eror: exit code 1: stderr iptables: Bad rule (does a matching rule exist in that '
        "chain?).",
    ],
)
def test_a_nil_that_is_printed_is_no_error(text: str):
    assert {how: roots(log) for how, log in wrapped("installer", text, {"level": "info"}) if roots(log)} == {}


# ---------------------------------------------------------------------------------------------- levels and steps


@pytest.mark.parametrize("level", ["debug", "info", "warn", "error"])
def test_the_level_of_a_handlers_end_says_nothing(level: str):
    tail = {"error": MODPROBE.format(word="eror"), "cost": "12ms"}
    assert roots(d.zap(AT, level, f"{HANDLER}.EnsureKernelModule", "Done", tail)) == ["kernel-module-missing"]
    assert roots(d.zap(AT, level, f"{HANDLER}.EnsureKernelModule", "Done", {"error": None, "cost": "12ms"})) == []


def test_a_difference_that_is_printed_at_error_is_no_error():
    text = "PrepareClusterScale called: diff1 -> [10.0.8.21], diff2 -> []"
    assert {how: roots(log) for how, log in wrapped("pod", text) if roots(log)} == {}


def test_numbers_of_steps_shift_and_count_as_one():
    lines = [
        d.zap(AT + n, "error", "tke-installer", f"{n}.Install tke-auth-api [Failed] [600.1s] error timed out waiting for the condition")
        for n in (13, 14, 17)
    ]  # fmt: skip
    report = analyze(PACK, {"tke.log": "\n".join(lines)})
    assert [one.id for one in report.diagnoses] == ["tke-component-not-ready"]


def test_a_step_that_passes_later_is_healed():
    lines = [
        d.zap(AT, "error", "tke-installer", "13.Install tke-auth-api [Failed] [600.1s] error timed out waiting for the condition"),
        d.zap(AT + 90, "info", "tke-installer", "13.Install tke-auth-api [Success] [80.2s]"),
    ]  # fmt: skip
    assert roots("\n".join(lines)) == []


def test_an_error_of_the_old_klog_is_three_lines_and_one_event():
    text = "error processing machine mc-7xk2p9qv (will retry): some unheard of trouble"
    log = "\n".join(d.zap_pod(AT, level, "", text) for level in ("error", "warn", "info"))
    report = analyze(PACK, {"tke-platform-controller.log": log})
    assert [one.id for one in report.diagnoses] == ["add-node-retrying"]
    assert [(one.signal, one.count) for one in report.diagnoses[0].evidence] == [("retry", 1)]


def test_three_attempts_are_three_events():
    text = "error processing machine mc-7xk2p9qv (will retry): some unheard of trouble"
    log = "\n".join(d.klog(AT + n, "E", "machine_controller.go:219", text) for n in range(3))
    report = analyze(PACK, {"tke-platform-controller.log": log})
    assert report.diagnoses[0].evidence[0].count == 3


def test_a_step_that_claims_success_after_a_swallowed_error_heals_nothing():
    installer = [
        d.zap(AT, "info", "tke-installer", "5.Push images doing"),
        d.zap(AT + 1, "info", "tke-installer", "errors during manifest push: manifest unknown: manifest unknown"),
        d.zap(AT + 2, "info", "tke-installer", "5.Push images [Success] [31.02s]"),
    ]
    kubelet = d.klog(
        AT + 900, "E", "kuberuntime_image.go:51",
        'Pull image "registry.tke.com/library/tke-auth-api:v1.8.1" failed: rpc error: code = NotFound desc = failed to pull '
        'and unpack image "registry.tke.com/library/tke-auth-api:v1.8.1": failed to resolve reference '
        '"registry.tke.com/library/tke-auth-api:v1.8.1": registry.tke.com/library/tke-auth-api:v1.8.1: not found',
    )  # fmt: skip
    report = analyze(PACK, {"installer/tke.log": "\n".join(installer), "master-1/kubelet.log": kubelet})
    assert report.diagnoses[0].id == "image-not-found"


# ---------------------------------------------------------------------------------------------------- preflight


def _block(*lines: str) -> str:
    return "[preflight] Some fatal errors occurred:\n" + "".join(f"\t{line}\n" for line in lines)


PORT = "[ERROR Port-10250]: Port 10250 is in use:LISTEN 0 4096 *:10250 *:*"
CNI = "[ERROR DirEmptyCheck--etc-cni-net.d]: /etc/cni/net.d not empty dir"
ETCD = "[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd already exists"
TOOL = "[WARNING FileExisting-ss]: ss not found in system path"


def test_a_lone_port_is_a_port_and_with_leftovers_it_is_residue():
    assert roots(_block(PORT)) == ["host-port-in-use"]
    assert roots(_block(PORT, CNI)) == ["node-residue-previous-install"]


def test_the_directory_of_etcd_alone_may_be_a_mounted_disk():
    assert roots(_block(ETCD)) == ["etcd-dir-preexisting-mount"]
    assert roots(_block(ETCD, CNI)) == ["node-residue-previous-install"]


def test_a_warning_is_fatal_to_tke_and_a_remark_of_kubeadm():
    assert roots(_block(TOOL)) == ["preflight-tool-missing"]
    assert roots(f"[preflight] Running pre-flight checks\n\t{TOOL}\n[preflight] Pulling images") == []


def test_a_preflight_block_in_one_escaped_line_is_the_same_block():
    tail = {"machine": "mc-7xk2p9qv", "error": _block(PORT, CNI), "cost": "1.5s"}
    line = d.zap_pod(AT, "info", "MachineController.MachineProvider.OnCreate.EnsurePreflight", "Done", tail)
    assert roots(line) == ["node-residue-previous-install"]
    assert "host-port-in-use" in everything(line)


# ------------------------------------------------------------------------------------- who says the same words


def test_the_systemd_frame_names_journalctl_and_means_the_unit():
    text = (
        "Exec journalctl --unit containerd.service -n10 --no-pager failed:exit 1:stderr Job for containerd.service "
        "failed:error %!s(<nil>):log:\n-- No entries --"
    )
    assert roots(text) == ["container-runtime-down"]
    assert roots(text.replace("containerd.service", "kubelet.service")) == ["kubelet-start-failed"]


def test_a_poll_that_succeeds_after_some_refusals_is_healed():
    logger = f"{HANDLER}.EnsureKubeadmInitPhaseWaitControlPlane"
    refused = 'Get "https://10.0.8.11:6443/healthz?timeout=30s": dial tcp 10.0.8.11:6443: connect: connection refused'
    log = [
        d.zap(AT + 5 * n, "error", logger, "check healthz error", {"statusCode": 0, "error": refused}) for n in range(4)
    ]
    log.append(d.zap(AT + 25, "info", logger, "Done", {"error": None, "cost": "25.0s"}))
    assert roots("\n".join(log)) == []


def test_a_node_that_is_not_found_sticks_only_in_deletion():
    text = 'Node "platform.tkestack.io/machine-ip=10.0.8.21" not found'
    for phase, expected in (
        ("OnCreate.EnsureMarkNode", "node-not-registered"),
        ("OnDelete.EnsureRemoveNode", "machine-delete-stuck"),
    ):
        line = d.zap_pod(
            AT, "info", f"MachineController.MachineProvider.{phase}", "Done", {"error": text, "cost": "9ms"}
        )
        assert roots(line) == [expected]


def test_a_public_address_is_not_on_the_host_and_a_private_one_may_be_slow():
    logger = f"{HANDLER}.EnsureKubeadmInitPhaseWaitControlPlane"
    for ip, expected in (("203.0.113.9", "apiserver-advertise-ip-not-local"), ("10.0.8.11", "apiserver-unreachable")):
        error = f'Get "https://{ip}:6443/healthz?timeout=30s": net/http: TLS handshake timeout'
        assert roots(d.zap(AT, "error", logger, "check healthz error", {"statusCode": 0, "error": error})) == [expected]

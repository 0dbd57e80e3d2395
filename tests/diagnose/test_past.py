"""A failure that recovered is no diagnosis of a running cluster: it is listed as past, with its time."""

from __future__ import annotations

import pytest

from loganalyzer import diagnose
from loganalyzer.model import iso
from loganalyzer.rulepack import read_pack
from tests.kit import ROOT, analyze, rule, ruleset, shape, sources

PACK = read_pack([ROOT / "rules"]).ruleset
SCANNER = diagnose.Scanner(PACK)


def report(files):
    return diagnose.analyze(PACK, sources(files), scanner=SCANNER)


def zap(clock, level, message, logger="tke-installer"):
    return f"2022-03-14 {clock}\t{level}\t{logger}\t{message}\n"


def handler(clock, name, word, tail="", provider="tke-installer.ClusterProvider.OnCreate"):
    return f"2022-03-14 {clock}\tinfo\t{provider}.{name}\t{word}{tail}\n"


def done(clock, name, error, **more):
    said = f'"{error}"' if error else "null"
    return handler(clock, name, "Done", f'\t{{"error": {said}, "cost": "5m0.012s"}}', **more)


def kubelet(clock, level, text, node="node-1"):
    return f"Mar 14 {clock[:8]} {node} kubelet[1201]: {level}0314 {clock}    1201 kubelet.go:100] {text}\n"


def etcd(clock, level, text):
    return f"2022-03-14 {clock} {level} | {text}\n"


MACHINE = "MachineController.MachineProvider.OnCreate"
REFUSED = 'Get "https://10.20.0.5:6443/api/v1/nodes/node-1": dial tcp 10.20.0.5:6443: connect: connection refused'

HEALED = {
    "a handler that failed twice and then went through": (
        {"installer/tke.log": "".join([
            zap("10:00:00.000", "info", "6.Create global cluster doing"),
            handler("10:00:01.000", "EnsureKubeadmInitPhaseWaitControlPlane", "Doing"),
            done("10:05:01.000", "EnsureKubeadmInitPhaseWaitControlPlane", "timed out waiting for the condition"),
            handler("10:05:01.100", "EnsureKubeadmInitPhaseWaitControlPlane", "Doing"),
            done("10:10:01.100", "EnsureKubeadmInitPhaseWaitControlPlane", "timed out waiting for the condition"),
            handler("10:10:01.200", "EnsureKubeadmInitPhaseWaitControlPlane", "Doing"),
            done("10:10:31.200", "EnsureKubeadmInitPhaseWaitControlPlane", None),
            zap("10:10:32.000", "info", "6.Create global cluster [Success] [632.0s]"),
        ])},
        {"apiserver-unreachable"}, "2022-03-14T10:10:31.200",
    ),
    "etcd that elected a leader": (
        {"master-1/etcd.log": "".join([
            etcd("10:00:00.000001", "I", "raft: 8e9e05c52164694d is starting a new election at term 12"),
            etcd("10:00:01.000001", "I", "raft: 8e9e05c52164694d is starting a new election at term 13"),
            etcd("10:00:02.000001", "I", "raft: 8e9e05c52164694d is starting a new election at term 14"),
            etcd("10:00:03.000001", "I", "raft: 8e9e05c52164694d became leader at term 15"),
            etcd("10:30:00.000001", "I", "mvcc: store.index: compact 12000"),
        ])},
        {"etcd-unhealthy"}, "2022-03-14T10:00:03.000001",
    ),
    "etcd that lost its leader and found another": (
        {"master-1/etcd.log": "".join([
            etcd("10:00:00.000001", "W", "rafthttp: lost the TCP streaming connection with peer 91bc3c398fb3c146 (stream Message reader)"),
            etcd("10:00:00.500001", "I", "raft: raft.node: 8e9e05c52164694d lost leader 91bc3c398fb3c146 at term 15"),
            etcd("10:00:02.000001", "I", "raft: raft.node: 8e9e05c52164694d elected leader fd422379fda50e48 at term 16"),
            etcd("10:30:00.000001", "I", "mvcc: store.index: compact 12000"),
        ])},
        {"etcd-unhealthy"}, "2022-03-14T10:00:02.000001",
    ),
    "a kubelet that registered its node": (
        {"node-1/kubelet.log": "".join([
            kubelet("10:00:00.000000", "E", f'"Unable to register node with API server" err="{REFUSED}" node="node-1"'),
            *(kubelet(f"10:00:0{i}.500000", "E", '"Error getting node" err="node \\"node-1\\" not found"') for i in range(4)),
            kubelet("10:00:07.000000", "I", '"Successfully registered node" node="node-1"'),
            kubelet("10:30:00.000000", "I", '"Volume mounted"'),
        ])},
        {"apiserver-unreachable", "kubelet-node-not-found"}, None,
    ),
    "a network plug-in that came late": (
        {"node-1/kubelet.log": "".join([
            *(kubelet(f"10:00:{i}0.000000", "E", '"Container runtime network not ready" networkReady="NetworkReady=false '
              'reason:NetworkPluginNotReady message:docker: network plugin is not ready: cni config uninitialized"') for i in range(6)),
            kubelet("10:01:05.000000", "I", '"Fast updating node status as it just became ready"'),
            kubelet("10:30:00.000000", "I", '"Volume mounted"'),
        ])},
        {"cni-not-ready"}, None,
    ),
    "a node that became ready in a later try": (
        {"tke/tke-platform-controller.log": "".join([
            handler("10:00:00.000", "EnsureNodeReady", "Doing", provider=MACHINE),
            done("10:05:00.000", "EnsureNodeReady", "timed out waiting for the condition", provider=MACHINE),
            handler("10:05:01.000", "EnsureNodeReady", "Doing", provider=MACHINE),
            done("10:06:00.000", "EnsureNodeReady", None, provider=MACHINE),
            handler("10:06:00.100", "EnsurePostInstallHook", "Doing", provider=MACHINE),
            done("10:06:00.200", "EnsurePostInstallHook", None, provider=MACHINE),
        ])},
        {"node-not-ready-timeout"}, "2022-03-14T10:06:00.000",
    ),
    "a container runtime that was started": (
        {"node-1/kubelet.log": "".join([
            kubelet("10:00:00.000000", "E", '"Run kubelet failed" err="connection error: desc = transport: Error while dialing '
                    'dial unix /run/containerd/containerd.sock: connect: no such file or directory"'),
            kubelet("10:02:00.000000", "I", '"Container runtime initialized" containerRuntime="containerd" version="1.5.4"'),
            kubelet("10:30:00.000000", "I", '"Volume mounted"'),
        ])},
        {"container-runtime-down"}, None,
    ),
    "a kubelet that stayed up once its runtime was there": (
        {"node-7/kubelet.log": "".join([
            kubelet("10:00:00.000000", "E", '"Run kubelet failed" err="failed to run Kubelet: failed to create kubelet: connection error: desc = '
                    'transport: Error while dialing dial unix /run/containerd/containerd.sock: connect: no such file or directory"', node="node-7"),
            kubelet("10:02:00.000000", "I", '"Container runtime initialized" containerRuntime="containerd" version="1.5.4"', node="node-7"),
            kubelet("10:02:05.000000", "I", '"Successfully registered node" node="node-7"', node="node-7"),
            kubelet("10:30:00.000000", "I", '"Volume mounted"', node="node-7"),
        ])},
        {"container-runtime-down"}, None,
    ),
    "an image that was pulled in the end": (
        {"node-1/kubelet.log": "".join([
            kubelet("10:00:00.000000", "E", '"Failed to pull image" err="rpc error: code = Unknown desc = failed to pull and unpack image \\"registry.example.com/library/galaxy:v1.0.8\\": failed to resolve reference: '
                    'dial tcp 192.0.2.9:443: i/o timeout" image="registry.example.com/library/galaxy:v1.0.8"'),
            kubelet("10:03:00.000000", "I", '"Event occurred" object="kube-system/galaxy-x7k2p" type="Normal" reason="Pulled" '
                    'message="Successfully pulled image \\"registry.example.com/library/galaxy:v1.0.8\\" in 2.1s"'),
            kubelet("10:30:00.000000", "I", '"Volume mounted"'),
        ])},
        {"image-pull-failed"}, None,
    ),
    "images that were pushed in the second run": (
        {"installer/tke.log": "".join([
            zap("10:00:00.000", "info", "4.Push images doing"),
            zap("10:04:00.000", "error", "4.Push images [Failed] [240.0s] error docker push error: exit status 1"),
            zap("10:10:00.000", "info", "4.Push images doing"),
            zap("10:16:00.000", "info", "4.Push images [Success] [360.0s]"),
            zap("10:16:00.100", "info", "5.Generate certificates for TKE components doing"),
            zap("10:16:02.000", "info", "5.Generate certificates for TKE components [Success] [1.9s]"),
        ])},
        {"installer-image-push-failed"}, "2022-03-14T10:16:00.000",
    ),
    "a component that came up in the second try": (
        {"installer/tke.log": "".join([
            zap("10:00:00.000", "info", "20.Install tke-auth-api doing"),
            zap("10:10:00.000", "error", "20.Install tke-auth-api [Failed] [600.0s] error timed out waiting for the condition"),
            zap("10:10:10.000", "info", "20.Install tke-auth-api doing"),
            zap("10:11:00.000", "info", "20.Install tke-auth-api [Success] [50.0s]"),
        ])},
        {"tke-component-not-ready"}, "2022-03-14T10:11:00.000",
    ),
    "a join that went through in the end": (
        {"tke/tke-platform-controller.log": "".join([
            handler("10:00:00.000", "EnsureJoinPhaseKubeletStart", "Doing", provider=MACHINE),
            done("10:05:00.000", "EnsureJoinPhaseKubeletStart", "kubeadm.Join error: exit status 1", provider=MACHINE),
            handler("10:05:01.000", "EnsureJoinPhaseKubeletStart", "Doing", provider=MACHINE),
            done("10:05:20.000", "EnsureJoinPhaseKubeletStart", None, provider=MACHINE),
            handler("10:06:00.100", "EnsurePostInstallHook", "Doing", provider=MACHINE),
            done("10:06:00.200", "EnsurePostInstallHook", None, provider=MACHINE),
        ])},
        {"kubeadm-join-failed"}, "2022-03-14T10:05:20.000",
    ),
    "a cause inside tries of a handler that went through": (
        {"tke/tke-platform-controller.log": "".join([
            handler("10:00:00.000", "EnsureKubeadmInitPhasePreflight", "Doing", provider="ClusterController.ClusterProvider.OnCreate"),
            done("10:00:05.000", "EnsureKubeadmInitPhasePreflight",
                 "kubeadm.Init error: [ERROR Swap]: running with swap on is not supported. Please disable swap",
                 provider="ClusterController.ClusterProvider.OnCreate"),
            handler("10:09:00.000", "EnsureKubeadmInitPhasePreflight", "Doing", provider="ClusterController.ClusterProvider.OnCreate"),
            done("10:09:05.000", "EnsureKubeadmInitPhasePreflight", None, provider="ClusterController.ClusterProvider.OnCreate"),
        ])},
        {"kubelet-swap-on"}, "2022-03-14T10:09:05.000",
    ),
    "a volume that was attached after all": (
        {"node-1/events.log": "".join([
            'Mar 14 10:00:00 node-1 kubelet[1201]: Warning  FailedAttachVolume  1m  attachdetach-controller  Multi-Attach error for '
            'volume "pvc-0a1b2c3d" Volume is already exclusively attached to one node and can\'t be attached to another\n',
            'Mar 14 10:06:00 node-1 kubelet[1201]: Normal  SuccessfulAttachVolume  1s  attachdetach-controller  '
            'AttachVolume.Attach succeeded for volume "pvc-0a1b2c3d"\n',
        ])},
        {"volume-multi-attach"}, None,
    ),
}  # fmt: skip


def ids(trees):
    return {i for one in trees for i in (one.id, *ids(one.explains))}


@pytest.mark.parametrize("name", HEALED)
def test_a_failure_that_recovered_is_past(name):
    files, expected, when = HEALED[name]
    found = report(files)
    assert [d.id for d in found.diagnoses] == []
    assert expected <= ids(found.healed)
    if when is not None:
        assert when in [iso(d.recovered) for d in found.healed if d.recovered]


@pytest.mark.parametrize("name", HEALED)
def test_without_its_recovery_it_is_a_diagnosis(name):
    """The same log, ending before the line that tells of the recovery."""
    files, expected, _ = HEALED[name]
    (path, text), *_ = files.items()
    lines = text.splitlines(keepends=True)
    ends = [i for i, line in enumerate(lines) if any(word in line for word in SIGNS)]
    found = report({path: "".join(lines[: ends[0]])})
    assert expected & ids(found.diagnoses)


SIGNS = (
    '"error": null', "[Success]", "became leader", "elected leader", "Successfully registered node", "just became ready",
    "runtime initialized", "SuccessfulAttachVolume", "Successfully pulled image",
)  # fmt: skip


def test_all_at_once_still_nothing_is_wrong():
    files = {f"{i}/{path}": text for i, (many, *_) in enumerate(HEALED.values()) for path, text in many.items()}
    assert [d.id for d in report(files).diagnoses] == []


def test_retries_are_one_finding_with_count_first_and_last():
    files, *_ = HEALED["a handler that failed twice and then went through"]
    (one,) = [d for d in report(files).healed if d.id == "apiserver-unreachable"]
    assert one.count == 2


# -------------------------------------------------------------------------------------------- small rulesets


def signals(*words):
    return "\nsignals:\n" + "".join(
        f"  {name}: {{in: [kubelet], shows: s, source: s, text: ['{word}']}}\n"
        for name, word in zip(("bad", "good"), words, strict=False)
    )


FLAKY = rule(
    "flaky", signals("badsignal", "goodsignal") + "confirmed_by: bad\nhealed_by: good after bad\n", kind="symptom"
)
SOURCE = rule("source", signals("causesignal") + "explains: [flaky]\n")
LASTING = rule("lasting", signals("brokensignal"))
OLDER = rule(
    "older", signals("oldsignal", "fixedsignal") + "confirmed_by: bad\nhealed_by: good after bad\nexplains: [lasting]\n"
)


def klog(*entries):
    return {"n/kubelet.log": "".join(f"E0119 {e[:8]}.000000    1 kubelet.go:1] {e[9:]}\n" for e in entries)}


ROWS = [
    ("it came back", ["10:00:00 badsignal", "10:01:00 goodsignal", "10:05:00 badsignal"], ["flaky"], []),
    ("it came back and went again", ["10:00:00 badsignal", "10:01:00 goodsignal", "10:05:00 badsignal", "10:06:00 goodsignal"], [], ["flaky"]),
    ("a retry that was under way is no relapse", ["10:00:00 badsignal", "10:01:00 goodsignal", "10:01:02 badsignal"], [], ["flaky"]),
    ("its cause is past with it", ["09:59:00 causesignal", "10:00:00 badsignal", "10:01:00 goodsignal", "10:30:00 x"], [], ["source"]),
    ("its cause goes on", ["10:00:00 badsignal", "10:01:00 goodsignal", "10:20:00 causesignal"], ["source"], ["flaky"]),
    ("a healed cause that explains what is still broken stays", ["10:00:00 oldsignal", "10:01:00 fixedsignal", "10:02:00 brokensignal"],
     [("older", ["lasting"])], []),
]  # fmt: skip


@pytest.mark.parametrize(("what", "entries", "open_", "past"), ROWS, ids=[row[0] for row in ROWS])
def test_past(what, entries, open_, past, tmp_path):
    found = analyze(ruleset(tmp_path, FLAKY, SOURCE, LASTING, OLDER), klog(*entries))
    assert (shape(found), [d.id for d in found.healed]) == (open_, past)


def test_another_cluster_that_recovered_says_nothing_of_this_one():
    """The journal of a node tells no year, so nobody knows whether the other log is later."""
    recovered = {
        "installer/tke.log": HEALED["a handler that failed twice and then went through"][0]["installer/tke.log"]
    }
    journal = {"node-9/kubelet.log": kubelet("10:00:01.000001", "E", REFUSED, node="node-9")}
    assert report(recovered).diagnoses == ()
    assert [one.id for one in report(recovered | journal).diagnoses] == ["apiserver-unreachable"]

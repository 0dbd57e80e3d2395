"""Node and component of every layout that logs come in."""

import pytest

from loganalyzer.ingest.formats import peel
from loganalyzer.ingest.identify import by_path, identify

UID = "0a1b2c3d-1111-2222-3333-444455556666"
ID = "0123456789abcdef" * 4
MIXED = "mixed"


@pytest.mark.parametrize(
    ("path", "node", "component"),
    [
        ("kubelet.log", None, "kubelet"),
        ("logs/kubelet.log.1", None, "kubelet"),
        ("kubelet-2022-01-19.log", None, "kubelet"),
        ("kubelet.log-20220119.gz", None, "kubelet"),
        ("kube-apiserver.log", None, "kube-apiserver"),
        ("etcd.log", None, "etcd"),
        ("tke.log", None, "tke-installer"),
        ("containerd.log", None, "containerd"),
        ("dockerd.log", None, "docker"),
        ("installer/tke.log", None, "tke-installer"),
        ("master-1/kubelet.log", "master-1", "kubelet"),
        ("bundle.tar.gz/master-1/kubelet.log", "master-1", "kubelet"),
        ("bundle.tgz/kubelet.log", None, "kubelet"),
        ("10.0.0.12/kubelet.log", "10.0.0.12", "kubelet"),
        ("node1/var/log/messages", "node1", MIXED),
        ("/var/log/messages", None, MIXED),
        ("/var/log/syslog.1", None, MIXED),
        ("/var/log/daemon.log", None, MIXED),
        ("journal.log", None, MIXED),
        ("something.log", None, None),
        ("-", None, None),
        (f"/var/log/pods/kube-system_etcd-master-1_{UID}/etcd/0.log", "master-1", "etcd"),
        (f"/var/log/pods/kube-system_coredns-5d78c9869d-abcde_{UID}/coredns/3.log", None, "coredns"),
        (f"/var/log/pods/tke_tke-gateway-x7k2p_{UID}/tke-gateway/0.log", None, "tke-gateway"),
        (f"node-3/var/log/pods/kube-system_kube-proxy-x7k2p_{UID}/kube-proxy/0.log", "node-3", "kube-proxy"),
        (f"/var/log/containers/kube-apiserver-m1.example.com_kube-system_kube-apiserver-{ID}.log", "m1.example.com",
         "kube-apiserver"),
        ("support-bundle-2022-01-19/podlogs/tke/tke-platform-controller-5d78c9869d-abcde/tke-platform-controller.log",
         None, "tke-platform-controller"),
        ("cluster-dump/kube-system/etcd-master-1/logs.txt", "master-1", "etcd"),
        ("cluster-dump/kube-system/kube-flannel-ds-abcde/logs.txt", None, "flannel"),
        ("sosreport-node-7-2022-01-19-abcdefg/var/log/messages", "node-7", MIXED),
        ("sosreport-node-7-2022-01-19-abcdefg.tar.xz/sosreport-node-7-2022-01-19-abcdefg/sos_commands/kubelet/kubelet.log",
         "node-7", "kubelet"),
        ("must-gather/namespaces/kube-system/pods/etcd-master-1/etcd/etcd/logs/current.log", "master-1", "etcd"),
        ("b.tgz/bundle/master-2/cmd/kubelet.log", "master-2", "kubelet"),
        ("bundle/master-2/files/var/log/messages", "master-2", MIXED),
        (f"bundle/m2.example.com/files/var/log/pods/tke_tke-auth-api-abcde_{UID}/tke-auth-api/0.log", "m2.example.com",
         "tke-auth-api"),
        ("bundle/master-2/k8s/events.txt", "master-2", "events"),
        ("b.tgz/frontdoor/cmd/ss-ntlp.txt", "frontdoor", None),
        ("b.tgz/frontdoor/cmd/containers/etcd/0a1b2c3d.log", "frontdoor", "etcd"),
        ("b.tgz/frontdoor/k8s/podlogs/kube-system/coredns-5d78c9869d-abcde/coredns.previous.log", None, "coredns"),
        ("b.tgz/frontdoor/k8s/podlogs/kube-system/etcd-m-3/etcd.log", "m-3", "etcd"),
        ("journalctl-u-kubelet.txt", None, "kubelet"),
        ("journal_containerd.log", None, "containerd"),
        (f"master-1/var/log/pods/kube-system_etcd-10.0.8.11_{UID}/etcd/0.log", "master-1", "etcd"),
        (f"node-2/pods/kube-system_kube-proxy-abcde_{UID}/kube-proxy/0.log", "node-2", "kube-proxy"),
        ("VM-0-5-centos/kubelet.log", "VM-0-5-centos", "kubelet"),
        ("ip-10-0-0-12/containerd.log", "ip-10-0-0-12", "containerd"),
        ("k8s-master/kubelet.log", "k8s-master", "kubelet"),
        ("apiserver-advertise-ip-not-local/kubelet.log", None, "kubelet"),
        ("issue-1739/tke.log", None, "tke-installer"),
        ("2022-01-19/kubelet.log", None, "kubelet"),
        ("v1.8.1/kubelet.log", None, "kubelet"),
        ("fixtures/logs/kube-proxy/x.log", None, "kube-proxy"),
    ],
)  # fmt: skip
def test_path(path: str, node: str | None, component: str | None):
    found = by_path(path)
    assert (found.node, MIXED if found.mixed else found.component) == (node, component)


KUBELET = 'E0119 14:43:32.123456    1234 kubelet.go:2291] "Error getting node"'
JOURNAL = "Jan 19 14:43:32 master-1 {}[1]: up"


@pytest.mark.parametrize(
    ("path", "lines", "node", "component"),
    [
        ("-", [KUBELET], None, "kubelet"),
        ("-", [JOURNAL.format("kubelet")] * 3, "master-1", "kubelet"),
        ("-", [JOURNAL.format("kubelet"), JOURNAL.format("dockerd")], "master-1", None),
        ("x.log", ["2022-01-19 14:43:32.225\tinfo\ttke-installer.X\thello"], None, "tke-installer"),
        ("x.log", ["2022-01-19 14:43:32.225\tinfo\tMachineController.X\thello"], None, "tke-platform-controller"),
        ("x.log", ["2019-10-09 09:02:16.231552 C | etcdmain: bye"], None, "etcd"),
        (
            "x.log",
            ['time="2022-01-19T06:43:32Z" level=info msg="loading plugin \\"io.containerd.x\\""'],
            None,
            "containerd",
        ),
        ("x.log", ["no idea"], None, None),
        ("-", [JOURNAL.format("kubelet")] * 2 + [JOURNAL.format("systemd")], "master-1", "kubelet"),
        ("kubelet.log", [JOURNAL.format("kubelet"), JOURNAL.format("dockerd")], "master-1", None),
        ("tke.log", ["panic: etcdserver and dockerd"], None, "tke-installer"),
        ("events.txt", ["  Normal   Pulled   12s   kubelet, node-1   Container image present"], None, "events"),
        ("/var/log/messages", [JOURNAL.format("kubelet")] * 3, "master-1", None),
        ("master-2/kubelet.log", [JOURNAL.format("kubelet")], "master-2", "kubelet"),
        ("x.log", ["Step.1 prefight [in process]"], None, "install.sh"),
        ("x.log", ["[ERROR] plugin/errors: 2 a.example."], None, "coredns"),
    ],
)
def test_path_and_content(path: str, lines: list[str], node: str | None, component: str | None):
    found = identify(by_path(path), [(line, peel(line)) for line in lines])
    assert (found.node, found.component) == (node, component)

"""On how many of the nodes a finding is, and what differs there."""

import pytest

from tests.kit import analyze, rule, ruleset

SWAP = rule("swap", "\nsignals:\n  s: {in: [kubelet], shows: s, source: s, text: ['swapsignal']}\n")
ANYWHERE = rule(
    "anywhere", "\nscope: cluster\nsignals:\n  s: {in: [tke-installer], shows: s, source: s, text: ['clustersignal']}\n"
)


def node(name, version="v1.20.4", kernel="5.4.0-90", *, broken=False, runtime="docker"):
    says = [f"Version: {version}", *["swapsignal"] * broken, "later"]
    lines = (
        f"Mar 14 10:00:0{i} {name} kubelet[1]: I0314 10:00:0{i}.000000  1 s.go:1] {s}\n" for i, s in enumerate(says)
    )
    return {
        f"{name}/kubelet.log": "".join(lines),
        f"{name}/{runtime}.log": 'time="2022-03-14T10:00:00Z" level=info msg="x"\n',
        f"{name}/uname-a.txt": f"Linux {name} {kernel} #1 SMP Thu Nov 8 23:39:32 UTC 2018 x86_64 x86_64 x86_64 GNU/Linux\n",
    }


def said(tmp_path, *nodes):
    (first,) = analyze(ruleset(tmp_path, SWAP, ANYWHERE), {k: v for one in nodes for k, v in one.items()}).diagnoses
    return [text.en for text in first.because[1:]]


OLD = {"version": "v1.18.3", "kernel": "3.10.0-957.el7.x86_64"}


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([node("node-1", broken=True)], []),
        ([node("node-1", broken=True), node("node-2", broken=True)], ["on all 2 nodes whose logs would show it"]),
        (
            [
                node("node-1", broken=True),
                node("node-2", broken=True),
                node("node-3", broken=True),
                node("node-4"),
                node("node-5"),
            ],
            ["on 3 of 5 nodes whose logs would show it (not on node-4, node-5)"],
        ),
        (
            [node("node-1"), node("node-2", **OLD, broken=True), node("node-3")],
            [
                "on 1 of 3 nodes whose logs would show it (not on node-1, node-3)",
                "what differs there: kernel 3.10.0-957.el7.x86_64, on the other nodes 5.4.0-90",
                "what differs there: kubelet v1.18.3, on the other nodes v1.20.4",
            ],
        ),
        (  # what one of the others has as well makes no difference
            [node("node-1", **OLD), node("node-2", **OLD, broken=True), node("node-3")],
            ["on 1 of 3 nodes whose logs would show it (not on node-1, node-3)"],
        ),
        (
            [node("node-1", broken=True, runtime="containerd"), node("node-2")],
            [
                "on 1 of 2 nodes whose logs would show it (not on node-2)",
                "what differs there: container runtime containerd, on the other nodes docker",
            ],
        ),
    ],
)
def test_on_how_many_nodes(nodes, expected, tmp_path):
    assert said(tmp_path, *nodes) == expected


def test_a_node_without_such_a_log_is_not_counted(tmp_path):
    other = {"node-2/etcd.log": "2022-01-19 05:50:00.000000 I | etcdserver: a\n"}
    assert said(tmp_path, node("node-1", broken=True), other) == []


def test_what_is_of_the_cluster_is_on_no_node(tmp_path):
    files = {"node-1/tke.log": "2022-01-19 06:00:00.100\terror\ttke-installer\tclustersignal\n"}
    assert said(tmp_path, files, node("node-2"), node("node-3")) == []

"""An earlier report against new logs: gone, still there, new, or not to be judged."""

from __future__ import annotations

import json

import pytest

from loganalyzer import diagnose
from loganalyzer.diagnose.verify import verdicts
from loganalyzer.report import json_v1
from loganalyzer.rulepack import read_pack
from tests.cli.conftest import tkelog
from tests.kit import ROOT, sources

PACK = read_pack([ROOT / "rules"]).ruleset
SCANNER = diagnose.Scanner(PACK)
LOGS = ROOT / "fixtures/logs"


def report(files):
    return diagnose.analyze(PACK, sources(files), scanner=SCANNER)


def fixture(case, only=""):
    root = LOGS / case
    return {str(p.relative_to(root)): p.read_text() for p in sorted(root.rglob("*.log")) if only in str(p)}


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May")
MONTHS_LATER = ("May", "Jun", "Jul", "Aug", "Sep")


def later(files, months=4):
    """The same logs, so many months later."""

    def shift(text):
        for i in (5, 4, 3, 2, 1):  # fixtures are of January to May
            text = text.replace(f"2022-0{i}-", f"2022-0{i + months}-").replace(
                f"{MONTHS[i - 1]} ", f"{MONTHS_LATER[i - 1]} "
            )
            for level in "IWEF":
                text = text.replace(f" {level}0{i}", f" {level}0{i + months}")
        return text

    return {path: shift(text) for path, text in files.items()}


def clock(day, hour, level, text):
    return f"{level}{day} {hour}:00:00.000000    1201 kubelet.go:100] {text}\n"


def kubelet(node, *entries):
    return "".join(f"Mar {e[0][2:]} {e[1]}:00:00 {node} kubelet[1201]: {clock(*e)}" for e in entries)


SWAP = (
    '"Failed to run kubelet" err="failed to run Kubelet: running with swap on is not supported, please disable swap!"'
)
CGROUP = (
    '"Failed to run kubelet" err="failed to run Kubelet: misconfiguration: kubelet cgroup driver: '
    '\\"systemd\\" is different from docker cgroup driver: \\"cgroupfs\\""'
)
FINE = '"Volume mounted"'

BEFORE = {
    "swap": {"node-1/kubelet.log": kubelet("node-1", ("0314", "10", "E", SWAP), ("0314", "11", "E", SWAP))},
    **{case: fixture(case) for case in (
        "all-in-one-public-ip", "gateway-port-conflict", "redirect-uri-after-port-change", "add-node-residue",
    )},
    "node": {"node-2/kubelet.log": kubelet("node-2", ("0314", "10", "E", CGROUP))},
    "curl": {"node-1/curl.log": "curl: (60) SSL: no alternative certificate subject name matches target host name 'a.b'\n"},
}  # fmt: skip

HEALTHY = later(fixture("healthy-install"))
PODS = {  # quiet logs of the programs that the fixtures' failures show in
    "master-1/var/log/pods/tke_tke-auth-api-6d9c5b7f4-q8w2z_a4b1c7d2-0e39-4f8d-8f6a-5d3c2b1a0f99/tke-auth-api/0.log":
        "2022-10-01T02:00:00.1Z stdout F 2022-10-01 02:00:00.100\tinfo\ttke-auth-api\tstarting\n",
    "master-1/var/log/pods/tke_tke-gateway-x7k2p_2d0f6a3e-58a1-4b0e-9c55-0a7d6f1b9e21/tke-gateway/0.log":
        "2022-10-01T02:00:00.1Z stdout F 2022-10-01 02:00:00.100\tinfo\ttke-gateway\tstarting\n",
    "master-1/var/log/pods/tke_tke-platform-controller-5f7d8c9b6-m4n5p_7c9e2f40-6b1d-4d3a-b2c8-1f0e9d8c7b6a/"
    "tke-platform-controller/0.log":
        "2022-10-01T02:00:00.1Z stdout F 2022-10-01 02:00:00.100\tinfo\ttke-platform-controller\tstarting\n",
}  # fmt: skip
QUIET = {"node-1/kubelet.log": kubelet("node-1", ("0315", "10", "I", FINE), ("0315", "11", "I", FINE))}

ROWS = [
    # before, what is collected afterwards, the state of the first diagnosis, the exit code
    ("swap", QUIET, "gone", 0),
    ("swap", {"node-1/kubelet.log": BEFORE["swap"]["node-1/kubelet.log"] + QUIET["node-1/kubelet.log"]}, "gone", 0),
    ("swap", BEFORE["swap"], "cannot judge", 11),
    ("swap", {"node-1/kubelet.log": kubelet("node-1", ("0315", "10", "E", SWAP))}, "still there", 10),
    ("swap", {"node-1/containerd.log": 'time="2022-03-15T10:00:00Z" level=info msg="x"\n'}, "cannot judge", 11),
    ("swap", {"node-2/kubelet.log": QUIET["node-1/kubelet.log"].replace("node-1", "node-2")}, "cannot judge", 11),
    ("swap", {"node-1/kubelet.log": kubelet("node-1", ("0313", "10", "I", FINE))}, "cannot judge", 11),
    ("swap", {"node-1/kubelet.log": kubelet("node-1", ("0315", "10", "E", CGROUP))}, "gone", 10),  # and one is new
    ("all-in-one-public-ip", HEALTHY | PODS, "gone", 0),
    ("all-in-one-public-ip", later(BEFORE["all-in-one-public-ip"]), "still there", 10),
    ("gateway-port-conflict", HEALTHY | PODS, "gone", 0),
    ("gateway-port-conflict", later(BEFORE["gateway-port-conflict"]), "still there", 10),
    ("gateway-port-conflict", QUIET, "cannot judge", 11),
    ("redirect-uri-after-port-change", HEALTHY | PODS, "gone", 0),
    ("redirect-uri-after-port-change", later(BEFORE["redirect-uri-after-port-change"]), "still there", 10),
    ("redirect-uri-after-port-change", QUIET, "cannot judge", 11),
    ("add-node-residue", HEALTHY | PODS, "gone", 0),
    ("add-node-residue", later(BEFORE["add-node-residue"]), "still there", 10),
    ("add-node-residue", QUIET, "cannot judge", 11),
    ("node", {"node-2/kubelet.log": kubelet("node-2", ("0315", "10", "I", FINE))}, "gone", 0),
    ("node", {"node-2/kubelet.log": kubelet("node-2", ("0315", "10", "E", CGROUP))}, "still there", 10),
    ("node", QUIET, "cannot judge", 11),
    ("curl", {"node-1/curl.log": '{"health": "true"}\n'}, "gone", 0),  # nobody knows this program, but it is the same log
    ("curl", {"node-1/other.log": '{"health": "true"}\n'}, "cannot judge", 11),
]  # fmt: skip


def exit_code(found):
    states = {each.state.value for each in found}
    return 10 if states & {"still there", "new"} else 11 if "cannot judge" in states else 0


@pytest.mark.parametrize(
    ("case", "after", "state", "code"), ROWS, ids=[f"{r[0]}-{i}-{r[2]}" for i, r in enumerate(ROWS)]
)
def test_verdict(case, after, state, code):
    before = json_v1.document(report(BEFORE[case]))
    assert before["diagnoses"]
    found = verdicts(PACK, before, report(after))
    first = found[0]
    assert (first.id, first.state.value) == (before["diagnoses"][0]["id"], state), first.why.en
    assert exit_code(found) == code, [(v.id, v.state.value, v.why.en) for v in found]


def test_what_was_not_there_before_is_new():
    before = json_v1.document(report(BEFORE["swap"]))
    found = verdicts(PACK, before, report({"node-1/kubelet.log": kubelet("node-1", ("0315", "10", "E", CGROUP))}))
    assert [(v.id, v.state.value) for v in found] == [
        ("kubelet-swap-on", "gone"),
        ("kubelet-cgroup-driver-mismatch", "new"),
    ]


@pytest.mark.parametrize(("after", "code"), [("fine", 0), ("broken", 10), ("other", 11)])
def test_the_command_says_so_by_its_exit_code(after, code, tmp_path):
    for name, text in {
        "before": BEFORE["swap"]["node-1/kubelet.log"],
        "fine": QUIET["node-1/kubelet.log"],
        "broken": kubelet("node-1", ("0315", "10", "E", SWAP)),
        "other": 'time="2022-03-15T10:00:00Z" level=info msg="x"\n',
    }.items():
        path = tmp_path / name / "node-1" / ("containerd.log" if name == "other" else "kubelet.log")
        path.parent.mkdir(parents=True)
        path.write_text(text)
    earlier = tmp_path / "report.json"
    assert tkelog("analyze", tmp_path / "before", "-o", earlier).returncode == 10
    done = tkelog("verify", earlier, tmp_path / after, "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["schema"]) == (code, "tkelog.verify/v1")

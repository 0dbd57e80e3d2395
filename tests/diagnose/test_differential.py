"""Where the evidence ends at a symptom: every cause that would explain it, and what would prove each."""

from collections import defaultdict
from functools import cache

import pytest

from loganalyzer import diagnose
from loganalyzer.diagnose.matcher import Matcher
from loganalyzer.model import Confidence, Kind
from loganalyzer.rulepack import read_pack
from tests.kit import ROOT, analyze, rule, ruleset, sources

PACK = read_pack([ROOT / "rules"]).ruleset
SCANNER = diagnose.Scanner(PACK)
CAUSES = defaultdict(list)
for each in PACK.rules.values():
    for edge in each.explains:
        if each.kind is Kind.CAUSE:
            CAUSES[edge.id].append(each)
SAMPLE = 5
"""Of the causes of a symptom every fifth is proved, each symptom beginning elsewhere."""
SYMPTOMS = [each for each in PACK.rules.values() if each.kind is Kind.SYMPTOM]


def report(files):
    return diagnose.analyze(PACK, sources(files), scanner=SCANNER)


def alone(symptom):
    """The symptom's own example: nothing else in it."""
    return next(example.files for example in symptom.examples if example.top == symptom.id)


@cache
def proof(id_):
    """The lines that the cause's first confirmed example holds for its signals (of the first, where none confirms),
    and how sure it is there."""
    cause = PACK.rules[id_]
    mine = [example for example in cause.examples if example.top == id_]
    sure = {example.name: report(example.files).diagnoses[0].confidence for example in mine}
    example = next((e for e in mine if sure[e.name] is Confidence.CONFIRMED), mine[0])
    return {path: "".join(lines) for path, lines in shown(cause, example.files) if lines}, sure[example.name]


def shown(cause, files):
    matchers = [Matcher(0, cause, name, n) for name, s in cause.signals.items() for n in range(len(s.alternatives))]
    for source in sources(files):
        (block,) = source.blocks()
        lines, at, keep = block.data.decode().splitlines(keepends=True), 0, set()
        for number, line in enumerate(lines):
            end = at + len(line.encode()) - line.endswith("\n")
            for matcher in matchers:
                one = source.paragraph(block, at, end)[0] if matcher.signal.block else source.normal(block, at, end)
                if matcher.match(one):
                    keep.update(range(number, number + one.count(b"\n") + 1))
            at += len(line.encode())
        yield source.path, [line for number, line in enumerate(lines) if number in keep]


def together(files, more):
    """Both; what lies in one file in order of time, as far as the lines begin with one."""
    both = dict(files)
    for path, text in more.items():
        both[path] = "".join(sorted([both[path], text])) if path in both else text
    return both


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda each: each.id)
def test_a_symptom_alone_names_every_cause_and_how_to_prove_it(symptom):
    (first, *_) = report(alone(symptom)).diagnoses
    assert first.id == symptom.id
    assert {c.id for c in first.candidates} == {c.id for c in CAUSES[symptom.id]} != set()
    assert [c.id for c in first.candidates if not (c.shows and c.where and c.collect)] == []


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda each: each.id)
def test_the_missing_lines_make_each_cause_the_diagnosis(symptom):
    wrong = []
    for cause in CAUSES[symptom.id][SYMPTOMS.index(symptom) % min(SAMPLE, len(CAUSES[symptom.id])) :: SAMPLE]:
        lines, confidence = proof(cause.id)
        top = report(together(alone(symptom), lines)).diagnoses[0]
        if (top.id, top.confidence) != (cause.id, confidence):
            wrong.append(f"{cause.id}: {top.id} {top.confidence.name}")
    assert wrong == []


def test_nearly_every_cause_can_be_confirmed():
    """Only a rule whose proof no line can bring (what it needs must be absent) stays likely."""
    causes = sorted({c.id for many in CAUSES.values() for c in many})
    unsure = {id_ for id_ in causes[::SAMPLE] if proof(id_)[1] is not Confidence.CONFIRMED}
    assert unsure <= {"etcd-dir-preexisting-mount"}


# -------------------------------------------------------------------------------------------- small rulesets

SYMPTOM = rule("down", "\nsignals:\n  s: {in: [kubelet], shows: s, source: s, text: ['downsignal']}\n", kind="symptom")


def cause(id_, signals, extra=""):
    return rule(id_, f"\nsignals:\n{signals}\nexplains: [{{id: down, scope: cluster}}]\n{extra}\n")


def one(name, component, word):
    return f"  {name}: {{in: [{component}], shows: {word} line, source: s, text: ['{word}']}}\n"


KUBELET = "E0119 06:00:00.000000    1234 kubelet.go:1] {}\nE0119 06:10:00.000000    1234 kubelet.go:1] later\n"
ETCD = "2022-01-19 05:50:00.000000 I | etcdserver: a\n2022-01-19 06:20:00.000000 I | etcdserver: {}\n"
DOWN = {"node-1/kubelet.log": KUBELET.format("downsignal")}


def candidates(tmp_path, files, *causes):
    found = analyze(ruleset(tmp_path, SYMPTOM, *causes), files)
    return {c.id: c for c in found.diagnoses[0].candidates}


def test_what_is_present_and_silent_counts_against(tmp_path):
    files = {**DOWN, "node-1/etcd.log": ETCD.format("b")}
    found = candidates(
        tmp_path, files, cause("a-etcd", one("e", "etcd", "etcdsignal")), cause("b-other", one("d", "dex", "dexsignal"))
    )
    assert list(found) == ["b-other", "a-etcd"]
    assert [t.en for t in found["a-etcd"].against] == ["node-1/etcd.log covers the time and does not show it"]
    assert found["b-other"].against == ()


def test_a_log_that_ends_before_is_neutral(tmp_path):
    early = "2022-01-19 05:00:00.000000 I | etcdserver: a\n2022-01-19 05:57:00.000000 I | etcdserver: b\n"
    files = {**DOWN, "node-1/etcd.log": early}
    found = analyze(ruleset(tmp_path, SYMPTOM, cause("a-etcd", one("e", "etcd", "etcdsignal"))), files)
    assert found.diagnoses[0].candidates[0].against == ()
    assert "node-1/etcd.log ends 3 min before" in found.missing[0].title.en


def test_what_was_seen_of_a_cause_brings_it_forward(tmp_path):
    half = cause("z-half", one("k", "kubelet", "halfsignal") + one("d", "dex", "dexsignal"), "confirmed_by: k and d")
    files = {"node-1/kubelet.log": KUBELET.format("downsignal") + KUBELET.format("halfsignal")}
    found = candidates(tmp_path, files, cause("a-other", one("d", "dex", "otherword")), half)
    assert list(found) == ["z-half", "a-other"]
    assert [t.en for t in found["z-half"].supports] == ["node-1/kubelet.log:3, which shows halfsignal line"]
    assert found["z-half"].shows == "dexsignal line"  # not what is already there


def test_of_several_ways_to_a_proof_the_one_that_no_log_denies(tmp_path):
    two = cause("two", one("e", "etcd", "etcdsignal") + one("d", "dex", "dexsignal"), "confirmed_by: e or d")
    found = candidates(tmp_path, {**DOWN, "node-1/etcd.log": ETCD.format("b")}, two)
    assert (found["two"].shows, found["two"].against) == ("dexsignal line", ())


def test_what_must_come_together_is_asked_for_together(tmp_path):
    both = cause("both", one("e", "etcd", "etcdsignal") + one("d", "dex", "dexsignal"), "confirmed_by: e and d")
    found = candidates(tmp_path, DOWN, both)
    assert found["both"].shows == "etcdsignal line + dexsignal line"
    assert "crictl" in found["both"].collect
    assert "dex" in found["both"].collect


def test_what_excludes_a_cause_is_said(tmp_path):
    not_so = cause(
        "not-so", one("d", "dex", "dexsignal") + one("k", "kubelet", "clearsignal"), "confirmed_by: d\nrefuted_by: k"
    )
    files = {"node-1/kubelet.log": KUBELET.format("downsignal") + KUBELET.format("clearsignal")}
    found = candidates(tmp_path, files, not_so)
    assert [t.en for t in found["not-so"].against] == ["excluded by node-1/kubelet.log:3, which shows clearsignal line"]


def test_another_container_runtime_speaks_against(tmp_path):
    files = {**DOWN, "node-1/containerd.log": 'time="2022-01-19T05:00:00Z" level=info msg="x"\n'}
    found = candidates(
        tmp_path, files, cause("a-docker", one("d", "docker", "dockerword")), cause("b", one("d", "dex", "dexsignal"))
    )
    assert list(found) == ["b", "a-docker"]
    assert [t.en for t in found["a-docker"].against] == ["the container runtime here is containerd"]


# --------------------------------------------------------------------------------------------- where to look

POD = "var/log/pods/tke_tke-platform-controller-{}_0a1b2c3d-1111-2222-3333-444455556666/tke-platform-controller/0.log"
ZAP = "2022-01-19T06:00:00.1Z stdout F 2022-01-19 06:00:00.100\tinfo\ttke-platform-controller\tstarting\n"
NAMES = ("6c9f7d5b8-4x2vn", "6c9f7d5b8-q8zlk")


def test_commands_name_both_replicas_and_their_namespace(tmp_path):
    files = DOWN | {f"master-{i}/{POD.format(name)}": ZAP for i, name in enumerate(NAMES, 1)}
    found = candidates(tmp_path, files, cause("c", one("p", "tke-platform-controller", "platformword")))
    for name in NAMES:
        assert f"kubectl -n tke logs tke-platform-controller-{name} " in found["c"].collect
    assert "/var/log/pods/tke_tke-platform-controller-" in found["c"].where


def test_a_replica_whose_log_is_not_here_is_asked_for_too(tmp_path):
    files = DOWN | {f"master-1/{POD.format(NAMES[0])}": ZAP}
    found = candidates(tmp_path, files, cause("c", one("p", "tke-platform-controller", "platformword")))
    assert f"kubectl -n tke logs tke-platform-controller-{NAMES[0]} " in found["c"].collect
    assert f"grep -v tke-platform-controller-{NAMES[0]}" in found["c"].collect


@pytest.mark.parametrize(
    ("component", "says"),
    [
        ("kubelet", ["# on node-1\n", "journalctl -u kubelet", "--since '2022-01-19 05:45:00'"]),
        ("etcd", ["# on master-1, master-2\n", "crictl ps -aq --name etcd"]),
        ("registry", ["# on admin-1\n", "nerdctl -n default", "registry-https"]),
        ("tke-installer", ["# on admin-1\n", "/opt/tke-installer/data/tke.log"]),
    ],
)
def test_commands_name_the_hosts_and_the_runtime(component, says, tmp_path):
    files = {
        "node-1/kubelet.log": "Jan 19 06:00:00 node-1 kubelet[1]: E0119 06:00:00.000000    1 kubelet.go:1] downsignal\n",
        "node-1/containerd.log": 'time="2022-01-19T06:00:00Z" level=info msg="x"\n',
        "master-1/etcd.log": ETCD.format("b"),
        "master-2/etcd.log": ETCD.format("b"),
        "admin-1/tke.log": "2022-01-19 06:00:00.100\tinfo\ttke-installer\tx\n",
    }
    found = candidates(tmp_path, files, cause("c", one("x", component, "wantedword")))
    assert [part for part in says if part not in found["c"].collect] == []

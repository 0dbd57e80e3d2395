"""What hangs under what, and what stands first."""

import pytest

from tests.kit import analyze, rule, ruleset, shape


def signal(word: str, component: str = "kubelet", extra: str = "") -> str:
    return f"\nsignals:\n  s: {{in: [{component}], shows: s, source: s, text: ['{word}']}}\n{extra}\n"


def klog(*entries: str) -> str:
    return "".join(f"E0119 {e.split(' ', 1)[0]}.000000    1234 kubelet.go:1] {e.split(' ', 1)[1]}\n" for e in entries)


CHAIN = (
    rule("address", signal("addresssignal", extra="explains: [{id: conflict, scope: cluster}, server-down]")),
    rule("conflict", signal("conflictsignal", extra="explains: [{id: redirect, scope: cluster}]")),
    rule("redirect", signal("redirectsignal")),
    rule("server-down", signal("serverdownsignal", extra="explains: [node-missing]"), kind="symptom"),
    rule("node-missing", signal("nodemissingsignal"), kind="symptom"),
    rule("other", signal("othersignal")),
    rule("retrying", signal("retrysignal"), kind="envelope"),
)

ROWS = [
    ("a chain hangs under its first cause", ["06:00:00 addresssignal", "06:01:00 conflictsignal", "06:02:00 redirectsignal"],
     [("address", [("conflict", ["redirect"])])]),
    ("without its cause, the consequence is the root", ["06:01:00 conflictsignal", "06:02:00 redirectsignal"],
     [("conflict", ["redirect"])]),
    ("a symptom's symptom hangs under the symptom", ["06:00:00 addresssignal", "06:01:00 serverdownsignal", "06:02:00 nodemissingsignal"],
     [("address", [("server-down", ["node-missing"])])]),
    ("a symptom stays where nothing explains it, below causes", ["06:00:00 serverdownsignal", "06:00:01 othersignal"],
     ["other", "server-down"]),
    ("two causes are both shown; the one that explains more comes first", ["06:00:00 othersignal", "06:00:01 conflictsignal", "06:02:00 redirectsignal"],
     [("conflict", ["redirect"]), "other"]),
    ("an envelope alone is reported", ["06:00:00 retrysignal"], ["retrying"]),
    ("an envelope hangs under what its line holds", ["06:00:00 retrysignal: othersignal"], [("other", ["retrying"])]),
    ("an envelope hangs under what its block holds", ["06:00:00 retrysignal", "06:00:00 conflictsignal"], [("conflict", ["retrying"])]),
    ("a cause that comes after its symptom ended explains nothing", ["05:00:00 x", "06:00:00 serverdownsignal", "07:00:00 addresssignal"],
     ["address", "server-down"]),
    ("without time nothing speaks against it", [], None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "entries", "expected"), ROWS[:-1], ids=[row[0] for row in ROWS[:-1]])
def test_forest(what, entries, expected, tmp_path):
    assert shape(analyze(ruleset(tmp_path, *CHAIN), {"kubelet.log": klog(*entries)})) == expected


def test_timeless_logs_are_neutral(tmp_path):
    report = analyze(ruleset(tmp_path, *CHAIN), {"kubelet.log": "serverdownsignal\naddresssignal\n"})
    assert shape(report) == [("address", ["server-down"])]


def test_an_edge_acts_on_its_own_node(tmp_path):
    files = {"n-1/kubelet.log": klog("06:00:00 addresssignal"), "n-2/kubelet.log": klog("06:01:00 serverdownsignal")}
    assert shape(analyze(ruleset(tmp_path, *CHAIN), files)) == ["address", "server-down"]


def test_a_cluster_edge_acts_everywhere(tmp_path):
    files = {"n-1/kubelet.log": klog("06:00:00 addresssignal"), "n-2/kubelet.log": klog("06:01:00 conflictsignal")}
    assert shape(analyze(ruleset(tmp_path, *CHAIN), files)) == [("address", ["conflict"])]


def test_via_names_the_envelope(tmp_path):
    report = analyze(ruleset(tmp_path, *CHAIN), {"kubelet.log": klog("06:00:00 retrysignal: othersignal")})
    assert report.diagnoses[0].evidence[0].via == "retrying"


HARMLESS = rule("ignore-me", signal("noisesignal", extra="excuses: [other]"), kind="harmless")


def test_harmless_findings_stand_apart_and_take_back_their_line(tmp_path):
    rules = ruleset(tmp_path, *CHAIN, HARMLESS)
    report = analyze(rules, {"kubelet.log": klog("06:00:00 noisesignal othersignal")})
    assert shape(report) == []
    assert [h.id for h in report.harmless] == ["ignore-me"]


def test_harmless_does_not_excuse_another_line(tmp_path):
    rules = ruleset(tmp_path, *CHAIN, HARMLESS)
    report = analyze(rules, {"kubelet.log": klog("06:00:00 noisesignal othersignal", "06:01:00 othersignal")})
    assert shape(report) == ["other"]


HEALING = """
signals:
  s: {in: [kubelet], shows: s, source: s, text: ['brokensignal']}
  up: {in: [kubelet], shows: u, source: s, text: ['recoveredsignal']}
confirmed_by: s
healed_by: up after s
explains: [other]
"""


@pytest.mark.parametrize(
    ("entries", "shown", "past"),
    [
        (["06:00:00 brokensignal", "06:01:00 recoveredsignal"], [], ["mended"]),
        (["06:00:00 recoveredsignal", "06:01:00 brokensignal"], ["mended"], []),
        (["06:00:00 brokensignal", "06:01:00 recoveredsignal", "06:02:00 othersignal"], [("mended", ["other"])], []),
    ],
)
def test_healed(entries, shown, past, tmp_path):
    rules = ruleset(tmp_path, *CHAIN, rule("mended", HEALING, kind="symptom"))
    report = analyze(rules, {"kubelet.log": klog(*entries)})
    assert (shape(report), [h.id for h in report.healed]) == (shown, past)


def test_a_symptom_alone_lists_what_could_explain_it(tmp_path):
    report = analyze(ruleset(tmp_path, *CHAIN), {"kubelet.log": klog("06:00:00 serverdownsignal")})
    (candidate,) = report.diagnoses[0].candidates
    assert (candidate.id, candidate.shows) == ("address", "s")
    assert "kubelet" in candidate.where
    assert "journalctl -u kubelet" in candidate.collect

"""The semantics of conditions: each row is a condition, a log, and whether the rule says nothing, likely or confirmed."""

import pytest

from tests.kit import analyze, rule, ruleset

SIGNALS = """
signals:
  a: {in: [kubelet], shows: a, source: s, text: ['alphasignal <x:word>', 'alphasignal alone']}
  b: {in: [kubelet], shows: b, source: s, text: ['bravosignal <x:word>']}
  c: {in: [etcd], shows: c, source: s, text: ['charliesignal <x:word>']}
  net_1: {in: [kubelet], shows: n, source: s, text: ['netsignalone']}
  net_2: {in: [kubelet], shows: n, source: s, text: ['netsignaltwo']}
  net_3: {in: [kubelet], shows: n, source: s, text: ['netsignalthree']}
"""


def klog(*entries: str) -> str:
    """`06:43:01 text` entries as kubelet lines."""
    return "".join(f"E0119 {e.split(' ', 1)[0]}.000000    1234 kubelet.go:1] {e.split(' ', 1)[1]}\n" for e in entries)


A = "06:43:01 alphasignal one"
B = "06:43:11 bravosignal one"
NOISE_BEFORE, NOISE_AFTER = "06:00:00 nothing here", "07:59:00 nothing here"
ETCD = "2022-01-19 06:00:00.000000 I | etcdserver: starting\n{}2022-01-19 08:00:00.000000 I | etcdserver: going on\n"
KUBELET_WITH_YEAR = "Jan 19 06:00:00 n kubelet[1]: hello\n"

ROWS = [
    # what is seen is true, what is not seen is false
    ("a", {"kubelet.log": klog(A)}, "confirmed"),
    ("b", {"kubelet.log": klog(A)}, None),
    ("a and b", {"kubelet.log": klog(A)}, None),
    ("a and b", {"kubelet.log": klog(A, B)}, "confirmed"),
    ("b or a", {"kubelet.log": klog(A)}, "confirmed"),
    ("a and (b or not c)", {"kubelet.log": klog(A, B)}, "confirmed"),
    # absence is true only where a source covers the time, else unknown: likely
    ("a and absent b", {"kubelet.log": klog(NOISE_BEFORE, A, NOISE_AFTER)}, "confirmed"),
    ("a and not b", {"kubelet.log": klog(NOISE_BEFORE, A, NOISE_AFTER)}, "confirmed"),
    ("a and not b", {"kubelet.log": klog(A, B)}, None),
    ("a and absent c", {"kubelet.log": klog(A)}, "likely"),
    ("a and absent c", {"n/kubelet.log": klog(A), "n/etcd.log": "no time at all\n"}, "likely"),
    ("a and not (b and c)", {"kubelet.log": klog(A)}, "confirmed"),
    # N of
    ("2 of net_*", {"kubelet.log": klog("06:00:01 netsignalone", "06:00:02 netsignalthree")}, "confirmed"),
    ("2 of net_*", {"kubelet.log": klog("06:00:01 netsignalone", "06:00:02 netsignalone")}, None),
    ("any of net_*", {"kubelet.log": klog("06:00:01 netsignaltwo")}, "confirmed"),
    ("all of net_*", {"kubelet.log": klog("06:00:01 netsignalone", "06:00:02 netsignaltwo")}, None),
    # counting, in all and within a window
    ("count(a) >= 3", {"kubelet.log": klog(A, A.replace("one", "two"), A.replace("one", "three"))}, "confirmed"),
    ("count(a) > 1", {"kubelet.log": klog(A)}, None),
    ("count(a) == 1", {"kubelet.log": klog(A)}, "confirmed"),
    ("count(a) >= 2 within 1m", {"kubelet.log": klog("06:00:00 alphasignal x", "06:00:59 alphasignal y")}, "confirmed"),
    ("count(a) >= 2 within 1m", {"kubelet.log": klog("06:00:00 alphasignal x", "06:01:01 alphasignal y")}, None),
    ("count(a) >= 2 within 1m", {"kubelet.log": "alphasignal x\nalphasignal y\n"}, "likely"),
    # distinct values
    ("distinct(a.x) >= 2", {"kubelet.log": klog("06:00:00 alphasignal x", "06:00:01 alphasignal y")}, "confirmed"),
    ("distinct(a.x) >= 2", {"kubelet.log": klog("06:00:00 alphasignal x", "06:00:01 alphasignal x")}, None),
    # order
    ("a then b", {"kubelet.log": klog(A, B)}, "confirmed"),
    ("b then a", {"kubelet.log": klog(A, B)}, None),
    ("b after a", {"kubelet.log": klog(A, B)}, "confirmed"),
    ("b before a", {"kubelet.log": klog(A, B)}, None),
    ("a then b within 10s", {"kubelet.log": klog(A, B)}, "confirmed"),
    ("a then b within 9s", {"kubelet.log": klog(A, B)}, None),
    ("a then b", {"kubelet.log": "alphasignal x\nbravosignal y\n"}, "confirmed"),
    ("a then b", {"kubelet.log": "bravosignal y\nalphasignal x\n"}, None),
    ("a then b within 1m", {"kubelet.log": "alphasignal x\nbravosignal y\n"}, "likely"),
    ("a then c", {"m-1/kubelet.log": klog(A), "m-1/etcd.log": "charliesignal q\n"}, "likely"),
    # what does not come after
    ("a and absent b within 1m after a", {"kubelet.log": klog(A, NOISE_AFTER)}, "confirmed"),
    ("a and not b within 1m after a", {"kubelet.log": klog(A, B, NOISE_AFTER)}, None),
    ("a and absent b within 5s after a", {"kubelet.log": klog(A, B, NOISE_AFTER)}, "confirmed"),
    ("a and absent b within 1h after a", {"kubelet.log": klog(A)}, "likely"),
    # values
    ("a.x == b.x", {"kubelet.log": klog(A, B)}, "confirmed"),
    ("a.x == b.x", {"kubelet.log": klog(A, B.replace("one", "two"))}, None),
    ("a.x != b.x", {"kubelet.log": klog(A, B.replace("one", "two"))}, "confirmed"),
    ('a.x == "one"', {"kubelet.log": klog(A)}, "confirmed"),
    ("a.x < 4", {"kubelet.log": klog("06:00:00 alphasignal 3")}, "confirmed"),
    ("a.x < 4", {"kubelet.log": klog("06:00:00 alphasignal 10")}, None),
    ("public(a.x)", {"kubelet.log": klog("06:00:00 alphasignal 203.0.113.9")}, "confirmed"),
    ("public(a.x)", {"kubelet.log": klog("06:00:00 alphasignal 10.0.0.1")}, None),
    ("private(a.x)", {"kubelet.log": klog("06:00:00 alphasignal 192.168.1.4")}, "confirmed"),
    ("private(a.x)", {"kubelet.log": klog("06:00:00 alphasignal 127.0.0.1")}, None),
    ("loopback(a.x)", {"kubelet.log": klog("06:00:00 alphasignal 127.0.0.1")}, "confirmed"),
    ("wildcard(a.x)", {"kubelet.log": klog("06:00:00 alphasignal 0.0.0.0")}, "confirmed"),
    # place
    ("same node(a, c)", {"m-1/kubelet.log": klog(A), "m-1/etcd.log": "charliesignal q\n"}, "confirmed"),
    ("same line(a, b)", {"kubelet.log": "alphasignal x bravosignal y\n"}, "confirmed"),
    ("same line(a, b)", {"kubelet.log": "alphasignal x\nbravosignal y\n"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "files", "verdict"), ROWS)
def test_semantics(condition, files, verdict, tmp_path):
    rules = ruleset(tmp_path, rule("the-rule", f"{SIGNALS}\nconfirmed_by: {condition!r}\n"))
    found = analyze(rules, files).diagnoses
    assert [d.confidence.name.lower() for d in found] == ([verdict] if verdict else [])


VERDICTS = [
    ("confirmed_by: b\nlikely_by: a", "likely"),
    ("confirmed_by: a\nlikely_by: a", "confirmed"),
    ("confirmed_by: b\npossible_by: a", "possible"),
    ("confirmed_by: b", None),
    ("confirmed_by: a and absent c", "likely"),
    ("confirmed_by: a and absent c\nlikely_by: b", None),
    ("confirmed_by: a\nrefuted_by: a", None),
]


@pytest.mark.parametrize(("clauses", "verdict"), VERDICTS)
def test_verdict(clauses, verdict, tmp_path):
    rules = ruleset(tmp_path, rule("the-rule", f"{SIGNALS}\n{clauses}\n"))
    found = analyze(rules, {"kubelet.log": klog(A)}).diagnoses
    assert [d.confidence.name.lower() for d in found] == ([verdict] if verdict else [])


def test_two_nodes_do_not_prove_one_rule_together(tmp_path):
    files = {"n-1/kubelet.log": klog(A), "n-2/kubelet.log": klog(B)}
    assert not analyze(ruleset(tmp_path, rule("r", f"{SIGNALS}\nconfirmed_by: a and b\n")), files).diagnoses


def test_scope_cluster_joins_nodes(tmp_path):
    files = {"n-1/kubelet.log": klog(A), "n-2/kubelet.log": klog(B)}
    rules = ruleset(tmp_path, rule("r", f"{SIGNALS}\nscope: cluster\nconfirmed_by: a and b\n"))
    (found,) = analyze(rules, files).diagnoses
    assert found.nodes == ("n-1", "n-2")


def test_per_separates_findings(tmp_path):
    rules = ruleset(tmp_path, rule("r", f"{SIGNALS}\nper: [x]\nconfirmed_by: a and b\n"))
    log = klog(A, B, "06:44:00 alphasignal two", "06:44:01 bravosignal two", "06:45:00 alphasignal three")
    found = analyze(rules, {"kubelet.log": log}).diagnoses
    assert [d.captures["x"] for d in found] == [("one",), ("two",)]
    assert len({d.fingerprint for d in found}) == 2


def test_a_signal_without_the_join_value_belongs_to_every_group(tmp_path):
    rules = ruleset(tmp_path, rule("r", f"{SIGNALS}\nper: [x]\nconfirmed_by: a and net_1\n"))
    log = klog(A, "06:44:00 alphasignal two", "06:44:01 netsignalone")
    assert len(analyze(rules, {"kubelet.log": log}).diagnoses) == 2

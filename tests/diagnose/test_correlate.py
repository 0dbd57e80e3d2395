"""Which series belong together: by join values, by node, by what their program knows of nodes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from loganalyzer.diagnose.correlate import Group as G
from loganalyzer.diagnose.correlate import _by_node, _fits, _joined, _narrower, _together, begins_after, by_signal, home
from loganalyzer.items import ITEMS
from tests.kit import analyze, rule, ruleset, shape


def series(*join, node="n1", component="kubelet", signal="s", item=None):
    """One of a log of a node and component, or of collected command output where `item` says of which."""
    key = SimpleNamespace(rule="r", signal=signal, join=join)
    table = None if item is None else SimpleNamespace(item=item)
    source = SimpleNamespace(node=node, component=component, path="a.log", table=lambda: table)
    return SimpleNamespace(key=key, source=source, join=join)


@pytest.mark.parametrize(
    ("component", "node"),
    [
        ("kubelet", "n1"),
        (None, "n1"),
        ("kube-apiserver", "n1"),
        ("tke-installer", None),
        ("tke-gateway", None),
        ("events", None),
    ],
)
def test_the_node_that_a_log_speaks_of(component, node):
    assert home(series(component=component)) == node


@pytest.mark.parametrize("item", sorted(ITEMS))
def test_the_node_that_collected_output_speaks_of(item):
    assert home(series(component=None, item=item)) == (None if ITEMS[item].cluster else "n1")


@pytest.mark.parametrize(
    ("one", "other", "fits", "narrower"),
    [
        ((), (), True, True),
        (("a",), ("a",), True, True),
        (("a",), ("b",), False, False),
        ((None,), ("b",), True, False),
        (("a",), (None,), True, True),
        (("a", None), (None, "b"), True, False),
        (("a", "b"), ("a", None), True, True),
        (("a", "b"), ("a", "c"), False, False),
    ],
)
def test_join_values_fit_and_are_narrower(one, other, fits, narrower):
    assert _fits(one, other) is fits
    assert _narrower(one, other) is narrower


def test_a_series_without_a_value_belongs_to_every_group_it_does_not_contradict():
    a, b, none = series("a"), series("b"), series(None)
    assert [(key, members) for key, members in _joined([b, none, a])] == [(("a",), [none, a]), (("b",), [b, none])]
    assert list(_joined([none])) == [((None,), [none])]
    half, whole = series("a", None), series("a", "x")
    assert [key for key, _ in _joined([half, whole])] == [("a", "x")]


def test_one_part_a_node_with_what_belongs_to_none():
    rule = SimpleNamespace(cluster=False)
    one, two, nobody = series(node="n1"), series(node="n2"), series(node="n1", component="tke-installer")
    assert list(_by_node(rule, [two, nobody, one])) == [(("n1",), [nobody, one]), (("n2",), [two, nobody])]
    assert list(_by_node(rule, [one, nobody])) == [(("n1",), [one, nobody])]
    assert list(_by_node(rule, [nobody])) == [((), [nobody])]
    assert list(_by_node(SimpleNamespace(cluster=True), [one, two])) == [(("n1", "n2"), [one, two])]


def test_series_by_their_signal():
    a, b, c = series(signal="x"), series(signal="y"), series(signal="x")
    assert by_signal([a, b, c]) == {"x": [a, c], "y": [b]}


@pytest.mark.parametrize(
    ("truths", "together"),
    [([True, None], True), ([None, True], True), ([False, None], None), ([None, False], None), ([False, True], True),
     ([True, False], True), ([False, False], False), ([None, None], None)],
)  # fmt: skip
def test_a_fact_of_several_nodes_is_true_where_it_is_of_one_and_false_where_of_all(truths, together):
    groups = [G(SimpleNamespace(id="r"), {}, (), {"f": truth}) for truth in truths]
    assert _together(groups).facts == {"f": together}


def klog(*entries: str) -> str:
    """`06:43:01 text` entries as kubelet lines."""
    return "".join(f"E0119 {e.split(' ', 1)[0]}.000000    1234 kubelet.go:1] {e.split(' ', 1)[1]}\n" for e in entries)


SIGNALS = """
signals:
  a: {in: [kubelet], shows: a, source: s, text: ['alphasignal']}
  b: {in: [kubelet], shows: b, source: s, text: ['bravosignal']}
  c: {in: [etcd], shows: c, source: s, text: ['charliesignal']}
"""
LOG = {"n-1/kubelet.log": klog("06:00:00 nothing", "06:43:01 alphasignal", "06:44:00 bravosignal", "07:59:00 nothing")}


@pytest.mark.parametrize(
    ("conditions", "verdict"),
    [
        # the first that holds, in this order
        ("confirmed_by: a\nlikely_by: b\npossible_by: a", "CONFIRMED"),
        ("confirmed_by: a and c\nlikely_by: b\npossible_by: a", "LIKELY"),
        ("confirmed_by: a and c\nlikely_by: c\npossible_by: a", "POSSIBLE"),
        ("confirmed_by: a and c\nlikely_by: c\npossible_by: c", None),
        # whatever speaks for it, what refutes it decides
        ("confirmed_by: a\nrefuted_by: b", None),
        ("confirmed_by: a\nrefuted_by: c", "CONFIRMED"),
        ("confirmed_by: a\nrefuted_by: absent c", "CONFIRMED"),
        # unproved is likely where something of it was seen, unless the rule says itself what is likely
        ("confirmed_by: a and absent c", "LIKELY"),
        ("confirmed_by: a and absent c\nlikely_by: c", None),
        ("confirmed_by: c and absent b", None),
        ("confirmed_by: absent c and absent c", None),
        ("confirmed_by: absent c", None),
    ],
)
def test_the_verdict(conditions, verdict, tmp_path):
    report = analyze(ruleset(tmp_path, rule("the-rule", SIGNALS + conditions)), LOG)
    assert [one.confidence.name for one in report.diagnoses] == ([verdict] if verdict else [])


@pytest.mark.parametrize(
    ("cause", "symptom", "explained"),
    [
        # the cause may be printed up to a minute after the end of what it caused
        ("06:01:00", "06:00:00", True),
        ("06:01:01", "06:00:00", False),
        ("05:59:00", "06:00:00", True),
        # a log that begins with the symptom would not have shown the cause
        ("06:05:00", "05:00:00", False),
    ],
)
def test_a_cause_that_comes_after_its_symptom_explains_it_not(cause, symptom, explained, tmp_path):
    rules = ruleset(
        tmp_path,
        rule("root", "\nsignals:\n  s: {in: [kubelet], shows: s, source: s, text: ['alphasignal']}\nexplains: [{id: sign, scope: cluster}]\n"),
        rule("sign", "\nsignals:\n  s: {in: [kubelet, etcd], shows: s, source: s, text: ['bravosignal']}\n", kind="symptom"),
    )  # fmt: skip
    entries = sorted(["05:00:00 nothing", f"{cause} alphasignal", f"{symptom} bravosignal"])
    tree = shape(analyze(rules, {"n-1/kubelet.log": klog(*entries)}))
    assert tree == ([("root", ["sign"])] if explained else ["root", "sign"])
    # what begins only behind the symptom, or has no time, says nothing of when the cause began
    etcd = f"2022-01-19 {symptom}.000000 I | etcdserver: bravosignal\n"
    for log in (klog(f"{cause} alphasignal"), "alphasignal\n"):
        late = cause > symptom or log == "alphasignal\n"
        if late:
            assert shape(analyze(rules, {"n-1/kubelet.log": log, "n-1/etcd.log": etcd})) == [("root", ["sign"])]


def test_a_finding_counts_what_speaks_for_it_and_names_its_nodes(tmp_path):
    rules = ruleset(tmp_path, rule("the-rule", SIGNALS + "confirmed_by: a\nhealed_by: b after a\n"))
    files = {
        "n-1/kubelet.log": klog("06:00:00 alphasignal", "06:00:05 alphasignal", "06:00:09 bravosignal"),
        "n-2/kubelet.log": klog("06:00:03 alphasignal", "06:01:00 alphasignal"),
        "n-3/kubelet.log": klog("06:00:03 nothing"),
    }
    (one,) = analyze(rules, files).diagnoses
    assert one.count == 4
    assert one.nodes == ("n-1", "n-2")
    assert not one.healed  # the other node has not recovered
    assert (one.first_seen.seconds % 86400, one.last_seen.seconds % 86400) == (6 * 3600, 6 * 3600 + 60)


FACTS = """
scope: cluster
signals:
  a: {in: [tke-installer], shows: a, source: s, text: ['alphasignal port <port:port>']}
facts:
  holder: {from: listeners, test: port == a.port, shows: a holder, gives: {owner: process}}
"""
INSTALLER = {"n-1/tke-installer.log": "2022-01-19T06:43:01.000Z\terror\talphasignal port 443\n"}
SOCKETS = {
    f"{node}/cmd/ss-ntlp.txt": "State Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
    f'LISTEN 0 128 *:{port} *:* users:(("nginx",pid=7,fd=6))\n'
    for node, port in (("n-1", 80), ("n-2", 443), ("n-3", 443))
}


@pytest.mark.parametrize(
    ("conditions", "nodes"),
    [
        ("confirmed_by: a and holder", ("n-2", "n-3")),
        ('confirmed_by: a and holder.owner == "nginx"', ("n-2", "n-3")),
        # only what speaks for the finding says where it is
        ('confirmed_by: a\nrefuted_by: holder.owner == "kubelet"', ()),
        ("confirmed_by: a\nlikely_by: a and not holder", ()),
    ],
)
def test_a_log_of_the_cluster_leaves_the_node_to_what_was_collected(conditions, nodes, tmp_path):
    (one,) = analyze(ruleset(tmp_path, rule("the-rule", FACTS + conditions)), INSTALLER | SOCKETS).diagnoses
    assert one.nodes == nodes


@pytest.mark.parametrize(
    ("cause", "explained"),
    [
        # clocks of different nodes may differ by half an hour
        ("06:31:00", True),
        ("06:31:01", False),
    ],
)
def test_a_cause_on_another_node_may_be_later_by_what_clocks_differ(cause, explained, tmp_path):
    signals = "\nsignals:\n  s: {{in: [kubelet], shows: s, source: s, text: ['{}signal']}}\n"
    rules = ruleset(
        tmp_path,
        rule("root", signals.format("alpha") + "explains: [{id: sign, scope: cluster}]\n"),
        rule("sign", signals.format("bravo"), kind="symptom"),
    )
    line = 'time="2022-01-19T{}.000000000Z" level=error msg="{}"\n'
    mine = line.format("05:00:00", "nothing") + line.format(cause, "alphasignal")
    files = {"n-1/kubelet.log": mine, "n-2/kubelet.log": line.format("06:00:00", "bravosignal")}
    assert shape(analyze(rules, files)) == ([("root", ["sign"])] if explained else ["root", "sign"])


def test_each_node_keeps_the_rows_of_a_table_that_speak_of_it(tmp_path):
    signals = "\nsignals:\n  a: {in: [kubelet], shows: a, source: s, text: ['alphasignal <node:word>']}\n"
    facts = "facts:\n  gone: {from: nodes, test: name == a.node, shows: a row}\nconfirmed_by: a and gone\n"
    files = {f"n-{n}/kubelet.log": klog(f"06:43:0{n} alphasignal n-{n}") for n in (1, 2, 3)}
    table = [
        "NAME STATUS ROLES AGE VERSION INTERNAL-IP",
        *(f"n-{n} NotReady <none> 9d v1.20.4 10.0.0.{n}" for n in (1, 2)),
    ]
    files["n-1/k8s/nodes.txt"] = "\n".join(line.replace(" ", "   ") for line in table) + "\n"
    (one,) = analyze(ruleset(tmp_path, rule("the-rule", signals + facts)), files).diagnoses
    assert [e.line for e in one.evidence if e.signal == "gone"] == [2, 3]
    assert (one.nodes, one.count) == (("n-1", "n-2"), 4)


@pytest.mark.parametrize(
    ("after", "lead", "speaks"),
    [
        ((61.0, 0.0), (0.0, 0.0), True), ((60.0, 0.0), (0.0, 0.0), False), ((61.0, 1.0), (9.0, 0.0), False),
        ((99.0, 0.0), (-1.0, 0.0), False), (None, (0.0, 0.0), False), ((99.0, 0.0), None, False), ((99.0, 0.0), "timeless", False),
    ],
)  # fmt: skip
def test_time_speaks_against_a_cause_only_where_it_is_known(after, lead, speaks, monkeypatch):
    gaps = iter([after, lead])
    monkeypatch.setattr("loganalyzer.diagnose.correlate.gap", lambda *_: next(gaps))
    summary = SimpleNamespace(first=None if lead == "timeless" else "start")
    source = SimpleNamespace(summary=lambda: summary, settle=lambda when: when)
    dated, dateless = (SimpleNamespace(span=(span, span)) for span in ((source, "when"), None))
    assert begins_after(dated, dated) is speaks
    assert begins_after(dated, dateless) is begins_after(dateless, dated) is False


def test_join_values_of_two_rules_are_never_compared():
    for compare in (_fits, _narrower):
        with pytest.raises(ValueError, match="shorter"):
            compare(("a", "b"), ("a",))

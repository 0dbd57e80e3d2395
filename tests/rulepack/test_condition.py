import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.rulepack import rule as r
from loganalyzer.rulepack.condition import Scope, parse
from loganalyzer.rulepack.pack import read_rule

A, B = r.Seen("a"), r.Seen("b")
KNOWN = "; known are a, b, net_x, net_y"


def scope() -> Scope:
    captures = {
        "a": frozenset({"ip", "code", "have"}),
        "b": frozenset({"ip"}),
        "net_x": frozenset(),
        "net_y": frozenset(),
    }
    return Scope(captures, {"on_nic": frozenset({"interface"})})


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a", A),
        ("a and b", r.And((A, B))),
        ("a or b and a", r.Or((A, r.And((B, A))))),
        ("(a or b) and a", r.And((r.Or((A, B)), A))),
        ("not a and b", r.And((r.Absent("a"), B))),
        ("not (a or b)", r.Not(r.Or((A, B)))),
        ("on_nic", r.Fact("on_nic")),
        ("not on_nic", r.Not(r.Fact("on_nic"))),
        ("1 of net_*", r.Of(1, ("net_x", "net_y"))),
        ("2 of net_*", r.Of(2, ("net_x", "net_y"))),
        ("any of net_*", r.Of(1, ("net_x", "net_y"))),
        ("all of net_*", r.Of(2, ("net_x", "net_y"))),
        ("count(a) >= 5", r.Count("a", ">=", 5)),
        ("count(a) >= 5 within 10m", r.Count("a", ">=", 5, 600.0)),
        ("distinct(a.ip) >= 2", r.Distinct(r.Ref("a", "ip"), ">=", 2)),
        ("a then b within 1h30m", r.Sequence(("a", "b"), 5400.0)),
        ("a then b then net_x", r.Sequence(("a", "b", "net_x"))),
        ("a before b", r.Sequence(("a", "b"))),
        ("b after a within 90s", r.Sequence(("a", "b"), 90.0)),
        ("b within 90s after a", r.Sequence(("a", "b"), 90.0)),
        ("absent b", r.Absent("b")),
        ("absent b within 5m after a", r.Absent("b", 300.0, "after", "a")),
        ("not b within 5m after a", r.Absent("b", 300.0, "after", "a")),
        ("not b before a", r.Absent("b", None, "before", "a")),
        ("a.ip == b.ip", r.Compare(r.Ref("a", "ip"), "==", r.Ref("b", "ip"))),
        ('a.code != "EOF"', r.Compare(r.Ref("a", "code"), "!=", "EOF")),
        ("a.have < 4", r.Compare(r.Ref("a", "have"), "<", 4.0)),
        ("on_nic.interface == 'eth0'", r.Compare(r.Ref("on_nic", "interface", fact=True), "==", "eth0")),
        ("public(a.ip)", r.Predicate("public", r.Ref("a", "ip"))),
        ("same node(a, b)", r.SameNode(("a", "b"))),
        ("same line(a, b)", r.SameNode(("a", "b"), line=True)),
        ("a\n  or b", r.Or((A, B))),
    ],
)
def test_forms(text, condition):
    there = scope()
    assert parse(text, there) == condition
    assert there.complaints == []


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("a and c", 6, f"unknown signal 'c'{KNOWN}"),
        ("a.port == 1", 2, "the signal 'a' has no capture 'port'; known are code, have, ip"),
        ("any of foo_*", 7, f"no signal begins with 'foo_'{KNOWN}"),
        ("3 of net_*", 5, "3 of 2 signals"),
        ("count(a) > 5 within 5", 20, "expected a duration such as 90s, 5m or 1h30m, found '5'"),
        ("count(a) > many", 11, "expected a whole number, found 'many'"),
        ("publik(a.ip)", 0, "unknown function 'publik'; did you mean 'public'?"),
        ("a and", 5, "expected a condition, found the end"),
        ("\ta or c", 6, f"unknown signal 'c'{KNOWN}"),
        ("", 0, "expected a condition, found the end"),
        ("a b", 2, "expected and, or, or the end, found 'b'"),
        ("(a", 2, "expected ')', found the end"),
        ("a.ip", 0, "a capture alone is no condition; compare it, or name the signal only"),
        ("absent a within 5m", 7, "a window needs its other end: absent x within 5m after y"),
        ("on_nic after a", 0, "'on_nic' is a fact; this needs a signal"),
        ("same place(a, b)", 5, "expected node or line, found 'place(a,'"),
        ("a == b", 2, "expected and, or, or the end, found '=='"),
        ("(" * 1000, 0, "nested too deeply"),
        ("a.", 2, "expected a capture, found the end"),
        ("a then", 6, "expected a signal, found the end"),
        ("a then b then", 13, "expected a signal, found the end"),
        ("a then b within", 15, "expected a duration such as 90s, 5m or 1h30m, found the end"),
        ("count(", 6, "expected a signal, found the end"),
        ("count(a", 7, "expected ')', found the end"),
        ("count(a)", 8, "expected one of == != < <= > >=, found the end"),
        ("count(a) >=", 11, "expected a whole number, found the end"),
        ("count(not)", 6, "expected a signal, found 'not)'"),
        ("distinct(a)", 10, "expected a capture (signal.capture), found ')'"),
        ("distinct(a.ip", 13, "expected ')', found the end"),
        ("distinct(a.ip)", 14, "expected one of == != < <= > >=, found the end"),
        ("distinct(a.ip) >= x", 18, "expected a whole number, found 'x'"),
        ("same", 4, "expected node or line, found the end"),
        ("same node", 9, "expected '(', found the end"),
        ("same node(", 10, "expected a signal, found the end"),
        ("same node(a)", 11, "expected ',', found ')'"),
        ("same node(a, b", 14, "expected ')', found the end"),
        ("2 of net", 5, "expected a prefix with *, found 'net'"),
        ("0 of net_*", 5, "0 of 2 signals"),
        ("public(a", 8, "expected a capture (signal.capture), found the end"),
        ("public(a.ip", 11, "expected ')', found the end"),
        ("a.ip ==", 7, "expected a capture (signal.capture), a number or a quoted text, found the end"),
        ("absent", 6, "expected a signal, found the end"),
        ("absent then", 7, "expected a signal, found 'then'"),
        ("absent a after", 14, "expected a signal, found the end"),
        ("not a after", 11, "expected a signal, found the end"),
        ("not a before 5", 13, "expected a signal, found '5'"),
        ("a after", 7, "expected a signal, found the end"),
        ("a within 5m after", 17, "expected a signal, found the end"),
        ("not", 3, "expected a condition, found the end"),
        ("a or", 4, "expected a condition, found the end"),
        ("(", 1, "expected a condition, found the end"),
        ("(a or b", 7, "expected ')', found the end"),
        ("a and (b or", 11, "expected a condition, found the end"),
        ("2 x", 2, "expected of, found 'x'"),
        ("any", 3, "expected of, found the end"),
        ("any of", 6, "expected a prefix with *, found the end"),
        ("any of net_*x", 12, "expected and, or, or the end, found 'x'"),
        ("a.ip == and", 8, "expected a capture (signal.capture), a number or a quoted text, found 'and'"),
        ("a.ip == 5x", 8, "expected a capture (signal.capture), a number or a quoted text, found '5x'"),
        ("a.ip == 'x", 8, 'expected a capture (signal.capture), a number or a quoted text, found "\'x"'),
        ("a.ip == b", 9, "expected a capture (signal.capture), found the end"),
        ("a.ip = 1", 5, "expected and, or, or the end, found '='"),
        ("a. ip == 1", 2, "expected a capture, found 'ip'"),
        ("a.ip a.ip", 5, "expected and, or, or the end, found 'a.ip'"),
        ("on_nic.iface == 'eth0'", 7, "the fact 'on_nic' has no capture 'iface'; did you mean 'interface'?"),
        ("c.ip == 1", 0, f"unknown signal 'c'{KNOWN}"),
        ("9 of foo_*", 5, f"no signal begins with 'foo_'{KNOWN}"),
        ("not )", 4, "expected a condition, found ')'"),
        ("not b.ip", 4, "a capture alone is no condition; compare it, or name the signal only"),
        ("not a within", 12, "expected a duration such as 90s, 5m or 1h30m, found the end"),
        ("not a within 5m", 6, "expected and, or, or the end, found 'within'"),
        ("not a within 5m after", 21, "expected a signal, found the end"),
        ("count a", 6, "expected '(', found 'a'"),
        ("count and a", 6, "expected '(', found 'and'"),
        ("count(a b", 8, "expected ')', found 'b'"),
        ("count(a.ip) > 2", 7, "expected ')', found '.ip)'"),
        ("count(a) 5", 9, "expected one of == != < <= > >=, found '5'"),
        ("count(a) > 2.5", 11, "expected a whole number, found '2.5'"),
        ("count(a) > 2 within", 19, "expected a duration such as 90s, 5m or 1h30m, found the end"),
        ("distinct a", 9, "expected '(', found 'a'"),
        ("distinct(a.ip) > 2 within 5m", 19, "expected and, or, or the end, found 'within'"),
        ("public and a", 0, f"unknown signal 'public'{KNOWN}"),
        ("public(", 7, "expected a signal, found the end"),
        ("public()", 7, "expected a signal, found ')'"),
        ("a then then b", 7, "expected a signal, found 'then'"),
        ("a then b before a", 9, "expected and, or, or the end, found 'before'"),
        ("a within 5m", 2, "expected and, or, or the end, found 'within'"),
        ("a within 5m before b within 5m", 19, "two windows; within stands once"),
        ("a after within 5m", 8, "expected a signal, found 'within'"),
        ("a after b within", 16, "expected a duration such as 90s, 5m or 1h30m, found the end"),
        ("absent (a)", 7, "expected a signal, found '(a)'"),
        ("absent a within after", 16, "expected a duration such as 90s, 5m or 1h30m, found 'after'"),
        ("absent a within", 15, "expected a duration such as 90s, 5m or 1h30m, found the end"),
        ("absent a before", 15, "expected a signal, found the end"),
        ("absent a after b within 5m", 17, "expected and, or, or the end, found 'within'"),
        ("a and and b", 6, "expected a condition, found 'and'"),
        ("a or or b", 5, "expected a condition, found 'or'"),
        ("and(a)", 0, "expected a condition, found 'and(a)'"),
        ("foo(a)", 0, "unknown function 'foo'; known are count, distinct, empty, loopback, private, public, wildcard"),
        ("(a) b", 4, "expected and, or, or the end, found 'b'"),
        ("same node a", 10, "expected '(', found 'a'"),
        ("same node(a b)", 12, "expected ',', found 'b)'"),
        ("same node(a,", 12, "expected a signal, found the end"),
        ("same line(a,b) a", 15, "expected and, or, or the end, found 'a'"),
        ("a-b", 1, "expected and, or, or the end, found '-b'"),
    ],
)
def test_mistakes_have_a_place(text, offset, message):
    there = scope()
    assert parse(text, there) is None
    assert [(c.offset, c.message) for c in there.complaints] == [(offset, message)]


def test_all_wrong_names_are_told():
    there = scope()
    parse("foo and bar or a.x == b.y", there)
    assert [c.offset for c in there.complaints] == [0, 8, 17, 24]


@pytest.mark.parametrize(
    ("lines", "place", "message"),
    [
        (["confirmed_by: down and"], "12:23", "expected a condition, found the end"),
        (["confirmed_by: down or upp"], "12:23", "unknown signal 'upp'; known are down"),
        (["confirmed_by: 'down and down.ipp == \"x\"'"], "12:30", "the signal 'down' has no capture 'ipp'; did you mean 'ip'?"),
        (["confirmed_by: |", "  down", "  then then down"], "14:8", "expected a signal, found 'then'"),
        (["confirmed_by: |", "  down and (", "    absent down within", "  )"], "15:3", "expected a duration such as 90s, 5m or 1h30m, found ')'"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line_and_column_in_the_file(rule_file, lines, place, message):
    _, mistakes = read_rule(rule_file(("cause:", "\n".join([*lines, "cause:"]))))
    assert [(f"{m.location.line}:{m.location.column}", m.message) for m in mistakes] == [(place, message)]


WORDS = [
    "a",
    "b",
    "and",
    "or",
    "not",
    "(",
    ")",
    "count",
    "distinct",
    "then",
    "within",
    "5m",
    "after",
    "absent",
    "==",
    "2",
    "of",
    "net_*",
    ".",
    "ip",
    ",",
    "same",
    "node",
    "public",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_every_text_is_a_condition_or_a_complaint(text):
    there = scope()
    assert (parse(text, there) is None) == bool(there.complaints)
    assert all(0 <= c.offset <= len(text) for c in there.complaints)

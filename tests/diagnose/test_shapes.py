"""Judging lines of one shape once, and counting saturated ones, changes nothing of what is found."""

import random
import re

import pytest

from loganalyzer import rulepack
from loganalyzer.diagnose import reading, scan
from loganalyzer.diagnose.digits import MASK, places, significant
from loganalyzer.diagnose.scan import Scanner
from loganalyzer.limits import KIB, Limits
from tests.kit import ROOT, analyze, rule, ruleset, sources

PACK = rulepack.read_pack([ROOT / "rules"]).ruleset
SCANNER = Scanner(PACK)
LOGS = sorted(path for path in (ROOT / "fixtures/logs").rglob("*.log") if path.is_file())

WHICH_DIGITS = [
    ("no digits at all", set()),
    (r"address <\d+> [0-9a-f]+ [^\s]+", set()),
    (r"x509: certificate [^\n]*?expired", {b"x509: certificate "}),
    (r"tcp (?P<ip>\d+):(?P<port>2379|2380): bind", {b":2379: bind", b":2380: bind"}),
    (r"tcp[46]? \d+", {b"4", b"6"}),
    (r"[1-9]\d* errors", None),
    (r"term [01]\b", {b"term 0", b"term 1"}),
    (r"(?i)x509", None),
    (r"\pN", None),
]


@pytest.mark.parametrize(("pattern", "literals"), WHICH_DIGITS, ids=[p for p, _ in WHICH_DIGITS])
def test_which_digits_matter_to_a_pattern(pattern, literals):
    assert significant(pattern) == literals


def test_where_a_literal_would_stand_were_its_digits_others():
    masked = b"x123: y 12 x509:".translate(MASK)
    assert places(masked, (b"x509:",)) == {(0, 5), (11, 16)}


def floods(seed):
    """Lines of the fixtures, each many times, with digits exchanged as a flood does and as it does not."""
    rnd = random.Random(seed)
    lines = [line for path in LOGS for line in path.read_bytes().splitlines() if 20 < len(line) < 600]
    (source,) = sources({"messages": b"\n".join(lines)})
    hit = sorted({kept.record.text.encode() for one in SCANNER.scan(source).series for kept in one.kept})
    text = []
    for line in rnd.sample(hit, 20):
        few = [
            re.sub(rb"\d", lambda m: b"%d" % rnd.randint(0, 9), line) if rnd.random() < 0.5 else line for _ in range(4)
        ]
        for _ in range(rnd.randint(30, 120)):
            one = rnd.choice(few)
            stamp = re.sub(rb"\d", lambda m: b"%d" % rnd.randint(0, 9), one[:35]) if rnd.random() < 0.7 else one[:35]
            text.append(stamp + one[35:])
    text += rnd.sample(lines, 40)
    rnd.shuffle(text)
    return b"\n".join(text) + b"\n"


LIMITS = Limits(block=64 * KIB, read_ahead=0)
"""A flood is a few blocks."""


def seen(data, monkeypatch, *, learning, crowded, familiar):
    monkeypatch.setattr(reading, "FEW", -1 if crowded else 1 << 30)
    monkeypatch.setattr(scan, "FEW", 1 << 30)
    monkeypatch.setattr(reading, "_FAMILIAR", 1 << 30 if familiar else 0)
    if not learning:
        monkeypatch.setattr(reading.Shapes, "worth", lambda self, text: False)
    (source,) = sources({"messages": data}, LIMITS)
    found = SCANNER.scan(source).series
    monkeypatch.undo()
    return {one.key: (one.count, one.first, list(one.last), one.spans, one.values) for one in found}


@pytest.mark.parametrize("seed", range(3))
def test_lines_judged_by_their_shape_give_the_same_series(seed, monkeypatch):
    data = floods(seed)
    plain = seen(data, monkeypatch, learning=False, crowded=False, familiar=False)
    assert sum(count for count, *_ in plain.values()) > 50
    for crowded, familiar in ((False, False), (True, False), (True, True)):
        assert seen(data, monkeypatch, learning=True, crowded=crowded, familiar=familiar) == plain


def test_a_rule_that_tells_digits_apart_is_asked_about_each_line(tmp_path):
    body = """
    signals:
      s: {in: [kubelet], shows: s, source: s, text: [{regex: 'telltale [1-4] of', anchor: 'telltale '}]}
    """
    lines = [f"telltale {i % 10} of it" for i in range(1000)]
    found = analyze(ruleset(tmp_path, rule("digits", body)), {"kubelet.log": "\n".join(lines)}).diagnoses
    assert found[0].count == 400

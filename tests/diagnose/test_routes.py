"""What is remembered of a line as it lies in the file holds for every line that differs from it in digits only."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loganalyzer.diagnose import routes
from loganalyzer.diagnose.digits import MASK
from loganalyzer.diagnose.routes import Routes, positions
from loganalyzer.ingest.normalize import normalize
from loganalyzer.ingest.unwrap import unwrap

LINES = [
    b'E0119 06:43:32.225123 1391 kubelet.go:2291] "Error getting node" err="node \\"10.0.8.11\\" not found"',
    b"2022-01-19T06:43:32.225123456Z stderr F listen tcp 203.0.113.9:2380: bind: address in use",
    b'{"log":"listen tcp 203.0.113.9:2380\\n","stream":"stderr","time":"2022-01-19T06:43:32.2Z"}',
    b'{"MESSAGE":"term 12","_PID":"77","PRIORITY":"3"}',
    b"\x1b[31mERROR\x1b[0m 12 of 13",
    b'level=error msg="a \\\\\\"quoted\\\\\\" 17" path=\\u002fvar n=3',
    b"plain 1 of 2, tab #011 3",
]


def normal(line: bytes) -> bytes:
    return normalize(unwrap(line))


def other_digits(line: bytes, rnd: random.Random) -> bytes:
    return re.sub(rb"\d", lambda _: b"%d" % rnd.randint(0, 9), line)


def agree(line: bytes, seed: int) -> bool:
    where = positions(line, normal(line))
    if where is None:
        return False
    for n in range(8):
        other = other_digits(line, random.Random(f"{seed} {n}"))
        assert normal(other) == bytes(other[at] for at in where)
    return True


@pytest.mark.parametrize(
    ("line", "known"), list(zip(LINES, [True, True, False, False, False, False, False], strict=True))
)
def test_which_lines_have_the_same_places(line, known):
    assert agree(line, 1) is known


@given(st.text('ab01"\\u n{}:,#\x1b[m', max_size=40), st.integers(0, 5))
def test_places_hold_for_all_lines_that_differ_in_digits(text, seed):
    agree(text.encode(), seed)


def test_lines_are_told_apart_where_they_must_be_and_nowhere_else():
    table: Routes[str] = Routes()
    first = b'1 node \\"7\\" of 12'
    text = normal(first)
    at = text.index(b"7")
    table.learn(first.translate(MASK), first, text, [slice(at, at + 1)], "seven")

    def goal(line):
        route = table.table.get(line.translate(MASK))
        return route.goals.get(route.key(line)) if route else None

    assert goal(b'5 node \\"7\\" of 99') == "seven"
    assert goal(b'1 node \\"8\\" of 12') is None
    assert goal(b"1 node 7 of 12") is None
    end = text.index(b"12")
    table.learn(first.translate(MASK), first, text, [slice(end, end + 2)], "seven of twelve")
    assert goal(b'5 node \\"7\\" of 12') == "seven of twelve"
    assert goal(b'5 node \\"7\\" of 99') is None, "a finer distinction forgets the coarser one"


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(routes, "_ALL", 50)
    monkeypatch.setattr(routes, "_ROUTES", 10)
    monkeypatch.setattr(routes, "_VALUES", 20)
    table: Routes[int] = Routes()
    for n in range(1000):
        line = b"%c %03d" % (97 + n % 26, n)
        table.learn(line.translate(MASK), line, line, [slice(2, 5)], n)
        assert len(table.table) <= 10
        assert sum(len(route.goals) for route in table.table.values()) <= 50
        assert all(len(route.goals) <= 20 for route in table.table.values())

"""Which of two processes reads which log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loganalyzer.ingest import FIRST, SECOND, share
from loganalyzer.limits import KIB, MIB

SIZES = st.lists(st.one_of(st.none(), st.integers(0, 100 * MIB)), max_size=200)


@given(SIZES, st.integers(0, 220))
def test_every_log_is_for_one_of_them(sizes, start):
    first, second = share.Share(FIRST, start), share.Share(SECOND, start)
    taken = [(first.takes(size), second.takes(size)) for size in sizes]
    assert all(a is not b for a, b in taken)
    assert all(a for a, _ in taken[:start])


def test_both_have_as_much_to_do():
    sizes = [50 * MIB] * 5 + [20_000] * 500 + [None] * 50
    second = share.Share(SECOND, 0)
    theirs = sum(size or 0 for size in sizes if second.takes(size))
    assert 0.4 < theirs / sum(size or 0 for size in sizes) < 0.6


class Clock:
    """Of a thread that works for a part of its time, looked at so often."""

    def __init__(self, works: float, each: float) -> None:
        self.works, self.each, self.now = works, each, 0.0

    def perf_counter(self) -> float:
        self.now += self.each
        return self.now

    def pthread_getcpuclockid(self, _thread: int) -> int:
        return 1

    def clock_gettime(self, _clock: int) -> float:
        return self.now * self.works


@pytest.mark.parametrize(("works", "begins"), [(0.9, [1]), (0.3, [])], ids=["busy", "idle"])
def test_it_begins_when_judging_takes_longest(works, begins, monkeypatch):
    monkeypatch.setattr(share, "time", Clock(works, 0.02))
    told = []
    first = share.Share(FIRST, None, told.append)
    assert first.takes(50 * MIB)
    for _ in range(16):
        first.unpacked()
    assert told == begins
    assert first.takes(50 * MIB) is not bool(begins)


def test_it_does_not_begin_in_a_moment(monkeypatch):
    monkeypatch.setattr(share, "time", Clock(1.0, 0.02))
    told = []
    first = share.Share(FIRST, None, told.append)
    assert first.takes(1 * MIB)
    for _ in range(3):
        first.unpacked()
    assert told == []


@pytest.mark.parametrize(
    ("sizes", "begins"),
    [([20_000] * 200, [64]), ([100 * KIB] * 200, []), ([None] * 200, []), ([200 * KIB] * 10 + [1] * 80, [64])],
    ids=["small", "not so small", "of unknown size", "small on average"],
)
def test_many_small_logs_are_shared_without_a_look_at_the_clock(sizes, begins):
    told = []
    first = share.Share(FIRST, None, told.append)
    taken = [first.takes(size) for size in sizes]
    assert told == begins
    assert all(taken) is not bool(begins)

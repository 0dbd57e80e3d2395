"""The reading thread: the same results as without it, and it ends when nobody wants more."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace

import pytest

from loganalyzer.errors import NoInputError
from loganalyzer.ingest import open_inputs
from loganalyzer.ingest.readahead import read_ahead
from loganalyzer.limits import DEFAULT
from tests.ingest.bundles import INLINE, SQUEEZE, log, read, tar, zipped


def threads() -> int:
    return sum(thread.name == "tkelog-read-ahead" for thread in threading.enumerate())


def counted(limit: int, closed: list[bool]):
    try:
        for _ in range(limit):
            yield b"x" * 1000
    finally:
        closed.append(True)


@pytest.mark.parametrize("batches", [0, 1, 4])
@pytest.mark.parametrize("weight", [1, 2500, 10**9])
def test_the_events_are_the_same(batches, weight):
    assert list(read_ahead(counted(700, []), batches, weight)) == [b"x" * 1000] * 700


@pytest.mark.parametrize("batches", [0, 1, 4])
def test_an_error_comes_after_what_came_before_it(batches):
    def failing():
        yield b"1"
        yield b"2"
        raise KeyError("broken")

    seen = []
    with pytest.raises(KeyError, match="broken"):
        seen.extend(read_ahead(failing(), batches, 1000))
    reading = read_ahead(failing(), batches, 1000)
    assert [next(reading), next(reading)] == [b"1", b"2"]
    with pytest.raises(KeyError):
        next(reading)


def test_an_early_end_stops_the_thread_and_closes_what_it_reads():
    for taken in (1, 5, 50):
        closed: list[bool] = []
        reading = read_ahead(counted(10**9, closed), 4, 1000)
        for _ in range(taken):
            next(reading)
        started = time.monotonic()
        reading.close()
        assert time.monotonic() - started < 0.4
        assert closed == [True]
        assert threads() == 0


def test_the_thread_is_never_more_than_its_batches_ahead():
    made = []
    reading = read_ahead((made.append(n) or b"x" for n in range(1000)), 3, 1)
    next(reading)
    time.sleep(0.05)
    assert len(made) <= 6
    reading.close()


def test_a_read_that_waits_does_not_hold_up_the_end():
    out, into = os.pipe()

    def waiting():
        yield b"line"
        yield os.read(out, 1)

    reading = read_ahead(waiting(), 4, 1)
    assert next(reading) == b"line"
    started = time.monotonic()
    reading.close()
    assert time.monotonic() - started < 2
    os.close(into)


def test_a_bundle_gives_the_same_with_and_without_the_thread(tmp_path):
    files = {f"pod-{n}/0.log": log(n * 7 % 90, n) for n in range(300)} | {"big.log": log(50) * 1000, "empty": b""}
    whole = tar(files)
    inputs = {
        "good.tgz": SQUEEZE["gz"](whole),
        "cut.tgz": SQUEEZE["gz"](whole)[:70000],
        "bad.tar": whole[:51200] + b"?" * 5000 + whole[56200:],
        "some.zip": zipped(files),
        "core": b"\x7fELF" + bytes(900),
    }
    for name, data in inputs.items():
        (tmp_path / name).write_bytes(data)
    one, other = (read(tmp_path, limits=replace(DEFAULT, read_ahead=n)) for n in (0, 4))
    assert one.problems
    assert one == other


def test_leaving_the_sources_early_leaves_no_thread(tmp_path):
    (tmp_path / "a").write_bytes(SQUEEZE["gz"](tar({f"{n}": log(20, n) * 2000 for n in range(9)})))
    sources = open_inputs([str(tmp_path)]).sources()
    next(sources)
    assert threads() == 1
    sources.close()
    assert threads() == 0


def test_no_input_is_raised_where_the_sources_are_asked_for(tmp_path):
    for limits in (INLINE, DEFAULT):
        with pytest.raises(NoInputError):
            list(open_inputs([str(tmp_path)], limits).sources())

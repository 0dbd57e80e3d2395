"""Every dialect reads its own samples, and no dialect before it claims them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loganalyzer.ingest.formats import DIALECTS, Dialect, Sample, peel, recognise
from loganalyzer.model import iso

SAMPLES = [(dialect, sample) for dialect in DIALECTS for sample in dialect.samples]


@pytest.mark.parametrize(
    ("dialect", "sample"), SAMPLES, ids=lambda v: v.name if isinstance(v, Dialect) else v.line[:40]
)
def test_sample(dialect: Dialect, sample: Sample):
    found = recognise(sample.line)
    assert found is not None
    assert found[0].name == dialect.name
    entry = peel(sample.line)
    assert entry is not None
    got = (entry.when and iso(entry.when), entry.level, entry.logger, entry.program, entry.node)
    assert got == (sample.time, sample.level, sample.logger, sample.program, sample.node)
    if sample.message is not None:
        assert entry.message == sample.message


def test_names_are_unique():
    names = [dialect.name for dialect in DIALECTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "unit",
    [" ", "a ", "1", "1d ", "a=b ", 'msg="', "\t", "[", "a-", "aaa 1/1 ", "Normal  A ", '{"', "\\", "2022-01-19 "],
)
def test_hostile_lines_are_linear(unit: str):
    start = time.perf_counter()
    peel(unit * (32768 // len(unit)))
    for dialect in DIALECTS:
        for sample in dialect.samples:
            peel((sample.line[:20] + unit * 4096)[:32768])
    assert time.perf_counter() - start < 5


def _first_that_parses(line: str) -> tuple[Dialect, object] | None:
    return next(((each, parsed) for each in DIALECTS if (parsed := each.parse(line)) is not None), None)


@given(
    st.sampled_from([sample.line for _, sample in SAMPLES]),
    st.text(st.sampled_from([*map(chr, range(128)), "\x85", "１", "é", "月", "●"]), max_size=2),
    st.integers(0, 3),
)
def test_a_dialect_is_never_passed_over_for_the_first_character(line: str, before: str, cut: int) -> None:
    text = before + line[cut:]
    assert recognise(text) == _first_that_parses(text)


@pytest.mark.parametrize("first", [chr(code) for code in range(128)])
def test_dialects_that_cannot_begin_so_do_not(first: str) -> None:
    for _, sample in SAMPLES:
        assert recognise(first + sample.line[1:]) == _first_that_parses(first + sample.line[1:])

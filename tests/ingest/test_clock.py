"""Years are inferred only from what the logs and bundles say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.ingest import clock
from loganalyzer.ingest.clock import Clocks, Span, moment
from loganalyzer.ingest.manifest import read
from loganalyzer.ingest.problems import Problems
from loganalyzer.ingest.source import LogSource
from loganalyzer.ingest.stream import Stream
from loganalyzer.limits import DEFAULT
from loganalyzer.model import Basis, Instant, iso
from tests.promises.scale import PROVE


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def klog(month: int, day: int, hour: int = 12) -> Instant:
    when = moment(None, month, day, hour, 0, 0)
    assert when is not None
    return when


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2022-01-19T14:43:32.225Z", "2022-01-19T14:43:32.225Z"),
        ("2022-01-19T14:43:32.225+0800", "2022-01-19T14:43:32.225+08:00"),
        ("2022-01-19T14:43:32-03:30", "2022-01-19T14:43:32-03:30"),
        ("2022-01-19 14:43:32.225", "2022-01-19T14:43:32.225"),
        ("2022/01/19 14:43:32", "2022-01-19T14:43:32"),
        ("2022-01-19T14:43:32,123456+08:00", "2022-01-19T14:43:32.123456+08:00"),
        ("2022-01-19T14:43:60Z", "2022-01-19T14:43:59Z"),
        ("2022-02-30T14:43:32Z", None),
        ("yesterday", None),
    ],
)
def test_text_to_instant_and_back(text: str, shown: str | None):
    when = clock.parse(text)
    assert (when and iso(when)) == shown


@pytest.mark.parametrize(
    "fields",
    [
        (2022, 13, 1, 0, 0, 0), (2022, 2, 30, 0, 0, 0), (2022, 1, 1, 24, 0, 0), (2022, 1, 1, 0, 60, 0),
        (2022, 1, 1, 0, 0, 61), (0, 1, 1, 0, 0, 0), (1969, 12, 31, 0, 0, 0), (2200, 1, 1, 0, 0, 0),
    ],
)  # fmt: skip
def test_no_such_time(fields: tuple[int, ...]):
    assert moment(*fields) is None
    assert moment(*[f"{field:02d}" for field in fields]) is None


def test_what_is_not_known_is_not_shown():
    assert iso(klog(2, 29)) == "--02-29T12:00:00"
    assert iso(clock.since_start("12.345")) == "+12.345s"
    assert iso(clock.epoch(1642574612.225123, 6)) == "2022-01-19T06:43:32.225123Z"


@pytest.mark.parametrize(
    ("when", "span", "seen", "modified", "shown", "basis"),
    [
        (klog(1, 19), (klog(1, 19), klog(1, 19)), "2022-01-19T13:00:00", None, "2022-01-19T12:00:00", "anchored"),
        (klog(12, 31), (klog(12, 31), klog(1, 1)), "2022-01-01T00:00:00", None, "2021-12-31T12:00:00", "anchored"),
        (klog(1, 1), (klog(12, 31), klog(1, 1)), "2021-12-31T00:00:00", None, "2022-01-01T12:00:00", "anchored"),
        (klog(2, 29), (klog(2, 29), klog(2, 29)), "2020-03-01T00:00:00", None, "2020-02-29T12:00:00", "anchored"),
        (klog(2, 29), (klog(2, 29), klog(2, 29)), "2021-03-01T00:00:00", None, "2021-03-01T12:00:00", "anchored"),
        (klog(12, 30), (klog(12, 30), klog(12, 31)), None, at("2022-01-02"), "2021-12-30T12:00:00", "archive"),
        (klog(12, 31), (klog(12, 31), klog(1, 1)), None, at("2022-01-02"), "2021-12-31T12:00:00", "archive"),
        (klog(1, 19), (klog(1, 19), klog(1, 19)), None, None, "--01-19T12:00:00", "unknown"),
    ],
)
def test_year(when: Instant, span: tuple, seen: str | None, modified: float | None, shown: str, basis: str):
    clocks = Clocks()
    if seen:
        clocks.saw("other.log", "n1", Instant(at(seen), Basis.ZONE_ASSUMED))
    settled = clocks.settle(when, "n1/kubelet.log", "n1", Span(*span), modified)
    assert iso(settled) == shown
    assert basis in settled.basis.value


def test_another_node_is_no_anchor_and_manifest_is():
    clocks = Clocks()
    clocks.saw("n2/tke.log", "n2", Instant(at("2019-01-01"), Basis.EXPLICIT))
    span = Span(klog(1, 19), klog(1, 19))
    assert clocks.settle(klog(1, 19), "b/n1/kubelet.log", "n1", span, None).basis is Basis.YEAR_UNKNOWN
    told = read("b/n1/meta/collect.json", b'{"host": "n1", "time": "2022-01-20T00:00:00+08:00"}')
    assert told is not None
    assert told.seconds is not None
    clocks.collected(told.prefix, told.seconds)
    assert iso(clocks.settle(klog(1, 19), "b/n1/kubelet.log", "n1", span, None)) == "2022-01-19T12:00:00"
    assert clocks.settle(klog(1, 19), "c/n1/kubelet.log", "n1", span, None).basis is Basis.YEAR_UNKNOWN


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"host": 1, "time": "x"}'])
def test_a_broken_manifest_is_no_manifest(content: bytes):
    told = read("meta/collect.json", content)
    assert told is None or told.seconds is None


def test_newest_first_logs_are_turned_round():
    times = [klog(1, 3), klog(1, 2), klog(1, 1)]
    assert Span.of(times) == Span(klog(1, 1), klog(1, 3))
    assert Span.of(times[::-1]) == Span(klog(1, 1), klog(1, 3))
    assert Span.of([klog(12, 30), klog(12, 31), klog(1, 1)]) == Span(klog(12, 30), klog(1, 1))


@pytest.mark.promise("P27")
@given(st.dates(datetime(2015, 1, 1).date(), datetime(2027, 12, 31).date()), st.integers(0, 300), st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_any_day_gets_its_year_with_one_anchor(last, length, anchor_before):
    """A log of up to 300 days that ends on any day, with one explicit time within 60 days of its end."""
    first = last - timedelta(days=length)
    span = Span(klog(first.month, first.day), klog(last.month, last.day))
    clocks = Clocks()
    clocks.saw("n/tke.log", "n", Instant(at((last - timedelta(days=anchor_before)).isoformat()), Basis.EXPLICIT))
    for day in (first, last):
        settled = clocks.settle(klog(day.month, day.day), "n/k.log", "n", span, None)
        assert iso(settled) == f"{day.isoformat()}T12:00:00"


SCENARIOS = ("ends that day", "rolls over the new year", "leap year", "bundle of three years ago")


@pytest.mark.promise("P27")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_day_of_the_year_gets_its_year(scenario, figure):
    """Whole logs of klog lines without a year, one anchor each; and without an anchor the year is not guessed."""
    year = {"leap year": 2024, "bundle of three years ago": 2023}.get(scenario, 2026)
    days = [datetime(year, 1, 1) + timedelta(days=n) for n in range(366 if scenario == "leap year" else 365)]
    right = 0
    for last in days[:: 1 if PROVE else 10]:
        first = last - timedelta(days=40 if scenario == "rolls over the new year" else 2)
        lines = [
            f"I{day:%m%d %H:%M:%S}.000000    1234 a.go:1] day {n}\n" for n, day in enumerate(_between(first, last))
        ]
        collected = (last + timedelta(hours=5)).replace(tzinfo=UTC).timestamp()
        clocks, problems = Clocks(), Problems()
        log = LogSource(
            Stream("n/kubelet.log", iter(["".join(lines).encode()]), collected, None), DEFAULT, clocks, problems
        )
        assert list(log.blocks())
        info = log.summary()
        assert (iso(info.first)[:10], iso(info.last)[:10]) == (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"), last
        assert info.last.basis is Basis.YEAR_FROM_ARCHIVE
        bare = LogSource(
            Stream("n/kubelet.log", iter(["".join(lines).encode()]), None, None), DEFAULT, Clocks(), problems
        )
        assert list(bare.blocks())
        assert iso(bare.summary().last).startswith(f"--{last:%m-%d}")
        right += 1
    figure(f"{scenario}: {right} days right; unknown without an anchor")


def _between(first: datetime, last: datetime) -> list[datetime]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]

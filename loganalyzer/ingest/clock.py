"""Times as logs write them: to Instants, and the year of those that have none.

A year is never guessed from today's date or a plain file's mtime: it stands in the text, in another line of the same
node, in a bundle's manifest or an archive member's time, or it stays unknown.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import pairwise

from loganalyzer import late
from loganalyzer.frozen import frozen
from loganalyzer.model import Basis, Instant

LEAP_YEAR = 1972
"""Stands in for an unknown year, so that 29 February exists."""
YEARS = range(1970, 2200)
"""Years that a log can be of; another one is no time (`0001-01-01T00:00:00Z` is how Go writes that there is none)."""
DAY = 86400.0
YEAR = 365.25 * DAY

_END = datetime(YEARS.stop, 1, 1, tzinfo=UTC).timestamp()
_RANK = {Basis.EXPLICIT: 3, Basis.ZONE_ASSUMED: 2, Basis.YEAR_UNKNOWN: 1, Basis.MONOTONIC: 0}
_ISO = late.pattern(
    r"(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\d*(?: ?(Z|UTC|[+-]\d\d:?\d\d))?",
    re.ASCII,
)


def moment(
    year: int | None,
    month: int,
    day: int,
    hour: int,
    minute: int,
    second: int,
    fraction: str = "",
    zone: int | None = None,
) -> Instant | None:
    """The Instant of these fields, to the microsecond; None where there is no such date or it is no log's.

    Second 60 (a leap second) counts as 59.
    """
    midnight = _midnight(year, month, day)
    if midnight is None or not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second <= 60):
        return None
    seconds = midnight + hour * 3600 + minute * 60 + min(second, 59) - (zone or 0)
    if fraction:
        seconds += int(fraction[:6]) / 10 ** len(fraction[:6])
    known = Basis.ZONE_ASSUMED if zone is None else Basis.EXPLICIT
    basis = known if year else Basis.YEAR_UNKNOWN
    return Instant(seconds, basis, zone, len(fraction))


@lru_cache(1024)
def _midnight(year: int | None, month: int, day: int) -> float | None:
    """When the day begins, in seconds since 1970; None where there is no such day in a log."""
    if year is not None and year not in YEARS:
        return None
    try:
        return datetime(year or LEAP_YEAR, month, day, tzinfo=UTC).timestamp()
    except ValueError:
        return None


def parse(text: str) -> Instant | None:
    """`2022-01-19T14:43:32.225+08:00` and its variants: slashes, a blank for the T, a comma, no zone."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    fields = (int(year), int(month), int(day), int(hour), int(minute), int(second))
    return moment(*fields, fraction or "", offset(zone))


def offset(zone: str | None) -> int | None:
    """`Z`, `UTC`, `+0800`, `-03:30` as seconds; None for anything else (zone names are ambiguous, and no zone is more
    than 15 hours from UTC)."""
    if zone in ("Z", "UTC"):
        return 0
    if not zone or zone[0] not in "+-":
        return None
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    if seconds > 15 * 3600:
        return None
    return -seconds if zone[0] == "-" else seconds


def epoch(seconds: float, digits: int = 0) -> Instant | None:
    """Seconds since 1970, which have a zone: UTC; None where that is no time of a log."""
    return Instant(seconds, Basis.EXPLICIT, 0, digits) if 0 < seconds < _END else None


def since_start(seconds: str) -> Instant:
    """Seconds since boot or start, as text."""
    return Instant(float(seconds), Basis.MONOTONIC, None, len(seconds.partition(".")[2]))


def better(outer: Instant | None, inner: Instant | None) -> Instant | None:
    """Of the times of a wrapper and of the line in it: the one that says more; of equals the inner one."""
    if outer is None or inner is None:
        return inner or outer
    return inner if _RANK[inner.basis] >= _RANK[outer.basis] else outer


@frozen
class Span:
    """What a source's first and last lines say: earliest and latest time, in the order of the lines."""

    first: Instant | None = None
    last: Instant | None = None

    @classmethod
    def of(cls, head: Iterable[Instant], tail: Iterable[Instant]) -> Span:
        """The span of the times of the first and the last lines; newest-first logs are turned round, and where the
        years are known, a log that was put together in the wrong order is too."""
        early, late = list(head), list(tail)
        if not early and not late:
            return cls()
        if all(_RANK[when.basis] >= _RANK[Basis.ZONE_ASSUMED] for when in (*early, *late)):
            return cls(min((*early, *late), key=_when), max((*early, *late), key=_when))
        first, last = (early or late)[0], (late or early)[-1]
        return cls(last, first) if _falls([*early, *late]) else cls(first, last)


def _when(instant: Instant) -> float:
    return instant.seconds


def _falls(times: list[Instant]) -> bool:
    """Whether the log is newest first: it falls more often than it rises (a new year is one fall)."""
    pairs = [(a.seconds, b.seconds) for a, b in pairwise(times) if a.basis is b.basis]
    falls = sum(1 for a, b in pairs if b < a)
    return falls > sum(1 for a, b in pairs if b > a) and falls > 1


class Clocks:
    """What all sources of one run tell about the years of their nodes."""

    def __init__(self) -> None:
        self._by_node: dict[str | None, list[float]] = defaultdict(list)
        self._by_source: dict[str, list[float]] = defaultdict(list)
        self._manifests: dict[str, float] = {}
        self._near: dict[tuple[str, str | None], tuple[float, int, int]] = {}

    def saw(self, path: str, node: str | None, when: Instant | None) -> None:
        """A line of the source `path` on `node` has this time; it is an anchor if its year stands there."""
        if when is not None and when.basis in (Basis.EXPLICIT, Basis.ZONE_ASSUMED):
            for known in (self._by_source[path], self._by_node[node]):
                if len(known) < 64:
                    known.append(when.seconds)

    def collected(self, prefix: str, seconds: float) -> None:
        """A manifest says when everything below the path `prefix` was collected."""
        self._manifests[prefix] = seconds

    def settle(self, when: Instant, path: str, node: str | None, span: Span, modified: float | None) -> Instant:
        """`when` with its year, if anything of its source, its node, its bundle or its archive tells it."""
        if when.basis is not Basis.YEAR_UNKNOWN:
            return when
        newest = when.seconds
        if span.last is not None and span.last.basis is Basis.YEAR_UNKNOWN:
            newest = span.last.seconds
        known = self._by_source.get(path) or self._by_node.get(node)
        if known:
            year = self._year(newest, path, node, known)
            basis = Basis.YEAR_ANCHORED
        else:
            before = self._manifest(path) or modified
            if before is None:
                return when
            year, basis = _latest(newest, before), Basis.YEAR_FROM_ARCHIVE
        if when.seconds > newest + DAY:  # later in the year than the last line: written before New Year
            year -= 1
        return Instant(in_year(when.seconds, year), basis, when.zone, when.digits)

    def _year(self, newest: float, path: str, node: str | None, known: Sequence[float]) -> int:
        """The year of `newest`; remembered, because all times of a source ask for the same one. `known` only grows."""
        asked = self._near.get((path, node))
        if asked is None or asked[:2] != (newest, len(known)):
            asked = self._near[path, node] = newest, len(known), _nearest(newest, sorted(known))
        return asked[2]

    def _manifest(self, path: str) -> float | None:
        holds = [prefix for prefix in self._manifests if path.startswith(prefix)]
        return self._manifests[max(holds, key=len)] if holds else None


def _nearest(seconds: float, known: Sequence[float]) -> int:
    """The year in which `seconds` lies nearest to a known time (sorted); of equals the earlier one."""
    first, last = (datetime.fromtimestamp(when, UTC).year for when in (known[0], known[-1]))

    def distance(year: int) -> float:
        moved = in_year(seconds, year)
        at = bisect(known, moved)
        return min(abs(moved - near) for near in known[max(0, at - 1) : at + 1])

    return min(range(first - 1, last + 2), key=distance)


def _latest(seconds: float, before: float) -> int:
    """The last year in which `seconds` lies before `before`, a day of clock difference allowed."""
    year = datetime.fromtimestamp(before, UTC).year
    return year if in_year(seconds, year) <= before + DAY else year - 1


def in_year(seconds: float, year: int) -> float:
    """A time of the stand-in leap year, moved to `year`; 29 February becomes 1 March where there is none."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    within = seconds - _start(LEAP_YEAR)
    if not leap and within >= 60 * DAY:  # the stand-in has a 29 February, this year does not
        within -= DAY
    return _start(year) + within


@cache
def _start(year: int) -> float:
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()

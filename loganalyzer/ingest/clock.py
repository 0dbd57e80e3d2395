"""Times as logs write them: to Instants, and the year of those that have none.

A year is never guessed from today's date or a plain file's mtime: it stands in the text, in another line of the same
node, in a bundle's manifest or an archive member's time, or it stays unknown.
"""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import pairwise
from operator import attrgetter

from loganalyzer import late
from loganalyzer.frozen import frozen
from loganalyzer.model import Basis, Instant

LEAP_YEAR = 1972
"""Stands in for an unknown year, so that 29 February exists."""
YEARS = range(1970, 2200)
"""Years that a log can be of; another one is no time (`0001-01-01T00:00:00Z` is how Go writes that there is none)."""
DAY = 86400.0
_ANCHORS = 64
"""Times with a year that are remembered of one source, and of one node."""

_END = datetime(YEARS.stop, 1, 1, tzinfo=UTC).timestamp()
_EXPLICIT, _ZONE_ASSUMED = Basis.EXPLICIT, Basis.ZONE_ASSUMED
_YEAR_ANCHORED, _YEAR_UNKNOWN = Basis.YEAR_ANCHORED, Basis.YEAR_UNKNOWN
"""Asking the enumeration for a member costs as much as making an Instant."""
_DATED = frozenset({Basis.EXPLICIT, Basis.ZONE_ASSUMED})
_RANK = {Basis.EXPLICIT: 3, Basis.ZONE_ASSUMED: 2, Basis.YEAR_UNKNOWN: 1, Basis.MONOTONIC: 0}
_ISO = late.pattern(
    r"(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\d*(?: ?(Z|UTC|[+-]\d\d:?\d\d))?",
    re.ASCII,
)


def moment(
    year: int | str | None,
    month: int | str,
    day: int | str,
    hour: int | str,
    minute: int | str,
    second: int | str,
    fraction: str = "",
    zone: int | None = None,
) -> Instant | None:
    """The Instant of these fields, numbers or as they stand in the text, to the microsecond; None where there is no
    such date or it is no log's.

    Second 60 (a leap second) counts as 59.
    """
    seconds, within = _minute(year, month, day, hour, minute), int(second)
    if seconds is None or not 0 <= within <= 60:
        return None
    seconds += 59 if within == 60 else within
    if zone:
        seconds -= zone
    if fraction:
        seconds += float(f".{fraction[:6]}")
    if year is None:
        return Instant(seconds, _YEAR_UNKNOWN, zone, len(fraction))
    return Instant(seconds, _ZONE_ASSUMED if zone is None else _EXPLICIT, zone, len(fraction))


@lru_cache(4096)
def _minute(
    year: int | str | None, month: int | str, day: int | str, hour: int | str, minute: int | str
) -> float | None:
    """When the minute begins, in seconds since 1970; None where there is no such minute in a log. Remembered, because
    neighbouring lines are of the same one."""
    if year is not None and int(year) not in YEARS:
        return None
    try:
        return datetime(int(year or LEAP_YEAR), int(month), int(day), int(hour), int(minute), tzinfo=UTC).timestamp()
    except ValueError:
        return None


def parse(text: str) -> Instant | None:
    """`2022-01-19T14:43:32.225+08:00` and its variants: slashes, a blank for the T, a comma, no zone."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    return moment(year, month, day, hour, minute, second, fraction or "", offset(zone))


@lru_cache(64)
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
    def of(cls, times: Sequence[Instant]) -> Span:
        """The span of the times of the first and the last lines; newest-first logs are turned round, and where the
        years are known, a log that was put together in the wrong order is too."""
        if not times:
            return cls()
        if _DATED.issuperset([when.basis for when in times]):
            return cls(min(times, key=_when), max(times, key=_when))
        return cls(times[-1], times[0]) if _falls(times) else cls(times[0], times[-1])


_when = attrgetter("seconds")


def _falls(times: Sequence[Instant]) -> bool:
    """Whether the log is newest first: it falls more often than it rises (a new year is one fall)."""
    falls = rises = 0
    for a, b in pairwise(times):
        if a.basis is b.basis:
            falls += b.seconds < a.seconds
            rises += b.seconds > a.seconds
    return falls > rises and falls > 1


class Clocks:
    """What all sources of one run tell about the years of their nodes."""

    def __init__(self) -> None:
        # In order of appearance.
        self._by_node: dict[str | None, list[float]] = defaultdict(list)
        self._by_source: dict[str, list[float]] = defaultdict(list)
        self._manifests: dict[str, float] = {}
        self._near: dict[tuple[str, str | None], tuple[float, int, int]] = {}
        self._ordered: tuple[Sequence[float], Sequence[float]] = (), ()

    def saw(self, path: str, node: str | None, when: Instant | None) -> None:
        """A line of the source `path` on `node` has this time; it is an anchor if its year stands there."""
        if when is not None and when.basis in _DATED:
            for known in (self._by_source[path], self._by_node[node]):
                if len(known) < _ANCHORS:
                    known.append(when.seconds)

    def join(self, other: Clocks) -> None:
        """What the sources behind those of these clocks tell."""
        for mine, theirs in ((self._by_source, other._by_source), (self._by_node, other._by_node)):
            for key, seconds in theirs.items():
                known = mine[key]  # type: ignore[index]
                known.extend(seconds[: _ANCHORS - len(known)])
        self._manifests.update(other._manifests)

    def collected(self, prefix: str, seconds: float) -> None:
        """A manifest says when everything below the path `prefix` was collected."""
        self._manifests[prefix] = seconds

    def settle(self, when: Instant, path: str, node: str | None, span: Span, modified: float | None) -> Instant:
        """`when` with its year, if anything of its source, its node, its bundle or its archive tells it."""
        if when.basis is not _YEAR_UNKNOWN:
            return when
        newest = when.seconds
        if span.last is not None and span.last.basis is _YEAR_UNKNOWN:
            newest = span.last.seconds
        known = self._by_source.get(path) or self._by_node.get(node)
        if known:
            year = self._year(newest, path, node, known)
            basis = _YEAR_ANCHORED
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
        if asked is None or asked[0] != newest or asked[1] != len(known):
            asked = self._near[path, node] = newest, len(known), _nearest(newest, self._sorted(known))
        return asked[2]

    def _sorted(self, known: Sequence[float]) -> Sequence[float]:
        """The same in order; remembered, because most sources of a node ask for its times."""
        if self._ordered[0] is not known or len(self._ordered[1]) != len(known):
            self._ordered = known, sorted(known)
        return self._ordered[1]

    def _manifest(self, path: str) -> float | None:
        holds = [prefix for prefix in self._manifests if path.startswith(prefix)]
        return self._manifests[max(holds, key=len)] if holds else None


def _nearest(seconds: float, known: Sequence[float]) -> int:
    """The year in which `seconds` lies nearest to a known time (sorted); of equals the earlier one."""
    nearest, least = 0, math.inf
    for year in range(_year_of(known[0]) - 1, _year_of(known[-1]) + 2):
        moved = in_year(seconds, year)
        at = bisect(known, moved)
        for near in known[max(0, at - 1) : at + 1]:
            if (distance := abs(moved - near)) < least:
                nearest, least = year, distance
    return nearest


def _latest(seconds: float, before: float) -> int:
    """The last year in which `seconds` lies before `before`, a day of clock difference allowed."""
    year = _year_of(before)
    return year if in_year(seconds, year) <= before + DAY else year - 1


def in_year(seconds: float, year: int) -> float:
    """A time of the stand-in leap year, moved to `year`; 29 February becomes 1 March where there is none."""
    within = seconds - _LEAP_START
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not leap and within >= 60 * DAY:  # the stand-in has a 29 February, this year does not
        within -= DAY
    return _start(year) + within


@cache
def _start(year: int) -> float:
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()


@lru_cache(4096)
def _year_of(seconds: float) -> int:
    return datetime.fromtimestamp(seconds, UTC).year


_LEAP_START = _start(LEAP_YEAR)

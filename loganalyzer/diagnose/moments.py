"""Comparing instants of different logs only as far as their clocks allow.

Whether one thing came before another (`gap`) is asked strictly: between nodes only with the error of their clocks,
between logs without zone only where they are known to be in the same one. Whether a log was being written at some time
(`covers`) is asked loosely, where nothing better is known: it is no claim about an order.
"""

from __future__ import annotations

from loganalyzer.model import Basis, Instant, Source

Moment = tuple[Source, Instant]
"""An instant of a source, with its year where that is known."""

UNKNOWN_SKEW = 1800.0
"""Seconds by which clocks of different nodes may differ as long as no event that both logs tell of says otherwise; at
more, certificates, tokens and leases would not work."""
_TOGETHER = 1800.0
"""Logs of one node that end within so many seconds were collected together: they are in the same zone."""
_SHORT = 3600.0
"""Two logs of one node that overlap and are shorter than the smallest shift of a zone are in the same one."""


def gap(a: Instant, source_a: Source, b: Instant, source_b: Source) -> tuple[float, float] | None:
    """Seconds from `a` to `b`, and how wrong that may be; None where nobody can tell.

    Across sources: by clocks that were aligned; else with both zones known, on one node exactly, on two within
    `UNKNOWN_SKEW`; else on one node where both logs are in the same zone.
    """
    if (a.basis is Basis.MONOTONIC) != (b.basis is Basis.MONOTONIC) or a.has_year != b.has_year:
        return None
    seconds = b.seconds - a.seconds
    if source_a is source_b:
        return seconds, 0.0
    if a.basis is Basis.MONOTONIC:
        return None
    one, other = source_a.clock, source_b.clock
    if one is not None and other is not None and one.group == other.group and one.tells(a) and other.tells(b):
        return seconds + one.ahead - other.ahead, one.error + other.error
    if a.has_year and a.zone is not None and b.zone is not None:
        return seconds, 0.0 if source_a.node == source_b.node else UNKNOWN_SKEW
    if a.zone is None and b.zone is None and _one_node(source_a, source_b) and _one_zone(source_a, source_b):
        return seconds, 0.0
    return None


def aligned(moment: Moment) -> float:
    """Its seconds as the clock of its group's first source would have it; as they are where that is not known."""
    source, when = moment
    clock = source.clock
    return when.seconds - (clock.ahead if clock is not None and clock.tells(when) else 0.0)


def comparable(a: Instant, source_a: Source, b: Instant, source_b: Source) -> bool:
    """Whether a difference between the two means anything, roughly.

    Within one source always, if both have the same kind of time. Across sources: aligned; or both years known, and
    both zones known or, on one node, both unknown; or, on one node, both years unknown.
    """
    if gap(a, source_a, b, source_b) is not None:
        return True
    same = (a.basis is Basis.MONOTONIC) == (b.basis is Basis.MONOTONIC) and a.has_year == b.has_year
    if not same or a.basis is Basis.MONOTONIC or not _one_node(source_a, source_b):
        return False
    return not a.has_year or (a.zone is None and b.zone is None)


def covers(source: Source, when: Instant, of: Source) -> bool | None:
    """Whether `source` was being written at `when` (an instant of the source `of`); None where nobody can tell."""
    info = source.summary()
    if info.first is None or info.last is None:
        return None
    first, last = source.settle(info.first), source.settle(info.last)
    if not comparable(first, source, when, of) or not comparable(last, source, when, of):
        return None
    since, until = _roughly(first, source, when, of), _roughly(when, of, last, source)
    low, high = min(since, -until), max(since, -until)
    return low <= 0.0 <= high


def _roughly(a: Instant, source_a: Source, b: Instant, source_b: Source) -> float:
    known = gap(a, source_a, b, source_b)
    return known[0] if known is not None else b.seconds - a.seconds


def _one_node(a: Source, b: Source) -> bool:
    return a.node is not None and a.node == b.node


def _one_zone(a: Source, b: Source) -> bool:
    """Whether two logs of one node that say no zone are in the same one, as far as when they were written tells."""
    spans = [(info.first.seconds, info.last.seconds) for s in (a, b) if (info := s.summary()).first and info.last]
    if len(spans) < 2:
        return False
    (first, last), (begin, end) = spans
    if abs(last - end) <= _TOGETHER:
        return True
    overlap = first <= end and begin <= last
    return overlap and last - first < _SHORT and end - begin < _SHORT

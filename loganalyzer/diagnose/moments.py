"""Comparing instants of different logs only as far as their clocks allow."""

from __future__ import annotations

from loganalyzer.model import Basis, Instant, Source

Moment = tuple[Source, Instant]
"""An instant of a source, with its year where that is known."""


def comparable(a: Instant, source_a: Source, b: Instant, source_b: Source) -> bool:
    """Whether a difference between the two means anything.

    Within one source always, if both have the same kind of time. Across sources: both years known, and both zones
    known or, on one node, both unknown; or, on one node, both years unknown.
    """
    if (a.basis is Basis.MONOTONIC) != (b.basis is Basis.MONOTONIC) or a.has_year != b.has_year:
        return False
    if source_a is source_b:
        return True
    if a.basis is Basis.MONOTONIC:
        return False
    one_node = source_a.node is not None and source_a.node == source_b.node
    if not a.has_year:
        return one_node
    if a.zone is not None and b.zone is not None:
        return True
    return a.zone is None and b.zone is None and one_node


def covers(source: Source, when: Instant, of: Source) -> bool | None:
    """Whether `source` was being written at `when` (an instant of the source `of`); None where nobody can tell."""
    info = source.summary()
    if info.first is None or info.last is None:
        return None
    first, last = source.settle(info.first), source.settle(info.last)
    if not comparable(first, source, when, of):
        return None
    low, high = sorted((first.seconds, last.seconds))
    return low <= when.seconds <= high

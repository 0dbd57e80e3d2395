"""In which order things were first seen across nodes, claimed only as far as their clocks allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loganalyzer.diagnose.correlate import Finding
from loganalyzer.diagnose.explain import Tree
from loganalyzer.diagnose.moments import Moment, gap
from loganalyzer.model import Sighting

_MOST = 20


def sequence(trees: Sequence[Tree]) -> tuple[Sighting, ...]:
    """The first sightings of all findings, in order of aligned time; none where they come from one node.

    A sighting is `certain` where it is known to be later than every one before it; of the first, nothing is claimed.
    """
    found: list[tuple[float, str, Finding, Moment]] = []
    reference: Moment | None = None
    for finding in _all(trees):
        first, _ = finding.span
        if first is None or not first[1].has_year:
            continue
        reference = reference or first
        known = gap(reference[1], reference[0], first[1], first[0])
        if known is not None:
            found.append((known[0], finding.rule.id, finding, first))
    if len({source.node for *_, (source, _) in found}) < 2:
        return ()
    found.sort(key=lambda entry: (entry[0], entry[1], entry[3][0].path))
    rows: list[Sighting] = []
    for i, (_, id_, finding, at) in enumerate(found[:_MOST]):
        certain = i > 0 and all(_later(before, at) for *_, before in found[:i])
        rows.append(Sighting(id_, at[0].path, _line(finding, at), at[0].node, at[1], certain))
    return tuple(rows)


def _later(before: Moment, at: Moment) -> bool:
    known = gap(before[1], before[0], at[1], at[0])
    return known is not None and known[0] > known[1]


def _line(finding: Finding, at: Moment) -> int:
    """The line that was seen first."""
    spans = (span for s in finding.failures() if s.source is at[0] for span in s.spans)
    return next(
        (span.line for span in spans if span.first and at[0].settle(span.first).seconds == at[1].seconds), 0
    ) or min(s.kept[0].record.line for s in finding.failures() if s.source is at[0])


def _all(trees: Sequence[Tree]) -> Iterator[Finding]:
    for tree in trees:
        yield tree.finding
        yield from _all(tree.children)

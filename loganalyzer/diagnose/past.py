"""What has recovered is past: told by the rule's own sign, by the stage that went well in the end, or by all that it
caused having recovered since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from loganalyzer.diagnose.correlate import Finding
from loganalyzer.diagnose.explain import Tree
from loganalyzer.diagnose.moments import Moment, aligned, covers, gap
from loganalyzer.diagnose.series import Series
from loganalyzer.model import Instant, Kind, Severity, Source


class Stages(Protocol):
    """What the logs of installations tell (`timeline.Installations`)."""

    def overcome(self, source: Source, first: int, last: int) -> tuple[bool, Instant | None]:
        """Whether these lines lie inside tries of a stage that failed and whose last try went well; and when."""
        ...


def heal(tree: Tree, stages: Stages) -> None:
    """Note in a tree, from the leaves up, what has recovered."""
    for child in tree.children:
        heal(child, stages)
    finding = tree.finding
    if finding.healed:
        tree.healed, tree.recovered = True, finding.recovered
        return
    tree.healed, tree.recovered = _overcome(finding, stages)
    if not tree.healed:
        tree.healed, tree.recovered = _with_its_consequences(tree)


def is_past(tree: Tree) -> bool:
    """Healed, and nothing that it explains is still broken."""
    return tree.healed and all(is_past(child) for child in tree.children)


def _overcome(finding: Finding, stages: Stages) -> tuple[bool, Moment | None]:
    """By the stage of an installation that all its lines lie in."""
    moments: list[Moment] = []
    many = finding.failures()
    for series in many:
        healed, when = stages.overcome(series.source, series.spans[0].line, series.spans[-1].last_line)
        if not healed:
            return False, None
        if when is not None:
            moments.append((series.source, series.source.settle(when)))
    return bool(many), max(moments, key=aligned, default=None)


def _with_its_consequences(tree: Tree) -> tuple[bool, Moment | None]:
    """A cause that was seen last before all that it caused recovered. What every start-up shows for a moment proves
    nothing; nor does a log that ends before."""
    telling = [c for c in tree.children if c.finding.rule.severity >= Severity.ERROR and c.recovered is not None]
    if tree.finding.rule.kind is not Kind.CAUSE or not telling or not all(map(is_past, tree.children)):
        return False, None
    at = max((c.recovered for c in telling if c.recovered), key=aligned)
    return (True, at) if _before(tree.finding.failures(), at) else (False, None)


def _before(many: Sequence[Series], at: Moment) -> bool:
    for series in many:
        last = max((span.latest for span in series.spans if span.latest), key=lambda w: w.seconds, default=None)
        known = gap(series.source.settle(last), series.source, at[1], at[0]) if last is not None else None
        if known is None or known[0] < known[1]:
            return False
        if series.source is not at[0] and covers(series.source, at[1], at[0]) is False:
            return False
    return True

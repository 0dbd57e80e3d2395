"""Whether what was found has recovered, and when: by the rule's own sign, by what its symptoms did, by its stage."""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.diagnose.evaluate import Group, denied, evaluate, facts_of, signals_of
from loganalyzer.diagnose.moments import Moment, aligned, gap
from loganalyzer.model import Instant, Source

_SLACK = 5.0
"""Seconds for which a failure may still be printed after its recovery: retries that were under way."""


def judging(group: Group) -> list[str]:
    """The signals and facts that speak for the rule's finding (not those that tell of its recovery)."""
    conditions = (group.rule.confirmed_by, group.rule.likely_by, group.rule.possible_by)
    against = {name for condition in conditions for name in denied(condition)}
    signals = [name for condition in conditions for name in signals_of(condition)]
    return signals + [name for condition in conditions for name in facts_of(condition) if name not in against]


def recovered(group: Group) -> tuple[bool, Moment | None]:
    """Whether `healed_by` holds and the failure did not come back after the last sign of recovery; and its time."""
    rule = group.rule
    if rule.healed_by is None or evaluate(rule.healed_by, group) is not True:
        return False, None
    failing = set(judging(group))
    signs = [name for name in dict.fromkeys(signals_of(rule.healed_by)) if name not in failing]
    return not _relapsed(group, failing, signs), _last(group, signs)


def _relapsed(group: Group, failing: set[str], signs: list[str]) -> bool:
    """Whether the last failure is known to lie behind the last sign of recovery."""
    good = {id(s.source): 0 for name in signs for s in group.seen.get(name, ())}
    for name in signs:
        for series in group.seen.get(name, ()):
            good[id(series.source)] = max(good[id(series.source)], series.spans[-1].last_line)
    moments = list(_moments(group, signs))
    sign = max(moments, key=aligned, default=None)
    for name in failing:
        for series in group.seen.get(name, ()):
            end = series.spans[-1]
            last = max((span.latest for span in series.spans if span.latest), key=lambda w: w.seconds, default=None)
            if sign is not None and last is not None:
                known = gap(sign[1], sign[0], series.source.settle(last), series.source)
                if known is not None:
                    if known[0] > _SLACK + known[1]:
                        return True
                    continue
            if last is not None and _elsewhere(series.source, last, moments):
                return True
            if end.last_line > good.get(id(series.source), end.last_line):
                return True
    return False


def _elsewhere(source: Source, last: Instant, signs: list[Moment]) -> bool:
    """Whether every sign of recovery is another node's, or of a year that nobody can compare with this one's."""
    year = source.settle(last).has_year
    return bool(signs) and all(
        other is not source
        and (when.has_year != year or (None not in (source.node, other.node) and source.node != other.node))
        for other, when in signs
    )


def _last(group: Group, signals: list[str]) -> Moment | None:
    return max(_moments(group, signals), key=aligned, default=None)


def _moments(group: Group, signals: list[str]) -> Iterator[Moment]:
    for name in signals:
        for series in group.seen.get(name, ()):
            times = [span.latest for span in series.spans if span.latest]
            if times:
                yield series.source, series.source.settle(max(times, key=lambda when: when.seconds))

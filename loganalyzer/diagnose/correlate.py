"""Series to findings: join what belongs together, judge each rule's conditions, say how sure it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from loganalyzer.diagnose.evaluate import Group, evaluate
from loganalyzer.diagnose.moments import Moment, comparable
from loganalyzer.diagnose.recovery import judging, recovered
from loganalyzer.diagnose.series import Series
from loganalyzer.model import Confidence, Source
from loganalyzer.rulepack.rule import Rule, Ruleset

_CLUSTER_WIDE = frozenset({"kubectl", "helm", "ansible", "events", "install.sh", "dex", "registry", "harbor"})
"""Programs whose log tells of other nodes than the one it lies on, like every `tke-*`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule whose conditions hold for one set of join values."""

    rule: Rule
    join: tuple[str | None, ...]
    group: Group
    confidence: Confidence
    nodes: tuple[str, ...]
    healed: bool
    recovered: Moment | None = None
    """When it is known to have recovered."""

    @property
    def count(self) -> int:
        """Matches of the signals that speak for it."""
        return sum(series.count for series in self.failures())

    def failures(self) -> list[Series]:
        """The series of the signals that speak for it, not those that tell of its recovery."""
        names = set(judging(self.group))
        return [series for series in self.group.series() if series.key.signal in names] or [*self.group.series()]

    def places(self) -> set[tuple[str, int]]:
        """(source, line) of the records that were kept."""
        return {(s.source.path, kept.record.line) for s in self.group.series() for kept in s.kept}

    def span(self) -> tuple[Moment | None, Moment | None]:
        """Its first and last instant; those with a year where there are any."""
        moments = [
            (series.source, series.source.settle(when))
            for series in self.failures()
            for span in series.spans
            for when in (span.first, span.last)
            if when is not None
        ]
        moments = [m for m in moments if m[1].has_year] or moments
        if not moments:
            return None, None
        key = lambda m: (m[1].seconds, m[0].path)  # noqa: E731
        return min(moments, key=key), max(moments, key=key)


def _seconds(moment: Moment) -> float:
    return moment[1].seconds


def correlate(ruleset: Ruleset, series: Sequence[Series], sources: Sequence[Source]) -> list[Finding]:
    """Every finding of every rule, in order of rule id and join values."""
    by_rule: dict[str, list[Series]] = defaultdict(list)
    for one in series:
        by_rule[one.key.rule].append(one)
    return [
        finding
        for rule_id in sorted(by_rule)
        for finding in _findings(ruleset.rules[rule_id], by_rule[rule_id], sources)
    ]


def groups(
    rule: Rule, series: Sequence[Series], sources: Sequence[Source]
) -> Iterator[tuple[tuple[str | None, ...], tuple[str, ...], Group, Confidence | None]]:
    """Every group that one rule's series form: join values, nodes, what it saw, and the verdict (None: no finding)."""
    for join, members in _joined(series):
        for nodes, part in _by_node(rule, members):
            group = Group(rule, by_signal(part), sources)
            yield join, nodes, group, _verdict(rule, group)


def _findings(rule: Rule, series: Sequence[Series], sources: Sequence[Source]) -> Iterator[Finding]:
    for join, members in _joined(series):
        judged: list[tuple[Confidence, tuple[str, ...], list[Series], bool, Moment | None]] = []
        for nodes, part in _by_node(rule, members):
            group = Group(rule, by_signal(part), sources)
            confidence = _verdict(rule, group)
            if confidence is not None:
                judged.append((confidence, nodes, part, *recovered(group)))
        if judged:
            kept = list({id(s): s for _, _, part, _, _ in judged for s in part}.values())
            yield Finding(
                rule,
                join,
                Group(rule, by_signal(kept), sources),
                max(confidence for confidence, *_ in judged),
                tuple(sorted({node for _, nodes, *_ in judged for node in nodes})),
                all(healed for *_, healed, _ in judged),
                max((when for *_, when in judged if when), key=_seconds, default=None),
            )


def _verdict(rule: Rule, group: Group) -> Confidence | None:
    """docs/rule-language.md section 4, "The verdict"."""
    if rule.refuted_by is not None and evaluate(rule.refuted_by, group) is True:
        return None
    confirmed = evaluate(rule.confirmed_by, group)
    if confirmed:
        return Confidence.CONFIRMED
    if rule.likely_by is not None and evaluate(rule.likely_by, group) is True:
        return Confidence.LIKELY
    if rule.possible_by is not None and evaluate(rule.possible_by, group) is True:
        return Confidence.POSSIBLE
    if confirmed is None and rule.likely_by is None:
        return Confidence.LIKELY
    return None


def _joined(series: Sequence[Series]) -> Iterator[tuple[tuple[str | None, ...], list[Series]]]:
    """Series by join values; one without a value belongs to every group that it does not contradict."""
    keys = sorted({s.key.join for s in series}, key=lambda key: tuple(value or "" for value in key))
    for key in keys:
        if any(other != key and _narrower(other, key) for other in keys):
            continue
        yield key, [s for s in series if _fits(s.key.join, key)]


def _fits(one: tuple[str | None, ...], key: tuple[str | None, ...]) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(one, key, strict=True))


def _narrower(one: tuple[str | None, ...], than: tuple[str | None, ...]) -> bool:
    return all(b is None or a == b for a, b in zip(one, than, strict=True))


def by_signal(series: Sequence[Series]) -> Mapping[str, list[Series]]:
    """The series of one rule by their signal."""
    found: dict[str, list[Series]] = {}
    for one in series:
        found.setdefault(one.key.signal, []).append(one)
    return found


def home(series: Series) -> str | None:
    """The node that a series speaks of; None where its log tells of the cluster or nobody knows."""
    component = series.source.component
    if component is not None and (component in _CLUSTER_WIDE or component.startswith("tke-")):
        return None
    return series.source.node


def _by_node(rule: Rule, series: Sequence[Series]) -> Iterator[tuple[tuple[str, ...], list[Series]]]:
    """One part a node, each with what belongs to no node; one part for rules of `scope: cluster`."""
    nodes = sorted({node for s in series if (node := home(s)) is not None})
    if rule.cluster or len(nodes) < 2:
        yield tuple(nodes), list(series)
        return
    for node in nodes:
        yield (node,), [s for s in series if home(s) in (None, node)]


def begins_after(cause: Finding, symptom: Finding) -> bool:
    """Whether time speaks against `cause` being the reason of `symptom`.

    Only where the clocks can be compared and the cause's log covers the symptom's first moment, so that the cause
    would have been seen: rotated, `--tail`ed and timeless logs are neutral.
    """
    first, _ = cause.span()
    begin, end = symptom.span()
    if first is None or begin is None or end is None:
        return False
    source, when = first
    if not comparable(when, source, end[1], end[0]):
        return False
    start = source.summary().first
    if start is None or not comparable(source.settle(start), source, begin[1], begin[0]):
        return False
    slack = 60.0
    return source.settle(start).seconds <= begin[1].seconds and when.seconds > end[1].seconds + slack

"""Series to findings: join what belongs together, judge each rule's conditions, say how sure it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from loganalyzer.diagnose.evaluate import Group, any_of, evaluate, facts_of, signals_of
from loganalyzer.diagnose.facts import Tables, alone, judged
from loganalyzer.diagnose.moments import Moment, aligned, gap
from loganalyzer.diagnose.recovery import judging, recovered
from loganalyzer.diagnose.series import Series
from loganalyzer.frozen import frozen
from loganalyzer.items import ITEMS
from loganalyzer.model import Confidence, Source
from loganalyzer.rulepack.rule import Rule, Ruleset

_CLUSTER_WIDE = frozenset({"kubectl", "helm", "ansible", "events", "install.sh", "dex", "registry", "harbor"})
"""Programs whose log tells of other nodes than the one it lies on, like every `tke-*`."""
_SLACK = 60.0
"""Seconds that a cause may be printed after the end of what it caused."""
Span = tuple[Moment | None, Moment | None]


@frozen
class Finding:
    """A rule whose conditions hold for one set of join values."""

    rule: Rule
    join: tuple[str | None, ...]
    group: Group
    confidence: Confidence
    nodes: tuple[str, ...]
    healed: bool
    recovered: Moment | None
    """When it is known to have recovered."""
    span: Span
    """Its first and last instant; those with a year where there are any."""

    @property
    def count(self) -> int:
        """Matches of the signals that speak for it."""
        return sum(series.count for series in self.failures())

    def failures(self) -> list[Series]:
        """The series of the signals that speak for it, not those that tell of its recovery."""
        return _failures(self.group)

    def places(self) -> set[tuple[str, int]]:
        """(source, line) of the records that were kept."""
        return {(s.source.path, kept.record.line) for s in self.group.series() for kept in s.kept}


def _failures(group: Group) -> list[Series]:
    names = set(judging(group))
    return [series for series in group.series() if series.key.signal in names] or [*group.series()]


def _span(group: Group) -> Span:
    moments = [
        (series.source, series.source.settle(when))
        for series in _failures(group)
        for span in series.spans
        for when in (span.first, span.last)
        if when is not None
    ]
    moments = [m for m in moments if m[1].has_year] or moments
    if not moments:
        return None, None
    key = lambda m: (aligned(m), m[0].path)  # noqa: E731
    return min(moments, key=key), max(moments, key=key)


def correlate(ruleset: Ruleset, series: Sequence[Series], sources: Sequence[Source]) -> list[Finding]:
    """Every finding of every rule, in order of rule id and join values."""
    tables = Tables(sources)
    by_rule: dict[str, list[Series]] = defaultdict(list)
    for one in series:
        by_rule[one.key.rule].append(one)
    for rule in ruleset.rules.values() if tables else ():  # asking a rule for its facts decodes it
        if rows := alone(rule, tables):
            by_rule[rule.id] += rows
    return [
        finding
        for rule_id in sorted(by_rule)
        for finding in _findings(ruleset.rules[rule_id], by_rule[rule_id], sources, tables)
    ]


def groups(
    rule: Rule, series: Sequence[Series], sources: Sequence[Source]
) -> Iterator[tuple[tuple[str | None, ...], tuple[str, ...], Group, Confidence | None]]:
    """Every group that one rule's series form: join values, nodes, what it saw, and the verdict (None: no finding)."""
    tables = Tables(sources)
    for join, members in _joined([*series, *alone(rule, tables)]):
        for nodes, part in _by_node(rule, members):
            group = _group(rule, part, nodes, join, sources, tables)
            yield join, nodes, group, _verdict(rule, group)


def _group(
    rule: Rule,
    part: Sequence[Series],
    nodes: Sequence[str],
    join: tuple[str | None, ...],
    sources: Sequence[Source],
    tables: Tables,
) -> Group:
    seen, facts = judged(rule, by_signal(part), nodes, join, tables)
    return Group(rule, seen, sources, facts)


def _findings(rule: Rule, series: Sequence[Series], sources: Sequence[Source], tables: Tables) -> Iterator[Finding]:
    for join, members in _joined(series):
        verdicts: list[tuple[Confidence, tuple[str, ...], Group, bool, Moment | None]] = []
        for nodes, part in _by_node(rule, members):
            group = _group(rule, part, nodes, join, sources, tables)
            confidence = _verdict(rule, group)
            if confidence is not None:
                verdicts.append((confidence, nodes, group, *recovered(group)))
        if verdicts:
            whole = _together([group for _, _, group, _, _ in verdicts])
            yield Finding(
                rule,
                join,
                whole,
                max(confidence for confidence, *_ in verdicts),
                _nodes(verdicts),
                all(healed for *_, healed, _ in verdicts),
                max((when for *_, when in verdicts if when), key=aligned, default=None),
                _span(whole),
            )


def _nodes(verdicts: Sequence[tuple[Confidence, tuple[str, ...], Group, bool, Moment | None]]) -> tuple[str, ...]:
    """The nodes that the findings are on: where their logs name none, those whose collected output speaks for them."""
    named = {node for _, nodes, *_ in verdicts for node in nodes}
    if not named:
        speaking = [(group, judging(group)) for _, _, group, *_ in verdicts]
        named = {
            s.source.node
            for g, names in speaking
            for s in g.series()
            if s.key.signal in g.facts and s.key.signal in names and s.source.node
        }
    return tuple(sorted(named))


def _together(groups: Sequence[Group]) -> Group:
    """What several nodes' groups saw; a fact is true where one says so, false only where all do."""
    # A log's series is the same in every group; of one table each node's values find their own rows.
    distinct = {
        (s.key, s.source.path, *(kept.record.line for kept in s.kept)): s for group in groups for s in group.series()
    }
    facts = {name: any_of(group.facts[name] for group in groups) for name in groups[0].facts}
    return Group(groups[0].rule, by_signal(list(distinct.values())), groups[0].sources, facts)


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
    # Unknown: the evidence is there and something is unproved; without any evidence there is nothing to prove.
    if confirmed is None and rule.likely_by is None and _touched(rule, group):
        return Confidence.LIKELY
    return None


def _touched(rule: Rule, group: Group) -> bool:
    """Whether anything that `confirmed_by` speaks of was seen."""
    return any(name in group.seen for of in (signals_of, facts_of) for name in of(rule.confirmed_by))


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
    """The node that a series speaks of; None where its log or table tells of the cluster or nobody knows."""
    table = series.source.table()
    if table is not None and ITEMS[table.item].cluster:
        return None
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
    first, _ = cause.span
    begin, end = symptom.span
    if first is None or begin is None or end is None:
        return False
    source, when = first
    start = source.summary().first
    after = gap(end[1], end[0], when, source)
    lead = gap(source.settle(start), source, begin[1], begin[0]) if start is not None else None
    if after is None or lead is None:
        return False
    return lead[0] >= 0 and after[0] > _SLACK + after[1]

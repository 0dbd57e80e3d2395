"""Which logs the open questions of a report need and the input lacks, or which end too early; and how to get them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loganalyzer.diagnose.correlate import Finding
from loganalyzer.diagnose.deployment import Deployment
from loganalyzer.diagnose.evaluate import signals_of
from loganalyzer.diagnose.moments import comparable, covers
from loganalyzer.model import Candidate, Confidence, Instant, Kind, Source, Text
from loganalyzer.rulepack.rule import Rule, Ruleset, Signal

_MOST = 8
_ROOTS = 3
"""So many of the first diagnoses are asked about."""
_MIXED = ("syslog", "journald-json")
"""Dialects of logs in which every unit of a host may write."""


@dataclass(slots=True)
class _Need:
    """A log that would decide something."""

    component: str
    node: str | None
    around: Instant | None
    shows: str
    state: Text
    ids: list[str] = field(default_factory=list)


def missing(
    ruleset: Ruleset,
    sources: Sequence[Source],
    roots: Sequence[Finding],
    open_causes: Sequence[Sequence[str]],
    deployment: Deployment,
) -> tuple[Candidate, ...]:
    """What to ask for, the most useful first. `open_causes[i]`: ids of the causes that would explain `roots[i]`."""
    needs: dict[tuple[str, str | None], _Need] = {}
    for finding, causes in list(zip(roots, open_causes, strict=True))[:_ROOTS]:
        for rule, signal in _questions(ruleset, finding, causes):
            need = _need(sources, finding, signal, deployment)
            if need is None:
                continue
            known = needs.setdefault((need.component, need.node), need)
            if rule.id not in known.ids:
                known.ids.append(rule.id)
    order = sorted(needs.values(), key=lambda need: -len(need.ids))  # stable: of equals the first asked
    return tuple(_candidate(need, ruleset, deployment) for need in order[:_MOST])


def _questions(ruleset: Ruleset, finding: Finding, causes: Sequence[str]) -> Iterator[tuple[Rule, Signal]]:
    """The signals that would prove the finding, or one of the causes of a symptom."""
    rule = finding.rule
    if rule.kind is Kind.CAUSE and finding.confidence is not Confidence.CONFIRMED:
        for name in dict.fromkeys(signals_of(rule.confirmed_by)):
            if name not in finding.group.seen:
                yield rule, rule.signals[name]
    for id_ in causes:
        cause = ruleset.rules[id_]
        yield cause, next(iter(cause.signals.values()))


def _need(sources: Sequence[Source], finding: Finding, signal: Signal, deployment: Deployment) -> _Need | None:
    """What keeps the input from answering; None where some log would show the signal, or may."""
    if not signal.components:
        return None
    first, last = finding.span()
    states: list[Text] = []
    for source in sources:
        if not _may_hold(source, signal, finding):
            continue
        state = _state(source, first, last)
        if state is None:
            return None
        states.append(state)
    component = deployment.choose(signal.components)
    if not deployment.fits(component):
        return None
    node = deployment.node_of(component, finding.nodes)
    absent = Text("not in the input", "输入中没有")
    return _Need(component, node, first[1] if first else None, signal.shows, states[0] if states else absent)


def _may_hold(source: Source, signal: Signal, finding: Finding) -> bool:
    if source.component in signal.components:
        return finding.rule.cluster or source.node is None or not finding.nodes or source.node in finding.nodes
    return source.component is None and source.format.startswith(_MIXED)


def _state(source: Source, first: tuple[Source, Instant] | None, last: tuple[Source, Instant] | None) -> Text | None:
    """Why a log that is there does not answer; None where it does, or where nobody can tell."""
    if first is None or covers(source, first[1], first[0]) is not False:
        return None
    info = source.summary()
    if info.first is None or info.last is None:
        return None
    begin, end = source.settle(info.first), source.settle(info.last)
    if end.seconds < first[1].seconds:
        gap = _duration(first[1].seconds - end.seconds)
        return Text(f"{source.path} ends {gap} before", f"{source.path} 在此之前 {gap} 就结束了")
    if last is not None and comparable(begin, source, last[1], last[0]) and begin.seconds <= last[1].seconds:
        return None
    gap = _duration(begin.seconds - first[1].seconds)
    return Text(f"{source.path} begins {gap} after", f"{source.path} 在此之后 {gap} 才开始")


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _candidate(need: _Need, ruleset: Ruleset, deployment: Deployment) -> Candidate:
    on = f" on {need.node}" if need.node else ""
    zh_on = f"{need.node} 上的" if need.node else ""
    ids = ", ".join(need.ids[:4]) + (", ..." if len(need.ids) > 4 else "")
    return Candidate(
        id=need.ids[0],
        title=Text(
            f"The log of {need.component}{on} ({need.state.en}); it would decide: {ids}",
            f"{zh_on} {need.component} 日志（{need.state.zh}），可用于判断：{ids}".strip(),
        ),
        shows=need.shows,
        where=deployment.where(need.component),
        collect=deployment.collect(need.component, need.node, need.around),
    )

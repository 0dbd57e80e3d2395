"""Which logs the open questions of a report need and the input lacks, or which end too early; and how to get them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field

from loganalyzer.diagnose.correlate import Finding
from loganalyzer.diagnose.deployment import Deployment
from loganalyzer.diagnose.evaluate import facts_of, signals_of
from loganalyzer.diagnose.examine import Examination
from loganalyzer.diagnose.moments import comparable, covers
from loganalyzer.diagnose.remedy import plain
from loganalyzer.frozen import slotted
from loganalyzer.items import ITEMS
from loganalyzer.model import Candidate, Confidence, Instant, Kind, Source, Text
from loganalyzer.rulepack.rule import FactSpec, Rule, Ruleset, Signal

_MOST = 8
_ROOTS = 3
"""So many of the first diagnoses are asked about."""
_MIXED = ("syslog", "journald-json")
"""Dialects of logs in which every unit of a host may write."""
ABSENT = Text("not in the input", "输入中没有")
"""The state of a log that nobody has sent."""

Question = tuple[Rule, Signal | FactSpec]
"""A rule that a line would decide, and the signal that the line would be (or the fact that a command would tell)."""


@slotted
class Need:
    """A log, or a command's output, that would decide something."""

    component: str
    """The program whose log it is; the name of an item where `output`."""
    nodes: tuple[str, ...]
    around: Instant | None
    state: Text
    """Why the input does not answer: it is not there, or ends too early."""
    shows: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    """The rules that it would decide."""
    output: bool = False
    """It is no log but collected command output."""

    def title(self) -> Text:
        """What it is: the log of a program, or what a command says."""
        names = ", ".join(self.nodes)
        if self.output:
            title = ITEMS[self.component].title
            return Text(f"{title.en} of {names}", f"{names} 的{title.zh}") if names else title
        on, zh_on = (f" on {names}", f"{names} 上的 ") if names else ("", "")
        return Text(f"the log of {self.component}{on}", f"{zh_on}{self.component} 日志")

    def where(self, deployment: Deployment) -> str:
        """Where it is; in a bundle, where it is output."""
        return ITEMS[self.component].file if self.output else deployment.where(self.component)

    def collect(self, deployment: Deployment) -> str:
        """The command that collects it."""
        if self.output:
            on = f"# on {', '.join(self.nodes)}\n" if self.nodes else ""
            return on + ITEMS[self.component].command
        return deployment.collect(self.component, self.nodes, self.around)


def missing(found: Examination) -> tuple[Candidate, ...]:
    """What to ask for about the first diagnoses, the most useful first."""
    roots = [tree.finding for tree in found.roots[:_ROOTS]]
    return tuple(_candidate(need, found.deployment) for need in needs(found, roots)[:_MOST])


def needs(found: Examination, findings: Iterable[Finding]) -> list[Need]:
    """The logs that would prove these findings, or tell what is behind them: those first that decide most."""
    known: dict[tuple[str, tuple[str, ...]], Need] = {}
    for finding in findings:
        for rule, signal in _questions(found, finding):
            need = _need(found.sources, finding, signal, found.deployment)
            if need is not None:
                _note(known, need, rule, signal)
    return sorted(known.values(), key=lambda need: -len(need.ids))  # stable: of equals the first asked


def general_needs(ruleset: Ruleset, rule: Rule, deployment: Deployment, here: Iterable[str | None] = ()) -> list[Need]:
    """What would show a rule, or what explains a symptom, whatever was seen; without components and items `here`."""
    rules = [rule]
    if rule.kind is Kind.SYMPTOM:
        causes = [r for r in ruleset.rules.values() if any(edge.id == rule.id for edge in r.explains)]
        rules = sorted((r for r in causes if r.kind is Kind.CAUSE), key=lambda r: (-r.severity, r.id))
    present = set(here)
    known: dict[tuple[str, tuple[str, ...]], Need] = {}
    for each in rules:
        for name in dict.fromkeys(signals_of(each.confirmed_by)):
            signal = each.signals[name]
            if not signal.components or present.intersection(signal.components):
                continue
            component = deployment.choose(signal.components)
            if deployment.fits(component):
                nodes = deployment.nodes_of(component, deployment.nodes if len(deployment.nodes) == 1 else ())
                _note(known, Need(component, nodes, None, ABSENT), each, signal)
        for name in dict.fromkeys(facts_of(each.confirmed_by)) if each is rule else ():
            if each.facts[name].origin not in present:
                _note(known, _output(each.facts[name], ()), each, each.facts[name])
    return sorted(known.values(), key=lambda need: -len(need.ids))


def _note(known: dict[tuple[str, tuple[str, ...]], Need], need: Need, rule: Rule, signal: Signal | FactSpec) -> None:
    need = known.setdefault((need.component, need.nodes), need)
    if rule.id not in need.ids:
        need.ids.append(rule.id)
    shows = plain(rule, signal.shows) if need.output else signal.shows
    if shows and shows not in need.shows:
        need.shows.append(shows)


def _questions(found: Examination, finding: Finding) -> Iterator[Question]:
    """The signals that would prove the finding, or one of the causes of a symptom."""
    rule = finding.rule
    if rule.kind is Kind.CAUSE and finding.confidence is not Confidence.CONFIRMED:
        for name in dict.fromkeys(signals_of(rule.confirmed_by)):
            if name not in finding.group.seen:
                yield rule, rule.signals[name]
        for name in dict.fromkeys(facts_of(rule.confirmed_by)):
            if finding.group.facts.get(name) is None:
                yield rule, rule.facts[name]
    if rule.kind is Kind.SYMPTOM:
        for proof in found.differential.proofs(finding):
            for signal in () if proof.against else proof.signals:
                yield proof.rule, signal


def _need(
    sources: Sequence[Source], finding: Finding, signal: Signal | FactSpec, deployment: Deployment
) -> Need | None:
    """What keeps the input from answering; None where some log would show the signal, or may."""
    if isinstance(signal, FactSpec):
        return _output(signal, finding.nodes)
    if not signal.components:
        return None
    first, last = finding.span
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
    nodes = deployment.nodes_of(component, finding.nodes)
    return Need(component, nodes, first[1] if first else None, states[0] if states else ABSENT)


def _output(fact: FactSpec, nodes: Sequence[str]) -> Need:
    """The command output that was not collected."""
    there = () if ITEMS[fact.origin].cluster else tuple(nodes)
    return Need(fact.origin, there, None, ABSENT, output=True)


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


def _candidate(need: Need, deployment: Deployment) -> Candidate:
    what = need.title()
    ids = ", ".join(need.ids[:4]) + (f" (+{len(need.ids) - 4})" if len(need.ids) > 4 else "")
    return Candidate(
        id=need.ids[0],
        title=Text(
            f"{what.en[0].upper()}{what.en[1:]} ({need.state.en}); it would decide: {ids}",
            f"{what.zh}（{need.state.zh}），可用于判断：{ids}",
        ),
        shows=need.shows[0] if need.shows else "",
        where=need.where(deployment),
        collect=need.collect(deployment),
    )

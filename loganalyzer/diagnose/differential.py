"""What else could it be: for a symptom, the causes that would explain it, what would prove each, and where to look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from loganalyzer.diagnose.correlate import Finding, by_signal, home
from loganalyzer.diagnose.deployment import Deployment
from loganalyzer.diagnose.evaluate import Group, evaluate, facts_of, signals_of
from loganalyzer.diagnose.facts import Tables, judged
from loganalyzer.diagnose.moments import Moment, covers
from loganalyzer.diagnose.proof import lacking
from loganalyzer.diagnose.remedy import plain, sentence
from loganalyzer.diagnose.series import Series
from loganalyzer.frozen import frozen
from loganalyzer.model import Candidate, Instant, Source, Text
from loganalyzer.rulepack.index import index_of
from loganalyzer.rulepack.rule import Rule, Ruleset, Signal

_NAMED = 3
"""So many logs are named that are present and silent."""


@frozen
class Proof:
    """What would prove one cause of a symptom, and what is already known of it."""

    rule: Rule
    signals: tuple[Signal, ...]
    """What would have to be seen."""
    nodes: tuple[str, ...]
    """Where: the nodes of the symptom."""
    around: Instant | None
    supports: tuple[Text, ...]
    against: tuple[Text, ...]
    silent: int
    """Logs that are present, cover the time and do not show it."""


class Differential:
    """The inverse of `explains`, over one ruleset and one input."""

    def __init__(
        self,
        ruleset: Ruleset,
        sources: Sequence[Source],
        series: Sequence[Series],
        findings: Sequence[Finding],
        deployment: Deployment,
    ) -> None:
        self._sources = sources
        self._tables = Tables(sources)
        self._deployment = deployment
        self._ruleset = ruleset
        self._series: dict[str, list[Series]] = defaultdict(list)
        for one in series:
            self._series[one.key.rule].append(one)
        self._proofs: dict[tuple[str, tuple[str | None, ...]], list[Proof]] = {}
        self._covering: list[Source] = []
        self._open = {finding.rule.id for finding in findings if not finding.healed}

    @cached_property
    def _causes(self) -> Mapping[str, Sequence[str]]:
        """Ids of causes by symptom; a run without a symptom never asks."""
        return index_of(self._ruleset.rules).causes

    def candidates(self, finding: Finding) -> tuple[Candidate, ...]:
        """The causes of a symptom, most plausible first."""
        return tuple(self._candidate(proof) for proof in self.proofs(finding))

    def proofs(self, finding: Finding) -> list[Proof]:
        """The causes of a symptom: first those that nothing speaks against; of these the ones of which something was
        seen already, then those that would explain most of what is open, then those that fewest logs are silent
        about, then the more severe."""
        key = (finding.rule.id, finding.join)
        if key not in self._proofs:
            first, _ = finding.span
            rules = self._ruleset.rules
            self._covering = [s for s in self._sources if first is not None and covers(s, first[1], first[0])]
            proofs = [self._proof(rules[id_], finding, first) for id_ in self._causes.get(finding.rule.id, ())]
            self._proofs[key] = sorted(proofs, key=self._order)
        return self._proofs[key]

    def _order(self, proof: Proof) -> tuple[int, int, int, int, int, str]:
        explained = sum(edge.id in self._open for edge in proof.rule.explains)
        rank = len(proof.supports), explained
        return (bool(proof.against), -rank[0], -rank[1], proof.silent, -int(proof.rule.severity), proof.rule.id)

    def _proof(self, rule: Rule, finding: Finding, first: Moment | None) -> Proof:
        near = [s for s in self._series.get(rule.id, ()) if rule.cluster or _near(home(s), finding.nodes)]
        seen, facts = judged(rule, by_signal(near), finding.nodes, (None,) * len(rule.per), self._tables)
        group = Group(rule, seen, self._sources, facts)
        judging = list(dict.fromkeys(signals_of(rule.confirmed_by)))
        silent = {name: self._silent(rule, rule.signals[name], finding) for name in judging}
        # A way to the proof that leads past a silent log is dearer than any way that does not.
        way = lacking(rule.confirmed_by, group, lambda name: 1 + 100 * bool(silent[name]))
        needed = way or [name for name in judging if name not in group.seen] or judging
        quiet = list(dict.fromkeys(path for name in needed for path in silent.get(name, ())))
        against = [*self._refuted(rule, group, way is None), *self._elsewhere(rule), *_silence(quiet)]
        return Proof(
            rule,
            tuple(rule.signals[name] for name in needed),
            finding.nodes,
            first[1] if first else None,
            tuple(_seen(name, group) for name in (*judging, *facts_of(rule.confirmed_by)) if group.seen.get(name)),
            tuple(against),
            len({path for name in judging for path in silent[name]}),
        )

    def _silent(self, rule: Rule, signal: Signal, finding: Finding) -> list[str]:
        """Logs that would show it, cover the symptom's first moment and do not show it."""
        there = {
            one.source.path for one in self._series.get(rule.id, ()) if one.key.signal == signal.name and one.count
        }
        return [
            source.path
            for source in self._covering
            if source.component in signal.components
            and (rule.cluster or _near(source.node, finding.nodes))
            and source.path not in there
        ]

    def _refuted(self, rule: Rule, group: Group, impossible: bool) -> list[Text]:
        """What was seen that excludes it."""
        if rule.refuted_by is not None and evaluate(rule.refuted_by, group) is True:
            names = dict.fromkeys([*signals_of(rule.refuted_by), *facts_of(rule.refuted_by)])
        elif impossible:
            names = dict.fromkeys(name for name in signals_of(rule.confirmed_by) if name in group.seen)
        else:
            return []
        return [
            Text(f"excluded by {seen.en}", f"已被排除：{seen.zh}")
            for name in names
            if group.seen.get(name)
            for seen in [_seen(name, group)]
        ]

    def _elsewhere(self, rule: Rule) -> list[Text]:
        """Causes in a container runtime that is not the one in use."""
        components = {component for signal in rule.signals.values() for component in signal.components}
        if not components or any(self._deployment.fits(component) for component in components):
            return []
        runtime = self._deployment.runtime
        return [Text(f"the container runtime here is {runtime}", f"此处的容器运行时是 {runtime}")]

    def _candidate(self, proof: Proof) -> Candidate:
        deployment = self._deployment
        components = dict.fromkeys(deployment.choose(s.components) for s in proof.signals if s.components)
        return Candidate(
            proof.rule.id,
            sentence(proof.rule.title, proof.rule, {}),
            " + ".join(dict.fromkeys(signal.shows for signal in proof.signals)),
            ", ".join(dict.fromkeys(deployment.where(component) for component in components)),
            "\n".join(
                dict.fromkeys(
                    deployment.collect(component, deployment.nodes_of(component, proof.nodes), proof.around)
                    for component in components
                )
            ),
            proof.against,
            proof.supports,
        )


def _near(node: str | None, nodes: Sequence[str]) -> bool:
    return node is None or not nodes or node in nodes


def _seen(name: str, group: Group) -> Text:
    """Where the group saw a signal or a fact."""
    first = group.seen[name][0]
    rule = group.rule
    shows = plain(rule, rule.facts[name].shows) if name in rule.facts else rule.signals[name].shows
    place = f"{first.source.path}:{first.kept[0].record.line}"
    return Text(f"{place}, which shows {shows}", f"{place}，其中出现 {shows}")


def _silence(paths: Sequence[str]) -> list[Text]:
    if not paths:
        return []
    if len(paths) == 1:
        return [
            Text(f"{paths[0]} covers the time and does not show it", f"{paths[0]} 覆盖了该时段，但没有出现这条日志")
        ]
    names = ", ".join(paths[:_NAMED])
    return [
        Text(
            f"{len(paths)} logs cover the time and do not show it: {names}{', ...' if len(paths) > _NAMED else ''}",
            f"{len(paths)} 个日志覆盖了该时段，但没有出现这条日志：{names}{' 等' if len(paths) > _NAMED else ''}",
        )
    ]

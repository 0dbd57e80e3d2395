"""What else could it be: for a symptom, the causes that would explain it, what would prove each, and where to look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from loganalyzer.diagnose.correlate import Finding
from loganalyzer.diagnose.deployment import Deployment
from loganalyzer.diagnose.moments import covers
from loganalyzer.diagnose.remedy import sentence
from loganalyzer.model import Candidate, Kind, Source, Text
from loganalyzer.rulepack.rule import Rule, Ruleset, Signal

_MOST = 8


class Differential:
    """The inverse of `explains`, over one ruleset and one input."""

    def __init__(self, ruleset: Ruleset, sources: Sequence[Source], deployment: Deployment) -> None:
        self._sources = sources
        self._deployment = deployment
        self._rules = ruleset.rules
        self._explained_by: dict[str, list[Rule]] = defaultdict(list)
        for rule in ruleset.rules.values():
            for edge in rule.explains:
                self._explained_by[edge.id].append(rule)

    def candidates(self, finding: Finding) -> tuple[Candidate, ...]:
        """The causes of a symptom, most plausible first: what cannot be judged from this input before what is
        present and silent; among those the more severe."""
        found: list[tuple[tuple[int, int, str], Candidate]] = []
        for rule in self._explained_by.get(finding.rule.id, ()):
            if rule.kind is not Kind.CAUSE:
                continue
            signal = next(iter(rule.signals.values()))
            against = self._against(signal, finding)
            component = self._deployment.choose(signal.components) if signal.components else None
            node = self._deployment.node_of(component, finding.nodes) if component else None
            first, _ = finding.span()
            found.append(
                (
                    (len(against), -int(rule.severity), rule.id),
                    Candidate(
                        rule.id,
                        sentence(rule.title, rule, {}),
                        signal.shows,
                        self._deployment.where(component) if component else "",
                        self._deployment.collect(component, node, first[1] if first else None) if component else "",
                        against,
                    ),
                )
            )
        return tuple(candidate for _, candidate in sorted(found, key=lambda pair: pair[0])[:_MOST])

    def _against(self, signal: Signal, finding: Finding) -> tuple[Text, ...]:
        """What is present, covers the time and does not show it."""
        first, _ = finding.span()
        if first is None:
            return ()
        of, when = first
        return tuple(
            Text(
                f"{source.path} covers the time and does not show it", f"{source.path} 覆盖了该时段，但没有出现这条日志"
            )
            for source in self._sources
            if source.component in signal.components and covers(source, when, of)
        )

"""From what the scan saw to what it means: findings, causal trees, and what speaks for other causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from loganalyzer.diagnose.correlate import Finding, correlate
from loganalyzer.diagnose.deployment import Deployment
from loganalyzer.diagnose.differential import Differential
from loganalyzer.diagnose.explain import Tree, forest
from loganalyzer.diagnose.past import Stages, heal, is_past
from loganalyzer.diagnose.series import Series
from loganalyzer.model import Kind, Source
from loganalyzer.rulepack.rule import Ruleset

_API_AWAY = frozenset({"apiserver-unreachable", "apiserver-crashloop"})
"""Symptoms under which `kubectl` answers nothing."""


class Examination:
    """What the rules make of sources that were read, before it is put into words."""

    def __init__(self, ruleset: Ruleset, sources: Sequence[Source], series: Sequence[Series], stages: Stages) -> None:
        self.ruleset, self.sources, self.series, self.stages = ruleset, sources, series, stages

    @cached_property
    def findings(self) -> list[Finding]:
        """Every finding, in order of rule id."""
        return correlate(self.ruleset, self.series, self.sources)

    @cached_property
    def _forest(self) -> list[Tree]:
        trees = forest([f for f in self.findings if f.rule.kind is not Kind.HARMLESS])
        for tree in trees:
            heal(tree, self.stages)
        return trees

    @cached_property
    def roots(self) -> list[Tree]:
        """What is wrong, the most important first."""
        return [tree for tree in self._forest if not is_past(tree)]

    @cached_property
    def past(self) -> list[Tree]:
        """What was wrong and has recovered, with all that it explains."""
        return [tree for tree in self._forest if is_past(tree)]

    @cached_property
    def harmless(self) -> list[Tree]:
        """What looks alarming and can be ignored."""
        return [Tree(f, []) for f in self.findings if f.rule.kind is Kind.HARMLESS]

    @cached_property
    def deployment(self) -> Deployment:
        """What the inputs tell of the deployment."""
        return Deployment(
            self.sources,
            without_api=any(f.rule.id in _API_AWAY for f in self.findings if not f.healed),
        )

    @cached_property
    def differential(self) -> Differential:
        """What else could be behind a symptom."""
        return Differential(self.ruleset, self.sources, self.series, self.findings, self.deployment)

    def of(self, id_: str) -> Iterator[Finding]:
        """The findings of a rule that have not recovered."""
        return (f for f in self.findings if f.rule.id == id_ and not f.healed)

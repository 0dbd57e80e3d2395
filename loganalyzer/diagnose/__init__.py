"""The room that knows what logs mean: Ruleset + Sources -> Report. Pure: no files, no terminal, no wall clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from loganalyzer import __version__
from loganalyzer.diagnose.conclude import Conclusion
from loganalyzer.diagnose.correlate import correlate
from loganalyzer.diagnose.deployment import Deployment
from loganalyzer.diagnose.differential import Differential
from loganalyzer.diagnose.explain import Tree, forest, is_past
from loganalyzer.diagnose.missing import missing
from loganalyzer.diagnose.observe import Lookout
from loganalyzer.diagnose.scan import Cost, Scanner, scan_all
from loganalyzer.diagnose.timeline import Installations
from loganalyzer.diagnose.unexplained import ErrorLines
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Kind, Problem, Report, Source, Stats
from loganalyzer.rulepack.rule import Ruleset
from loganalyzer.safe import Redactor

_API_AWAY = frozenset({"apiserver-unreachable", "apiserver-crashloop"})
"""Symptoms under which `kubectl` answers nothing."""

__all__ = ["Cost", "Scanner", "analyze"]


def analyze(
    ruleset: Ruleset,
    sources: Iterable[Source],
    *,
    problems: Callable[[], Sequence[Problem]] = tuple,
    limits: Limits = DEFAULT,
    redactor: Redactor | None = None,
    scanner: Scanner | None = None,
    cost: Cost | None = None,
) -> Report:
    """Diagnose sources, each of which is read once, in order.

    `problems` is asked after the last source is read. `redactor` masks what the report says; a `scanner` made of the
    same ruleset may be given to be used again. `cost` is counted up while it works (another thread may watch it).
    """
    redactor = redactor or Redactor()
    cost = cost if cost is not None else Cost()
    installations, errors = Installations(), ErrorLines()
    lookout = Lookout((installations, installations.inside, errors), limits)
    read, series = scan_all(scanner or Scanner(ruleset, limits), sources, cost, lookout)
    findings = correlate(ruleset, series, read)
    trees = forest([f for f in findings if f.rule.kind is not Kind.HARMLESS])
    harmless = [Tree(f, []) for f in findings if f.rule.kind is Kind.HARMLESS]
    past = [tree for tree in trees if is_past(tree)]
    deployment = Deployment(
        [source.summary() for source in read],
        without_api=any(f.rule.id in _API_AWAY for f in findings if not f.healed),
    )
    differential = Differential(ruleset, read, deployment)
    conclusion = Conclusion(read, redactor, limits, differential)
    diagnoses = tuple(conclusion.diagnosis(tree) for tree in trees if tree not in past)
    timeline = installations.timeline(redactor, diagnoses)
    roots = [tree.finding for tree in trees if tree not in past]
    open_causes = [[c.id for c in one.candidates if not c.against] for one in diagnoses]
    needed = missing(ruleset, read, roots, open_causes, deployment)
    unexplained = errors.unexplained(redactor, installations.stop())
    return Report(
        tool=__version__,
        rules=len(ruleset.rules),
        rules_digest=ruleset.digest,
        inputs=tuple(source.summary() for source in read),
        diagnoses=diagnoses,
        harmless=tuple(conclusion.diagnosis(tree, root=False) for tree in harmless),
        healed=tuple(conclusion.diagnosis(tree, root=False) for tree in past),
        redactions=dict(sorted(redactor.counts.items())),
        problems=tuple(problems()),
        stats=Stats(
            candidates=cost.candidates.total(),
            matches=cost.matches.total(),
            per_rule=dict(sorted(cost.candidates.items())),
        ),
        missing=needed,
        timeline=timeline,
        unexplained=unexplained,
        coverage=errors.coverage(),
    )

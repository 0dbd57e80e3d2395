"""The room that knows what logs mean: Ruleset + Sources -> Report. Pure: no files, no terminal, no wall clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from loganalyzer import __version__
from loganalyzer.diagnose.clocks import PairedEvents, measured
from loganalyzer.diagnose.conclude import Conclusion
from loganalyzer.diagnose.examine import Examination
from loganalyzer.diagnose.missing import missing
from loganalyzer.diagnose.observe import Lookout
from loganalyzer.diagnose.reading import Cost
from loganalyzer.diagnose.scan import Scanner, scan_all
from loganalyzer.diagnose.sequence import sequence
from loganalyzer.diagnose.timeline import Installations
from loganalyzer.diagnose.unexplained import ErrorLines
from loganalyzer.diagnose.versions import Versions
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Problem, Report, Source, Stats
from loganalyzer.rulepack.rule import Ruleset
from loganalyzer.safe import Redactor

__all__ = ["Cost", "Examination", "Scanner", "analyze", "examine"]


def examine(ruleset: Ruleset, sources: Iterable[Source], limits: Limits = DEFAULT) -> Examination:
    """What the rules make of sources, each of which is read once, in order."""
    installations, events = Installations(), PairedEvents()
    lookout = Lookout((installations, installations.inside, events))
    scanner = Scanner(ruleset, limits)
    read, series = scan_all(scanner, sources, lookout=lookout)
    series += scan_all(scanner, measured(events.align(read)))[1]
    return Examination(ruleset, read, series, installations)


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
    installations, errors, events, versions = Installations(), ErrorLines(), PairedEvents(), Versions()
    lookout = Lookout((installations, installations.inside, errors, events, versions))
    scanner = scanner or Scanner(ruleset, limits)
    read, series = scan_all(scanner, sources, cost, lookout)
    clocks = events.align(read)
    series += scan_all(scanner, measured(clocks))[1]
    found = Examination(ruleset, read, series, installations)
    conclusion = Conclusion(read, redactor, limits, found.differential)
    diagnoses = tuple(conclusion.diagnosis(tree) for tree in found.roots)
    timeline = installations.timeline(redactor, diagnoses)
    unexplained = errors.unexplained(redactor, installations.stop())
    return Report(
        tool=__version__,
        rules=len(ruleset.rules),
        rules_digest=ruleset.digest,
        inputs=tuple(source.summary() for source in read),
        diagnoses=diagnoses,
        harmless=tuple(conclusion.diagnosis(tree, root=False) for tree in found.harmless),
        healed=tuple(conclusion.diagnosis(tree, root=False) for tree in found.past),
        redactions=dict(sorted(redactor.counts.items())),
        problems=tuple(problems()),
        stats=Stats(
            candidates=cost.candidates.total(),
            matches=cost.matches.total(),
            per_rule=dict(sorted(cost.candidates.items())),
        ),
        missing=missing(found),
        timeline=timeline,
        unexplained=unexplained,
        coverage=errors.coverage(),
        versions=versions.all(),
        clocks=clocks,
        sequence=sequence(found.roots),
    )

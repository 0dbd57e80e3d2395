"""The room that knows what logs mean: Ruleset + Sources -> Report. Pure: no files, no terminal, no wall clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from loganalyzer.diagnose.examine import Examination
from loganalyzer.diagnose.reading import Cost
from loganalyzer.diagnose.scan import Scanner
from loganalyzer.diagnose.seen import Seen
from loganalyzer.diagnose.session import Session
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Problem, Report, Source
from loganalyzer.rulepack.rule import Ruleset
from loganalyzer.safe import Redactor

__all__ = ["Cost", "Examination", "Scanner", "Seen", "Session", "analyze", "examine"]


def examine(ruleset: Ruleset, sources: Iterable[Source], limits: Limits = DEFAULT) -> Examination:
    """What the rules make of sources, each of which is read once, in order."""
    session = Session(ruleset, limits, Redactor(), None, None)
    return session.examination(*session.read(sources))


def analyze(
    ruleset: Ruleset,
    sources: Iterable[Source | Seen],
    *,
    problems: Callable[[], Sequence[Problem]] = tuple,
    limits: Limits = DEFAULT,
    redactor: Redactor | None = None,
    scanner: Scanner | None = None,
    cost: Cost | None = None,
) -> Report:
    """Diagnose sources, each of which is read once, in order, but for those that another process has Seen.

    `problems` is asked after the last source is read. `redactor` masks what the report says; a `scanner` made of the
    same ruleset may be given to be used again. `cost` is counted up while it works (another thread may watch it).
    """
    session = Session(ruleset, limits, redactor or Redactor(), scanner, cost)
    read, series = session.read(sources)
    return session.report(read, series, problems())

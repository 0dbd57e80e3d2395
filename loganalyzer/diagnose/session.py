"""One analysis: what watches the logs while they are read, and the report that is made of what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from loganalyzer import __version__
from loganalyzer.diagnose.clocks import PairedEvents, measured
from loganalyzer.diagnose.conclude import Conclusion
from loganalyzer.diagnose.examine import Examination
from loganalyzer.diagnose.missing import missing
from loganalyzer.diagnose.observe import Lookout
from loganalyzer.diagnose.reading import Cost
from loganalyzer.diagnose.scan import Scanner, scan_all
from loganalyzer.diagnose.seen import Seen
from loganalyzer.diagnose.sequence import sequence
from loganalyzer.diagnose.series import Series
from loganalyzer.diagnose.siblings import Siblings
from loganalyzer.diagnose.timeline import Installations
from loganalyzer.diagnose.unexplained import ErrorLines
from loganalyzer.diagnose.versions import Versions
from loganalyzer.limits import Limits
from loganalyzer.model import Diagnosis, Problem, Report, Source, Stats
from loganalyzer.rulepack.rule import Ruleset
from loganalyzer.safe import Redactor

_MANY = 64
"""Matches of one series from which on a further one changes no verdict."""
_BLOCKS = 64
"""Blocks after which a live log is judged again whatever was seen in it: time alone may decide."""


class Session:
    """See the module's text. Its sources are read once: by `read`, or one of them by `follow`."""

    def __init__(
        self, ruleset: Ruleset, limits: Limits, redactor: Redactor, scanner: Scanner | None, cost: Cost | None
    ) -> None:
        self._ruleset, self._limits, self._redactor = ruleset, limits, redactor
        self._scanner = scanner or Scanner(ruleset, limits)
        self._cost = cost if cost is not None else Cost()
        self._installations, self._errors = Installations(), ErrorLines()
        self._events, self._versions = PairedEvents(), Versions()
        watching = (self._installations, self._installations.inside, self._errors, self._versions)
        self._lookout = Lookout(watching, early=(self._events,))

    def read(self, sources: Iterable[Source | Seen]) -> tuple[list[Source], list[Series]]:
        """Every source in turn, and what was seen in them; what another process has seen is taken as it comes."""
        started = self._cost.clock()
        read = scan_all(self._scanner, sources, self._cost, self._lookout)
        self._cost.reading += self._cost.clock() - started
        return read

    def see(self, source: Source, cost: Cost | None = None) -> Seen:
        """What is in one source, to be read later or by another process; `cost` where it is counted by itself."""
        return self._scanner.scan(source, self._cost if cost is None else cost, self._lookout)

    def follow(self, source: Source) -> Iterator[tuple[list[Series], tuple[Diagnosis, ...] | None]]:
        """What was seen so far after each piece of the source, and the diagnoses where they may have changed."""
        judged: int | None = None
        watch = self._lookout.watch(source)
        if watch is not None:
            self._lookout.take(watch.eyes)
        for n, reading in enumerate(self._scanner.readings(source, self._cost, self._lookout, watch)):
            series = [*reading.found.values()]
            seen = sum(1 + min(one.count, _MANY) for one in series)
            if series and (seen != judged or n % _BLOCKS == 0):
                judged = seen
                found = Examination(self._ruleset, [source], series, self._installations)
                yield series, _diagnoses(found, self._conclusion(found))
            else:
                yield series, None
        if watch is not None:
            watch.end()

    def _conclusion(self, found: Examination) -> Conclusion:
        siblings = Siblings(found.sources, self._versions.by_node())
        return Conclusion(found, self._redactor, self._limits, siblings)

    def examination(self, read: Sequence[Source], series: Sequence[Series]) -> Examination:
        """What the rules make of it, once everything is read."""
        own = scan_all(self._scanner, measured(self._events.align(read)))[1]
        return Examination(self._ruleset, read, [*series, *own], self._installations)

    def report(self, read: Sequence[Source], series: Sequence[Series], problems: Sequence[Problem] = ()) -> Report:
        """The report, once everything is read."""
        clocks = self._events.align(read)
        own = scan_all(self._scanner, measured(clocks))[1]
        found = Examination(self._ruleset, read, [*series, *own], self._installations)
        conclusion = self._conclusion(found)
        diagnoses = _diagnoses(found, conclusion)
        timeline = self._installations.timeline(self._redactor, diagnoses)
        unexplained = self._errors.unexplained(self._redactor, self._installations.stop())
        return Report(
            tool=__version__,
            rules=len(self._ruleset.rules),
            rules_digest=self._ruleset.digest,
            inputs=tuple(source.summary() for source in read),
            diagnoses=diagnoses,
            harmless=tuple(conclusion.diagnosis(tree, root=False) for tree in found.harmless),
            healed=tuple(conclusion.diagnosis(tree, root=False) for tree in found.past),
            redactions=dict(sorted(self._redactor.counts.items())),
            problems=tuple(problems),
            stats=Stats(
                candidates=self._cost.candidates.total(),
                matches=self._cost.matches.total(),
                per_rule=dict(sorted(self._cost.candidates.items())),
            ),
            missing=missing(found),
            timeline=timeline,
            unexplained=unexplained,
            coverage=self._errors.coverage(),
            versions=self._versions.all(),
            clocks=clocks,
            sequence=sequence(found.roots),
        )


def _diagnoses(found: Examination, conclusion: Conclusion) -> tuple[Diagnosis, ...]:
    """What is wrong, in words."""
    return tuple(conclusion.diagnosis(tree) for tree in found.roots)

"""The course of one installation while its log is read: stages by name, each with its tries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, replace

from loganalyzer.frozen import slotted
from loganalyzer.model import Instant, Outcome, Record, Run, Source, Stage

_TRIES = 64
"""So many tries of a stage are remembered by their lines: the first, and the last."""
_RUNS = 64
"""So many runs of one log are told apart (a controller has one for each cluster and machine)."""
_STAGES = 256
"""So many different stages a run may have."""


@slotted
class Course:
    """A stage while the log is read; children by name, in order of appearance."""

    name: str
    kind: str
    line: int = 0
    number: int | None = None
    tries: int = 0
    open: bool = False
    failed: bool = False
    start: Instant | None = None
    end: Instant | None = None
    begun: Instant | None = None
    seconds: float | None = None
    error: str | None = None
    errors: int = 0
    touched: int = 0
    failed_until: int = 0
    """Line at which the last try that failed ended."""
    places: list[tuple[int, int]] = field(default_factory=list)
    children: dict[str, Course] = field(default_factory=dict)

    def child(self, name: str, kind: str) -> Course:
        """The stage of that name inside this one."""
        if name not in self.children and len(self.children) >= _STAGES:
            name = "..."
        return self.children.setdefault(name, Course(name, kind))

    def begin(self, record: Record) -> None:
        """One more try."""
        if self.open:
            self._close(record, None)
        self.tries += 1
        self.line = self.line or record.line
        self.start = self.start or record.when
        self.begun, self.open, self.failed = record.when, True, False
        if len(self.places) == _TRIES:
            del self.places[_TRIES // 2]
        self.places.append((record.line, record.line))
        self.touched = record.line

    def finish(self, record: Record, error: str | None, seconds: float | None, *, failed: bool = False) -> None:
        """The end of a try; where the log begins inside it, that of a try whose beginning is not there."""
        if not self.open:
            self.begin(record)
            self.begun = None
            if self.tries == 1 and record.when is not None and seconds is not None:
                self.start = replace(record.when, seconds=record.when.seconds - seconds)
        self.failed = failed or error is not None
        if error is not None or (self.failed and not self.error):
            self.complain(record, error or "")
        self._close(record, seconds)
        if self.failed:
            self.failed_until = record.line

    def complain(self, record: Record, error: str) -> None:
        """An error inside."""
        self.error = self.error or error or None
        self.errors += 1
        self._reach(record)

    def _close(self, record: Record, seconds: float | None) -> None:
        if seconds is None and self.begun is not None and record.when is not None:
            seconds = max(0.0, record.when.seconds - self.begun.seconds)
        if seconds is not None:
            self.seconds = (self.seconds or 0.0) + seconds
        self.end, self.open = record.when, False
        self._reach(record)

    def _reach(self, record: Record) -> None:
        self.touched = record.line
        if self.places:
            self.places[-1] = (self.places[-1][0], record.line)

    @property
    def outcome(self) -> Outcome:
        """Of the last try."""
        return Outcome.RUNNING if self.open else Outcome.FAILED if self.failed else Outcome.OK

    def first_error(self) -> str | None:
        """Its own first error; where it has none, the first inside."""
        inner = next((error for child in self.children.values() if (error := child.first_error())), None)
        return inner or self.error

    def all_errors(self) -> int:
        """Errors of its own and inside."""
        return self.errors + sum(child.all_errors() for child in self.children.values())

    def stop(self) -> list[Course]:
        """The way to where it stopped: of the stages that did not end well, those touched last."""
        bad = [child for child in self.children.values() if child.outcome is not Outcome.OK]
        if not bad:
            return []
        last = max(bad, key=lambda child: child.touched)
        return [last, *last.stop()]

    def walk(self) -> Iterator[Course]:
        """Itself and everything inside."""
        yield self
        for child in self.children.values():
            yield from child.walk()


@slotted
class Journey:
    """One run while its log is read."""

    source: Source
    name: str
    root: Course = field(default_factory=lambda: Course("", "run"))
    planned: tuple[str, ...] = ()
    step: Course | None = None
    """The installer's step that is open, or the last one."""
    last: Course | None = None
    """The innermost stage that was touched last; errors without a name of their own belong to it while it is open."""
    outcome: Outcome | None = None
    """What the run itself says at its end."""
    heard: tuple[Instant | None, str] = (None, "")
    """The last error: klog in zap prints one message several times in one instant."""

    def complain(self, record: Record, course: Course | None, error: str) -> None:
        """An error entry inside `course`, once."""
        if course is None or not course.open or self.heard == (record.when, error):
            return
        self.heard = (record.when, error)
        course.complain(record, error)

    def run(self, text: Callable[[str], str], diagnosis: Callable[[Source, Course], str | None]) -> Run:
        """What has become of it: `text` makes log text fit to be shown, `diagnosis` names what a stage shows."""
        way = self.root.stop() if self.outcome is not Outcome.OK else []
        stages = tuple(self._stage(course, text, diagnosis) for course in self.root.children.values())
        begun = set(self.root.children)
        pending = tuple(name for name in self.planned if name not in begun)
        return Run(
            name=text(self.name),
            source=self.source.path,
            node=self.source.node,
            outcome=self.outcome or (way[0].outcome if way else Outcome.RUNNING if pending else Outcome.OK),
            stages=stages,
            planned=len(self.planned),
            pending=tuple(map(text, pending)),
            stopped=tuple(text(course.name) for course in way),
        )

    def _stage(
        self, course: Course, text: Callable[[str], str], diagnosis: Callable[[Source, Course], str | None]
    ) -> Stage:
        def settled(when: Instant | None) -> Instant | None:
            return self.source.settle(when) if when is not None else None

        error = course.first_error()
        position = None
        if course.kind == "step":
            known = course.name in self.planned
            position = self.planned.index(course.name) + 1 if known else (course.number or 0) + 1
        return Stage(
            name=text(course.name),
            kind=course.kind,
            outcome=course.outcome,
            line=course.line,
            position=position,
            start=settled(course.start),
            end=settled(course.end) if not course.open else None,
            seconds=course.seconds,
            tries=course.tries,
            error=text(error) if error else None,
            errors=course.all_errors(),
            diagnosis=diagnosis(self.source, course) if course.outcome is not Outcome.OK or error else None,
            stages=tuple(self._stage(child, text, diagnosis) for child in course.children.values()),
        )


class Journeys:
    """The runs that one log tells of: the one of each key that goes on, and all that are told."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._current: dict[str, Journey] = {}
        self.told: list[Journey] = []

    def __len__(self) -> int:
        return len(self._current)

    def get(self, key: str) -> Journey | None:
        """The run of that key that goes on."""
        return self._current.get(key)

    def open(self, key: str, name: str, *, new: bool = False) -> Journey:
        """The run of that key that goes on; one that begins, where there is none or `new` says so."""
        if key not in self._current or new:
            journey = self._current[key] = Journey(self._source, name)
            if len(self.told) < _RUNS:
                self.told.append(journey)
        return self._current[key]

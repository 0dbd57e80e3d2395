"""The installations that the logs tell of: tke-installer's steps, the providers' handlers, kubeadm's phases.

Stages are known by name; the numbers that the installer puts before its steps shift with the configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loganalyzer import late
from loganalyzer.diagnose import errorlines, phases, script
from loganalyzer.diagnose.observe import Watcher
from loganalyzer.diagnose.stages import Course, Journey, Journeys
from loganalyzer.model import Block, Diagnosis, Instant, Kind, Outcome, Record, Source, Timeline
from loganalyzer.safe import Redactor

_SHELLS = frozenset({"kubeadm", "install.sh", "ansible", "cloud-init", None})
"""Programs whose logs hold what others print to a terminal; None: a paste, a pipe."""
_COMPONENTS = _SHELLS | {"tke-installer", "tke-platform-controller", "tke-platform-api"}
"""Programs whose logs tell of installations."""
_ERROR = 2000
"""Characters of an error that are kept."""

_STEP = late.pattern(
    rb"(?:^|\s)(\d{1,3})\.(\S[^\t\n]{0,200}?) (?:doing\s*$|\[(Success|Failed)\] \[([\d.]{1,20})s\](?: error (.*))?)"
)
_HANDLER = late.pattern(
    rb"(?:^|\s)(?:(tke-installer|[A-Z]\w{0,60}Controller)(?:\.Delete)?\.)?(Cluster|Machine)Provider\."
    rb"(On\w{1,20})\.(\w{1,80}(?:\.\w{1,40}(?: (?:upgrade|\w{0,9}DNS))?)?)[\t ]+(\w{1,20})"
)
_TASK = late.pattern(rb"===>\s?(?:starting (\w{1,20}) task|(\w{1,20}) task \[(\w{1,20})\])")
_RESULT = late.pattern(r'"error":\s*(?:null|"(.*?)")\s*(?:,\s*"(?:errorVerbose|cost|stack)"|\}\s*$|$)', re.S)
_SUBJECT = late.pattern(r'"(machine|cluster)":\s*"([^"]{1,80})"')
_COST = late.pattern(r'"cost":\s*"([^"]{1,40})"')
_DURATION = late.pattern(r"(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class Installations:
    """The observer: one for a report."""

    literals: Sequence[bytes] = (
        b" doing", b"[Success] [", b"[Failed] [", b"Doing", b"Done", b"Steps:", b"===>",
        b"Provider.On", *script.LITERALS, *phases.LITERALS,
    )  # fmt: skip

    def __init__(self) -> None:
        self._eyes: list[_Eye] = []
        self._latest: _Eye | None = None
        self.inside = _Inside(self)
        """The observer of the errors inside stages; it belongs behind this one."""

    def wants(self, source: Source) -> bool:
        """Logs that may tell of an installation."""
        return source.component in _COMPONENTS

    def watch(self, source: Source) -> _Eye:
        """An eye on such a log."""
        self._latest = _Eye(source)
        return self._latest

    def take(self, eye: _Eye) -> None:
        """What one log tells."""
        self._eyes.append(eye)

    def on(self, source: Source) -> _Eye:
        """The eye on this source, if it is the one that was watched last, else a new one."""
        return self._latest if self._latest is not None and self._latest.source is source else self.watch(source)

    def timeline(self, redactor: Redactor, diagnoses: Sequence[Diagnosis] = ()) -> Timeline | None:
        """What was seen, with the diagnoses that its lines are evidence of; None where nothing was."""
        places = _places(diagnoses)

        def named(source: Source, course: Course) -> str | None:
            spans = [span for one in course.walk() for span in one.places]
            return next(
                (id_ for id_, path, line in places if path == source.path and any(a <= line <= b for a, b in spans)),
                None,
            )

        def text(value: str) -> str:
            return redactor.text(value[:_ERROR])

        runs = [journey.run(text, named) for eye in self._eyes for journey in eye.journeys if journey.root.children]
        return Timeline(tuple(runs)) if runs else None

    def overcome(self, source: Source, first: int, last: int) -> tuple[bool, Instant | None]:
        """Whether the lines lie inside tries of a handler or step that failed and whose last try went well; when."""
        journeys = (journey for eye in self._eyes if eye.source is source for journey in eye.journeys)
        for course in (course for journey in journeys for course in journey.root.walk()):
            around = course.kind != "phase" and course.line <= first and last <= course.failed_until
            if around and course.outcome is Outcome.OK:
                return True, course.end
        return False, None

    def stop(self) -> tuple[Source, Instant] | None:
        """Where the last run that did not end well was seen last."""
        for eye in reversed(self._eyes):
            for journey in reversed(eye.journeys):
                if journey.outcome is not Outcome.OK and (way := journey.root.stop()):
                    when = way[0].end or way[0].begun
                    return (eye.source, eye.source.settle(when)) if when is not None else None
        return None


class _Inside:
    """Error lines where a stage of the same log is open: an observer of its own, so that the error lines of all other
    logs cost nothing."""

    literals: Sequence[bytes] = errorlines.LITERALS

    def __init__(self, all_: Installations) -> None:
        self._all = all_

    def wants(self, source: Source) -> bool:
        """What the stages' observer wants."""
        return self._all.wants(source)

    def watch(self, source: Source) -> Watcher:
        """An eye on the errors of the source that the stages' observer has just begun to watch."""
        return _InsideEye(self._all.on(source))

    def take(self, eye: _InsideEye) -> None:
        """Nothing: the eye on the stages has it."""


class _InsideEye:
    """The errors of one log."""

    def __init__(self, eye: _Eye) -> None:
        self._eye = eye

    @property
    def idle(self) -> bool:
        """No stage was seen yet that an error could lie in."""
        return not self._eye.begun

    def line(self, block: Block, start: int, end: int, known: bool) -> None:
        """One line that may be an error."""
        self._eye.error(block, start, end)

    def end(self) -> bool:
        """Nothing of its own."""
        return False


def _places(diagnoses: Sequence[Diagnosis]) -> list[tuple[str, str, int]]:
    """(id, source, line) of all evidence: the roots' own before what hangs below them; causes under their own id,
    symptoms below a root under that of the root."""
    own = [(d.id, e.source, e.line) for d in diagnoses for e in d.evidence]
    return own + [place for root in diagnoses for place in _below(root.id, root.explains)]


def _below(root: str, diagnoses: Sequence[Diagnosis]) -> Iterator[tuple[str, str, int]]:
    for diagnosis in diagnoses:
        id_ = diagnosis.id if diagnosis.kind is Kind.CAUSE else root
        yield from ((id_, e.source, e.line) for e in diagnosis.evidence)
        yield from _below(id_, diagnosis.explains)


class _Eye:
    """What one log tells."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._shell = source.component in _SHELLS
        self._runs = Journeys(source)
        self._seen: tuple[Block | None, int] = (None, 0)

    @property
    def begun(self) -> bool:
        """Whether a stage was seen."""
        return bool(self._runs)

    def end(self) -> bool:
        """Whether a stage was seen."""
        self._seen = (None, 0)
        return self.begun

    @property
    def journeys(self) -> Sequence[Journey]:
        """The runs, in order of appearance."""
        return self._runs.told

    def line(self, block: Block, start: int, end: int, known: bool) -> None:
        """One line with a literal: a stage that begins or ends, or nothing of ours."""
        text = self.source.normal(block, start, end)
        if found := _STEP.search(text):
            self._step(found, self.source.record(block, start, end))
        elif found := _HANDLER.search(text):
            self._handler(found, text, self.source.record(block, start, end))
        elif found := _TASK.search(text):
            self._task(found, self.source.record(block, start, end))
        elif b"Steps:" in text:
            self._steps(block, start, end)
        elif not self._printed(text, block, start, end):
            return
        self._seen = (block, start)

    def error(self, block: Block, start: int, end: int) -> None:
        """One line that may be an error: of the handler that it names, of kubeadm's phase, of the installer's step."""
        if not self._runs or (self._seen[0] is block and self._seen[1] == start):
            return
        text = self.source.normal(block, start, end)
        if found := _HANDLER.search(text):
            self._handler(found, text, self.source.record(block, start, end))
        elif not self._printed(text, block, start, end):
            journey = self._runs.get("installer") or self._runs.get(script.KEY)
            if journey is not None and journey.last is not None and journey.last.open:
                record = self.source.record(block, start, end)
                if errorlines.is_error(record):
                    journey.complain(record, journey.last, record.message)

    def _printed(self, text: bytes, block: Block, start: int, end: int) -> bool:
        """Whether it is what a program printed to a terminal: install.sh, kubeadm."""

        def record() -> Record:
            return self.source.record(block, start, end)

        return self._shell and (script.line(text, record, self._runs) or phases.line(text, record, self._runs))

    # ------------------------------------------------------------------------------------------ tke-installer

    def _task(self, found: re.Match[bytes], record: Record) -> None:
        starts, ended, result = (value.decode() if value else None for value in found.groups())
        if starts:
            self._runs.open("installer", starts, new=True)
        elif ended and result:
            journey = self._runs.open("installer", ended)
            journey.outcome = Outcome.OK if result.startswith("Suc") else Outcome.FAILED

    def _steps(self, block: Block, start: int, end: int) -> None:
        paragraph, _ = self.source.paragraph(block, start, end)
        listed = re.findall(rb"(?m)^\s*\d{1,3}[ .](\S.*?)\s*$", paragraph)
        if listed:
            self._runs.open("installer", "install").planned = tuple(name.decode("utf-8", "replace") for name in listed)

    def _step(self, found: re.Match[bytes], record: Record) -> None:
        number, name, result, seconds, error = found.groups()
        journey = self._runs.open("installer", "install")
        step = journey.step = journey.root.child(name.decode("utf-8", "replace"), "step")
        step.number = int(number)
        journey.last = step
        if result is None:
            step.begin(record)
            return
        for inner in step.children.values():
            inner.open = False
        said = (error or b"").decode("utf-8", "backslashreplace")
        step.finish(record, said or None, float(seconds), failed=result == b"Failed")

    # ----------------------------------------------------------------------------------------------- handlers

    def _handler(self, found: re.Match[bytes], text: bytes, record: Record) -> None:
        controller, provider, action, name, word = (value.decode() if value else "" for value in found.groups())
        tail = text[found.end() :].decode("utf-8", "backslashreplace")
        if controller == "tke-installer" and self._runs.get("installer") is not None:
            journey = self._runs.open("installer", "install")
        else:
            subject = _SUBJECT.search(tail)
            key = f"{provider}Provider.{action}{f' {subject[2]}' if subject else ''}"
            journey = self._runs.open(key, key)
        inside = journey.step if journey.step is not None and journey.step.open else journey.root
        if word == "Doing":
            journey.last = inside.child(name, "handler")
            journey.last.begin(record)
        elif word == "Done":
            journey.last = inside.child(name, "handler")
            cost = _COST.search(tail)
            journey.last.finish(record, result_of(tail), seconds_of(cost[1]) if cost else None)
        elif errorlines.is_error(record):
            handler = inside.child(name, "handler")
            if not handler.open:
                handler.begin(record)
            journey.last = handler
            journey.complain(record, handler, f"{word}{tail}")


def result_of(tail: str) -> str | None:
    """The error in the JSON fields of a `Done`; None for null. Pasted copies may have lost escapes."""
    import json  # most logs tell of no handler

    try:
        fields = json.loads(tail)
        error = fields.get("error") if isinstance(fields, dict) else None
        return str(error) if error else None
    except ValueError:
        found = _RESULT.search(tail)
        return found[1] or None if found else None


def seconds_of(duration: str) -> float | None:
    """A Go duration (`5m0.5s`, `447.002389ms`) in seconds."""
    parts = _DURATION.findall(duration)
    return sum(float(number) * _UNITS[unit] for number, unit in parts) if parts else None

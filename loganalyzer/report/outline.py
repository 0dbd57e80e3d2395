"""What the formats for people share: the tree below a root cause as rows, and the words around a line of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loganalyzer.model import Diagnosis, Evidence, Kind, Report
from loganalyzer.report import phrases as say
from loganalyzer.report.moments import moment
from loganalyzer.report.phrases import Speech
from loganalyzer.safe import visible


def rows(diagnoses: Sequence[Diagnosis], depth: int = 0) -> Iterator[tuple[int, Diagnosis]]:
    """The diagnoses and what hangs below them, from the top, each with its depth."""
    for diagnosis in diagnoses:
        yield depth, diagnosis
        yield from rows(diagnosis.explains, depth + 1)


def still_to_fix(diagnosis: Diagnosis) -> list[Diagnosis]:
    """Causes below it that have a remedy of their own and are not healed; not another name for the same lines."""
    found: list[Diagnosis] = []

    def walk(parent: Diagnosis, seen: frozenset[tuple[str, int]]) -> None:
        seen |= {(each.source, each.line) for each in parent.evidence}
        for below in parent.explains:
            own = {(each.source, each.line) for each in below.evidence}
            if below.kind is Kind.CAUSE and below.steps and not below.healed and not own & seen:
                found.append(below)
            walk(below, seen)

    walk(diagnosis, frozenset())
    return found


def place(evidence: Evidence) -> str:
    """`node-1/kubelet.log:40`."""
    return f"{visible(evidence.source)}:{evidence.line}"


def when(evidence: Evidence, speech: Speech) -> list[str]:
    """Time, how often until when, and the envelope: what is known of it."""
    parts = [moment(evidence.when)]
    if evidence.count > 1 and evidence.until:
        until = moment(evidence.until, evidence.when)
        parts.append(speech.word(say.TIMES_UNTIL, n=f"{evidence.count:,}", until=until))
    elif evidence.count > 1:
        parts.append(speech.word(say.TIMES, n=f"{evidence.count:,}"))
    if evidence.via:
        parts.append(speech.word(say.VIA, via=evidence.via))
    return [part for part in parts if part]


def course(diagnosis: Diagnosis, speech: Speech) -> str:
    """From when to when it was seen and when it recovered, as far as it has and the log has times."""
    if not diagnosis.healed or not diagnosis.first_seen:
        return ""
    first, last = moment(diagnosis.first_seen), moment(diagnosis.last_seen, diagnosis.first_seen)
    ended = moment(diagnosis.recovered, diagnosis.first_seen)
    return speech.word(say.RECOVERED if ended else say.SEEN, first=first, last=last, when=ended)


def values(diagnosis: Diagnosis) -> list[str]:
    """The captured values: what an excerpt of a line must show."""
    return [value for many in diagnosis.captures.values() for value in many]


def verdict(report: Report, speech: Speech) -> str:
    """One sentence for a report without diagnoses."""
    if not report.inputs:
        return speech.text(say.NOTHING_READ)
    if report.suppressed:
        return speech.text(say.ONLY_SUPPRESSED, lines=speech.lines(report), n=len(report.suppressed))
    return speech.text(say.NOTHING_FOUND, lines=speech.lines(report), logs=speech.logs(report))


def is_incomplete(report: Report) -> bool:
    """Whether something could not be read, so that silence proves nothing."""
    return any(problem.kind not in ("note", "unmatched") for problem in report.problems)


def commands(command: str | None) -> list[str]:
    """The lines of a command, visible."""
    return [visible(line) for line in (command or "").split("\n") if line.strip()]

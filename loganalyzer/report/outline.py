"""What the formats for people share: the tree below a root cause as rows, and the words around a line of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from loganalyzer.model import Basis, Diagnosis, Evidence, Instant, Kind, Report
from loganalyzer.report import phrases as say
from loganalyzer.report.moments import moment
from loganalyzer.report.phrases import Speech
from loganalyzer.safe import visible

_NODES = 12


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


def around(evidence: Evidence) -> Iterator[tuple[int, str, bool]]:
    """The lines round a line of evidence: number, text, and whether it is the line itself."""
    lines = (*evidence.before, evidence.text, *evidence.after)
    for number, line in enumerate(lines, evidence.line - len(evidence.before)):
        yield number, visible(line), number == evidence.line


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


def facts(report: Report, speech: Speech) -> list[tuple[str, str]]:
    """The head of a report, label and text: versions, nodes, span of time, coverage, and what was not read."""
    found = [(say.VERSIONS, ", ".join(_versions(report)))]
    nodes = sorted({entry.node for entry in report.inputs if entry.node})
    shown = ", ".join(visible(node) for node in nodes[:_NODES])
    found.append((say.NODES, shown + (f" (+{len(nodes) - _NODES})" if len(nodes) > _NODES else "")))
    found.append((say.SPAN, _span(report, speech)))
    if report.coverage is not None:
        percent = report.coverage.known * 100 // report.coverage.errors
        numbers = {"known": f"{report.coverage.known:,}", "errors": f"{report.coverage.errors:,}"}
        found.append((say.COVERED, speech.word(say.COVERED_OF, percent=percent, **numbers)))
    unread = [problem for problem in report.problems if problem.kind not in ("note", "unmatched")]
    if unread:
        names = ", ".join(dict.fromkeys(visible(problem.where) for problem in unread[:3]))
        found.append((say.NOT_READ, names + (f" (+{len(unread) - 3})" if len(unread) > 3 else "")))
    return [(speech.word(label), text) for label, text in found if text]


def _versions(report: Report) -> Iterator[str]:
    for program, versions in report.versions.items():
        yield f"{visible(program)} {' / '.join(map(visible, versions))}"


def _span(report: Report, speech: Speech) -> str:
    """From the first to the last moment that is known with its year, to the second; those whose zone is not known
    apart. Without years where no log has one."""
    moments = [when for entry in report.inputs for when in (entry.first, entry.last) if when is not None]
    dated = [when for when in moments if when.has_year]
    dated = dated or [when for when in moments if when.basis is Basis.YEAR_UNKNOWN]
    zoned = _from_to([when for when in dated if when.zone is not None])
    local = _from_to([when for when in dated if when.zone is None])
    if zoned and local:
        return f"{zoned}; {speech.word(say.NO_ZONE, span=local)}"
    return zoned or local


def _from_to(moments: list[Instant]) -> str:
    if not moments:
        return ""
    first, last = (replace(pick(moments, key=lambda when: when.seconds), digits=0) for pick in (min, max))
    return " - ".join(dict.fromkeys((moment(first), moment(last, first))))

"""The report for a terminal: what is wrong, how we know, what else it explains, what to do. Readable without colour."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from loganalyzer.model import Candidate, Confidence, Diagnosis, Kind, Report, Risk, Severity, Step, Text
from loganalyzer.report import clocks_view, timeline_view, unexplained_view
from loganalyzer.report import phrases as say
from loganalyzer.report.excerpt import excerpt
from loganalyzer.report.line import Line
from loganalyzer.report.look import Look
from loganalyzer.report.moments import moment
from loganalyzer.report.outline import (
    commands,
    course,
    facts,
    is_incomplete,
    place,
    rows,
    still_to_fix,
    values,
    verdict,
    when,
)
from loganalyzer.report.page import INDENT, Page
from loganalyzer.report.shorten import compact, shortened
from loganalyzer.safe import visible

_IN_FULL = 3
_EVIDENCE = 6
_TREE = 8
_EXCERPT = 150
_SEVERITY_STYLE = {
    Severity.INFO: "cyan",
    Severity.WARNING: "yellow",
    Severity.ERROR: "red",
    Severity.CRITICAL: "bold red",
}
_RISK_STYLE = {Risk.READ: "green", Risk.CHANGE: "yellow", Risk.RESTART: "yellow", Risk.DESTRUCTIVE: "bold red"}
_CONFIDENCE_STYLE = {Confidence.POSSIBLE: "dim", Confidence.LIKELY: "yellow", Confidence.CONFIRMED: "green"}


def render(report: Report, look: Look) -> str:
    """The report as text of `look.width` columns; commands alone may be longer, so that they can be copied."""
    return _Terminal(report, look).render()


class _Terminal:
    def __init__(self, report: Report, look: Look) -> None:
        self._where, report = shortened(report)
        self._report = report if look.full else compact(report)
        self._look = look
        self._speech = say.Speech(look.lang)
        self._page = Page(look.width, color=look.color, column=INDENT + 11)

    def render(self) -> str:
        report, page = self._report, self._page
        self._header()
        if not report.diagnoses:
            self._nothing()
        shown = len(report.diagnoses) if self._look.full else _IN_FULL
        for rank, diagnosis in enumerate(report.diagnoses[:shown], 1):
            page.blank()
            self._diagnosis(diagnosis, rank)
        self._list(say.OTHERS, report.diagnoses[shown:])
        if report.timeline is not None:
            self._heading(timeline_view.HEADING)
            timeline_view.show(page, self._speech, report.timeline, full=self._look.full, most=3)
        self._lines(clocks_view.SEQUENCE, clocks_view.rows(report, self._speech))
        self._lines(clocks_view.CLOCKS, clocks_view.clocks(report, self._speech))
        self._list(say.HEALED, report.healed)
        self._list(say.HARMLESS, report.harmless)
        self._suppressed()
        if report.missing:
            self._heading(say.MISSING)
            self._candidates(report.missing)
        if report.unexplained:
            self._heading(unexplained_view.HEADING)
            unexplained_view.show(page, self._speech, report.unexplained, None, full=self._look.full)
        self._problems()
        self._redactions()
        return page.text()

    # ------------------------------------------------------------------------------------------- the frame

    def _header(self) -> None:
        report, speech = self._report, self._speech
        parts = [speech.rules(report), *filter(None, [visible(self._where)]), speech.scope(report)]
        if report.stats.seconds:
            parts.append(f"{report.stats.seconds:.1f} s")
        page = self._page
        page.wrapped(f"tkelog {visible(report.tool)}  " + "  ".join(parts), "dim")
        for label, text in facts(report, speech):
            page.labelled(label, text, "dim", label_style="dim")

    def _nothing(self) -> None:
        speech, page, report = self._speech, self._page, self._report
        page.blank()
        page.wrapped(verdict(report, speech), "bold")
        if report.inputs and is_incomplete(report):
            page.wrapped(speech.text(say.NOT_ALL_READ), "yellow")
        page.blank()
        for entry in report.inputs[: None if self._look.full else 10]:
            known = ", ".join(visible(each) for each in (entry.node, entry.component, entry.format) if each)
            times = " - ".join(filter(None, (moment(entry.first), moment(entry.last, entry.first))))
            page.wrapped(f"{visible(entry.path)}  {known}", first=Line(f"{entry.lines:>11,}  "))
            page.wrapped(times, "dim", indent=13)
        self._more(len(report.inputs) - 10)

    def _heading(self, text: Text) -> None:
        self._page.blank()
        self._page.line((self._speech.word(text), "bold"))

    def _more(self, number: int) -> None:
        if number > 0 and not self._look.full:
            self._page.line((self._speech.word(say.MORE, n=number), "dim"), indent=self._page.column)

    # ---------------------------------------------------------------------------------------- one diagnosis

    def _diagnosis(self, diagnosis: Diagnosis, rank: int) -> None:
        page, speech = self._page, self._speech
        number = len(self._report.diagnoses)
        label = speech.label(diagnosis).upper()
        if number > 1:
            label += f" {rank}/{number}"
        column = max(page.column, cell_len(label) + 2)
        first = Line()
        first.append(label, _SEVERITY_STYLE[diagnosis.severity] if diagnosis.kind is Kind.CAUSE else "bold")
        first.append(" " * (column - cell_len(label)))
        page.wrapped(speech.text(diagnosis.title), "bold", indent=column, first=first)
        known = Line(" " * column)
        known.append(speech.word(say.SEVERITY[diagnosis.severity]), _SEVERITY_STYLE[diagnosis.severity])
        known.append("  ")
        known.append(speech.word(say.CONFIDENCE[diagnosis.confidence]), _CONFIDENCE_STYLE[diagnosis.confidence])
        known.append("  ")
        names = "  ".join((visible(diagnosis.id), ", ".join(map(visible, diagnosis.nodes))))
        page.wrapped(names, "dim", indent=column, first=known)
        for reason in diagnosis.because:
            page.wrapped(speech.text(reason), indent=column + 2, first=Line(" " * column + "- "))
        if diagnosis.healed:
            page.wrapped(speech.text(say.WORKED_AROUND), "yellow", indent=column)
        page.blank()
        page.wrapped(speech.text(diagnosis.cause), indent=INDENT)
        self._evidence(diagnosis)
        self._tree(diagnosis)
        if diagnosis.candidates:
            page.blank()
            page.line((speech.word(say.CANDIDATES), "bold"), indent=INDENT)
            self._candidates(diagnosis.candidates)
        self._steps(diagnosis)
        self._still_to_fix(still_to_fix(diagnosis) if self._look.full or diagnosis.healed else [])
        if self._look.full and diagnosis.references:
            page.blank()
            page.labelled(speech.word(say.REFERENCES), ", ".join(visible(each) for each in diagnosis.references))

    def _still_to_fix(self, causes: list[Diagnosis]) -> None:
        """The remedy of the first cause below, as it comes before the others; of those the names."""
        page, speech = self._page, self._speech
        in_full = len(causes) if self._look.full else 1
        for below in causes[:in_full]:
            page.blank()
            page.wrapped(speech.text(say.FIX_OF, title=below.title), "bold", indent=INDENT)
            self._steps(below)
        if causes[in_full:]:
            page.blank()
            page.wrapped(speech.word(say.FIX_LATER), "bold", indent=INDENT)
        for below in causes[in_full:]:
            page.wrapped(speech.word(below.title), indent=page.column)
            page.wrapped(visible(below.id), "dim", indent=page.column + 2)

    def _evidence(self, diagnosis: Diagnosis) -> None:
        if not diagnosis.evidence:
            return
        page, full = self._page, self._look.full
        page.blank()
        room = max(_EXCERPT, 2 * (page.width - page.column - 6))
        first = page.label(self._speech.word(say.EVIDENCE))
        for evidence in diagnosis.evidence[: None if full else _EVIDENCE]:
            times = "  ".join(when(evidence, self._speech))
            together = f"{place(evidence)}  {times}".rstrip()
            if cell_len(together) <= page.width - page.column:
                page.wrapped(together, "cyan", first=first)
            else:
                page.wrapped(place(evidence), "cyan", first=first)
                page.wrapped(times, "cyan", indent=page.column)
            text = visible(evidence.text).replace("\t", "  ")
            shown = text if full else excerpt(text, room, values(diagnosis))
            page.wrapped(shown, indent=page.column + 2)
            first = page.label("")
        self._more(len(diagnosis.evidence) - _EVIDENCE)

    def _id_and_place(self, diagnosis: Diagnosis) -> str:
        """`some-id  path:line  57 times`: enough to find it."""
        parts = [visible(diagnosis.id), *map(place, diagnosis.evidence[:1])]
        if diagnosis.count > 1:
            parts.append(self._speech.word(say.TIMES, n=f"{diagnosis.count:,}"))
        return "  ".join(parts)

    def _tree(self, diagnosis: Diagnosis) -> None:
        if not diagnosis.explains:
            return
        self._page.blank()
        below_it = list(rows(diagnosis.explains))
        first = self._page.label(self._speech.word(say.EXPLAINS))
        for depth, below in below_it[: None if self._look.full else _TREE]:
            prefix = f"{'  ' * depth}> " if depth else ""
            lead = first.copy()
            lead.append(prefix, "dim")
            indent = self._page.column + cell_len(prefix)
            self._page.wrapped(self._speech.word(below.title), indent=indent, first=lead)
            self._page.wrapped(self._id_and_place(below), "dim", indent=indent)
            first = self._page.label("")
        self._more(len(below_it) - _TREE)

    # -------------------------------------------------------------------------------------------- remedies

    def _steps(self, diagnosis: Diagnosis) -> None:
        if not diagnosis.steps:
            return
        page = self._page
        page.blank()
        label = say.FIX if diagnosis.kind is Kind.CAUSE else say.LOOK_AT
        first = page.label(self._speech.word(label))
        for step in diagnosis.steps:
            self._step(step, first)
            first = page.label("")

    def _step(self, step: Step, first: Line) -> None:
        page, speech = self._page, self._speech
        lead = first.copy()
        lead.append(f"{step.n}  ", "bold")
        indent = page.column + len(str(step.n)) + 2
        page.wrapped(speech.text(step.do), indent=indent, first=lead)
        page.line(
            (speech.word(say.RISK[step.risk]), _RISK_STYLE[step.risk]),
            (f"{speech.comma}{speech.place(step.on)}", "dim"),
            indent=indent,
        )
        if step.warn:
            page.wrapped(f"{speech.word(say.WARNING)}{speech.colon}{speech.text(step.warn)}", "yellow", indent=indent)
        self._command(step.run, indent + 2)
        if step.undo:
            self._command(step.undo, indent + 2, speech.word(say.UNDO))
        if step.check:
            self._command(step.check.run, indent + 2, speech.word(say.CHECK))
            expected = f"{speech.word(say.EXPECT)}{speech.colon}{speech.text(step.check.expect)}"
            page.wrapped(expected, "dim", indent=indent + 2)

    def _command(self, command: str | None, indent: int, label: str = "") -> None:
        lead = f"{label}{self._speech.colon}" if label else ""
        for line in commands(command):
            self._page.line((lead, "dim"), (line, "bold"), indent=indent)
            lead = " " * cell_len(lead)

    # --------------------------------------------------------------------------------------------- the rest

    def _candidates(self, candidates: tuple[Candidate, ...]) -> None:
        page, speech = self._page, self._speech
        for candidate in candidates[: None if self._look.full else 5]:
            page.wrapped(speech.text(candidate.title), indent=INDENT + 2)
            page.line((visible(candidate.id), "dim"), indent=INDENT + 2)
            inner = INDENT + 4
            if candidate.shows:
                page.wrapped(f"{speech.word(say.LOOK_FOR)}{speech.colon}{visible(candidate.shows)}", indent=inner)
            if candidate.where:
                page.wrapped(f"{speech.word(say.LOOK_IN)}{speech.colon}{visible(candidate.where)}", indent=inner)
            self._command(candidate.collect, inner, speech.word(say.COLLECT))
            if candidate.supports:
                page.wrapped(
                    f"{speech.word(say.SUPPORTS)}{speech.colon}{speech.texts(candidate.supports)}", "dim", indent=inner
                )
            if candidate.against:
                page.wrapped(
                    f"{speech.word(say.AGAINST)}{speech.colon}{speech.texts(candidate.against)}", "dim", indent=inner
                )
        self._more(len(candidates) - 5)

    def _list(self, heading: Text, diagnoses: tuple[Diagnosis, ...]) -> None:
        if not diagnoses:
            return
        self._heading(heading)
        for diagnosis in diagnoses[: None if self._look.full else 5]:
            self._page.wrapped(self._speech.text(diagnosis.title), indent=INDENT)
            self._page.wrapped(self._id_and_place(diagnosis), "dim", indent=INDENT + 2)
            if past := course(diagnosis, self._speech):
                self._page.wrapped(past, "dim", indent=INDENT + 2)
            if diagnosis.kind is Kind.HARMLESS and self._look.full:
                self._page.wrapped(self._speech.text(diagnosis.cause), "dim", indent=INDENT + 2)
        self._more(len(diagnoses) - 5)

    def _suppressed(self) -> None:
        if self._report.suppressed:
            self._heading(say.SUPPRESSED)
        for each in self._report.suppressed:
            self._page.wrapped(self._speech.text(each.diagnosis.title), indent=INDENT)
            self._page.wrapped(self._id_and_place(each.diagnosis), "dim", indent=INDENT + 2)
            reason = self._speech.word(say.SUPPRESSED_UNTIL, until=each.until, reason=visible(each.reason))
            self._page.wrapped(reason, indent=INDENT + 2)

    def _lines(self, heading: Text, lines: Iterable[str]) -> None:
        every = list(lines)
        if every:
            self._heading(heading)
            for line in every[: None if self._look.full else _TREE]:
                self._page.wrapped(line, indent=INDENT)
            self._more(len(every) - _TREE)

    def _problems(self) -> None:
        problems, speech = self._report.problems, self._speech
        if not problems:
            return
        self._heading(say.PROBLEMS)
        for problem in problems[: None if self._look.full else 8]:
            where = f"{visible(problem.where)}: {speech.problem(problem.kind)}"
            self._page.wrapped(where, "yellow" if problem.kind != "note" else "", indent=INDENT)
            self._page.wrapped(speech.text(problem.detail), "dim", indent=INDENT + 2)
        self._more(len(problems) - 8)

    def _redactions(self) -> None:
        if self._report.redactions:
            kinds = ", ".join(f"{visible(kind)} {number}" for kind, number in sorted(self._report.redactions.items()))
            self._page.blank()
            self._page.wrapped(f"{self._speech.word(say.REDACTIONS)}{self._speech.colon}{kinds}", "dim")

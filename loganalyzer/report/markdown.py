"""The report as Markdown to attach to an issue: summary first, evidence folded, commands in fences, a bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from loganalyzer import late
from loganalyzer.frozen import frozen
from loganalyzer.model import Candidate, Diagnosis, Kind, Report, Step, Suppressed, Text, Timeline, Unexplained
from loganalyzer.report import clocks_view, timeline_view, unexplained_view
from loganalyzer.report import phrases as say
from loganalyzer.report.excerpt import excerpt
from loganalyzer.report.look import Look
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
from loganalyzer.report.phrases import Speech
from loganalyzer.report.shorten import shortened
from loganalyzer.safe import visible

_LONGEST = 1200
_CANDIDATES = 8
_REASONS = 12
"""Characters of one line of evidence."""
_SPECIAL = late.pattern(r"[\\`*\[\]<>|~&$]|(?<!\w)_|_(?!\w)")
_LINE_START = late.pattern(r"\s*(?:(?P<mark>[-+=#])|(?P<number>\d{1,9})(?=[.)](?:\s|$)))")
_LIVE = late.pattern(r"[@#](?=\w)|:(?=(?:[A-Za-z_+-][\w+-]{0,40}|100|1234|8ball):)")
"""GitHub makes links and pictures of `@name`, `#1` and `:name:`, whatever is escaped; an empty comment stops it."""
_FENCES = late.pattern(r"`+")


def render(report: Report, look: Look) -> str:
    """The report in at most `look.max_size` characters (none are left out with `look.full`); what matters least is cut
    first, and a note says what."""
    sections = list(_Markdown(report, look).sections())
    if look.full:
        return "\n\n".join(section.text for section in sections) + "\n"
    speech = Speech(look.lang)
    kept, left_out = _fit(sections, look.max_size - 400)
    text = "\n\n".join(section.text for section in kept)
    if left_out:
        what = _short(", ".join(dict.fromkeys(section.what for section in left_out)), 120)
        text += f"\n\n> {plain(speech.word(say.CUT, size=f'{look.max_size:,}', what=what))}"
    return text + "\n"


def plain(text: str) -> str:
    """Text that Markdown, HTML in it and GitHub's mentions all leave alone; a newline becomes a line break."""
    return "<br>".join(_plain_line(line) for line in text.split("\n"))


def _plain_line(line: str) -> str:
    start = _LINE_START.match(line)
    line = _LIVE.sub(r"\g<0><!-- -->", _SPECIAL.sub(r"\\\g<0>", line.strip()))
    if start and start["mark"]:
        return "\\" + line
    return line.replace(start["number"], start["number"] + "\\", 1) if start else line


def code(text: str) -> str:
    """A code span that holds any text."""
    text = visible(text)
    ticks = "`" * (_longest_run(text) + 1)
    space = " " if not text or text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{space}{text or ' '}{space}{ticks}"


def fence(text: str, language: str = "", indent: str = "") -> str:
    """A fenced block that holds any text: the fence is longer than any run of backticks in it."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    return "\n".join(f"{indent}{line}" for line in (ticks + language, *text.split("\n"), ticks))


def _longest_run(text: str) -> int:
    return max((len(run) for run in _FENCES.findall(text)), default=0)


@frozen
class Section:
    """A piece that is kept or left out as a whole; `weight` 0 matters most."""

    weight: int
    what: str
    text: str


def _fit(sections: list[Section], size: int) -> tuple[list[Section], list[Section]]:
    """The sections that fit into `size` characters, those that matter most first; and the others."""
    chosen: set[int] = set()
    for index in sorted(range(len(sections)), key=lambda i: (sections[i].weight, i)):
        needed = len(sections[index].text) + 2
        if needed <= size:
            chosen.add(index)
            size -= needed
    kept = [section for index, section in enumerate(sections) if index in chosen]
    return kept, [section for index, section in enumerate(sections) if index not in chosen]


class _Markdown:
    def __init__(self, report: Report, look: Look) -> None:
        self._where, self._report = shortened(report)
        self._look = look
        self._speech = Speech(look.lang)

    def sections(self) -> Iterator[Section]:
        report, speech = self._report, self._speech
        yield Section(0, speech.word(say.SUMMARY), self._summary())
        for rank, diagnosis in enumerate(report.diagnoses):
            yield from self._diagnosis(diagnosis, min(rank, 4) * 10)
        for heading, found in ((say.HEALED, report.healed), (say.HARMLESS, report.harmless)):
            if found:
                yield self._section(70, heading, "\n".join(self._past(each) for each in found))
        if report.suppressed:
            yield self._section(45, say.SUPPRESSED, "\n".join(map(self._suppressed, report.suppressed)))
        for weight, heading, said in (
            (56, clocks_view.SEQUENCE, clocks_view.rows(report, speech)),
            (57, clocks_view.CLOCKS, clocks_view.clocks(report, speech)),
        ):
            if every := list(said):
                yield self._section(weight, heading, "\n".join(f"- {plain(line)}" for line in every))
        if report.timeline is not None:
            yield self._section(55, timeline_view.HEADING, self._timeline(report.timeline))
        if report.unexplained:
            yield self._section(75, unexplained_view.HEADING, self._unexplained(report.unexplained))
        if report.missing:
            yield self._section(60, say.MISSING, self._candidates(report.missing))
        if report.problems:
            lines = (
                f"- {code(p.where)}: {speech.problem(p.kind)}: {plain(speech.text(p.detail))}" for p in report.problems
            )
            yield self._section(50, say.PROBLEMS, "\n".join(lines))
        if report.inputs:
            yield self._section(80, say.INPUTS, self._inputs())
        if report.redactions:
            kinds = ", ".join(f"{code(kind)} {number}" for kind, number in sorted(report.redactions.items()))
            yield Section(65, speech.word(say.REDACTIONS), f"{speech.word(say.REDACTIONS)}{speech.colon}{kinds}")

    def _suppressed(self, each: Suppressed) -> str:
        reason = self._speech.word(say.SUPPRESSED_UNTIL, until=each.until, reason=visible(each.reason))
        return f"- {self._mention(each.diagnosis)}: {plain(_short(reason, 1000))}"

    def _timeline(self, timeline: Timeline) -> str:
        """One line a run: where it stopped, and the first error there."""
        lines = []
        for run in timeline.runs:
            lines.append(f"- {code(run.name)} ({code(run.source)}): {plain(timeline_view.stop(run, self._speech))}")
            lines += [f"  {code(stage.error)}" for stage in list(timeline_view.way(run))[-1:] if stage.error]
        return "\n".join(lines)

    def _unexplained(self, unexplained: tuple[Unexplained, ...]) -> str:
        return "\n".join(
            f"- {code(each.template)}: {each.count:,}, {code(f'{each.source}:{each.line}')}" for each in unexplained
        )

    def _section(self, weight: int, heading: Text, body: str, level: int = 2) -> Section:
        title = self._speech.word(heading)
        return Section(weight, title, f"{'#' * level} {plain(title)}\n\n{body}")

    def _summary(self) -> str:
        report, speech = self._report, self._speech
        parts = (f"tkelog {visible(report.tool)}", speech.rules(report), visible(self._where), speech.scope(report))
        about = "; ".join(filter(None, parts))
        if report.diagnoses:
            lines = [self._headline(diagnosis) for diagnosis in report.diagnoses[:10]]
        else:
            lines = [f"**{plain(verdict(report, speech))}**"]
            if report.inputs and is_incomplete(report):
                lines.append(plain(speech.text(say.NOT_ALL_READ)))
        head = [f"- {plain(label)}{speech.colon}{plain(_short(text, 600))}" for label, text in facts(report, speech)]
        title = f"# tkelog: {plain(speech.word(say.SUMMARY))}"
        return "\n".join((title, "", *lines, "", plain(about), "", *head)).rstrip()

    def _headline(self, diagnosis: Diagnosis) -> str:
        sure = self._speech.word(say.CONFIDENCE[diagnosis.confidence])
        return f"- **{plain(self._speech.label(diagnosis))}** ({plain(sure)}): {self._title(diagnosis)}"

    def _title(self, diagnosis: Diagnosis) -> str:
        return plain(_short(self._speech.text(diagnosis.title), 300))

    def _mention(self, diagnosis: Diagnosis) -> str:
        places = "".join(f", {code(place(evidence))}" for evidence in diagnosis.evidence[:1])
        return f"{self._title(diagnosis)} ({code(diagnosis.id)}{places})"

    def _diagnosis(self, diagnosis: Diagnosis, weight: int) -> Iterator[Section]:
        speech, name = self._speech, visible(diagnosis.id)
        yield Section(weight + 1, name, self._head(diagnosis))
        for number, evidence in enumerate(diagnosis.evidence):
            text = visible(evidence.text)
            shown = text if self._look.full else excerpt(text, _LONGEST, values(diagnosis))
            about = "".join(f", {escape(part)}" for part in when(evidence, speech))
            summary = f"<code>{escape(place(evidence))}</code>{about}"
            body = _fold(summary, fence(shown, "text"), is_open=number == 0)
            heading = f"### {speech.word(say.EVIDENCE)}\n\n" if number == 0 else ""
            what = f"{speech.word(say.EVIDENCE)} ({name})"
            yield Section(weight + (3 if number < 3 else 6), what, heading + body)
        if diagnosis.explains:
            lines = (f"{'  ' * depth}- {self._mention(each)}" for depth, each in rows(diagnosis.explains))
            yield self._section(weight + 4, say.EXPLAINS, "\n".join(lines), 3)
        if diagnosis.candidates:
            yield self._section(weight + 4, say.CANDIDATES, self._candidates(diagnosis.candidates), 3)
        if diagnosis.steps:
            label = say.FIX if diagnosis.kind is Kind.CAUSE else say.LOOK_AT
            yield self._section(weight + 2, label, self._steps(diagnosis.steps), 3)
        for below in still_to_fix(diagnosis):
            title = plain(_short(speech.word(say.FIX_OF, title=below.title), 600))
            yield Section(
                weight + 5, speech.word(say.FIX_OF, title=below.id), f"### {title}\n\n{self._steps(below.steps)}"
            )
        if diagnosis.references:
            yield self._section(weight + 7, say.REFERENCES, ", ".join(map(code, diagnosis.references)), 3)

    def _head(self, diagnosis: Diagnosis) -> str:
        speech = self._speech
        facts = [speech.word(say.SEVERITY[diagnosis.severity]), speech.word(say.CONFIDENCE[diagnosis.confidence])]
        about = ", ".join((f"**{plain(facts[0])}**", f"**{plain(facts[1])}**", code(diagnosis.id)))
        nodes = "".join(f", {code(node)}" for node in diagnosis.nodes[:10])
        lines = [f"## {plain(speech.label(diagnosis))}{speech.colon}{self._title(diagnosis)}", "", about + nodes, ""]
        if diagnosis.because:
            lines += [f"- {plain(_short(speech.word(reason), 300))}" for reason in diagnosis.because[:_REASONS]] + [""]
        if diagnosis.healed:
            lines += [f"> {plain(speech.text(say.WORKED_AROUND))}", ""]
        return "\n".join((*lines, plain(_short(speech.text(diagnosis.cause), 4000))))

    def _steps(self, steps: tuple[Step, ...]) -> str:
        return "\n".join(line for step in steps for line in self._step(step))

    def _step(self, step: Step) -> Iterator[str]:
        speech, indent = self._speech, " " * len(f"{step.n}. ")
        risk = plain(speech.word(say.RISK[step.risk]))
        yield f"{step.n}. {plain(speech.text(step.do))} (**{risk}**{speech.comma}{plain(speech.place(step.on))})"
        if step.warn:
            yield f"\n{indent}> **{plain(speech.word(say.WARNING))}**: {plain(speech.text(step.warn))}\n"
        if run := commands(step.run):
            yield fence("\n".join(run), "sh", indent)
        if undo := commands(step.undo):
            yield f"{indent}{plain(speech.word(say.UNDO))}:\n" + fence("\n".join(undo), "sh", indent)
        if step.check:
            expected = f"{speech.word(say.EXPECT)}{speech.colon}{speech.text(step.check.expect)}"
            yield f"{indent}{plain(speech.word(say.CHECK))}:\n" + fence(
                "\n".join(commands(step.check.run)), "sh", indent
            )
            yield f"{indent}{plain(expected)}"

    def _past(self, diagnosis: Diagnosis) -> str:
        past = course(diagnosis, self._speech)
        return f"- {self._mention(diagnosis)}" + (f", {plain(past)}" if past else "")

    def _candidates(self, candidates: tuple[Candidate, ...]) -> str:
        speech, lines = self._speech, []
        for each in candidates[: None if self._look.full else _CANDIDATES]:
            lines.append(f"- {plain(_short(speech.text(each.title), 600))} ({code(each.id)})")
            if each.shows:
                lines.append(f"  - {plain(speech.word(say.LOOK_FOR))}{speech.colon}{code(each.shows)}")
            if each.where:
                lines.append(f"  - {plain(speech.word(say.LOOK_IN))}{speech.colon}{plain(visible(each.where))}")
            if collect := commands(each.collect):
                lines.append(f"  - {plain(speech.word(say.COLLECT))}:\n" + fence("\n".join(collect), "sh", "    "))
            if each.supports:
                lines.append(
                    f"  - {plain(speech.word(say.SUPPORTS))}{speech.colon}{plain(speech.texts(each.supports))}"
                )
            if each.against:
                lines.append(f"  - {plain(speech.labelled(say.AGAINST, speech.texts(each.against)))}")
        return "\n".join(lines)

    def _inputs(self) -> str:
        lines = []
        for entry in self._report.inputs:
            known = [plain(visible(each)) for each in (entry.node, entry.component, entry.format) if each]
            lines.append(f"- {code(entry.path)}: {', '.join((*known, f'{entry.lines:,}'))}")
        return _fold(escape(self._speech.scope(self._report)), "\n".join(lines))


def _fold(summary: str, body: str, *, is_open: bool = False) -> str:
    return f"<details{' open' if is_open else ''}><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else text[:size] + " ..."

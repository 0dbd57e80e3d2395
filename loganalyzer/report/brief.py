"""The report in a few lines, for a chat or a pager: what, how we know, what to do first, and the first command."""

from __future__ import annotations

from loganalyzer.model import Diagnosis, Report
from loganalyzer.report import phrases as say
from loganalyzer.report.excerpt import excerpt
from loganalyzer.report.look import Look
from loganalyzer.report.outline import commands, is_incomplete, place, values, verdict
from loganalyzer.report.phrases import Speech
from loganalyzer.report.shorten import compact, shortened
from loganalyzer.safe import visible

_EXCERPT = 160


def render(report: Report, look: Look) -> str:
    """At most three lines and a command, about the first diagnosis; how many more there are stands in the first."""
    speech = Speech(look.lang)
    report = compact(shortened(report)[1])
    if report.diagnoses:
        said = lines(report.diagnoses[0], len(report.diagnoses) - 1, speech)
    else:
        said = verdict(report, speech).split("\n")
        if report.inputs and is_incomplete(report):
            said += speech.text(say.NOT_ALL_READ).split("\n")
    return "\n".join(said) + "\n"


def lines(diagnosis: Diagnosis, others: int, speech: Speech) -> list[str]:
    """What it is, its first line of evidence, and the first thing to do; `others`: how many more there are."""
    sure = speech.word(say.CONFIDENCE[diagnosis.confidence])
    title = " / ".join(speech.text(diagnosis.title).split("\n"))
    more = f" (+{others})" if others else ""
    said = [f"{speech.label(diagnosis)} ({sure}){speech.colon}{title} [{visible(diagnosis.id)}]{more}"]
    for evidence in diagnosis.evidence[:1]:
        text = excerpt(visible(evidence.text), _EXCERPT, values(diagnosis))
        said.append(f"{speech.word(say.EVIDENCE)}{speech.colon}{place(evidence)}: {text}")
    for step in diagnosis.steps[:1]:
        said.append(f"{speech.word(say.FIX)}{speech.colon}{' / '.join(speech.text(step.do).split(chr(10)))}")
        said += [f"  {command}" for command in commands(step.run)[:1]]
    return said

"""What is said while a log is followed: a few lines for a new diagnosis, one for a change."""

from __future__ import annotations

from loganalyzer.model import Diagnosis, Text
from loganalyzer.report import brief
from loganalyzer.report import phrases as say
from loganalyzer.report.look import Look
from loganalyzer.report.moments import moment
from loganalyzer.report.phrases import Speech
from loganalyzer.safe import visible

_SURER = Text("{id} is {sure} now", "{id} 现为{sure}")
_GONE = Text("{id} has recovered or was something else", "{id} 已恢复，或另有原因")
_EXPLAINS = Text("explains", "解释了")


def new(diagnosis: Diagnosis, look: Look) -> str:
    """What, since when, how it is known, what it explains, what to do first."""
    speech = Speech(look.lang)
    lines = brief.lines(diagnosis, 0, speech)
    if when := moment(diagnosis.first_seen):
        lines[0] = f"{when}  {lines[0]}"
    if below := [each.id for each in diagnosis.explains]:
        lines.insert(2, f"{speech.word(_EXPLAINS)}: {', '.join(map(visible, below))}")
    return "\n".join(lines) + "\n"


def surer(diagnosis: Diagnosis, look: Look) -> str:
    """That more speaks for it than when it was told."""
    speech = Speech(look.lang)
    sure = speech.word(say.CONFIDENCE[diagnosis.confidence])
    return f"{moment(diagnosis.last_seen)}  {speech.word(_SURER, id=visible(diagnosis.id), sure=sure)}\n".lstrip()


def gone(id_: str, look: Look) -> str:
    """That it is no open diagnosis any more."""
    return f"{Speech(look.lang).word(_GONE, id=visible(id_))}\n"

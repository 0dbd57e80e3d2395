"""JUnit XML: a diagnosis is a failed test, so that any CI shows it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from loganalyzer.model import Diagnosis, Report, Suppressed
from loganalyzer.report import phrases as say
from loganalyzer.report.look import Look
from loganalyzer.report.outline import commands, place, rows, verdict
from loganalyzer.report.phrases import Speech
from loganalyzer.safe import visible

_NOT_XML = re.compile("[\ufffe\uffff]")


def render(report: Report, look: Look) -> str:
    """One suite: a failed case for each diagnosis, or one passed case; what could not be read goes to `system-err`."""
    speech = Speech(look.lang)
    cases = [_failed(diagnosis, speech) for diagnosis in report.diagnoses]
    cases += [_skipped(each, speech) for each in report.suppressed]
    cases = cases or [_passed(report, speech)]
    numbers = f'tests="{len(cases)}" failures="{len(report.diagnoses)}" errors="0"'
    problems = [f"{p.where}: {speech.problem(p.kind)}: {speech.word(p.detail)}" for p in report.problems]
    system_err = [f"    <system-err>{_text(chr(10).join(map(visible, problems)))}</system-err>"] if problems else []
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="tkelog" {numbers}>',
        f'  <testsuite name="tkelog" {numbers}>',
        *cases,
        *system_err,
        "  </testsuite>",
        "</testsuites>",
    )
    return "\n".join(lines) + "\n"


def _passed(report: Report, speech: Speech) -> str:
    return f'    <testcase classname="tkelog" name={_attribute(" ".join(verdict(report, speech).split(chr(10))))}/>'


def _skipped(each: Suppressed, speech: Speech) -> str:
    reason = speech.word(say.SUPPRESSED_UNTIL, until=each.until, reason=visible(each.reason))
    return (
        f'    <testcase classname="tkelog.{each.diagnosis.kind.value}" name={_attribute(each.diagnosis.id)}>\n'
        f"      <skipped message={_attribute(reason)}/>\n"
        "    </testcase>"
    )


def _failed(diagnosis: Diagnosis, speech: Speech) -> str:
    title = " / ".join(speech.text(diagnosis.title).split("\n"))
    body = [speech.text(diagnosis.cause), ""]
    body += [f"{place(each)}: {visible(each.text)}" for each in diagnosis.evidence]
    body += [f"{'  ' * depth}> {speech.word(below.title)} [{below.id}]" for depth, below in rows(diagnosis.explains)]
    for step in diagnosis.steps:
        body.append(f"{step.n}. {speech.word(step.do)} ({speech.word(say.RISK[step.risk])})")
        body += [f"   {command}" for command in commands(step.run)]
    kind = f"{diagnosis.severity.name.lower()}/{diagnosis.confidence.name.lower()}"
    return (
        f'    <testcase classname="tkelog.{diagnosis.kind.value}" name={_attribute(diagnosis.id)}>\n'
        f'      <failure type="{kind}" message={_attribute(title)}>{_text(chr(10).join(body))}</failure>\n'
        "    </testcase>"
    )


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", visible(text)))

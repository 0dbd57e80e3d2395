"""The report as one HTML file: no script, nothing loaded from anywhere, readable on a phone and on paper.

Everything that is not ours goes through jinja2's autoescaping; the template uses no `safe` filter.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from loganalyzer.model import Evidence, Report
from loganalyzer.report import clocks_view, drawing, outline
from loganalyzer.report import phrases as say
from loganalyzer.report.excerpt import excerpt
from loganalyzer.report.look import Look
from loganalyzer.report.phrases import Speech
from loganalyzer.report.shorten import shortened
from loganalyzer.safe import visible

MAX_SIZE = 1_000_000
"""Bytes."""
_SHORTER = ((4_000, 200), (1_000, 100), (250, 40), (120, 10))
"""Characters of a line of evidence, and entries of each list; the next are taken where the file gets too large."""


def render(report: Report, look: Look) -> str:
    """The report as an HTML document of less than a megabyte; `look.full` takes whatever it needs."""
    if look.full:
        return _page(report, look, 1 << 30, 1 << 30)
    for characters, entries in _SHORTER:
        page = _page(report, look, characters, entries)
        if len(page.encode()) < MAX_SIZE:
            break
    return page


def _page(report: Report, look: Look, characters: int, entries: int) -> str:
    speech = Speech(look.lang)
    where, report = shortened(report)

    def shown(evidence: Evidence, values: list[str]) -> str:
        return excerpt(visible(evidence.text), characters, values)

    def brief(line: str) -> str:
        return line if len(line) <= characters else line[:characters] + " ..."

    return _template().render(
        report=report,
        where=where,
        facts=outline.facts(report, speech),
        speech=speech,
        say=say,
        outline=outline,
        clocks=clocks_view,
        visible=visible,
        shown=shown,
        brief=brief,
        most=entries,
        graph=drawing.graph(report.diagnoses, speech) if any(each.explains for each in report.diagnoses) else [],
        timeline=drawing.timeline(report.diagnoses, speech),
        canvas=drawing.WIDTH,
        html_lang={"zh": "zh-CN"}.get(look.lang, "en"),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("loganalyzer.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")

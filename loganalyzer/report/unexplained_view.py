"""The error lines that no rule knows, for a terminal."""

from __future__ import annotations

from loganalyzer.model import Coverage, Text, Unexplained
from loganalyzer.report.line import Line
from loganalyzer.report.moments import moment
from loganalyzer.report.page import INDENT, Page
from loganalyzer.report.phrases import Speech
from loganalyzer.safe import visible

HEADING = Text("Errors that no rule knows", "规则未覆盖的错误")
COVERAGE = Text(
    "Rules know {known} of {errors} error lines ({percent} %).",
    "规则已知 {errors} 条错误日志中的 {known} 条（{percent}%）。",
)
_SHOWN = 5


def show(
    page: Page, speech: Speech, unexplained: tuple[Unexplained, ...], coverage: Coverage | None, *, full: bool
) -> None:
    """The coverage, and the templates with count, place and time."""
    if coverage is not None:
        percent = coverage.known * 100 // coverage.errors
        said = speech.text(COVERAGE, known=f"{coverage.known:,}", errors=f"{coverage.errors:,}", percent=percent)
        page.wrapped(said, "dim", indent=INDENT)
    for one in unexplained[: None if full else _SHOWN]:
        page.wrapped(visible(one.text if full else one.template), first=Line(f"{one.count:>9,}  "))
        times = " - ".join(filter(None, (moment(one.first), moment(one.last, one.first) if one.count > 1 else "")))
        place = f"{visible(one.source)}:{one.line}"
        page.wrapped("  ".join(filter(None, (place, times))), "dim", indent=11)

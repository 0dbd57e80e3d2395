"""The course of an installation for a terminal: where it stopped, and its stages as a table with bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size

from loganalyzer.model import Outcome, Run, Stage, Text, Timeline
from loganalyzer.report.excerpt import excerpt
from loganalyzer.report.moments import moment
from loganalyzer.report.page import INDENT, Page
from loganalyzer.report.phrases import Speech
from loganalyzer.safe import visible

HEADING = Text("Course of the installation", "安装过程")
STOPPED = Text("stopped in {where}", "停在{where}")
ENDS = Text("the log ends in {where}", "日志结束于{where}")
DONE = Text("finished", "已完成")
NO_FAILURE = Text(
    "nothing failed as far as the log goes; {n} steps did not begin", "日志中没有失败的步骤；还有 {n} 个步骤未开始"
)
ENDED_WELL = Text("everything that began ended well", "已开始的步骤都成功了")
STEP_OF = Text("step {n} of {all}, ", "第 {n}/{all} 步：")
STEP = Text("step {n}, ", "第 {n} 步：")
TRY = Text("try {n}", "第 {n} 次尝试")
ERRORS = Text("{n} errors inside", "其中 {n} 个错误")
WELL = Text("{n} {stages} without error, {took}", "{n} 个步骤无错误，{took}")
WELL_UNTIMED = Text("{n} {stages} without error", "{n} 个步骤无错误")
PENDING = Text("not begun: {names}", "未开始：{names}")
COLUMNS = (Text("stage", "步骤"), Text("start", "开始"), Text("took", "耗时"), Text("tries", "次数"))
MORE = Text("{n} more: `tkelog timeline` shows them", "另有 {n} 项，用 `tkelog timeline` 查看")
NOTHING = Text(
    "No log of an installation here: no steps of tke-installer, no provider handlers, no kubeadm phases.",
    "没有找到安装日志：没有 tke-installer 步骤、provider 处理函数或 kubeadm 阶段。",
)

_STYLE = {Outcome.OK: "green", Outcome.FAILED: "red", Outcome.RUNNING: "yellow"}
_MARK = {Outcome.OK: "+", Outcome.FAILED: "x", Outcome.RUNNING: "~"}
_NAME, _BAR = 48, 20
_LONG = 0.05
"""A stage that takes this part of all the time is shown, too."""


def show(page: Page, speech: Speech, timeline: Timeline, *, full: bool, most: int | None = None) -> None:
    """Every run: where it stopped and its table; unless `full`, the stages that failed or took long, and the first
    `most` runs, those that did not end well before others."""
    runs = timeline.runs if full else sorted(timeline.runs, key=lambda run: run.outcome is Outcome.OK)[:most]
    for run in runs:
        page.blank()
        begun = next((stage.start for stage in run.stages if stage.start is not None), None)
        page.line((visible(run.name), "bold"), (f"  {visible(run.source)}  {moment(begun)}", "dim"), indent=INDENT)
        page.wrapped(stop(run, speech), _STYLE[run.outcome], indent=INDENT)
        _table(page, speech, run, full=full)
    if len(runs) < len(timeline.runs):
        page.line((speech.word(MORE, n=len(timeline.runs) - len(runs)), "dim"), indent=INDENT)


def stop(run: Run, speech: Speech) -> str:
    """`stopped in step 8 of 35, Create global cluster > EnsureKubeadmInitPhaseWaitControlPlane, try 57`."""
    stages = list(way(run))
    if not stages:
        if run.pending:
            return speech.word(NO_FAILURE, n=len(run.pending))
        return speech.word(DONE if run.planned else ENDED_WELL)
    first, last = stages[0], stages[-1]
    where = ""
    if first.position is not None:
        where = speech.word(STEP_OF if run.planned else STEP, n=first.position, all=run.planned)
        where += "" if speech.lang == "zh" else " "
    where += " > ".join(visible(stage.name) for stage in stages)
    if last.tries > 1:
        where += ("，" if speech.lang == "zh" else ", ") + speech.word(TRY, n=f"{last.tries:,}")
    return speech.word(STOPPED if last.outcome is Outcome.FAILED or last.errors else ENDS, where=where)


def way(run: Run) -> Iterator[Stage]:
    """The stage that it stopped in, and those inside that."""
    stages: Sequence[Stage] = run.stages
    for name in run.stopped:
        found = next((stage for stage in stages if stage.name == name), None)
        if found is None:
            return
        yield found
        stages = found.stages


def duration(seconds: float | None) -> str:
    """`0.4s`, `12s`, `5m00s`, `1h02m`; empty where unknown."""
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{seconds:.1f}s"
    if seconds < 60:
        return f"{seconds:.0f}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest:02d}s" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02d}m"


def _rows(stages: Sequence[Stage], depth: int = 0) -> Iterator[tuple[int, Stage]]:
    for stage in stages:
        yield depth, stage
        yield from _rows(stage.stages, depth + 1)


def _table(page: Page, speech: Speech, run: Run, *, full: bool) -> None:
    rows = list(_rows(run.stages))
    total = sum(stage.seconds or 0.0 for stage in run.stages) or 1.0
    first, last = _span(rows)
    name = min(_NAME, max(24, page.width - INDENT - _BAR - 30))
    titles = [speech.word(each) for each in COLUMNS]
    header = f"  {_cell(titles[0], name)}  {_cell(titles[1], 12)}  {titles[2]:>7}  {titles[3]:>5}"
    page.line((header, "dim"), indent=INDENT)
    quiet: list[Stage] = []
    for depth, stage in rows:
        if not full and stage.outcome is Outcome.OK and not stage.errors and (stage.seconds or 0) < total * _LONG:
            quiet.append(stage)
            continue
        _quiet(page, speech, quiet)
        number = f"{stage.position:>2} " if stage.position is not None else ""
        start = moment(stage.start).rpartition(" ")[2][:12]
        cells = (
            f"{_cell('  ' * depth + number + visible(stage.name), name)}  {_cell(start, 12)}  "
            f"{duration(stage.seconds):>7}  {stage.tries:>5,}  "
        )
        page.line(
            (f"{_MARK[stage.outcome]} ", _STYLE[stage.outcome]), cells,
            (_bar(stage, first, last), _STYLE[stage.outcome]), indent=INDENT,
        )  # fmt: skip
        _error(page, speech, stage, INDENT + 4 + 2 * depth)
    _quiet(page, speech, quiet)
    if run.pending and full:
        names = ", ".join(visible(each) for each in run.pending)
        page.wrapped(speech.word(PENDING, names=names), "dim", indent=INDENT + 2)


def _error(page: Page, speech: Speech, stage: Stage, indent: int) -> None:
    """The first error inside; of a stage with others inside, the innermost says it."""
    if stage.error is None or any(child.error is not None for child in stage.stages):
        return
    text = excerpt(" ".join(visible(stage.error).split()), max(40, 2 * (page.width - indent) - 10))
    page.wrapped(text, indent=indent)
    facts = [f"-> {stage.diagnosis}"] if stage.diagnosis else []
    facts += [speech.word(ERRORS, n=f"{stage.errors:,}")] if stage.errors > 1 else []
    if facts:
        page.wrapped("  ".join(facts), "cyan", indent=indent)


def _quiet(page: Page, speech: Speech, quiet: list[Stage]) -> None:
    if quiet:
        seconds = [stage.seconds for stage in quiet if stage.seconds is not None]
        well = speech.word(
            WELL if seconds else WELL_UNTIMED,
            n=len(quiet),
            stages="stage" if len(quiet) == 1 else "stages",
            took=duration(sum(seconds)),
        )
        page.line((well, "dim"), indent=INDENT + 2)
        quiet.clear()


def _span(rows: Sequence[tuple[int, Stage]]) -> tuple[float, float]:
    starts = [stage.start.seconds for _, stage in rows if stage.start is not None]
    ends = [
        stage.end.seconds if stage.end is not None else stage.start.seconds + (stage.seconds or 0.0)
        for _, stage in rows
        if stage.start is not None
    ]
    return (min(starts), max(ends)) if starts and ends else (0.0, 0.0)


def _bar(stage: Stage, first: float, last: float) -> str:
    """When it ran within the whole run."""
    if last <= first or stage.start is None:
        return ""
    end = (stage.end.seconds if stage.end is not None else last) if stage.outcome is not Outcome.RUNNING else last
    at = int((stage.start.seconds - first) / (last - first) * (_BAR - 1))
    long = max(1, round((end - stage.start.seconds) / (last - first) * _BAR))
    return "." * at + "=" * min(long, _BAR - at)


def _cell(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    return set_cell_size(text, width - 3) + "..."

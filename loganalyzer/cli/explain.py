"""`tkelog explain`: why a rule came out, or did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loganalyzer.cli.common import lang_option, paths_or_pipe, rule_of, rule_options
from loganalyzer.errors import Exit
from loganalyzer.items import ITEMS
from loganalyzer.model import Text
from loganalyzer.report.phrases import CONFIDENCE
from loganalyzer.safe import visible

if TYPE_CHECKING:
    from loganalyzer.diagnose.clauses import Clause
    from loganalyzer.diagnose.why import Judgement, Place, Said, Sight, Why

_TRUTH = {True: Text("true   ", "真  "), False: Text("false  ", "假  "), None: Text("unknown", "未知")}
_NO_FINDING = Text("no finding", "不成立")
_JOINS = {"all of": Text("all of", "全部成立"), "any of": Text("any of", "任一成立")}
_SIGNALS = Text("Signals", "信号")
_OUTPUT = Text("Collected output", "采集的命令输出")
_TIMES = Text("matched {n} times", "匹配 {n} 次")
_ONCE = Text("matched once", "匹配 1 次")
_NOT_SEEN = Text("not seen", "未出现")
_WOULD_SHOW = Text("would show: {shows}", "应显示：{shows}")
_WOULD_BE_IN = Text("it would be in: {logs}", "应出现在：{logs}")
_OR = Text(" or ", " 或 ")
_NO_LOG = Text(
    "no log of {components} is here, so it may have happened all the same",
    "输入中没有 {components} 的日志，因此仍可能发生过",
)
_NEARLY = Text("nearly: {place}  {line}", "接近：{place}  {line}")
_SHOWN = Text("shown", "已显示")
_NOT_SHOWN = Text("not shown", "未显示")
_NOT_COLLECTED = Text("not collected", "未采集")
_LOOKED_IN = Text("it was looked for in: {files}", "已在以下文件中查找：{files}")
_COLLECT = Text("collect it with: {command}", "采集命令：{command}")
_VERDICT = Text("Verdict{where}: {verdict}", "结论{where}：{verdict}")
_FOR = Text(" for {what}", "（{what}）")
_ON = Text(" on {nodes}", "（节点 {nodes}）")
_RANK = Text("In the report: diagnosis {n}", "在报告中：第 {n} 个诊断")
_ABOVE = Text("{id} ranks above it: {reason}", "{id} 排在它之前：{reason}")
_UNDER = Text(
    "In the report: under {path}, whose rule says that it explains this",
    "在报告中：位于 {path} 之下，其规则说明它可以解释本项",
)
_PAST = Text("In the report: among what has recovered or can be ignored", "在报告中：列在已恢复或可忽略的问题中")
_ABSENT = Text("Not in the report", "不在报告中")
_WIDTH = 160


@click.command()
@click.argument("id_", metavar="RULE-ID")
@click.argument("paths", nargs=-1, type=click.Path(path_type=str, allow_dash=True))
@lang_option
@rule_options
def explain(
    id_: str, paths: tuple[str, ...], lang: str | None, rules_dirs: tuple[Path, ...], no_default_rules: bool
) -> int:
    """Show why a rule came out, or did not, on these logs.

    RULE-ID is the id that a report shows (`tkelog rules list` has all). PATHS are logs, directories or archives.
    It shows where each signal of the rule matched and what nearly matched, which part of its conditions is true,
    false or unknown (unknown: no log is here in which the line would be), and which diagnoses rank above it and why.

    \b
    Exit codes: 0 also where the rule did not come out, 2 no such rule, 3 no readable input.
    """
    from loganalyzer import ingest, rulepack
    from loganalyzer.cli.tongue import language
    from loganalyzer.diagnose.why import why

    ruleset = rulepack.load(rules_dirs, builtin=not no_default_rules)
    rule = rule_of(ruleset, id_)
    inputs = ingest.open_inputs(paths_or_pipe(paths))
    for line in View(language(lang)).lines(why(ruleset, rule, inputs.sources())):
        click.echo(visible(line))
    return int(Exit.OK)


class View:
    """The answer in one language."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def _say(self, text: Text, **values: object) -> str:
        return text.get(self._lang).format(**values)

    def lines(self, found: Why) -> Iterator[str]:
        """The whole answer: signals, collected output, verdicts, and where it stands in the report."""
        rule = found.rule
        yield f"{rule.id}  ({rule.kind}, {rule.severity.name.lower()})"
        yield ""
        yield self._say(_SIGNALS)
        for sight in found.sights:
            yield from self._sight(sight)
        if found.facts:
            yield ""
            yield self._say(_OUTPUT)
        for said in found.facts:
            yield from self._said(said)
        for judgement in found.judgements:
            yield ""
            yield from self._judgement(judgement)
        yield ""
        yield from self._standing(found)

    def _sight(self, sight: Sight) -> Iterator[str]:
        signal = sight.signal
        times = _TIMES if sight.count > 1 else _ONCE if sight.count else _NOT_SEEN
        yield f"  {signal.name}: {self._say(times, n=f'{sight.count:,}')}"
        yield from _places(sight.places)
        if not sight.count:
            yield f"    {self._say(_WOULD_SHOW, shows=_short(signal.shows))}"
            if sight.logs:
                some = f"{', '.join(sight.logs[:4])}{', ...' if len(sight.logs) > 4 else ''}"
                yield f"    {self._say(_WOULD_BE_IN, logs=some)}"
            elif signal.components:
                either = self._say(_OR).join(signal.components)
                yield f"    {self._say(_NO_LOG, components=either)}"
        for place in sight.misses:
            yield f"    {self._say(_NEARLY, place=f'{place.source}:{place.line}', line=_short(place.text))}"
            if place.reason is not None:
                yield f"            {_short(place.reason.get(self._lang))}"

    def _said(self, said: Said) -> Iterator[str]:
        item = ITEMS[said.fact.origin]
        state = _SHOWN if said.places else _NOT_SHOWN if said.files else _NOT_COLLECTED
        yield f"  {said.fact.name}: {self._say(state)}  ({item.title.get(self._lang)})"
        yield from _places(said.places)
        if not said.places:
            yield f"    {self._say(_WOULD_SHOW, shows=_short(said.shows))}"
            if said.files:
                yield f"    {self._say(_LOOKED_IN, files=', '.join(said.files))}"
            else:
                yield f"    {self._say(_COLLECT, command=item.command)}"

    def _judgement(self, judgement: Judgement) -> Iterator[str]:
        what = ", ".join(value for value in judgement.join if value)
        where = self._say(_FOR, what=what) if what else ""
        where += self._say(_ON, nodes=", ".join(judgement.nodes)) if judgement.nodes else ""
        sure = judgement.confidence
        yield self._say(_VERDICT, where=where, verdict=self._say(_NO_FINDING if sure is None else CONFIDENCE[sure]))
        for name, clause in judgement.conditions.items():
            yield f"  {self._say(_TRUTH[clause.truth])}  {name}: {self._clause(clause)}"
            yield from self._tree(clause, "  ")

    def _tree(self, clause: Clause, indent: str) -> Iterator[str]:
        for i, part in enumerate(clause.parts):
            final = i == len(clause.parts) - 1
            yield f"  {self._say(_TRUTH[part.truth])}  {indent}{'`-' if final else '|-'} {self._clause(part)}"
            yield from self._tree(part, indent + ("   " if final else "|  "))

    def _clause(self, clause: Clause) -> str:
        word = _JOINS.get(clause.text) if clause.parts else None
        return self._say(word) if word else clause.text

    def _standing(self, found: Why) -> Iterator[str]:
        if found.rank is not None:
            yield self._say(_RANK, n=found.rank)
            for id_, reason in found.above:
                yield f"  {self._say(_ABOVE, id=id_, reason=reason.get(self._lang))}"
        elif found.under:
            yield self._say(_UNDER, path=" > ".join(found.under))
        elif any(judgement.confidence is not None for judgement in found.judgements):
            yield self._say(_PAST)
        else:
            yield self._say(_ABSENT)


def _places(places: Sequence[Place]) -> Iterator[str]:
    for place in places:
        yield f"    {place.source}:{place.line}  {_short(place.text)}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WIDTH else flat[: _WIDTH - 3] + "..."

"""`tkelog ask-for`: the message that asks somebody for the logs that would decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loganalyzer.cli.common import lang_option, report_on, rule_of, rule_options
from loganalyzer.errors import Exit
from loganalyzer.model import Kind, Text
from loganalyzer.safe import visible

if TYPE_CHECKING:
    from loganalyzer.diagnose.deployment import Deployment
    from loganalyzer.model import Report
    from loganalyzer.rulepack.rule import Rule, Ruleset, Signal

_HELLO = Text(
    'To find out whether this is the reason: "{title}", please send us the output of the following commands.',
    "为确认问题原因是否为“{title}”，请提供以下命令的输出。",
)
_HELLO_SYMPTOM = Text(
    'To find out what is behind this: "{title}", please send us the output of the following commands.',
    "为查明“{title}”的原因，请提供以下命令的输出。",
)
_LOG = Text("The log of {component}", "{component} 日志")
_SHOWS = Text("We look for a line like", "我们要查找类似这样的日志")
_FILES = Text(
    "Please save each output as a file (append > NAME.log) and send the files as they are; passwords and tokens in "
    "them can be masked first, times and addresses are needed.",
    "请将每条命令的输出保存为文件（在命令后加 > NAME.log）并原样发送；其中的密码和令牌可以先遮盖，时间和地址请保留。",
)
_NOTHING = Text(
    "Nothing has to be asked for: the logs that would show it are in the input, and cover the time.",
    "无需再收集：输入中已有相关日志，并且覆盖了该时段。",
)

_MOST = 8


@click.command("ask-for")
@click.argument("id_", metavar="ID")
@click.argument("paths", nargs=-1, type=click.Path(path_type=str, allow_dash=True))
@lang_option
@rule_options
def ask_for(
    id_: str, paths: tuple[str, ...], lang: str | None, rules_dirs: tuple[Path, ...], no_default_rules: bool
) -> int:
    """Write the message that asks for the logs which would prove a diagnosis, or tell what is behind a symptom.

    ID is the id that a report shows. With PATHS (the logs that are here already), the commands name this
    deployment's pods, nodes and times, and what is here is not asked for again; without, they are general.

    \b
    Example:  tkelog ask-for apiserver-unreachable bundle.tar.gz --lang zh
    """
    from loganalyzer import rulepack
    from loganalyzer.cli.analyze import language
    from loganalyzer.diagnose.deployment import Deployment
    from loganalyzer.diagnose.remedy import sentence

    ruleset = rulepack.load(rules_dirs, builtin=not no_default_rules)
    rule = rule_of(ruleset, id_)
    report = report_on(ruleset, paths) if paths else None
    tongue = language(lang)
    deployment = Deployment(report.inputs if report else ())
    asked = list(_asked(ruleset, rule, report, deployment))
    if not asked:
        click.echo(_NOTHING.get(tongue))
        return int(Exit.OK)
    hello = _HELLO_SYMPTOM if rule.kind is Kind.SYMPTOM else _HELLO
    title = sentence(rule.title, rule, _captures(report, id_)).get(tongue)
    click.echo(visible(hello.get(tongue).format(title=title)))
    for number, (component, shows, command) in enumerate(_requests(asked, deployment, report), 1):
        click.echo(f"\n{number}. {_LOG.get(tongue).format(component=component)}")
        for line in command.splitlines():
            click.echo(f"     {visible(line)}")
        click.echo(f"   {_SHOWS.get(tongue)}: {visible(' / '.join(shows[:3]))}")
    click.echo(f"\n{_FILES.get(tongue)}")
    return int(Exit.OK)


def _captures(report: Report | None, id_: str) -> dict[str, tuple[str, ...]]:
    found = next((each for each in report.diagnoses if each.id == id_), None) if report else None
    return dict(found.captures) if found else {}


def _asked(ruleset: Ruleset, rule: Rule, report: Report | None, deployment: Deployment) -> Iterator[Signal]:
    """The signals that would decide and that no input can show: those of the rule, and of what explains a symptom."""
    rules = [rule]
    if rule.kind is Kind.SYMPTOM:
        rules = [r for r in ruleset.rules.values() if any(edge.id == rule.id for edge in r.explains)]
        rules = sorted((r for r in rules if r.kind is Kind.CAUSE), key=lambda r: (-r.severity, r.id))
    here = {entry.component for entry in report.inputs} if report else set()
    wanted = {entry.where for entry in report.missing} if report else set()
    for each in rules:
        for signal in each.signals.values() if each is rule else list(each.signals.values())[:1]:
            if not signal.components:
                continue
            component = deployment.choose(signal.components)
            lacking = not here.intersection(signal.components) or deployment.where(component) in wanted
            if lacking and deployment.fits(component):
                yield signal


def _requests(
    asked: Sequence[Signal], deployment: Deployment, report: Report | None
) -> Iterator[tuple[str, list[str], str]]:
    """(component, what it would show, command), each component once."""
    first = report.diagnoses[0] if report and report.diagnoses else None
    nodes = first.nodes if first else ()
    by_component: dict[str, list[str]] = {}
    for signal in asked:
        shows = by_component.setdefault(deployment.choose(signal.components), [])
        if signal.shows and signal.shows not in shows:
            shows.append(signal.shows)
    for component, shows in list(by_component.items())[:_MOST]:
        node = deployment.node_of(component, nodes)
        yield component, shows, deployment.collect(component, node, first.first_seen if first else None)

"""`tkelog ask-for`: the message that asks somebody for the logs that would decide."""

from __future__ import annotations

from pathlib import Path

import click

from loganalyzer.cli.common import examine, lang_option, rule_of, rule_options
from loganalyzer.errors import Exit
from loganalyzer.model import Kind, Text
from loganalyzer.safe import visible

_HELLO = Text(
    'To find out whether this is the reason: "{title}", please send us the output of the following commands.',
    "为确认问题原因是否为“{title}”，请提供以下命令的输出。",
)
_HELLO_SYMPTOM = Text(
    'To find out what is behind this: "{title}", please send us the output of the following commands.',
    "为查明“{title}”的原因，请提供以下命令的输出。",
)
_LOG = Text("The log of {component}{where}", "{where}{component} 日志")
_ON = Text(" on {nodes}", "{nodes} 上的 ")
_OUTPUT = Text("What a command says of {title}", "命令输出：{title}")
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
    from loganalyzer.cli.tongue import language
    from loganalyzer.diagnose.conclude import values
    from loganalyzer.diagnose.deployment import Deployment
    from loganalyzer.diagnose.missing import ABSENT, general_needs, needs
    from loganalyzer.diagnose.remedy import sentence
    from loganalyzer.safe import Redactor

    ruleset = rulepack.load(rules_dirs, builtin=not no_default_rules)
    rule = rule_of(ruleset, id_)
    found = examine(ruleset, paths) if paths else None
    tongue = language(lang)
    deployment = found.deployment if found else Deployment(())
    findings = list(found.of(id_)) if found else []
    if found is not None and findings:
        wanted = needs(found, findings)
    else:
        here = [name for source in found.sources for name in (source.component, source.format)] if found else ()
        wanted = general_needs(ruleset, rule, deployment, here)
    if not wanted:
        click.echo(_NOTHING.get(tongue))
        return int(Exit.OK)
    hello = _HELLO_SYMPTOM if rule.kind is Kind.SYMPTOM else _HELLO
    title = sentence(rule.title, rule, values(findings[0], Redactor()) if findings else {}).get(tongue)
    click.echo(visible(hello.get(tongue).format(title=title)))
    for number, need in enumerate(wanted[:_MOST], 1):
        where = _ON.get(tongue).format(nodes=", ".join(need.nodes)) if need.nodes else ""
        title = _LOG.get(tongue).format(component=need.component, where=visible(where))
        if need.output:
            title = _OUTPUT.get(tongue).format(title=visible(need.title().get(tongue)))
        click.echo(f"\n{number}. {title}")
        if need.state is not ABSENT:
            click.echo(f"   ({visible(need.state.get(tongue))})")
        for line in need.collect(deployment).splitlines():
            click.echo(f"     {visible(line)}")
        click.echo(f"   {_SHOWS.get(tongue)}:")
        for shows in need.shows[:3]:
            click.echo(f"     - {visible(shows)}")
    click.echo(f"\n{_FILES.get(tongue)}")
    return int(Exit.OK)

"""`tkelog collect`: from the node to a bundle."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loganalyzer.cli.common import lang_option
from loganalyzer.cli.tongue import language
from loganalyzer.errors import Exit, UsageError
from loganalyzer.model import Text
from loganalyzer.safe import visible

if TYPE_CHECKING:
    from loganalyzer.collect.fleet import Outcome

_DONE = Text(
    "{file} holds {n} of {of} hosts; analyze it with: tkelog analyze {file}",
    "{file} 包含 {of} 台主机中的 {n} 台；分析命令：tkelog analyze {file}",
)
_OK = Text("{host}: collected, {n} files", "{host}：已采集 {n} 个文件")
_LOST = Text("{host}: not collected: {why}", "{host}：未能采集：{why}")


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="Default: tkelog-TIME.tar.gz here.",
)
@click.option(
    "--hosts", metavar="A,B,C", help="Collect on these hosts through your own ssh, in parallel, into one bundle."
)
@click.option(
    "--since", default="24h", show_default=True, metavar="D", help="Of journals and pod logs, such as 6h or 2d."
)
@click.option(
    "--timeout", type=click.IntRange(1, 600), default=20, show_default=True, metavar="S", help="For one command."
)
@click.option(
    "--total", type=click.IntRange(5, 3600), default=600, show_default=True, metavar="S", help="For one node."
)
@click.option(
    "--max-log", type=click.IntRange(1, 1024), default=5, show_default=True, metavar="MIB", help="The end of each log."
)
@click.option("--root", default=None, metavar="DIR", help="The mounted disk of a machine that does not start.")
@click.option(
    "--live", is_flag=True, help="With --root: DIR is this machine's own root (kubectl debug node/NAME: /host)."
)
@click.option("--print-script", is_flag=True, help="Print the script, for nodes without tkelog.")
@lang_option
def collect(
    output: Path | None,
    hosts: str | None,
    since: str,
    timeout: int,
    total: int,
    max_log: int,
    root: str | None,
    live: bool,
    print_script: bool,
    lang: str | None,
) -> int:
    """Collect what tells why a node does not work: logs, states, files; a bundle for `tkelog analyze`.

    It only reads; every command has a time and a size; secrets are masked before anything is written; what is not
    there is noted in meta/collect.json and skipped.

    \b
      tkelog collect                                          on the node itself
      tkelog collect --hosts master-1,master-2,worker-3       on several, through ssh
      tkelog collect --print-script | ssh root@NODE sh > node.tar.gz
                                                              on a node without Python
    """
    from loganalyzer.collect import collect_from, run_here, script

    if print_script:
        click.echo(script(), nl=False)
        return int(Exit.OK)
    options = _options(since, timeout, total, max_log, root, live)
    output = output or Path(f"tkelog-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz")
    if hosts is None:
        run_here(output, options)
        return int(Exit.OK)
    if root is not None:
        raise UsageError("--root is a directory of this machine; it does not go with --hosts")
    names = list(dict.fromkeys(name.strip() for name in hosts.split(",") if name.strip()))
    if not names:
        raise UsageError("--hosts names no host")
    tongue = language(lang)

    def said(outcome: Outcome) -> None:
        text = _LOST if outcome.error else _OK
        host, why = visible(outcome.host), visible(outcome.error or "")
        click.echo(text.get(tongue).format(host=host, why=why, n=outcome.members), err=True)

    outcomes = collect_from(names, output, options, said)
    got = sum(outcome.error is None for outcome in outcomes)
    click.echo(_DONE.get(tongue).format(file=output, n=got, of=len(names)), err=True)
    return int(Exit.OK)


def _options(since: str, timeout: int, total: int, max_log: int, root: str | None, live: bool) -> list[str]:
    if not since[:-1].isdigit() or since[-1:] not in ("s", "m", "h", "d"):
        raise UsageError(_("--since wants a duration such as 6h or 2d, not {since!r}").format(since=since))
    if live and root is None:
        raise UsageError("--live says what --root is; give --root too")
    options = ["--since", since, "--timeout", str(timeout), "--total", str(total), "--max-log", str(max_log)]
    if root is not None:
        options += ["--root", str(Path(root).absolute())]
    return [*options, "--live"] if live else options

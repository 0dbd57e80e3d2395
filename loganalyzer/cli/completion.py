"""`tkelog completion`: what a shell needs to complete our commands, options and rule ids."""

from __future__ import annotations

import click

from loganalyzer.cli.common import lang_option
from loganalyzer.errors import Exit
from loganalyzer.model import Text

_INSTALL = {
    "bash": "tkelog completion bash > ~/.local/share/bash-completion/completions/tkelog",
    "zsh": 'tkelog completion zsh > "${fpath[1]}/_tkelog"',
    "fish": "tkelog completion fish > ~/.config/fish/completions/tkelog.fish",
}
_NOW = {
    "bash": 'eval "$(tkelog completion bash)"',
    "zsh": 'eval "$(tkelog completion zsh)"',
    "fish": "tkelog completion fish | source",
}
_HELP = Text(
    "for this shell only:  {now}\nfor every new one:    {install}",
    "仅当前 Shell 生效：    {now}\n对所有新 Shell 生效：  {install}",
)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.option("--how", is_flag=True, help="Say how to install it instead.")
@lang_option
def completion(shell: str, how: bool, lang: str | None) -> int:
    """Print the completion script for a shell; `--how` says where to put it.

    \b
      eval "$(tkelog completion bash)"                    bash, this shell only
      eval "$(tkelog completion zsh)"                     zsh
      tkelog completion fish | source                     fish
    """
    from click.shell_completion import get_completion_class

    from loganalyzer.cli import tkelog
    from loganalyzer.cli.tongue import language

    if how:
        click.echo(_HELP.get(language(lang)).format(now=_NOW[shell], install=_INSTALL[shell]))
        return int(Exit.OK)
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(tkelog, {}, "tkelog", "_TKELOG_COMPLETE").source())
    return int(Exit.OK)

"""`tkelog man`: the manual page, made from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from loganalyzer import __version__
from loganalyzer.errors import Exit

FILES = (
    ("~/.cache/tkelog", "the rules as they were read last, only to start faster; may be removed"),
    ("tkelog-*.tar.gz", "what `tkelog collect` writes into the working directory"),
)
EXITS = (
    ("0", "nothing found, or done"), ("1", "internal error, or the output could not be written"),
    ("2", "the command line or a rule pack is wrong"), ("3", "no input could be read"), ("10", "something was found"),
    ("11", "verify cannot judge"), ("130", "interrupted"),
)  # fmt: skip


@click.command()
@click.pass_context
def man(context: click.Context) -> int:
    """Print the manual page.

    \b
      tkelog man | man -l -
      tkelog man > /usr/local/share/man/man1/tkelog.1
    """
    root = context.find_root().command
    assert isinstance(root, click.Group)
    click.echo(page(root), nl=False)
    return int(Exit.OK)


def page(root: click.Group) -> str:
    """The manual page in roff."""
    lines = [f'.TH TKELOG 1 "" "tkelog {__version__}" "User Commands"', ".SH NAME"]
    lines += ["tkelog \\- name the root cause in the logs of a TKEStack or kubeadm cluster", ".SH SYNOPSIS"]
    lines += [".B tkelog", "\\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]", ".br", ".B kubectl tkelog"]
    lines += ["\\fICOMMAND\\fR ...", ".SH DESCRIPTION", *_help(root), ".SH COMMANDS"]
    lines += [line for name in root.list_commands(_context(root)) for line in _command(root, name)]
    lines += [".SH EXIT STATUS", *_list(EXITS), ".SH FILES", *_list(FILES)]
    return "\n".join(lines) + "\n"


def _context(command: click.Command, name: str = "tkelog") -> click.Context:
    return click.Context(command, info_name=name, max_content_width=80)


def _command(root: click.Group, name: str) -> Iterator[str]:
    context = _context(root)
    command = root.get_command(context, name)
    assert command is not None
    inner = click.Context(command, info_name=name, parent=context)
    usage = " ".join(command.collect_usage_pieces(inner))
    yield f'.SS "tkelog {name} {_plain(usage)}"'
    yield from _help(command)
    if isinstance(command, click.Group):
        yield from _list((sub, command.commands[sub].get_short_help_str(200)) for sub in command.list_commands(inner))
    yield from _list(
        record for option in command.get_params(inner) if (record := option.get_help_record(inner)) is not None
    )


def _help(command: click.Command) -> Iterator[str]:
    """A help text: paragraphs; those that click leaves as they are, as they are."""
    for paragraph in (command.help or "").split("\n\n"):
        if paragraph.lstrip().startswith("\b\n"):
            yield from (".PP", ".nf", *map(_line, paragraph.split("\n")[1:]), ".fi")
        else:
            yield from (".PP", *(_line(line.strip()) for line in paragraph.split("\n")))


def _list(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in pairs:
        yield from (".TP", f"\\fB{_plain(term)}\\fR", _line(text))


def _plain(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-")


def _line(text: str) -> str:
    plain = _plain(text)
    return "\\&" + plain if plain.startswith((".", "'")) else plain

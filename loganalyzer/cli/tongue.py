"""Help and errors in the user's language, through gettext: click's own words and ours are in one catalogue.

`locale/zh.po` is what people edit; gettext wants it compiled, which happens in the user's cache directory when it is
first needed. Where nothing can be written there, help and errors are in English.
"""

from __future__ import annotations

import gettext
import inspect
import os
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from loganalyzer import late
from loganalyzer.errors import TkelogError

if TYPE_CHECKING:
    from pathlib import Path

_DOMAIN = "tkelog"
_ENTRY = late.pattern(r'^(msgid|msgstr) ("(?:[^"\\]|\\.)*"(?:\n"(?:[^"\\]|\\.)*")*)', re.MULTILINE)
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")


def language(asked: str | None = None) -> str:
    """The language asked for, else that of the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`): `zh` or `en`."""
    if asked:
        return asked
    value = next((value for name in _LOCALES if (value := os.environ.get(name))), "")
    return "zh" if value.lower().startswith("zh") else "en"


def speak(args: Sequence[str], cache_dir: Path | None = None) -> None:
    """From here on gettext answers in the language of `--lang` or the locale."""
    asked = next((after for arg, after in pairwise(args) if arg == "--lang"), None)
    asked = next((arg.partition("=")[2] for arg in args if arg.startswith("--lang=")), asked)
    if language(asked) != "zh":
        gettext.textdomain("messages")
        return
    if cache_dir is None:
        from loganalyzer.rulepack.cache import default_cache_dir

        cache_dir = default_cache_dir()
    import hashlib
    from importlib.resources import files

    text = files("loganalyzer.cli").joinpath("locale/zh.po").read_text("utf-8")
    where = cache_dir / f"locale-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    path = where / "zh" / "LC_MESSAGES" / f"{_DOMAIN}.mo"
    with suppress(OSError):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(f".{os.getpid()}")
            beside.write_bytes(compiled(catalogue(text)))
            beside.replace(path)
        os.environ["LANGUAGE"] = "zh"
        gettext.bindtextdomain(_DOMAIN, str(where))
        gettext.textdomain(_DOMAIN)


def catalogue(text: str) -> dict[str, str]:
    """The entries of a .po file; those without a translation are left out."""
    import ast

    found: dict[str, str] = {}
    key = ""
    for match in _ENTRY.finditer(text):
        value = "".join(ast.literal_eval(line) for line in match[2].split("\n"))
        if match[1] == "msgid":
            key = value
        elif value:
            found[key] = value
    return found


def compiled(entries: Mapping[str, str]) -> bytes:
    """A .mo file: the format of GNU gettext, sorted, without a hash table."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items())
    number = len(pairs)
    keys, values, at = b"", b"", 28 + 16 * number
    body = b""
    for column in range(2):
        for pair in pairs:
            entry = struct.pack("<II", len(pair[column]), at + len(body))
            body += pair[column] + b"\0"
            keys, values = (keys + entry, values) if column == 0 else (keys, values + entry)
    return struct.pack("<7I", 0x950412DE, 0, number, 28, 28 + 8 * number, 0, at) + keys + values + body


def texts(command: click.Command) -> Iterator[str]:
    """What a command's help says, as it stands in the catalogue."""
    yield inspect.cleandoc(command.help or "")
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            yield parameter.help


def translated(command: click.Command, *, below: bool = True) -> click.Command:
    """The command (and those below it) with its help in the language that gettext speaks."""
    if gettext.textdomain() != _DOMAIN:
        return command
    if command.help:
        command.help = gettext.gettext(inspect.cleandoc(command.help))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = gettext.gettext(parameter.help)
    if below and isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (inner := command.get_command(context, name)) is not None:
                translated(inner)
    return command


def message(error: TkelogError) -> str:
    """What an error says, with its place."""
    said = gettext.gettext(error.message) if error.message else ""
    return f"{error.location}: {said}" if error.location else said

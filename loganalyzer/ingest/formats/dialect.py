"""What a dialect is, and the few words that all of them share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from loganalyzer.frozen import frozen
from loganalyzer.model import Instant


class Parsed(NamedTuple):
    """One line as one dialect reads it."""

    message: str
    """What follows the header; may itself be a line of another dialect where `carries`."""
    when: Instant | None = None
    level: str | None = None
    logger: str | None = None
    program: str | None = None
    node: str | None = None
    head: bool = True
    """It begins a record; False: it belongs to the record before (an indented part, a stack frame)."""
    carries: bool = False
    """Another program wrote the message: it is read again, by all dialects."""


@frozen
class Sample:
    """A line of the dialect and what must come out; the tests prove it."""

    line: str
    time: str | None = None
    level: str | None = None
    logger: str | None = None
    message: str | None = None
    program: str | None = None
    node: str | None = None


@frozen
class Dialect:
    """A shape that log lines come in. `parse` gets a line without ANSI colours, newline and carriage return."""

    name: str
    parse: Callable[[str], Parsed | None]
    samples: tuple[Sample, ...]
    begins: str = ""
    """The ASCII characters that its lines begin with; empty: any. Other characters than ASCII are always tried."""


BLANK = "".join(char for char in map(chr, range(128)) if char.isspace())
"""What `\\s` matches of ASCII."""

_LEVELS = {
    "debug": "trace debug debu trac d t v",
    "info": "info information notice normal log n i inf",
    "warn": "warn warning w wrn",
    "error": "error err erro crit critical alert e failed",
    "fatal": "fatal panic dpanic emerg emergency fata pani f c",
}
_BY_WORD = {word: level for level, words in _LEVELS.items() for word in words.split()}
_PRIORITIES = ("fatal", "error", "error", "error", "warn", "info", "info", "debug")
_BY_PRIORITY = {str(number): level for number, level in enumerate(_PRIORITIES)}


@lru_cache(256)
def level(word: str | None) -> str | None:
    """`debug`, `info`, `warn`, `error` or `fatal` for any program's word or letter; None where it is none."""
    return _BY_WORD.get(word.lower()) if word else None


def priority(number: object) -> str | None:
    """The level of a syslog priority, 0 (emergency) to 7 (debug), as text or number; None for anything else."""
    return _BY_PRIORITY.get(str(number))

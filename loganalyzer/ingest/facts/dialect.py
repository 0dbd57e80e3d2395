"""What a fact dialect is: how one command's output becomes the rows of an item's table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from loganalyzer.frozen import frozen
from loganalyzer.model import Row

Parse = Callable[[Sequence[str]], list[Row] | None]
"""Lines -> rows; None where this is not that command's output (an error message, another command)."""


@frozen
class Sample:
    """Output as it is printed, and the cells of its rows."""

    text: str
    rows: tuple[Mapping[str, str], ...]


@frozen
class FactDialect:
    """One command's output; several dialects may fill the table of one item."""

    item: str
    names: re.Pattern[str]
    """Matches the whole of a file name in the plain form of `plain`."""
    parse: Parse
    samples: tuple[Sample, ...]


def plain(path: str) -> str:
    """A file's name in lower case, without its suffix, words joined by one dash: `ss_-ntlp.txt` is `ss-ntlp`."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1].lower()
    name = re.sub(r"(?:\.(?:txt|log|out|gz|xz|zst|bz2))+$", "", name)
    return re.sub(r"[\s_-]+", "-", name).strip("-")


def numbered(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, without those that are empty."""
    return ((n, line) for n, line in enumerate(lines, 1) if line.strip())


def row(line: int, text: str, **cells: str) -> Row:
    """A row; empty cells are left out."""
    return Row(line, text, {name: value for name, value in cells.items() if value})


def headed(lines: Sequence[str], *first: str) -> Iterator[tuple[int, str, dict[str, str]]]:
    """The rows of tables as kubectl prints them: columns two blanks apart under a header in capitals whose first word
    is one of `first`."""
    header: list[str] = []
    for n, line in numbered(lines):
        words = re.split(r"\s{2,}|\t", line.strip())
        if words[0] in first and line == line.upper():
            header = words
        elif header and len(words) >= 2:
            yield n, line, dict(zip(header, words, strict=False))

"""Lines for a terminal: label column, hanging indents, widths in cells (a CJK character takes two)."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

from loganalyzer import late
from loganalyzer.report.line import Line

INDENT = 2


_UNIT = late.pattern(
    r"(?P<blank>\s+)|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60][，。；：！？、）」』】》]*|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]+"
)
"""What stays together in a line: a word; a CJK character with the punctuation behind it."""
_WORD = late.pattern(r"(?P<blank>\s+)|\S+")
"""The same where all is ASCII; it compiles in a tenth of the time."""


def lines(text: str, room: int, first: int | None = None) -> Iterator[str]:
    """`text` in lines of at most `room` cells (the first one of `first`), broken between words and CJK characters; a
    longer word is cut."""
    line, left = "", room if first is None else first
    for unit in (_WORD if text.isascii() else _UNIT).finditer(text):
        piece = unit[0]
        if cell_len(line) + cell_len(piece) <= left:
            line += piece
            continue
        if line.strip() or left < room:
            yield line.rstrip()
            line, left = "", room
        if unit["blank"]:
            continue
        *full, line = chop_cells(piece, room) or [""]
        yield from full
    yield line.rstrip()


class Page:
    """Collects styled lines and prints them at a width."""

    def __init__(self, width: int, *, color: bool, column: int) -> None:
        self.width = width
        self.column = column
        """Where the text beside a label begins."""
        self._color = color
        self._lines: list[str] = []

    def line(self, *parts: tuple[str, str] | str, indent: int = 0) -> None:
        """One line as it is, never wrapped nor cut: (text, style) parts."""
        line = Line(" " * indent)
        for part in parts:
            line.append(*((part, "") if isinstance(part, str) else part))
        self._print(line)

    def blank(self) -> None:
        """An empty line."""
        self._lines.append("")

    def wrapped(self, text: str, style: str = "", *, indent: int = 0, first: Line | None = None) -> None:
        """Text wrapped at the width, every line at `indent` (where none is given: behind `first`); the first line
        begins with `first`. A newline in the text begins a new line."""
        lead = first.copy() if first is not None else Line(" " * indent)
        indent = indent or cell_len(lead.plain)
        for paragraph in text.split("\n"):
            for piece in lines(paragraph, max(20, self.width - indent), self.width - cell_len(lead.plain)):
                lead.append(piece, style)
                self._print(lead)
                lead = Line(" " * indent)

    def labelled(self, label: str, text: str, style: str = "", *, label_style: str = "bold") -> None:
        """`Label      text wrapped beside it`."""
        self.wrapped(text, style, indent=self.column, first=self.label(label, label_style))

    def label(self, label: str, style: str = "bold") -> Line:
        """The label, filled up to the column."""
        line = Line(" " * INDENT)
        line.append(label, style)
        line.append(" " * max(1, self.column - INDENT - cell_len(label)))
        return line

    def text(self) -> str:
        """Everything so far."""
        return "".join([f"{line}\n" for line in self._lines])

    def _print(self, line: Line) -> None:
        self._lines.append(line.rendered(color=self._color))

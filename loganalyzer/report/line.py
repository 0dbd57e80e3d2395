"""One line of a terminal in styles. Text stays text: no markup and no highlighting can come out of it.

To import the console of rich, which could print it, takes a sixth of the time of a short run;
its styles and widths are used without it.
"""

from __future__ import annotations

from rich.cells import cell_len

from loganalyzer import late

_TAB = 8
_TABBED = late.pattern(r"[^\t]*\t|[^\t]+")


class Line:
    """Pieces of text, each in one of rich's styles."""

    def __init__(self, text: str = "", style: str = "") -> None:
        self._pieces = [(text, style)]

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join([text for text, _ in self._pieces])

    def append(self, text: str, style: str = "") -> None:
        """One more piece."""
        self._pieces.append((text, style))

    def copy(self) -> Line:
        """Another line that begins like this one."""
        made = Line()
        made._pieces = [*self._pieces]
        return made

    def rendered(self, *, color: bool) -> str:
        """The line as it is written: without blanks at its end, with spaces for tabs, and with styles where `color`."""
        left = len(self.plain.rstrip())
        written: list[str] = []
        at = 0
        for text, style in self._pieces:
            for part in _TABBED.findall(text[:left]):
                shown = f"{part[:-1]} " if part.endswith("\t") else part
                at += cell_len(shown)
                if shown is not part:
                    shown, at = shown + " " * (-at % _TAB), at + -at % _TAB
                written.append(_styled(shown, style) if color and style else shown)
            left = max(0, left - len(text))
        return "".join(written)


def _styled(text: str, style: str) -> str:
    from rich.color import ColorSystem  # only a terminal needs them
    from rich.style import Style

    return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)

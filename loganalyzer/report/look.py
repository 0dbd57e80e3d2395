"""How a report is wanted."""

from __future__ import annotations

from loganalyzer.frozen import frozen


@frozen
class Look:
    """The wishes of the caller; each renderer takes from it what concerns it."""

    lang: str = "en"
    """`en`, `zh` or `both`; JSON and SARIF always hold both."""
    width: int = 100
    """Columns of a terminal."""
    color: bool = False
    full: bool = False
    """Everything, instead of what matters most."""
    max_size: int = 60_000
    """Characters of a Markdown report; GitHub takes 65,536 in an issue."""

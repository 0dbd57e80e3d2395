"""Two processes that go through the same inputs, and which of them reads which log.

Both open, unpack and count everything, so that both meet the same logs, limits and damage in the same order; only what
is in a log is read by one of them.
"""

from __future__ import annotations

from loganalyzer.limits import KIB

FIRST, SECOND = 0, 1
_EACH = 64 * KIB
"""What a log costs besides its bytes, in bytes."""
_TAKEN = 24 * KIB
"""What it costs the first to take it from the second."""


class Share:
    """The decisions of one of the two; the other one comes to the same, because it is asked about the same logs."""

    def __init__(self, mine: int) -> None:
        self._mine = mine
        self._loads = [0, 0]

    def takes(self, size: int | None) -> bool:
        """Whether the next log, of so many bytes if that is known, is for this one: it is for who has less to do."""
        taker = SECOND if self._loads[SECOND] < self._loads[FIRST] else FIRST
        self._loads[taker] += _EACH + (size or 0)
        if taker == SECOND:
            self._loads[FIRST] += _TAKEN
        return taker == self._mine

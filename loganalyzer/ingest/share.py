"""Two processes that go through the same inputs, and which of them reads which log.

Both open, unpack and count everything, so that both meet the same logs, limits and damage in the same order; only what
is in a log is read by one of them. That pays where it is the lines that take long, not the unpacking.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from loganalyzer.limits import KIB, MIB

FIRST, SECOND = 0, 1
_EACH = 64 * KIB
"""What a log costs besides its bytes, in bytes."""
_TAKEN = 24 * KIB
"""What it costs the first to take it from the second."""
_WHILE = 0.1
"""Seconds after which the first looks at how busy it is."""
_BUSY = 0.8
"""The share of this time in which the processor works for the thread that judges lines, from which on that takes
longer than what else there is to do."""
_MANY, _SMALL = 64, 32 * KIB
"""After so many logs of fewer bytes than these on average, that is known without a look at the clock."""


class Share:
    """The decisions of one of the two; the other one comes to the same, because it is asked about the same logs."""

    def __init__(self, mine: int, start: int | None = None, tell: Callable[[int], object] = int) -> None:
        """The second takes part from log number `start` on. The first, made by the thread that judges lines, may leave
        that open: then it begins when it pays, and is told to `tell`."""
        self._mine, self._start, self._tell = mine, start, tell
        self._logs = self._bytes = 0
        self._loads = [0, 0]
        self._judging = time.pthread_getcpuclockid(threading.get_ident()) if start is None else 0
        self._mark = self._times()

    def takes(self, size: int | None) -> bool:
        """Whether the next log, of so many bytes if that is known, is for this one: it is for who has less to do."""
        number, self._logs = self._logs, self._logs + 1
        if self._start is None:
            self._bytes += MIB if size is None else size
            if self._logs >= _MANY and self._bytes < self._logs * _SMALL:
                self._begin()
            return self._mine == FIRST
        if number < self._start:
            return self._mine == FIRST
        taker = SECOND if number and self._loads[SECOND] <= self._loads[FIRST] else FIRST
        self._loads[taker] += _EACH + (size or 0)
        if taker == SECOND:
            self._loads[FIRST] += _TAKEN
        return taker == self._mine

    def unpacked(self) -> None:
        """A piece of a log is on its way to who reads it; to be called by the thread that asks `takes`."""
        if self._start is not None:
            return
        now, worked = self._times()
        if now - self._mark[0] < _WHILE:
            return
        busy = (worked - self._mark[1]) / (now - self._mark[0])
        self._mark = now, worked
        if busy > _BUSY:
            self._begin()

    def _begin(self) -> None:
        """The second takes part from the next log on."""
        self._start = self._logs
        self._tell(self._start)

    def _times(self) -> tuple[float, float]:
        """Seconds by the clock, and those in which a processor worked for the thread that has made this."""
        return time.perf_counter(), time.clock_gettime(self._judging) if self._start is None else 0.0

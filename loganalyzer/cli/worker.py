"""A second process that reads half of the logs, where there is much to judge and a second processor.

Nothing that is seen in one log depends on another one. So each is read by itself, by one of the two, and what was seen
is taken in order of the inputs: the report is the same, byte for byte.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from loganalyzer.diagnose import Cost, Seen, Session
from loganalyzer.ingest import FIRST, SECOND, Inputs, Share, open_inputs
from loganalyzer.limits import DEFAULT, MIB
from loganalyzer.safe import Redactor

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from loganalyzer.ingest.problems import Problems
    from loganalyzer.ingest.source import LogSource
    from loganalyzer.model import Report
    from loganalyzer.rulepack.rule import Ruleset

LEAST = 4 * MIB
"""Inputs of fewer bytes are read before a process is started."""
_AHEAD, _AHEAD_BYTES = 64, 32 * MIB
"""Logs, and bytes in logs, that the first process reads before it waits for one of the second."""
_TOGETHER, _TOGETHER_BYTES = 16, 4 * MIB
"""Logs, or bytes in logs, of which the second tells at once: what they have in common is sent once."""
_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when the one that forked it ends."""


class _LostError(Exception):
    """The other process ended early, or met other logs."""


class _Read(NamedTuple):
    """One log, read."""

    source: LogSource
    seen: Seen
    problems: Problems


def pays(paths: Sequence[str]) -> bool:
    """Whether these inputs are worth a second process: plain files, because they can be read twice, and large ones."""
    if not sys.platform.startswith("linux") or len(os.sched_getaffinity(0)) < 2:
        return False
    try:
        found = [os.stat(path) for path in paths]
    except (OSError, ValueError):
        return False
    return all(stat.S_ISREG(one.st_mode) for one in found) and sum(one.st_size for one in found) >= LEAST


@contextmanager
def beside(ruleset: Ruleset, paths: Sequence[str]) -> Iterator[Worker | None]:
    """The second process, where it pays; it is forked, so there must be no other thread yet. It ends with the block."""
    if not pays(paths):
        yield None
        return
    worker = Worker(ruleset, paths)
    try:
        yield worker
    finally:
        worker.end()


class Worker:
    """The second process, as the first one sees it."""

    def __init__(self, ruleset: Ruleset, paths: Sequence[str]) -> None:
        from multiprocessing import get_context

        self._ruleset, self._paths = ruleset, paths
        context = get_context("fork")
        self._there, there = context.Pipe()
        given = ruleset, paths, os.getpid(), self._there, there
        self._process = context.Process(target=_second, args=given, daemon=True)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # it has no words for an interrupt
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        there.close()

    def analyze(self, cost: Cost, redactor: Redactor, start: int | None = None) -> Report | None:
        """As `diagnose.analyze`; None where what the other reads did not come, so that one process has to read all. It
        takes part from log number `start` on, or from when it pays."""
        if start is not None:
            self._begin(start)
        inputs = open_inputs(self._paths, share=Share(FIRST, start, self._begin))
        session = Session(self._ruleset, DEFAULT, redactor, None, cost)
        try:
            read, series = session.read(self._seen(inputs, session, cost))
        except _LostError:
            cost.clear()
            return None
        return session.report(read, series, inputs.problems)

    def end(self) -> None:
        """Nothing more is wanted from it."""
        self._there.close()
        self._process.terminate()
        self._process.join()

    def _begin(self, start: int) -> None:
        with suppress(OSError):  # where it is gone, nothing comes from it
            self._there.send(start)

    def _seen(self, inputs: Inputs, session: Session, cost: Cost) -> Iterator[Seen]:
        """Every log in order, whoever has read it."""
        waiting: deque[_Read | str] = deque()
        theirs = self._received(cost)
        ahead = 0

        def taken(path: str) -> _Read:
            read = next(theirs, None)
            if read is None or read.source.path != path:
                raise _LostError
            return read

        def ready(most: int) -> Iterator[Seen]:
            while waiting and (len(waiting) > most or ahead > _AHEAD_BYTES or not isinstance(waiting[0], str)):
                one = waiting.popleft()
                read = taken(one) if isinstance(one, str) else one
                inputs.join(read.source, read.problems)
                yield read.seen

        for part in inputs.parts():
            yield from ready(_AHEAD)
            if not waiting:
                ahead = 0
            if part.source is None:
                waiting.append(part.path)
                continue
            before = cost.bytes
            waiting.append(_Read(part.source, session.see(part.source), part.problems))
            ahead += cost.bytes - before
        yield from ready(0)

    def _received(self, cost: Cost) -> Iterator[_Read]:
        """What comes from there, to its end."""
        with suppress(EOFError, OSError):
            while True:
                many, theirs = self._there.recv()
                cost.add(theirs)
                cost.processes = 2
                yield from many


def _second(ruleset: Ruleset, paths: Sequence[str], first: int, theirs: Connection, ours: Connection) -> None:
    """The second process, which waits until it is wanted. Whatever ends it early, the first one sees that, and reads
    all; it does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    theirs.close()
    try:
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != first:
            os._exit(1)
        _send(ruleset, open_inputs(paths, share=Share(SECOND, ours.recv())), ours)
    except Exception:
        os._exit(1)


def _send(ruleset: Ruleset, inputs: Inputs, to: Connection) -> None:
    """What is seen in our part of the logs."""
    session = Session(ruleset, DEFAULT, Redactor(), None, None)
    cost, many = Cost(), list[_Read]()
    for part in inputs.parts():
        if len(many) >= _TOGETHER or cost.bytes >= _TOGETHER_BYTES:  # the problems of the last one are complete by now
            to.send((many, cost))
            cost, many = Cost(), []
        if part.source is not None:
            many.append(_Read(part.source, session.see(part.source, cost), part.problems))
    to.send((many, cost))

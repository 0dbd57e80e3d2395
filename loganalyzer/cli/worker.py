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
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, NoReturn

from loganalyzer.diagnose import Cost, Seen, Session
from loganalyzer.ingest import FIRST, SECOND, Inputs, Share, open_inputs
from loganalyzer.limits import DEFAULT, MIB
from loganalyzer.safe import Redactor

if TYPE_CHECKING:
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
    try:
        worker = Worker(ruleset, paths)
    except OSError:  # no memory, or as many processes as are allowed
        yield None
        return
    try:
        yield worker
    finally:
        worker.end()


class Worker:
    """The second process, as the first one sees it."""

    def __init__(self, ruleset: Ruleset, paths: Sequence[str]) -> None:
        """Raises OSError where there can be no other process."""
        self._ruleset, self._paths = ruleset, paths
        start, self._start = os.pipe()
        self._results, results = os.pipe()
        mine, theirs = (self._start, self._results), (start, results)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # it has no words for an interrupt
        first = os.getpid()
        try:
            self._pid = os.fork()
            if not self._pid:
                _second(ruleset, paths, first, mine, *theirs)
        except OSError:
            _closed(mine)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            _closed(theirs)

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
        _closed((self._start, self._results))
        os.kill(self._pid, signal.SIGTERM)
        os.waitpid(self._pid, 0)

    def _begin(self, start: int) -> None:
        with suppress(OSError):  # where it is gone, nothing comes from it
            os.write(self._start, b"%d\n" % start)

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
        import pickle

        with suppress(EOFError, OSError, pickle.UnpicklingError), open(self._results, "rb", closefd=False) as results:
            while True:
                many, theirs = pickle.load(results)  # noqa: S301  # from nobody but our own process
                cost.add(theirs)
                cost.processes = 2
                yield from many


def _closed(descriptors: Sequence[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _second(
    ruleset: Ruleset, paths: Sequence[str], first: int, others: Sequence[int], start: int, results: int
) -> NoReturn:
    """The second process, which waits until it is wanted. Whatever ends it early, the first one sees that, and reads
    all; it does not outlive it."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        _closed(others)
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() == first and (number := os.read(start, 64)):
            with open(results, "wb") as to:
                _send(ruleset, open_inputs(paths, share=Share(SECOND, int(number))), to)
    finally:
        os._exit(0)  # nothing that the first one has begun is to be ended here


def _send(ruleset: Ruleset, inputs: Inputs, to: BinaryIO) -> None:
    """What is seen in our part of the logs."""
    import pickle

    session = Session(ruleset, DEFAULT, Redactor(), None, None)
    cost, many = Cost(), list[_Read]()

    def send() -> None:
        pickle.dump((many, cost), to, pickle.HIGHEST_PROTOCOL)
        to.flush()

    for part in inputs.parts():
        if len(many) >= _TOGETHER or cost.bytes >= _TOGETHER_BYTES:  # the problems of the last one are complete by now
            send()
            cost, many = Cost(), []
        if part.source is not None:
            many.append(_Read(part.source, session.see(part.source, cost), part.problems))
    send()

"""A second process that reads half of the logs, where there is much to read and a second processor.

Nothing that is seen in one log depends on another one, so each is read by itself, by one of the two; what was seen is
taken in order of the inputs. The report is the same, byte for byte.
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
    from loganalyzer.model import Report
    from loganalyzer.rulepack.rule import Ruleset

LEAST = 4 * MIB
"""Inputs of fewer bytes are read sooner than a process is started."""
_AHEAD = 64
"""Logs that one of the two may be ahead of the other."""
_PIPE = 1 * MIB


class _LostError(Exception):
    """The other process ended early, or met other logs."""


class _Read(NamedTuple):
    """One log, read."""

    path: str
    seen: Seen
    problems: Problems


def pays(paths: Sequence[str]) -> bool:
    """Whether these inputs are worth a second process: plain files, which can be read twice, and large ones."""
    if not sys.platform.startswith("linux") or len(os.sched_getaffinity(0)) < 2:
        return False
    try:
        found = [os.stat(path) for path in paths]
    except (OSError, ValueError):
        return False
    return all(stat.S_ISREG(one.st_mode) for one in found) and sum(one.st_size for one in found) >= LEAST


@contextmanager
def beside(ruleset: Ruleset, paths: Sequence[str]) -> Iterator[Worker | None]:
    """The second process, where it pays; to be started before any thread is. It ends with the block."""
    if not pays(paths):
        yield None
        return
    worker = Worker(ruleset, paths)
    try:
        yield worker
    finally:
        worker.end()


class Worker:
    """The second process, seen from the first."""

    def __init__(self, ruleset: Ruleset, paths: Sequence[str]) -> None:
        from multiprocessing import get_context

        self._ruleset, self._paths = ruleset, paths
        context = get_context("fork")
        self._from, to = context.Pipe(duplex=False)
        self._process = context.Process(target=_read, args=(ruleset, paths, self._from, to), daemon=True)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # there, it is to end without a word
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        to.close()

    def analyze(self, cost: Cost, redactor: Redactor) -> Report | None:
        """As `diagnose.analyze`, with the other half from there; None where that did not come, so that one process has
        to read all."""
        inputs = open_inputs(self._paths, share=Share(FIRST))
        session = Session(self._ruleset, DEFAULT, redactor, None, cost)
        try:
            read, series = session.read(self._seen(inputs, session, cost))
        except _LostError:
            cost.clear()
            return None
        cost.processes = 2
        return session.report(read, series, inputs.problems)

    def end(self) -> None:
        """It has nothing more to do."""
        self._from.close()
        self._process.terminate()
        self._process.join()

    def _seen(self, inputs: Inputs, session: Session, cost: Cost) -> Iterator[Seen]:
        """Every log in order, whoever has read it."""
        waiting: deque[_Read | str] = deque()

        def taken(most: int) -> Iterator[Seen]:
            while len(waiting) > most:
                one = waiting.popleft()
                if isinstance(one, str):
                    one = self._received(one, cost)
                inputs.join(one.seen.source, one.problems)
                yield one.seen

        for part in inputs.parts():
            yield from taken(_AHEAD)
            if part.source is None:
                waiting.append(part.path)
            else:
                waiting.append(_Read(part.path, session.see(part.source), part.problems))
        yield from taken(0)

    def _received(self, path: str, cost: Cost) -> _Read:
        try:
            read, theirs = self._from.recv()
        except (EOFError, OSError) as error:
            raise _LostError from error
        if read.path != path:
            raise _LostError
        cost.add(theirs)
        return read


def _read(ruleset: Ruleset, paths: Sequence[str], theirs: Connection, to: Connection) -> None:
    """The second process: its half of the logs. Whatever ends it early, the first one reads all again and says so."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    theirs.close()
    try:
        _send_half(ruleset, open_inputs(paths, share=Share(SECOND)), to)
    except Exception:
        os._exit(1)


def _send_half(ruleset: Ruleset, inputs: Inputs, to: Connection) -> None:
    import fcntl

    with suppress(OSError):  # it may be more than a user's pipes may hold together
        fcntl.fcntl(to.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
    session = Session(ruleset, DEFAULT, Redactor(), None, None)
    before: tuple[_Read, Cost] | None = None
    for part in inputs.parts():
        if before is not None:
            to.send(before)  # its problems are complete by now
            before = None
        if part.source is not None:
            cost = Cost()
            before = _Read(part.path, session.see(part.source, cost), part.problems), cost
    if before is not None:
        to.send(before)

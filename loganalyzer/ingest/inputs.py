"""What the user named -> Sources, one after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from gettext import gettext
from typing import BinaryIO, NamedTuple

from loganalyzer.errors import NoInputError
from loganalyzer.ingest.clock import Clocks
from loganalyzer.ingest.files import STDIN, events
from loganalyzer.ingest.problems import Problems
from loganalyzer.ingest.readahead import read_ahead
from loganalyzer.ingest.run import Event, Opened, Run
from loganalyzer.ingest.share import Share
from loganalyzer.ingest.source import LogSource
from loganalyzer.ingest.stream import Stream
from loganalyzer.limits import DEFAULT, MIB, Limits
from loganalyzer.model import Problem, Source

_LARGER = 8 * MIB
"""More than any one piece or block. glibc returns freed memory to the system at once where it is more than twice the
largest block that was freed before (mallopt(3), M_MMAP_THRESHOLD); so, to keep the memory of one piece for the next
instead of having it mapped and cleared anew, one such block is freed at the beginning. Its pages are never touched."""


class Part(NamedTuple):
    """One of the logs that two processes share."""

    path: str
    source: LogSource | None
    """None where the other process reads it."""
    problems: Problems


class Inputs:
    """Everything that was named on the command line, to be read once."""

    def __init__(self, paths: Sequence[str], limits: Limits, stdin: BinaryIO, called: str, share: Share | None) -> None:
        self._paths = tuple(paths)
        self._limits = limits
        self._stdin = stdin
        self._called = called
        self._share = share
        self._problems = Problems()
        self._clocks = Clocks()

    def sources(self) -> Iterator[Source]:
        """One Source a log, in the order of the arguments, of names in directories, of members in archives.

        Each is read before the next one is asked for; what was not read of it is passed over. Raises NoInputError
        where there is not a single one.
        """
        for stream in self.streams():
            yield LogSource(stream, self._limits, self._clocks, self._problems)

    def streams(self) -> Iterator[Stream]:
        """The same as `sources`, as bytes."""
        return (stream for stream, _ in self._opened(lambda: self._problems))

    def parts(self) -> Iterator[Part]:
        """The same as `sources` where two processes share the inputs, each log by itself. Its problems are complete
        when the next one comes."""
        for stream, problems in self._opened(Problems):
            source = LogSource(stream, self._limits, Clocks(), problems) if stream.ours else None
            yield Part(stream.path, source, problems)

    def join(self, source: LogSource, problems: Problems) -> None:
        """What one of the parts, here or there, has to say: to be called in order."""
        source.join(self._clocks)
        self._problems.join(problems)

    def _opened(self, reported: Callable[[], Problems]) -> Iterator[tuple[Stream, Problems]]:
        """Each file, and where what is reported from its beginning to that of the next one is collected."""
        bytes(_LARGER)
        run = Run(self._limits, self._share)
        reading = events(self._paths, run, self._stdin, self._called)
        cursor = _Cursor(read_ahead(reading, self._limits.read_ahead, self._limits.block), self._problems)
        with closing(cursor):
            count = 0
            while (opened := cursor.next_file()) is not None:
                count += 1
                cursor.problems = reported()
                stream = Stream(opened.path, cursor.chunks(), opened.modified, opened.size, opened.ours)
                yield stream, cursor.problems
        if not count:
            raise NoInputError(self._nothing())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read; complete once the sources are."""
        return self._problems.all()

    def _nothing(self) -> str:
        tried = ", ".join(self._paths)
        reasons = "; ".join(f"{problem.where}: {problem.detail.en}" for problem in self.problems[:3])
        return gettext(
            "no log could be read from {tried} ({reasons}). "
            "Name log files, directories or archives of them, or pipe a log in and name `-`"
        ).format(tried=tried or gettext("nothing"), reasons=reasons or gettext("there is no file in it"))


class _Cursor:
    """The place in the events up to which the consumer has come."""

    def __init__(self, reading: Generator[Event], problems: Problems) -> None:
        self._reading = reading
        self.problems = problems
        self._next: Opened | None = None

    def next_file(self) -> Opened | None:
        """The next file, past what is left of this one; None at the end."""
        for _ in self.chunks():
            pass
        opened, self._next = self._next, None
        return opened

    def chunks(self) -> Iterator[bytes]:
        """What is left of the present file."""
        while self._next is None:
            event = next(self._reading, None)
            if event is None:
                return
            if isinstance(event, bytes):
                yield event
            elif isinstance(event, Opened):
                self._next = event
            else:
                self.problems.take(event)

    def close(self) -> None:
        """Stop reading."""
        self._reading.close()


def open_inputs(
    paths: Sequence[str],
    limits: Limits = DEFAULT,
    stdin: BinaryIO | None = None,
    called: str = STDIN,
    share: Share | None = None,
) -> Inputs:
    """Inputs for files, directories, archives (told by content), pipes and `-` (another stream under the name `called`
    where `stdin` is given); `share`: what of them is for this process. Nothing is read yet."""
    return Inputs(paths, limits, sys.stdin.buffer if stdin is None else stdin, called, share)

"""A log that is still being written: a pipe, or a file that grows, is rotated and truncated."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from loganalyzer.errors import Location, NoInputError
from loganalyzer.ingest.clock import Clocks
from loganalyzer.ingest.problems import Problems
from loganalyzer.ingest.source import LogSource
from loganalyzer.ingest.stream import Stream
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Block, Problem

_WAIT = 0.2
"""Seconds between two looks at what has been written, and how long a pipe is waited for."""
_GATHER = 0.02
"""Seconds in which what comes in small pieces is gathered."""


class LiveSource(LogSource):
    """A log of which every complete line is a block's as soon as it is there."""

    def _utf8(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        return chunks  # an encoding is told by more than the first line

    def _cut(self, chunks: Iterator[bytes]) -> Iterator[Block]:
        context, line = b"", 1
        for chunk in chunks:
            data = context + chunk
            yield Block(data, len(context), line)
            self._finish(data)
            line += chunk.count(b"\n")
            context = data[-self._limits.context :]
        yield Block(context, len(context), line, last=True)


def live(
    path: str, stop: Callable[[], bool], limits: Limits = DEFAULT
) -> tuple[LiveSource, Callable[[], list[Problem]]]:
    """The log at `path` (`-`: standard input), read until it ends or `stop()`; and what there is to report of it.

    Waits for its first line. Raises NoInputError where it cannot be opened or ends without one.
    """
    problems = Problems()
    reader: _Reader = _Pipe(0) if path == "-" else _File(path, problems)
    source = LiveSource(Stream(path, _lines(reader, stop, limits)), limits, Clocks(), problems)
    return source, lambda: list(problems.all())


class _Reader(Protocol):
    def read(self, size: int, wait: float) -> bytes | None:
        """What is there, waiting so many seconds for it; None: nothing will come any more."""
        ...


class _Pipe:
    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self, size: int, wait: float) -> bytes | None:
        if not select.select([self._fd], [], [], wait)[0]:
            return b""
        return os.read(self._fd, size) or None


class _File:
    def __init__(self, path: str, problems: Problems) -> None:
        self._path, self._problems = path, problems
        try:
            self._fd = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise NoInputError(f"cannot be read: {error.strerror}", Location(path)) from None

    def read(self, size: int, wait: float) -> bytes | None:
        if data := os.read(self._fd, size):
            return data
        time.sleep(wait)
        if data := os.read(self._fd, size):  # before a rotation is looked for, so that nothing is lost to it
            return data
        try:
            there, mine = os.stat(self._path), os.fstat(self._fd)
        except OSError:
            return b""  # rotated away, not yet written again
        if (there.st_dev, there.st_ino) != (mine.st_dev, mine.st_ino):
            return self._again()
        if mine.st_size < os.lseek(self._fd, 0, os.SEEK_CUR):
            self._problems.add(
                self._path, "note", "was truncated; read on from its beginning", "文件被截断，从头继续读取"
            )
            os.lseek(self._fd, 0, os.SEEK_SET)
        return b""

    def _again(self) -> bytes:
        try:
            fd = os.open(self._path, os.O_RDONLY)
        except OSError:
            return b""
        os.close(self._fd)
        self._fd = fd
        return b""


def _lines(reader: _Reader, stop: Callable[[], bool], limits: Limits) -> Iterator[bytes]:
    """Complete lines as they come, at most a block at once; an empty piece where nothing came for a moment."""
    waiting = b""
    quiet = True
    while not stop():
        data = reader.read(limits.block, _WAIT)
        if data is None:
            break
        if not data:
            if not quiet:
                quiet = True
                yield b""
            continue
        parts, size = [waiting, data], len(data)
        while size < limits.block and (more := reader.read(limits.block - size, _GATHER)):
            parts.append(more)
            size += len(more)
        text = b"".join(parts)
        end = text.rfind(b"\n") + 1 or (len(text) if len(text) >= limits.block else 0)
        waiting = text[end:]
        if end:
            quiet = False
            yield text[:end]
    if waiting:
        yield waiting

"""Messages that a wrapper cut into pieces, put together again.

CRI writes `P` pieces until an `F`, docker's json-file splits at 16 KiB (a `log` value without a newline at its end),
and `journalctl -o json` gives a message with control characters as an array of bytes. A joiner passes each block on
with the pieces' ranges as `covered`, followed by each complete text as a block of its own with `joined=True`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field, replace
from typing import Protocol

import orjson

from loganalyzer.frozen import frozen, slotted
from loganalyzer.ingest import unwrap
from loganalyzer.limits import Limits
from loganalyzer.model import Block

PATIENCE = 1000
"""Lines of other streams after which a piece without an end is given up as it is."""


class Joiner(Protocol):
    """Finds the pieces in blocks, in order."""

    def read(self, block: Block) -> Iterator[Block]:
        """The block with `covered` set, then what became complete in it."""
        ...

    def rest(self) -> Iterator[Block]:
        """What the end of the source left incomplete."""
        ...


def joiner(wrapper: str | None, limits: Limits) -> Joiner | None:
    """The joiner for a wrapping dialect (`cri`, `docker-json`, `journald-json`); None for all others."""
    if wrapper == "cri":
        return _Pieces(_Cri(), limits)
    if wrapper == "docker-json":
        return _Pieces(_Docker(), limits)
    return _Arrays() if wrapper == "journald-json" else None


@frozen
class _Piece:
    """One line: the stream it belongs to, what goes before and after its text, and whether its message ends here."""

    stream: bytes
    head: bytes
    text: bytes
    tail: bytes
    ends: bool


@slotted
class _Message:
    """The pieces of one message so far."""

    line: int
    head: bytes
    tail: bytes
    texts: list[bytes] = field(default_factory=list)
    size: int = 0
    overlap: bytes = b""
    waited: int = 0

    def block(self) -> Block:
        """All of it as one line in its wrapper's form."""
        before = self.head + self.overlap
        data = b"".join((before, *self.texts, self.tail, b"\n"))
        return Block(data, len(before) if self.overlap else 0, self.line, joined=True)


class _Wrapper(Protocol):
    def any(self, block: Block, at: int) -> bool:
        """Whether there may be a piece behind `at`; cheap."""
        ...

    def find(self, data: bytes, at: int) -> int:
        """Where the next line with an unfinished message begins, from the line start `at` on; -1: nowhere."""
        ...

    def piece(self, line: bytes) -> _Piece | None:
        """The line taken apart; None if it is not of this wrapper."""
        ...


class _Cri:
    _PARTIAL = re.compile(rb" std(?:out|err) P(?=[ :])")

    def any(self, block: Block, at: int) -> bool:
        data = block.data
        return data.find(b" stdout P", at) >= 0 or data.find(b" stderr P", at) >= 0

    def find(self, data: bytes, at: int) -> int:
        while found := self._PARTIAL.search(data, at):
            start = data.rfind(b"\n", at, found.start()) + 1 or at
            head = unwrap.CRI.match(data, start)
            if head and head.group(3) == b"P":
                return start
            end = data.find(b"\n", found.end())
            if end < 0:
                return -1
            at = end + 1
        return -1

    def piece(self, line: bytes) -> _Piece | None:
        head = unwrap.CRI.match(line)
        if head is None:
            return None
        stream = head.group(2)
        return _Piece(stream, b"%b %b F " % (head.group(1), stream), line[head.end() :], b"", head.group(3) == b"F")


class _Docker:
    def any(self, block: Block, at: int) -> bool:
        data = block.data
        known = block.newlines if at == block.start else None
        lines = (data.count(b"\n", at) if known is None else known) + (block.last and not data.endswith(b"\n"))
        return data.count(b'\\n","stream":"', at) != lines or data.find(b'\\\\n","stream":"', at) >= 0

    def find(self, data: bytes, at: int) -> int:
        while (end := data.find(unwrap.DOCKER_END, at)) >= 0:
            if not _ends_line(data, at, end):
                return data.rfind(b"\n", at, end) + 1 or at
            end = data.find(b"\n", end)
            if end < 0:
                return -1
            at = end + 1
        return -1

    def piece(self, line: bytes) -> _Piece | None:
        end = line.rfind(unwrap.DOCKER_END)
        if end < 0 or not line.startswith(unwrap.DOCKER):
            return None
        stream = line[end + len(unwrap.DOCKER_END) :].partition(b'"')[0]
        return _Piece(stream, unwrap.DOCKER, line[len(unwrap.DOCKER) : end], line[end:], _ends_line(line, 0, end))


def _ends_line(data: bytes, start: int, end: int) -> bool:
    """Whether the JSON text before `end` ends in an escaped newline (not in a backslash and the letter n)."""
    if data[end - 2 : end] != b"\\n":
        return False
    at = end - 2
    while at > start and data[at - 1] == 0x5C:
        at -= 1
    return (end - 2 - at) % 2 == 0


class _Pieces:
    def __init__(self, wrapper: _Wrapper, limits: Limits) -> None:
        self._wrapper, self._limits = wrapper, limits
        self._open: dict[bytes, _Message] = {}

    def read(self, block: Block) -> Iterator[Block]:
        at = _line_start(block)
        if at < 0 or not (self._open or self._wrapper.any(block, at)):
            yield block
            return
        covered: list[tuple[int, int]] = []
        done: list[Block] = []
        while (at := at if self._open else self._wrapper.find(block.data, at)) >= 0:
            end = block.data.find(b"\n", at)
            if end < 0:
                if not block.last or at >= len(block.data):
                    break
                end = len(block.data)
            piece = self._wrapper.piece(block.data[at:end])
            if piece is not None and not (piece.ends and piece.stream not in self._open):
                _extend(covered, at, end)
                done.extend(self._add(piece, block, at))
            done.extend(self._given_up())
            at = end + 1
        yield replace(block, covered=tuple(covered))
        yield from done

    def rest(self) -> Iterator[Block]:
        for message in self._open.values():
            yield message.block()
        self._open.clear()

    def _add(self, piece: _Piece, block: Block, at: int) -> Iterator[Block]:
        message = self._open.get(piece.stream)
        if message is None:
            line = block.line + block.data.count(b"\n", block.start, at)
            message = self._open[piece.stream] = _Message(line, piece.head, piece.tail)
        message.texts.append(piece.text)
        message.size += len(piece.text)
        message.waited = 0
        if piece.ends:
            del self._open[piece.stream]
            yield message.block()
        elif message.size >= self._limits.block:
            yield message.block()
            overlap = b"".join((message.overlap, *message.texts))[-self._limits.context :]
            message.texts, message.size, message.overlap = [], 0, overlap

    def _given_up(self) -> Iterator[Block]:
        for stream, message in list(self._open.items()):
            message.waited += 1
            if message.waited > PATIENCE:
                del self._open[stream]
                yield message.block()


class _Arrays:
    """MESSAGE arrays of `journalctl -o json`: each line is complete, its text comes again as a string."""

    _ARRAY = re.compile(rb'"MESSAGE" ?: ?\[')

    def read(self, block: Block) -> Iterator[Block]:
        at = _line_start(block)
        covered: list[tuple[int, int]] = []
        done: list[Block] = []
        while at >= 0 and (found := self._ARRAY.search(block.data, at)):
            start = block.data.rfind(b"\n", at, found.start()) + 1 or at
            end = block.data.find(b"\n", found.end())
            end = len(block.data) if end < 0 else end
            line = _as_text(block.data[start:end])
            if line is not None:
                _extend(covered, start, end)
                number = block.line + block.data.count(b"\n", block.start, start)
                done.append(Block(line + b"\n", 0, number, joined=True))
            at = end
        yield replace(block, covered=tuple(covered)) if covered else block
        yield from done

    def rest(self) -> Iterator[Block]:
        yield from ()


def _as_text(line: bytes) -> bytes | None:
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    entry["MESSAGE"] = unwrap.message(entry["MESSAGE"]).decode("utf-8", "backslashreplace")
    return orjson.dumps(entry)


def _line_start(block: Block) -> int:
    """Where the first whole line of the new part begins; -1 if the part lies within one line."""
    if block.start == 0 or block.data[block.start - 1] == 0x0A:
        return block.start
    end = block.data.find(b"\n", block.start)
    return end + 1 if end >= 0 else -1


def _extend(ranges: list[tuple[int, int]], start: int, end: int) -> None:
    if ranges and ranges[-1][1] + 1 >= start:
        ranges[-1] = (ranges[-1][0], end)
    else:
        ranges.append((start, end))

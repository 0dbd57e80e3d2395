"""One readable log: a Stream's bytes as the Blocks and Records of `model.Source`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import attrgetter

from loganalyzer.ingest import clock, facts, manifest
from loganalyzer.ingest.blocks import cut, newlines
from loganalyzer.ingest.clock import Clocks, Span
from loganalyzer.ingest.encoding import Encoding, to_utf8
from loganalyzer.ingest.ends import FEW, HEADER, SOME, decode, form, latest, sample
from loganalyzer.ingest.formats import WRAPPERS, Entry, peel
from loganalyzer.ingest.identify import by_path, identify
from loganalyzer.ingest.normalize import normalize
from loganalyzer.ingest.partial import joiner
from loganalyzer.ingest.problems import Problems
from loganalyzer.ingest.stream import Stream
from loganalyzer.ingest.surroundings import around, in_key
from loganalyzer.ingest.unwrap import unwrap
from loganalyzer.limits import Limits
from loganalyzer.model import Block, Clock, FactTable, InputInfo, Instant, Record, Surroundings

_BACK_LINES, _BACK_BYTES = 200, 64 * 1024
"""How far back the header of a line without one is looked for."""
_PARAGRAPH, _PARAGRAPH_LINES = 64 * 1024, 200
"""Bytes and lines of a line and those that continue it."""
_REMEMBERED = 20_000
"""Lines of a block of which it is remembered whether they begin a record."""
_ARCHIVE_MARKS = (b"\0ustar", b"PK\1\2", b"PK\5\6")
"""What stands between the members of an archive, and in no log."""
_KEPT = (
    "_path", "_modified", "_clocks", "_lines", "_bytes", "_format", "_node", "_component", "_span", "_table", "clock",
)  # fmt: skip
"""What a source that was read still answers from."""
_kept = attrgetter(*_KEPT)
_MARK = 4 * 1024
"""Bytes between the places of a block whose line number is remembered."""


class LogSource:
    """Implements `model.Source`. What it is follows from its path and first lines, read when it is made."""

    def __init__(self, stream: Stream, limits: Limits, clocks: Clocks, problems: Problems) -> None:
        self._path, self._modified = stream.path, stream.modified
        self._limits, self._clocks, self._problems = limits, clocks, problems
        self._lines = self._bytes = 0
        self._marked: Block | None = None
        self._marks: list[int] = []
        self._plain = True
        self._text = self._utf8(map(self._counted, stream.chunks))
        self._head = next(self._text, b"")
        told = by_path(self._path)
        first = sample(self._head, FEW if told.component else SOME)
        entries = [entry for _, entry in first if entry is not None]
        self._wrapper = next((e.dialects[0] for e in entries if e.dialects[0] in WRAPPERS), None)
        self._format = form(entries)
        found = identify(told, first)
        self._node, self._component = found.node, found.component
        self._heads_of = b""
        self._heads: dict[int, Entry | None] = {}
        self._early = [entry.when for entry in entries if entry.when is not None]
        self._span: Span | None = None
        self._facts = facts.dialects_of(self._path)
        self._kept: list[bytes] = []
        self._table: FactTable | None = None
        self.clock: Clock | None = None
        self._silent = manifest.is_one(self._path)
        bundle = manifest.read(self._path, self._head)
        if bundle is not None and bundle.seconds is not None:
            clocks.collected(bundle.prefix, bundle.seconds)

    def __getstate__(self) -> tuple[object, ...]:
        """What is left of it once it is read: for the process that makes the report."""
        self._spanned()
        kept: tuple[object, ...] = _kept(self)
        return kept

    def __setstate__(self, kept: tuple[object, ...]) -> None:
        self.__dict__.update(zip(_KEPT, kept, strict=True))

    def join(self, clocks: Clocks) -> None:
        """It was read by itself: add what it tells of the years to these clocks, and go by them."""
        clocks.join(self._clocks)
        self._clocks = clocks

    @property
    def path(self) -> str:
        """Display path."""
        return self._path

    @property
    def node(self) -> str | None:
        """The node that it comes from."""
        return self._node

    @property
    def component(self) -> str | None:
        """The program that wrote it; None where unknown or mixed."""
        return self._component

    @property
    def format(self) -> str:
        """Name of the dialect of most of its first lines; nested ones joined by `+`."""
        return self._format

    def blocks(self) -> Iterator[Block]:
        """The content, once, in order; joined blocks after the block that completes them."""
        joins = joiner(self._wrapper, self._limits)
        zeros = False
        block = None
        for block in self._cut(chain((self._head,), self._text)):
            self._head = b""
            self._lines = block.line - 1 + (block.newlines or 0)
            if self._facts and sum(map(len, self._kept)) <= self._limits.table:
                self._kept.append(block.data[block.start :])
            if self._silent:
                continue  # what the collector says of its own work is no log of the node
            if not (zeros or self._plain) and b"\0" in block.data:
                zeros = True
                self._note_zeros(block.data)
            if joins is None:
                yield block
            else:
                yield from joins.read(block)
        if joins is not None:
            yield from joins.rest()
        if block is not None:
            self._lines += not block.data.endswith(b"\n")
            self._finish(block.data)
        if self._kept:
            self._tabulate()

    def normal(self, block: Block, start: int, end: int) -> bytes:
        """The line `data[start:end]`, or a window of it, unwrapped once and normalised."""
        return normalize(unwrap(block.data[start:end]))

    def paragraph(self, block: Block, start: int, end: int) -> tuple[bytes, bool]:
        """The line and those without header that follow it, normalised, joined by newlines; and whether its end is
        here (a next header, the end of the source, or the most that is taken) and not perhaps in the next block."""
        data = block.data
        lines = [self.normal(block, start, end)]
        at, most = end + 1, start + _PARAGRAPH
        while at < len(data) and at < most and len(lines) < _PARAGRAPH_LINES:
            stop = data.find(b"\n", at)
            if stop < 0 and not (block.last or block.joined):
                return b"\n".join(lines), False
            stop = len(data) if stop < 0 else stop
            if self._begins(data, at, stop) is not None:
                return b"\n".join(lines), True
            lines.append(self.normal(block, at, min(stop, most)))
            at = stop + 1
        enough = at >= most or len(lines) >= _PARAGRAPH_LINES
        return b"\n".join(lines), enough or block.last or block.joined

    def record(self, block: Block, start: int, end: int) -> Record:
        """The entry of the line (or window of a line) `data[start:end]`; what it does not say itself comes from the
        header above it."""
        data = block.data
        begin = data.rfind(b"\n", 0, start) + 1
        text = _text(data, start, end)
        own, entry, header = self._read(data, begin, start, text)
        message = own.message if own is not None and begin == start else decode(self.normal(block, start, end))
        whole = begin == start and not block.joined
        line = self._number(block, begin)
        return Record(
            line,
            text,
            message,
            entry.when if entry else None,
            entry.level if entry else None,
            entry.logger if entry else None,
            entry.program if entry else None,
            entry.node if entry else None,
            line if header == begin else self._number(block, header),
            around(data, begin, end) if whole else Surroundings(in_key=in_key(data, begin, 0)),
        )

    def moment(self, block: Block, start: int, end: int) -> Instant | None:
        """The time of that entry."""
        data = block.data
        begin = data.rfind(b"\n", 0, start) + 1
        _, entry, _ = self._read(data, begin, start, _text(data, start, end) if begin == start else "")
        return entry.when if entry is not None else None

    def number(self, block: Block, start: int) -> int:
        """The number of the line that `start` lies in, 1-based."""
        return self._number(block, block.data.rfind(b"\n", 0, start) + 1)

    def release(self) -> None:
        """Nothing more is asked about its blocks: thousands of sources are kept, their text is not."""
        self._marked, self._heads_of, self._heads = None, b"", {}

    def settle(self, when: Instant) -> Instant:
        """`when` with its year, if one is known once everything is read."""
        return self._clocks.settle(when, self._path, self._node, self._spanned(), self._modified)

    @property
    def zoned(self) -> bool | None:
        """Whether its times say their zone; None where its first and last lines have none."""
        first = self._spanned().first
        return first.zone is not None if first is not None else None

    def summary(self) -> InputInfo:
        """What it was; complete once its blocks are read."""
        span = self._spanned()
        first = self.settle(span.first) if span.first is not None else None
        last = self.settle(span.last) if span.last is not None else None
        return InputInfo(self._path, self._node, self._component, self._format, self._lines, self._bytes, first, last)

    def table(self) -> FactTable | None:
        """What it says as collected command output, once its blocks are read."""
        return self._table

    def _read(self, data: bytes, begin: int, start: int, text: str) -> tuple[Entry | None, Entry | None, int]:
        """What the line that begins at `begin` says itself, what it says with the header above it, and where that
        stands; `text` is the line, or a window of it from `start` on."""
        own = peel(text if begin == start else decode(data[begin : min(start, begin + HEADER)]))
        above, header = (None, begin) if own is not None and own.head else self._above(data, begin)
        entry = _together(own, above)
        if entry is not None:
            self._clocks.saw(self._path, self._node or entry.node, entry.when)
        return own, entry, header

    def _tabulate(self) -> None:
        text, most = b"".join(self._kept), self._limits.table
        self._kept = []
        self._table = facts.read(self._facts, decode(text[:most]), complete=len(text) <= most)
        if self._table is not None:
            self._format = self._table.item

    def _utf8(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        return to_utf8(chunks, self._note_encoding)

    def _cut(self, chunks: Iterator[bytes]) -> Iterator[Block]:
        return cut(chunks, self._limits)

    def _counted(self, chunk: bytes) -> bytes:
        self._bytes += len(chunk)
        return chunk

    def _finish(self, data: bytes) -> None:
        """Learn when the source ends, and tell the clocks which years it has seen."""
        late = latest(data, timed=bool(self._early))
        for when in (*self._early[:1], late):
            self._clocks.saw(self._path, self._node, when)
        if late is not None:
            self._early.append(late)
        self._span, self._early = Span.of(self._early), []

    def _spanned(self) -> Span:
        """From when to when it was written, as far as it was read."""
        if self._span is None:
            self._span = Span.of(self._early)
        return self._span

    def _above(self, data: bytes, begin: int) -> tuple[Entry | None, int]:
        """The nearest line above `begin` that begins a record, and where it does; (None, begin) where none is near."""
        end = begin - 1
        floor = max(0, end - _BACK_BYTES)
        for _ in range(_BACK_LINES):
            if end <= floor:
                break
            start = data.rfind(b"\n", floor, end) + 1
            if start == 0 and floor > 0:
                break
            if (entry := self._begins(data, start, end)) is not None:
                return entry, start
            end = start - 1
        return None, begin

    def _begins(self, data: bytes, start: int, end: int) -> Entry | None:
        """What the line `data[start:end]` says if it begins a record. Remembered, because a thousand hits in lines
        without headers ask for the same lines above and below them."""
        if data is not self._heads_of or len(self._heads) >= _REMEMBERED:
            self._heads_of, self._heads = data, {}
        if start not in self._heads:
            entry = peel(decode(data[start : min(end, start + HEADER)]))
            self._heads[start] = entry if entry is not None and entry.head else None
        return self._heads[start]

    def _number(self, block: Block, at: int) -> int:
        """The number of the line that begins at `at`."""
        if block.joined:
            return block.line
        if at < block.start:
            return block.line - block.data.count(b"\n", at, block.start)
        data = block.data
        if block.newlines is not None and len(data) - at < _MARK:
            return block.line + block.newlines - data.count(b"\n", at)
        if self._marked is not block:
            self._marked, self._marks = block, [block.line]
        marks, step = self._marks, (at - block.start) // _MARK
        while len(marks) <= step:
            begin = block.start + (len(marks) - 1) * _MARK
            marks.append(marks[-1] + newlines(data[begin : begin + _MARK]))
        return marks[step] + data.count(b"\n", block.start + step * _MARK, at)

    def _note_encoding(self, encoding: Encoding) -> None:
        self._plain = False
        if encoding.guessed:
            self._problems.add(
                self._path,
                "note",
                f"read as {encoding.name}, a guess from its bytes",
                f"按 {encoding.name} 编码读取（根据字节内容推测）",
            )

    def _note_zeros(self, data: bytes) -> None:
        if any(mark in data for mark in _ARCHIVE_MARKS):
            self._problems.add(
                self._path,
                "damaged",
                "it is part of an archive whose beginning is missing or damaged: read as one text, "
                "its members are not told apart",
                "这是开头缺失或损坏的归档：按单个文本读取，无法区分各成员",
            )
            return
        self._problems.add(
            self._path,
            "note",
            "contains NUL bytes, as after a power failure; text there may be lost",
            "包含 NUL 字节（常见于断电之后），该处的文本可能已丢失",
        )


def _text(data: bytes, start: int, end: int) -> str:
    return decode(data[start:end]).strip("\0").removesuffix("\r")


def _together(own: Entry | None, above: Entry | None) -> Entry | None:
    """What a line says, completed by the header above it."""
    if own is None or above is None:
        return own or above
    return Entry(
        own.dialects,
        own.message,
        clock.better(above.when, own.when) if own.when is not None else above.when,
        own.level or above.level,
        own.logger or above.logger,
        own.program or above.program,
        own.node or above.node,
        own.head,
    )

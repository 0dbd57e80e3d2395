"""What `ingest` makes of the input: sources of blocks, records of hit lines, tables of collected output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from loganalyzer.frozen import frozen
from loganalyzer.model.instants import Clock, Instant
from loganalyzer.model.scales import Text


@frozen
class Block:
    """About 1 MiB of one source, as it lies in the file (transcoded to UTF-8 where it was not).

    `data[:start]` is context that an earlier block already held (at most `Limits.context`, so that a continuation
    line finds its header); `data[start:]` is new. A block ends after a newline, at the end of the source, or where an
    over-long line is cut.
    """

    data: bytes
    start: int = 0
    line: int = 1
    """1-based number of the line that `data[start]` belongs to; only `\\n` counts."""
    covered: tuple[tuple[int, int], ...] = ()
    """Ranges of `data` (pieces of partial CRI or docker lines, byte-array messages) whose text comes again, joined
    and complete, in a later block with `joined=True`; the scanner ignores hits inside them."""
    joined: bool = False
    """The block is one logical line put together from pieces; `line` is the number of its first piece."""
    last: bool = False
    """Nothing follows: text after the last newline is complete."""
    newlines: int | None = None
    """How many `data[start:]` holds, where that is known."""


AROUND = 600
"""Bytes of a line above or below a hit line that are shown."""


@frozen
class Surroundings:
    """The lines round a hit line, three at most on either side: bytes until somebody reads them, because of a thousand
    hit lines a dozen are shown."""

    above: bytes | None = None
    """None: there are none."""
    below: bytes | None = None
    in_key: bool = False
    """A private key begins above `before` and goes on there."""

    @property
    def before(self) -> tuple[str, ...]:
        """The lines above it, as they stand in the file."""
        return _decoded(self.above)

    @property
    def after(self) -> tuple[str, ...]:
        """Those below it."""
        return _decoded(self.below)


def _decoded(lines: bytes | None) -> tuple[str, ...]:
    if lines is None:
        return ()
    return tuple([line[:AROUND].decode("utf-8", "backslashreplace").strip("\0\r") for line in lines.split(b"\n")])


_ALONE = Surroundings()


@frozen
class Record:
    """One log entry that a signal hit."""

    line: int
    """1-based line number of the hit line (not of the header it belongs to)."""
    text: str
    """The hit line as it stands in the file, decoded (invalid bytes as `\\xNN`), without its newline."""
    message: str
    """The text without its dialect's header and wrapping."""
    when: Instant | None = None
    level: str | None = None
    """`debug`, `info`, `warn`, `error` or `fatal`."""
    logger: str | None = None
    """Logger name, source file or caller, as the dialect has it."""
    program: str | None = None
    """The program that the line itself names (`kubelet[1234]:`), as a component name."""
    node: str | None = None
    """The host that the line itself names, where it does."""
    entry: int = 0
    """Line number of the header that the hit line belongs to; `line` itself where it has its own."""
    around: Surroundings = _ALONE


@frozen
class Row:
    """One line of collected command output, taken apart."""

    line: int
    """1-based."""
    text: str
    """The line as it stands in the file."""
    cells: Mapping[str, str]
    """Column -> value; what the line does not say has no cell."""


@frozen
class FactTable:
    """Collected output of one item (`items.ITEMS`) as a table. No rows: collected, and nothing was there."""

    item: str
    rows: tuple[Row, ...]
    complete: bool = True
    """False where the file was too long to be read as a whole, so that a row that is not here proves nothing."""


class Source(Protocol):
    """One readable log. `ingest` implements it, `diagnose` calls it: first `blocks` to the end, `record` on the way."""

    @property
    def path(self) -> str:
        """Display path, `/`-joined across nesting: `bundle.tgz/node-1/kubelet.log`; `-` for standard input."""

    @property
    def node(self) -> str | None:
        """The node that it comes from, where path or content tell it."""

    @property
    def component(self) -> str | None:
        """The program that wrote it; None where unknown or mixed (`/var/log/messages`)."""

    @property
    def format(self) -> str:
        """Name of the dialect that its first lines are in; `text` where unknown."""

    clock: Clock | None
    """None until `diagnose` has read everything, and where nothing is known of it."""

    def blocks(self) -> Iterator[Block]:
        """The content, once, in order."""
        ...

    def normal(self, block: Block, start: int, end: int) -> bytes:
        """`data[start:end]` (one line, without newline) unwrapped once and normalised, as rules are written for."""
        ...

    def paragraph(self, block: Block, start: int, end: int) -> tuple[bytes, bool]:
        """The line and those without header that follow it, normalised, joined by newlines; and whether the end of
        the paragraph lies in this block (False: more of it may come in the next)."""
        ...

    def record(self, block: Block, start: int, end: int) -> Record:
        """The entry of the line `data[start:end]`; time and level come from its header line where it has none."""
        ...

    def moment(self, block: Block, start: int, end: int) -> Instant | None:
        """The time of `record`, at less cost."""
        ...

    def number(self, block: Block, start: int) -> int:
        """The number of the line that `start` lies in."""
        ...

    def release(self) -> None:
        """Nothing more is asked about its blocks."""
        ...

    def settle(self, when: Instant) -> Instant:
        """`when` with the year that is known once everything is read; to be called after all sources are read."""
        ...

    @property
    def zoned(self) -> bool | None:
        """Whether its times say their zone; None where its first and last lines have none."""

    def summary(self) -> InputInfo:
        """What it was; complete once its blocks are read."""
        ...

    def table(self) -> FactTable | None:
        """What it says as collected command output, once its blocks are read; None where it is a log."""
        ...


@frozen
class InputInfo:
    """One input as the report lists it."""

    path: str
    node: str | None
    component: str | None
    format: str
    lines: int
    bytes: int
    first: Instant | None = None
    last: Instant | None = None


@frozen
class Problem:
    """Something that could not be read or trusted. Never silent."""

    where: str
    """Path (and offset or line) in the input, or a rule's location."""
    kind: str
    """damaged | truncated | skipped | over-limit | undecodable | unreadable | changed-while-read | empty | unmatched |
    note"""
    detail: Text

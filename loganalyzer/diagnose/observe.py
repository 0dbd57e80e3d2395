"""Looking over the scanner's shoulder: observers see the lines that hold one of their literals, and no others.

The literals of all observers lie in one Hyperscan database of their own. It runs over the same blocks as the rules'
anchors, and like there a line that it does not hit is never split, decoded or timestamped.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Protocol

import hyperscan

from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Block, Source


class Watcher(Protocol):
    """An observer's eye on one source."""

    def line(self, block: Block, start: int, end: int, known: bool) -> None:
        """The line `data[start:end]` holds one of its literals; `known`: a rule matched it."""
        ...


class Observer(Protocol):
    """Somebody who wants to see some lines of some sources."""

    @property
    def literals(self) -> Sequence[bytes]:
        """What these lines hold; none ends with a newline."""

    def watch(self, source: Source) -> Watcher | None:
        """An eye on this source; None where nothing of it is wanted."""
        ...


class Lookout:
    """The literals of some observers in one database. Use one Lookout from one thread at a time."""

    def __init__(self, observers: Sequence[Observer], limits: Limits = DEFAULT) -> None:
        self._observers = tuple(observers)
        self._window = limits.line
        interest: dict[bytes, int] = {}
        for i, observer in enumerate(self._observers):
            for literal in observer.literals:
                interest[literal] = interest.get(literal, 0) | 1 << i
        self._literals = sorted(interest)
        self._interest = [interest[literal] for literal in self._literals]
        self._longest = max(map(len, self._literals), default=0)
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        if self._literals:
            ids = list(range(len(self._literals)))
            self._database.compile(expressions=self._literals, ids=ids, flags=0, literal=True)

    def watch(self, source: Source) -> Watch | None:
        """What shows this source's blocks to the observers that want it; None where nobody does."""
        eyes = [(1 << i, eye) for i, o in enumerate(self._observers) if (eye := o.watch(source)) is not None]
        return Watch(self, eyes) if eyes else None

    def lines(self, block: Block) -> Iterator[tuple[int, int, int]]:
        """Start, end and interest (bits) of the lines with literals, in order; and, as a literal may begin with the
        newline before it, the first line of a source whatever it holds. Over-long lines are left out."""
        data = block.data
        hits = self._hits(block)
        covered = iter((*block.covered, (len(data) + 1, len(data) + 1)))
        cover_start, cover_end = next(covered)
        last = -1
        if block.line == 1 and block.start == 0:
            last = len(data) if block.joined else _end(data, 0)
            if not block.covered and last <= self._window:
                yield 0, last, -1
        bits, start, end = 0, 0, last
        for at, interest in hits:
            if at < last:
                continue
            if at < end:
                bits |= interest
                continue
            if bits:
                yield start, end, bits
                bits = 0
            while at >= cover_end:
                cover_start, cover_end = next(covered)
            if at >= cover_start:
                continue
            start = 0 if block.joined else data.rfind(b"\n", 0, at) + 1
            end = len(data) if block.joined else _end(data, at)
            if end - start <= self._window:
                bits = interest
            else:
                last = end
        if bits:
            yield start, end, bits

    def _hits(self, block: Block) -> list[tuple[int, int]]:
        """Offset of the last byte of each literal behind the block's context, and who wants it."""
        found: list[tuple[int, int]] = []
        add, interest = found.append, self._interest
        skip = max(0, block.start - self._longest)
        behind = block.start - skip

        def on_match(index: int, _from: int, to: int, _flags: int, _context: object) -> None:
            if to > behind:
                add((to - 1 + skip, interest[index]))

        if self._literals:
            text = memoryview(block.data)[skip:] if skip else block.data
            self._database.scan(text, match_event_handler=on_match)  # type: ignore[type-var]
        return found


class Watch:
    """The eyes on one source."""

    def __init__(self, lookout: Lookout, eyes: Sequence[tuple[int, Watcher]]) -> None:
        self._lookout, self._eyes = lookout, eyes

    def block(self, block: Block, known: Container[int]) -> None:
        """Show one block; `known` holds the starts of the lines in it that a rule matched."""
        for start, end, bits in self._lookout.lines(block):
            for bit, eye in self._eyes:
                if bits & bit:
                    eye.line(block, start, end, start in known)


def _end(data: bytes, at: int) -> int:
    """Where the line that `data[at]` lies in ends."""
    end = data.find(b"\n", at)
    return len(data) if end < 0 else end

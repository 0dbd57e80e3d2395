"""Looking over the scanner's shoulder: observers see the lines that hold one of their literals, and no others.

Their literals lie in the same database as the rules' anchors, and like there a line that holds none of them is never
split, decoded or timestamped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, Protocol, cast

from loganalyzer.model import Block, Source


class Watcher(Protocol):
    """An observer's eye on one source."""

    def line(self, block: Block, start: int, end: int, known: bool) -> None:
        """The line `data[start:end]` holds one of its literals; `known`: a rule matched it."""
        ...

    def end(self) -> bool:
        """The source is read, and no block of it is held any more; whether the observer has something to take."""
        ...


class Tally(Watcher, Protocol):
    """An eye that may be shown lines together and out of order."""

    def lines(self, block: Block, places: Sequence[tuple[int, int]], known: bool) -> None:
        """As `line` for several lines of a block, in order, that differ in digits only."""
        ...


class Follower(Watcher, Protocol):
    """An eye that looks at nothing until the eyes of the observers before it have seen something."""

    @property
    def idle(self) -> bool:
        """Nothing was seen yet."""
        ...


class Observer(Protocol):
    """Somebody who wants to see some lines of some sources."""

    @property
    def literals(self) -> Sequence[bytes]:
        """What these lines hold; none ends with a newline."""

    def wants(self, source: Source) -> bool:
        """Whether anything of this source is wanted."""
        ...

    def watch(self, source: Source) -> Watcher:
        """An eye on such a source."""
        ...

    def take(self, eye: Any) -> None:  # noqa: ANN401  # each observer knows its own eyes
        """What such an eye has seen, in order of the sources; it may come from another process."""
        ...


class Line(NamedTuple):
    """One line and who wants it."""

    start: int
    end: int
    interest: int
    known: bool


class Alike(NamedTuple):
    """Lines that differ in digits only, and who wants them."""

    places: Sequence[tuple[int, int]]
    interest: int
    known: bool


class Lookout:
    """The interest of some observers: a bit each. To those of `early` a sample of a long log is enough."""

    def __init__(self, observers: Sequence[Observer], early: Sequence[Observer] = ()) -> None:
        self._observers = (*observers, *early)
        self._bits = [(1 << i, observer) for i, observer in enumerate(self._observers)]
        self._early = sum(1 << i for i in range(len(observers), len(self._observers)))
        self.interest: dict[bytes, int] = {}
        """By literal, the bits of those who want the lines that hold it."""
        for i, observer in enumerate(self._observers):
            for literal in observer.literals:
                self.interest[literal] = self.interest.get(literal, 0) | 1 << i
        self.always: frozenset[bytes] = frozenset(literal for observer in observers for literal in observer.literals)
        """Literals that somebody wants all of."""
        self.early: frozenset[bytes] = frozenset(self.interest.keys() - self.always)
        """Literals that only those want."""

    def watch(self, source: Source) -> Watch | None:
        """What shows this source's lines to the observers that want it; None where nobody does."""
        wanting = [one for one in self._bits if one[1].wants(source)]
        return Watch(source, wanting, self._early) if wanting else None

    def take(self, eyes: Iterable[tuple[int, Watcher]]) -> None:
        """Give the eyes of one source (each with its observer's bit) to their observers."""
        for bit, eye in eyes:
            self._observers[bit.bit_length() - 1].take(eye)


class Watch:
    """The eyes on one source. They are made when the first line is to be shown: in most logs there is none."""

    def __init__(self, source: Source, wanting: Sequence[tuple[int, Observer]], early: int) -> None:
        self._source, self._wanting = source, wanting
        self._eyes: list[tuple[int, Watcher]] = []
        self._tallies: list[tuple[int, Tally]] = []
        self._others: list[tuple[int, Watcher]] = []
        self.interest = sum([bit for bit, _ in wanting])
        self.sampled = self.interest & early
        """Of those to whom a sample is enough."""

    @property
    def eyes(self) -> Sequence[tuple[int, Watcher]]:
        """Each with the bit of its observer."""
        if not self._eyes:
            self._eyes = [(bit, observer.watch(self._source)) for bit, observer in self._wanting]
            # Not isinstance: of a protocol it costs more than a small log.
            self._tallies = [(bit, cast(Tally, eye)) for bit, eye in self._eyes if hasattr(eye, "lines")]
            self._others = [(bit, eye) for bit, eye in self._eyes if not hasattr(eye, "lines")]
        return self._eyes

    def block(self, block: Block, lines: list[Line], alike: Sequence[Alike]) -> None:
        """Show what there is of interest in one block."""
        _ = self.eyes
        for line in lines:
            for bit, tally in self._tallies:
                if line.interest & bit:
                    tally.line(block, line.start, line.end, line.known)
        for places, interest, known in alike:
            for bit, tally in self._tallies:
                if interest & bit:
                    tally.lines(block, places, known)
        awake = self._awake([one.interest for one in lines] + [one.interest for one in alike])
        rest = sum(bit for bit, _ in awake)
        more = [Line(*place, one.interest, one.known) for one in alike if one.interest & rest for place in one.places]
        for line in sorted([*lines, *more], key=itemgetter(0)) if more else lines:
            for bit, eye in awake:
                if line.interest & bit:
                    eye.line(block, line.start, line.end, line.known)

    def end(self) -> list[tuple[int, Watcher]]:
        """The source is read; the eyes that have something to say."""
        return [(bit, eye) for bit, eye in self._eyes if eye.end()]

    def _awake(self, interests: Iterable[int]) -> list[tuple[int, Watcher]]:
        """The eyes but for the tallies; without those that nothing has woken yet."""
        seen = 0
        for interest in interests:
            seen |= interest
        asleep = [bit for bit, eye in self._others if getattr(eye, "idle", False) and not seen & (bit - 1)]
        return [(bit, eye) for bit, eye in self._others if bit not in asleep]

"""All literals that anybody looks for, found by Hyperscan in literal mode. It only says where to look.

Most text holds none. So a small database of short texts, one of which lies in every literal, is asked; what stands at
its hits is compared with the literals themselves. Where that often leads to nothing, a database of all of them is made.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

import hyperscan

from loganalyzer.rulepack.index import Kept

Hits = list[tuple[int, int]]
"""(index of a literal, end offset)."""
Passed = Callable[[int], int]
"""Where the line that holds the byte before an offset ends if nothing in it needs to be looked for, else the complement
(`~`) of that."""
_VAIN = 128
"""With a place that looks like a literal and is none in fewer bytes than these, the database of all of them pays."""
_BEARABLE = 4096
"""So many such places are put up with in any text."""


class _Database:
    """Texts and the numbers that Hyperscan reports them by. Any thread may use it."""

    def __init__(self, texts: Sequence[bytes], kept: Kept | None = None) -> None:
        self._database = _kept(texts, kept) if kept is not None else _compiled(texts)
        self._threads = threading.local()

    def scan(self, data: bytes, skip: int, tell: Callable[[int, int, int, int, object], object]) -> bool:
        """Call `tell(number, from, to, flags, context)` for each hit behind `skip`, by end; False where it gave up."""
        text = memoryview(data)[skip:] if skip else data
        scratch = getattr(self._threads, "scratch", None)
        if scratch is None:
            scratch = self._threads.scratch = hyperscan.Scratch(self._database)
        try:
            self._database.scan(text, match_event_handler=tell, scratch=scratch)  # type: ignore[type-var,arg-type]
        except hyperscan.ScanTerminated:
            return False
        return True


def _compiled(texts: Sequence[bytes]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=texts, ids=list(range(len(texts))), flags=0, literal=True)
    return database


def _kept(texts: Sequence[bytes], kept: Kept) -> hyperscan.Database:
    """The same, from where it was kept; Hyperscan refuses what another version or processor made."""
    version: str = hyperscan.__version__  # type: ignore[attr-defined]  # its stub does not know it
    name = hashlib.sha256(b"\0".join((version.encode(), *texts))).hexdigest()
    made = kept.get(name)
    if made is not None:
        with suppress(hyperscan.HyperscanError):
            return hyperscan.loadb(made, mode=hyperscan.HS_MODE_BLOCK)
    database = _compiled(texts)
    kept.put(name, hyperscan.dumpb(database))
    return database


class Literals:
    """A set of literals; what it finds names them by their index in `all`. Any thread may use it.

    `cover`: texts and the literals that each lies in; literals of no text stand for themselves. `further` literals come
    last in `all`.
    """

    def __init__(
        self,
        literals: Iterable[bytes],
        cover: Mapping[bytes, Sequence[bytes]] | None = None,
        kept: Kept | None = None,
        further: Iterable[bytes] = (),
    ) -> None:
        first = set(literals)
        self.all: tuple[bytes, ...] = (*sorted(first), *sorted(set(further) - first))
        self._index = {literal: i for i, literal in enumerate(self.all)}
        self._cover, self._kept = cover or {}, kept
        self._longest = max(map(len, self.all), default=0)
        covered = {literal for those in self._cover.values() for literal in those}
        self._texts = sorted({*self._cover, *(one for one in self.all if one not in covered)})
        self._own = [-1 if text in self._cover else self._index[text] for text in self._texts]
        """By text, the index of the literal that it is, where it stands for no other."""
        self._second: _Database | None = None
        self._openings = tuple(one[1:] for one in self.all if one.startswith(b"\n"))
        self._around: list[Sequence[tuple[int, tuple[bytes, ...]]] | None] = [None] * len(self._texts)

    def hits(self, data: bytes, start: int = 0, most: int | None = None, passed: Passed | None = None) -> Hits | None:
        """Those in `data` that end behind `start`, by end offset, but for those in lines that have `passed`; None after
        `most` places that look like one: each is a call into Python."""
        if not self.all:
            return []
        database = self._second or self._first  # another thread may make the second meanwhile
        whole = database is self._second
        skip = max(0, start - self._longest)
        found: Hits = []
        add, index, own, around = found.append, self._index, self._own, self._around
        left = sys.maxsize if most is None else most
        end = gone = 0
        bearable = max(_BEARABLE, (len(data) - start) // _VAIN)

        def tell(number: int, _from: int, to: int, _flags: int, _context: object) -> bool:
            nonlocal left, bearable
            left -= 1
            to += skip
            if whole:
                add((number, to))
                return left < 0
            if (itself := own[number]) >= 0:
                add((itself, to))
                return left < 0
            before = len(found)
            for back, those in around[number] or self._look(number):
                begin = to - back
                if begin >= 0 and data.startswith(those, begin):
                    for literal in those:
                        if data.startswith(literal, begin):
                            add((index[literal], begin + len(literal)))
            if len(found) == before:
                bearable -= 1
            return left < 0 or (bearable < 0 and not gone)

        def tell_what_is_left(number: int, _from: int, to: int, _flags: int, _context: object) -> bool:
            nonlocal end, gone
            if to <= gone:
                return False
            if to + skip > end and passed is not None:
                end = passed(to + skip)
                if end >= 0:
                    gone = end - skip
                    return False
                end = ~end
            return tell(number, _from, to, _flags, _context)

        if not database.scan(data, skip, tell if passed is None else tell_what_is_left):
            if left < 0:
                return None
            self._second = _Database(self.all, self._kept)
            return self.hits(data, start, most, passed)
        if not whole:
            found.sort(key=_end)
        return found[bisect_right(found, start, key=_end) :] if start else found

    @cached_property
    def _first(self) -> _Database:
        return _Database(self._texts, self._kept)

    def ready(self) -> Literals:
        """The same, with its database made: before blocks are read, it lies in memory where a scan takes a seventh less
        than in what they leave."""
        if self.all:
            _ = self._first
        return self

    def openings(self, data: bytes) -> Hits:
        """Those that `data` begins with but for the newline before them."""
        if not data.startswith(self._openings):
            return []
        return [(self._index[b"\n" + one], len(one)) for one in self._openings if data.startswith(one)]

    def _look(self, number: int) -> Sequence[tuple[int, tuple[bytes, ...]]]:
        """Where the literals that a text stands for may begin, in bytes before its end; they themselves first."""
        text = self._texts[number]
        places: dict[int, list[bytes]] = defaultdict(list)
        for literal in {text, *self._cover[text]}:
            if literal in self._index:
                places[literal.index(text) + len(text)].append(literal)
        found = self._around[number] = [(back, tuple(sorted(those))) for back, those in sorted(places.items())]
        return found


def _end(hit: tuple[int, int]) -> int:
    return hit[1]

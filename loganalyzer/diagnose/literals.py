"""All literals that anybody looks for, in one Hyperscan database in literal mode. It only says where to look."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Set

import hyperscan


class Literals:
    """A set of literals; what it finds names them by their index in `all`. Any thread may use it."""

    def __init__(self, literals: Iterable[bytes], index: Mapping[bytes, int] | None = None) -> None:
        self.all: tuple[bytes, ...] = tuple(sorted(set(literals)))
        self._index = index or {literal: i for i, literal in enumerate(self.all)}
        self._longest = max(map(len, self.all), default=0)
        self._database: hyperscan.Database | None = None
        self._threads = threading.local()
        if self.all:
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            ids = [self._index[literal] for literal in self.all]
            self._database.compile(expressions=self.all, ids=ids, flags=0, literal=True)

    def without(self, some: Set[bytes]) -> Literals:
        """The others, with the same indices."""
        return Literals((one for one in self.all if one not in some), self._index)

    def hits(self, data: bytes, start: int = 0, most: int | None = None) -> list[tuple[int, int]] | None:
        """(index, end offset) of each literal in `data` that ends behind `start`, by end offset; None where there are
        more than `most`: then the scan is given up, because each hit is a call into Python."""
        if self._database is None:
            return []
        found: list[tuple[int, int]] = []
        add = found.append
        skip = max(0, start - self._longest)
        text = memoryview(data)[skip:] if skip else data
        scratch = self._scratch()

        if most is None:

            def on_match(index: int, _from: int, to: int, _flags: int, _context: object) -> None:
                add((index, to + skip))

            self._database.scan(text, match_event_handler=on_match, scratch=scratch)  # type: ignore[type-var]
        else:

            def on_few(index: int, _from: int, to: int, _flags: int, _context: object) -> bool:
                add((index, to + skip))
                return len(found) > most

            try:
                self._database.scan(text, match_event_handler=on_few, scratch=scratch)  # type: ignore[type-var]
            except hyperscan.ScanTerminated:
                return None
        if found and found[0][1] <= start:
            return [hit for hit in found if hit[1] > start]
        return found

    def _scratch(self) -> hyperscan.Scratch:
        """Hyperscan's working memory: one a thread."""
        scratch: hyperscan.Scratch | None = getattr(self._threads, "scratch", None)
        if scratch is None:
            scratch = self._threads.scratch = hyperscan.Scratch(self._database)
        return scratch

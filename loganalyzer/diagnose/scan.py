"""Scan first, parse what matched: blocks in, confirmed matches out.

Hyperscan in literal mode says where an anchor stands; the line around it is cut out and normalised, and RE2 alone
decides and captures. Rule patterns themselves are never given to Hyperscan: the Vectorscan inside its wheels loses
matches of multi-pattern regex databases (VectorCamp/vectorscan#358, #382). Lines without an anchor are never split,
decoded or timestamped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from loganalyzer.diagnose.digits import DIGITS, MASK
from loganalyzer.diagnose.literals import Hits, Literals
from loganalyzer.diagnose.matcher import Matcher, Matchers
from loganalyzer.diagnose.observe import Lookout, Watch
from loganalyzer.diagnose.reading import FEW, Cost, Literal, Reading
from loganalyzer.diagnose.seen import Seen
from loganalyzer.diagnose.series import Series
from loganalyzer.diagnose.shapes import Numbered
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Block, Source
from loganalyzer.rulepack.index import index_of, kept_of
from loganalyzer.rulepack.rule import Ruleset

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor


class _Told(dict[int, Literal]):
    """Whom some literals call, by their indices, each asked when it is first hit."""

    def __init__(self, literals: Sequence[bytes], ask: Callable[[bytes], Literal]) -> None:
        super().__init__()
        self._literals, self._ask = literals, ask

    def __missing__(self, index: int) -> Literal:
        told = self[index] = self._ask(self._literals[index])
        return told


class Scanner:
    """All anchors of a ruleset in one literal database. Use one Scanner from one thread at a time."""

    def __init__(self, ruleset: Ruleset, limits: Limits = DEFAULT) -> None:
        self._limits = limits
        index = index_of(ruleset.rules)
        self._matchers = Matchers(ruleset.rules, index.firsts)
        self._called = {text.encode(): called for text, called in index.called.items()}
        self.anchors: tuple[bytes, ...] = tuple(self._called)
        self._cover = {text.encode(): [self.anchors[i] for i in those] for text, those in index.cover.items()}
        self._kept = kept_of(ruleset.rules)
        self._literals: dict[tuple[frozenset[bytes], frozenset[bytes]], tuple[Literals, Literals]] = {}
        self._told: dict[tuple[Literals, int], _Told] = {}
        self._pool: ThreadPoolExecutor | None = None

    def _call(self, anchor: bytes) -> tuple[Matcher, ...]:
        return tuple([self._matchers[number] for number in self._called.get(anchor, ())])

    @cached_property
    def _numbered(self) -> Sequence[Numbered]:
        found = (anchor for anchor in self.anchors if anchor.translate(None, DIGITS) != anchor)
        return [(anchor, anchor.translate(MASK), self._call(anchor)) for anchor in found]

    def hits(self, data: bytes, start: int = 0) -> Hits:
        """(anchor index, end offset) of every anchor in `data` that ends behind `start`, by end offset."""
        return self._looked_for(None)[0].hits(data, start) or []

    def scan(self, source: Source, cost: Cost | None = None, lookout: Lookout | None = None) -> Seen:
        """Everything that the rules' signals see in one source, which is read to its end; `lookout` sees it too."""
        watch = lookout.watch(source) if lookout is not None else None
        reading: Reading | None = None
        for reading in self.readings(source, cost if cost is not None else Cost(), lookout, watch):  # noqa: B007
            pass
        series = [*reading.found.values()] if reading is not None else []
        return Seen(source, series, watch.end() if watch is not None else ())

    def readings(
        self, source: Source, cost: Cost, lookout: Lookout | None = None, watch: Watch | None = None
    ) -> Iterator[Reading]:
        """The same, after each block: what was seen so far. `watch` is what `lookout` sees it with."""
        interest: Mapping[bytes, int] = lookout.interest if lookout is not None else {}
        literals, sampled = self._looked_for(lookout)
        wanted = watch.interest if watch is not None else 0
        told = self._told.get((literals, wanted))
        if told is None:
            told = _Told(literals.all, lambda one: Literal(self._call(one), interest.get(one, 0) & wanted))
            self._told[literals, wanted] = told
        reading = Reading(source, literals, told, lambda: self._numbered, self._limits, cost, watch)
        clock = cost.clock
        waited, started = cost.waiting, clock()
        judging = 0.0
        limits = self._limits
        for n, (block, hits) in enumerate(self._ahead(literals, _waited_for(source.blocks(), cost), reading)):
            glanced: Hits | None = None
            if watch is not None and watch.sampled and (n * limits.block < limits.early or n % limits.sample == 0):
                glanced = sampled.hits(block.data, block.start)
            before = clock()
            reading.block(block, hits, glanced or ())
            judging += clock() - before
            yield reading
        before = clock()
        reading.end()
        judging += clock() - before
        cost.judging += judging
        cost.scanning += clock() - started - judging - (cost.waiting - waited)

    def _looked_for(self, lookout: Lookout | None) -> tuple[Literals, Literals]:
        """The anchors and what observers want all of; and what a sample of a long log is searched for."""
        always, early = (lookout.always, lookout.early) if lookout is not None else (frozenset(), frozenset())
        found = self._literals.get((always, early))
        if found is None:
            everywhere = Literals(always.union(self.anchors), self._cover, self._kept)
            found = self._literals[always, early] = everywhere, Literals(early.difference(self._called))
        return found

    def _ahead(
        self, literals: Literals, blocks: Iterator[Block], reading: Reading
    ) -> Iterator[tuple[Block, Hits | None]]:
        """Each block with its hits, found one block ahead in a second thread: Hyperscan works without the GIL. None
        where there are many, or were many in the block before."""
        before: tuple[Block, Future[Hits | None]] | None = None
        for block in blocks:
            if reading.crowded or (before is None and (block.last or self._limits.read_ahead == 0)):
                if before is not None:
                    yield before[0], before[1].result()
                    before = None
                yield block, None if reading.crowded else literals.hits(block.data, block.start, FEW)
                continue
            if self._pool is None:
                from concurrent.futures import ThreadPoolExecutor  # most logs are one block

                self._pool = ThreadPoolExecutor(1, "scan")
            following = block, self._pool.submit(literals.hits, block.data, block.start, FEW)
            if before is not None:
                yield before[0], before[1].result()
            before = following
        if before is not None:
            yield before[0], before[1].result()


def _waited_for(blocks: Iterator[Block], cost: Cost) -> Iterator[Block]:
    """The blocks, with the time until they come."""
    while True:
        before = cost.clock()
        block = next(blocks, None)
        cost.waiting += cost.clock() - before
        if block is None:
            return
        yield block


def scan_all(
    scanner: Scanner, sources: Iterable[Source | Seen], cost: Cost | None = None, lookout: Lookout | None = None
) -> tuple[list[Source], list[Series]]:
    """Every source in turn, but for those that somebody else has read; the sources (now read to their end) and all
    series, in order of input."""
    read: list[Source] = []
    series: list[Series] = []
    for one in sources:
        seen = one if isinstance(one, Seen) else scanner.scan(one, cost, lookout)
        read.append(seen.source)
        series.extend(seen.series)
        if lookout is not None:
            lookout.take(seen.eyes)
    return read, series

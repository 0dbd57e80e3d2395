"""Scan first, parse what matched: blocks in, confirmed matches out.

Hyperscan in literal mode says where an anchor stands; the line around it is cut out and normalised, and RE2 alone
decides and captures. Rule patterns themselves are never given to Hyperscan: the Vectorscan inside its wheels loses
matches of multi-pattern regex databases (VectorCamp/vectorscan#358, #382). Lines without an anchor are never split,
decoded or timestamped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from loganalyzer.diagnose.digits import DIGITS, MASK
from loganalyzer.diagnose.literals import Hits, Literals
from loganalyzer.diagnose.matcher import Matcher, Matchers
from loganalyzer.diagnose.observe import Lookout, Watch
from loganalyzer.diagnose.reading import FEW, Cost, Literal, Reading
from loganalyzer.diagnose.seen import Seen
from loganalyzer.diagnose.series import Series
from loganalyzer.diagnose.shapes import Numbered
from loganalyzer.limits import DEFAULT, KIB, Limits
from loganalyzer.model import Block, Source
from loganalyzer.rulepack.index import index_of, kept_of
from loganalyzer.rulepack.rule import Ruleset

SMALL = 64 * KIB
"""A block of so few bytes is searched once for all, whatever is found; a larger one twice, where a sample is wanted."""

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


class _Texts:
    """What is looked for in a run: the anchors and what observers want all of; and what they want of a sample."""

    def __init__(self, everywhere: frozenset[bytes], sampled: frozenset[bytes], make: Callable[..., Literals]) -> None:
        self._make, self._wanted = make, sampled
        self.everywhere = make(everywhere).ready()

    @cached_property
    def sampled(self) -> Literals:
        """What a sample of a long log is searched for."""
        return Literals(self._wanted)

    def found(self, data: bytes, start: int) -> tuple[Hits, Hits]:
        """The hits of `everywhere`, and those of `sampled`, by one scan."""
        hits, count = self._both.hits(data, start) or [], len(self.everywhere.all)
        return [hit for hit in hits if hit[0] < count], [hit for hit in hits if hit[0] >= count]

    @cached_property
    def _both(self) -> Literals:
        return self._make(self.everywhere.all, further=self._wanted)


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
        self._texts: dict[tuple[frozenset[bytes], frozenset[bytes]], _Texts] = {}
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
        return self._looked_for(None).everywhere.hits(data, start) or []

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
        texts = self._looked_for(lookout)
        literals = texts.everywhere
        wanted = watch.interest if watch is not None else 0
        told = self._told.get((literals, wanted))
        if told is None:
            told = _Told(literals.all, lambda one: Literal(self._call(one), interest.get(one, 0) & wanted))
            self._told[literals, wanted] = told
        reading = Reading(source, literals, told, lambda: self._numbered, self._limits, cost, watch)
        clock = cost.clock
        waited, started = cost.waiting, clock()
        judging = 0.0
        sampling = watch is not None and watch.sampled != 0
        for block, hits, glanced in self._ahead(texts, sampling, _waited_for(source.blocks(), cost), reading):
            before = clock()
            reading.block(block, hits, glanced)
            judging += clock() - before
            yield reading
        before = clock()
        reading.end()
        judging += clock() - before
        cost.judging += judging
        cost.scanning += clock() - started - judging - (cost.waiting - waited)

    def _looked_for(self, lookout: Lookout | None) -> _Texts:
        always, early = (lookout.always, lookout.early) if lookout is not None else (frozenset(), frozenset())
        found = self._texts.get((always, early))
        if found is None:
            make = partial(Literals, cover=self._cover, kept=self._kept)
            found = _Texts(always.union(self.anchors), early.difference(self._called), make)
            self._texts[always, early] = found
        return found

    def _ahead(
        self, texts: _Texts, sampling: bool, blocks: Iterator[Block], reading: Reading
    ) -> Iterator[tuple[Block, Hits | None, Hits]]:
        """Each block with its hits, found one block ahead in a second thread: Hyperscan works without the GIL. None
        where there are many, or were many in the block before. Last comes what a sample is searched for."""
        before: tuple[Block, Future[Hits | None], Hits] | None = None
        limits = self._limits
        for n, block in enumerate(blocks):
            data, start = block.data, block.start
            sampled = sampling and (n * limits.block < limits.early or n % limits.sample == 0)
            if reading.crowded or (before is None and (block.last or limits.read_ahead == 0)):
                if before is not None:
                    yield before[0], before[1].result(), before[2]
                    before = None
                if sampled and not reading.crowded and len(data) <= SMALL:
                    yield block, *texts.found(data, start)
                    continue
                hits = None if reading.crowded else texts.everywhere.hits(data, start, FEW)
                yield block, hits, texts.sampled.hits(data, start) or [] if sampled else []
                continue
            if self._pool is None:
                from concurrent.futures import ThreadPoolExecutor  # most logs are one block

                self._pool = ThreadPoolExecutor(1, "scan")
            following = self._pool.submit(texts.everywhere.hits, data, start, FEW)
            glanced = texts.sampled.hits(data, start) or [] if sampled else []
            if before is not None:
                yield before[0], before[1].result(), before[2]
            before = block, following, glanced
        if before is not None:
            yield before[0], before[1].result(), before[2]


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

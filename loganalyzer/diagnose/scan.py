"""Scan first, parse what matched: blocks in, confirmed matches out.

Hyperscan in literal mode says where an anchor stands; the line around it is cut out and normalised, and RE2 alone
decides and captures. Rule patterns themselves are never given to Hyperscan: the Vectorscan inside its wheels loses
matches of multi-pattern regex databases (VectorCamp/vectorscan#358, #382). Lines without an anchor are never split,
decoded or timestamped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Protocol

import hyperscan
import re2

from loganalyzer.diagnose.observe import Lookout
from loganalyzer.diagnose.series import Hit, Series, SeriesKey
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Block, Kind, Source
from loganalyzer.rulepack.rule import Alternative, Rule, Ruleset, Signal

_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
_OPTIONS.log_errors = False


class _Match(Protocol):
    """What we use of an RE2 match."""

    def start(self) -> int: ...
    def group(self, index: int) -> bytes | None: ...


class _Pattern(Protocol):
    """What we use of an RE2 pattern."""

    @property
    def groupindex(self) -> Mapping[bytes, int]: ...
    def search(self, text: bytes) -> _Match | None: ...


def compile_re2(pattern: str) -> _Pattern:
    """RE2 over bytes, Latin-1. Raises re2.error where the pattern is none."""
    compiled: _Pattern = re2.compile(pattern.encode("latin-1"), _OPTIONS)
    return compiled


class Matcher:
    """One alternative of one signal of one rule, compiled when its anchor is first seen."""

    def __init__(self, order: int, rule: Rule, signal: Signal, alternative: Alternative) -> None:
        self.order = order
        self.rule = rule
        self.signal = signal
        self.alternative = alternative
        self.key = (rule.id, signal.name)

    @cached_property
    def _pattern(self) -> _Pattern:
        return compile_re2(self.alternative.pattern)

    @cached_property
    def _groups(self) -> tuple[tuple[str, int], ...]:
        return tuple((name.decode(), index) for name, index in self._pattern.groupindex.items())

    @cached_property
    def _without(self) -> tuple[_Pattern, ...]:
        return tuple(compile_re2(pattern) for pattern in self.signal.without)

    def match(self, text: bytes) -> _Match | None:
        """The RE2 match in a normalised line or paragraph, or None."""
        found = self._pattern.search(text)
        if found is None or any(pattern.search(text) for pattern in self._without):
            return None
        return found

    def captures(self, match: _Match) -> dict[str, str]:
        """The named values of a match, decoded; groups that did not take part are left out."""
        return {
            name: value.decode("utf-8", "backslashreplace")
            for name, index in self._groups
            if (value := match.group(index)) is not None
        }


@dataclass(slots=True)
class _Pending:
    """A block signal whose paragraph goes on behind the end of its block."""

    line_start: int
    line: int
    matchers: tuple[Matcher, ...]


@dataclass(slots=True)
class Cost:
    """What the scan cost: candidates and confirmed matches, per rule."""

    bytes: int = 0
    candidates: Counter[str] = field(default_factory=Counter)
    matches: Counter[str] = field(default_factory=Counter)


class Scanner:
    """All anchors of a ruleset in one literal database. Use one Scanner from one thread at a time."""

    def __init__(self, ruleset: Ruleset, limits: Limits = DEFAULT) -> None:
        self._limits = limits
        self._rules = ruleset.rules
        by_anchor: dict[bytes, list[Matcher]] = defaultdict(list)
        matchers: list[Matcher] = []
        for rule in ruleset.rules.values():
            for signal in rule.signals.values():
                for alternative in signal.alternatives:
                    matcher = Matcher(len(matchers), rule, signal, alternative)
                    matchers.append(matcher)
                    for anchor in alternative.anchors:
                        by_anchor[anchor].append(matcher)
        self.anchors: tuple[bytes, ...] = tuple(sorted(by_anchor))
        self._matchers: tuple[tuple[Matcher, ...], ...] = tuple(tuple(by_anchor[a]) for a in self.anchors)
        self._pool: ThreadPoolExecutor | None = None
        self._longest = max(map(len, self.anchors), default=0)
        self._database: hyperscan.Database | None = None
        if self.anchors:
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            self._database.compile(expressions=self.anchors, ids=list(range(len(self.anchors))), flags=0, literal=True)

    def hits(self, data: bytes, start: int = 0) -> list[tuple[int, int]]:
        """(anchor index, end offset) of every anchor in `data` that ends behind `start`, by end offset."""
        if self._database is None:
            return []
        found: list[tuple[int, int]] = []
        add = found.append
        skip = max(0, start - self._longest)

        def on_match(index: int, _from: int, to: int, _flags: int, _context: object) -> None:
            add((index, to + skip))

        text = memoryview(data)[skip:] if skip else data
        self._database.scan(text, match_event_handler=on_match)  # type: ignore[type-var]
        return [hit for hit in found if hit[1] > start] if start else found

    def scan(self, source: Source, cost: Cost | None = None, lookout: Lookout | None = None) -> dict[SeriesKey, Series]:
        """Everything that the rules' signals see in one source, which is read to its end; `lookout` sees it too."""
        found: dict[SeriesKey, Series] = {}
        joins: Counter[tuple[str, str]] = Counter()
        cost = cost if cost is not None else Cost()
        pending: list[_Pending] = []
        size = 0
        watch = lookout.watch(source) if lookout is not None else None
        for block, hits in self._ahead(source.blocks()):
            cost.bytes += len(block.data) - block.start
            pending = self._resume(source, block, size, pending, found, joins, cost)
            known: set[int] = set()
            pending += self._scan_block(source, block, hits, found, joins, cost, known)
            if watch is not None:
                watch.block(block, known)
            size = len(block.data)
            for series in found.values():
                series.end_block()
        return found

    # ------------------------------------------------------------------------------------------ one block

    def _ahead(self, blocks: Iterator[Block]) -> Iterator[tuple[Block, list[tuple[int, int]]]]:
        """Each block with its hits, found one block ahead in a second thread: Hyperscan works without the GIL."""
        before: tuple[Block, Future[list[tuple[int, int]]]] | None = None
        for block in blocks:
            if before is None and (block.last or self._limits.read_ahead == 0):
                yield block, self.hits(block.data, block.start)
                continue
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, "scan")
            following = block, self._pool.submit(self.hits, block.data, block.start)
            if before is not None:
                yield before[0], before[1].result()
            before = following
        if before is not None:
            yield before[0], before[1].result()

    def _scan_block(
        self,
        source: Source,
        block: Block,
        hits: list[tuple[int, int]],
        found: dict[SeriesKey, Series],
        joins: Counter[tuple[str, str]],
        cost: Cost,
        known: set[int],
    ) -> list[_Pending]:
        """What begins in this block but cannot be judged before the next; `known` gets the starts of matched lines."""
        pending: list[_Pending] = []
        counted_to, line = block.start, block.line
        for start, end, matchers in self._lines(block, hits):
            if start > counted_to:
                line += block.data.count(b"\n", counted_to, start)
                counted_to = start
            for matcher in matchers:
                cost.candidates[matcher.rule.id] += 1
            text = source.normal(block, start, end)
            confirmed: list[tuple[Matcher, _Match]] = []
            unfinished: list[Matcher] = []
            paragraph: tuple[bytes, bool] | None = None
            for matcher in matchers:
                if matcher.signal.block:
                    if paragraph is None:
                        paragraph = source.paragraph(block, start, end)
                    if not (paragraph[1] or block.last or block.joined):
                        unfinished.append(matcher)
                        continue
                    match = matcher.match(paragraph[0])
                else:
                    match = matcher.match(text)
                if match is not None:
                    confirmed.append((matcher, match))
            if unfinished:
                pending.append(_Pending(len(block.data) - start, line, tuple(unfinished)))
            if confirmed or unfinished:
                known.add(start)
            if confirmed:
                self._keep(source, block, start, end, line, confirmed, found, joins, cost)
        return pending

    def _resume(
        self,
        source: Source,
        block: Block,
        previous_size: int,
        pending: list[_Pending],
        found: dict[SeriesKey, Series],
        joins: Counter[tuple[str, str]],
        cost: Cost,
    ) -> list[_Pending]:
        """Block signals of the block before, now that what follows them is here (as far as the context reaches)."""
        if block.joined:
            return pending
        for item in pending:
            start = block.start - item.line_start
            if start < 0:
                continue
            end = block.data.find(b"\n", start)
            end = len(block.data) if end < 0 else end
            text, _complete = source.paragraph(block, start, end)
            confirmed = [(m, match) for m in item.matchers if (match := m.match(text)) is not None]
            if confirmed:
                self._keep(source, block, start, end, item.line, confirmed, found, joins, cost)
        return []

    def _lines(self, block: Block, hits: list[tuple[int, int]]) -> Iterator[tuple[int, int, tuple[Matcher, ...]]]:
        """The hit lines of a block (or the window of an over-long one) with the matchers to be tried on each."""
        data, window = block.data, self._limits.line
        matchers_of = self._matchers
        i, n = 0, len(hits)
        covered = iter((*block.covered, (len(data) + 1, len(data) + 1)))
        cover_start, cover_end = next(covered)
        while i < n:
            index, to = hits[i]
            at = to - len(self.anchors[index])
            while at >= cover_end:
                cover_start, cover_end = next(covered)
            if at >= cover_start:
                i += 1
                continue
            start = 0 if block.joined else data.rfind(b"\n", 0, at) + 1
            end = len(data) if block.joined else data.find(b"\n", to)
            if end < 0:
                end = len(data)
            if end - start > window:
                start, end = max(start, at - window // 2), min(end, to + window // 2)
            first = i
            while i < n and hits[i][1] <= end:
                i += 1
            if i == first + 1:
                yield start, end, matchers_of[index]
            else:
                seen = {m for index, _ in set(hits[first:i]) for m in matchers_of[index]}
                yield start, end, tuple(sorted(seen, key=attrgetter("order")))

    def _keep(
        self,
        source: Source,
        block: Block,
        start: int,
        end: int,
        line: int,
        confirmed: list[tuple[Matcher, _Match]],
        found: dict[SeriesKey, Series],
        joins: Counter[tuple[str, str]],
        cost: Cost,
    ) -> None:
        """Add what one line confirmed; envelopes become `via`, harmless rules take back what they excuse."""
        hit = Hit(source, block, start, end, line)
        via: str | None = None
        if len(confirmed) > 1:
            excused = {
                i
                for m, _ in confirmed
                if m.rule.kind is Kind.HARMLESS and m.rule.excuses and hit.admitted(m.signal)
                for i in m.rule.excuses
            }
            confirmed = [pair for pair in confirmed if pair[0].rule.id not in excused]
            envelopes = [(match.start(), m.rule.id) for m, match in confirmed if m.rule.kind is Kind.ENVELOPE]
            via = min(envelopes)[1] if envelopes else None
        seen: dict[tuple[str, str], tuple[Matcher, dict[str, str]]] = {}
        for matcher, match in confirmed:
            if matcher.key in seen:
                # A later alternative of the same signal may know more of the line; the first one wins where both do.
                known = seen[matcher.key][1]
                known.update({k: v for k, v in matcher.captures(match).items() if k not in known})
            elif hit.admitted(matcher.signal):
                seen[matcher.key] = matcher, matcher.captures(match)
        for matcher, captures in seen.values():
            join = tuple(captures.get(name) for name in matcher.rule.per)
            key = SeriesKey(*matcher.key, join)
            series = found.get(key)
            if series is None:
                if joins[matcher.key] >= self._limits.join_values:
                    key = SeriesKey(*matcher.key, tuple("other" if value else None for value in join))
                    series = found.get(key)
                if series is None:
                    joins[matcher.key] += 1
                    series = found[key] = Series(key, source, self._limits)
            cost.matches[matcher.rule.id] += 1
            series.add(hit, captures, via if via != matcher.rule.id else None)


def scan_all(
    scanner: Scanner, sources: Iterable[Source], cost: Cost | None = None, lookout: Lookout | None = None
) -> tuple[list[Source], list[Series]]:
    """Every source in turn; the sources (now read to their end) and all series, in order of input."""
    seen: list[Source] = []
    series: list[Series] = []
    for source in sources:
        found: Mapping[SeriesKey, Series] = scanner.scan(source, cost, lookout)
        seen.append(source)
        series.extend(found.values())
    return seen, series

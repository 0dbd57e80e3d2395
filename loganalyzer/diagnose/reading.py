"""One source: its blocks with their hits in, the series that its lines add to out."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import cached_property, reduce
from itertools import accumulate
from operator import attrgetter, or_
from typing import NamedTuple

from loganalyzer.diagnose.digits import MASK
from loganalyzer.diagnose.literals import Hits, Literals, Passed
from loganalyzer.diagnose.matcher import Matcher, Span
from loganalyzer.diagnose.observe import Alike, Line, Watch
from loganalyzer.diagnose.series import Hit, Series, SeriesKey
from loganalyzer.diagnose.shapes import Numbered, Shapes, Sighting, Target
from loganalyzer.frozen import slotted
from loganalyzer.limits import Limits
from loganalyzer.model import Block, Kind, Source

_ENVELOPE, _HARMLESS = Kind.ENVELOPE, Kind.HARMLESS
_CALLS = 4096
"""So many combinations of literals in one line are remembered."""
_FAMILIAR = 256
"""Where the like of a line in so many bytes is known, the next block is split before it is scanned."""
FEW = 64
"""With more lines hit than these, the next block is scanned beside nothing else: a hit is a call into Python, and would
wait for the interpreter's lock."""
_Parts = list[tuple[Series, dict[str, str], str | None]]


class Literal(NamedTuple):
    """Whom a literal calls: alternatives of signals, and observers (as bits)."""

    matchers: tuple[Matcher, ...]
    interest: int


@slotted
class Cost:
    """What the scan cost: candidates and confirmed matches, per rule; and seconds, where a clock is given."""

    clock: Callable[[], float] = float
    """Seconds; the default stands still."""
    reading: float = 0.0
    """All that was read, from the first source to the last."""
    waiting: float = 0.0
    """Of this, for blocks: reading and decompressing that the scan could not hide."""
    scanning: float = 0.0
    """For hits of literals, beyond what ran beside other work."""
    judging: float = 0.0
    """Lines that were hit."""
    bytes: int = 0
    processes: int = 1
    """That have read."""
    candidates: Counter[str] = field(default_factory=Counter)
    matches: Counter[str] = field(default_factory=Counter)

    def add(self, other: Cost) -> None:
        """What another process has read besides; its seconds ran beside ours."""
        self.bytes += other.bytes
        self.candidates.update(other.candidates)
        self.matches.update(other.matches)

    def clear(self) -> None:
        """Count from nothing again."""
        self.reading = self.waiting = self.scanning = self.judging = 0.0
        self.bytes, self.processes = 0, 1
        self.candidates.clear()
        self.matches.clear()


@slotted
class _Pending:
    """A block signal whose paragraph goes on behind the end of its block; `back`: from there to its line."""

    back: int
    matchers: tuple[Matcher, ...]


class _Confirmed(NamedTuple):
    """A signal that RE2 found in a text (a line or a paragraph)."""

    matcher: Matcher
    text: bytes
    start: int
    spans: dict[str, Span]


class Reading:
    """What was seen in one source so far."""

    def __init__(
        self,
        source: Source,
        literals: Literals,
        told: Mapping[int, Literal],
        numbered: Callable[[], Sequence[Numbered]],
        limits: Limits,
        cost: Cost,
        watch: Watch | None,
    ) -> None:
        self.found: dict[SeriesKey, Series] = {}
        self._source, self._literals, self._told = source, literals, told
        self._limits, self._cost, self._watch = limits, cost, watch
        self._numbered = numbered
        self._joins: Counter[tuple[str, str]] = Counter()
        self._asked: dict[tuple[Matcher, ...], int] = {}
        """How many lines called these."""
        self._pending: list[_Pending] = []
        self._calls: dict[tuple[int, ...], Literal] = {}
        self.crowded = False
        """Many lines of the last block were hit."""
        self._familiar = False
        self._block = Block(b"")
        self._lines: list[Line] = []
        self._alike: list[Alike] = []

    def block(self, block: Block, hits: Hits | None, glanced: Sequence[tuple[int, int]] = ()) -> None:
        """One more block; `hits` are those of `literals` behind its context, None where they are yet to be found;
        `glanced` are those of what a sample is searched for."""
        self._cost.bytes += len(block.data) - block.start
        pending = self._pending
        self._block = block
        if pending and not block.joined:
            self._resume(pending)
            self._pending = []
        if hits is None and not (self._familiar and self._split()):
            hits = self._literals.hits(block.data, block.start, passed=self._passing())
        if hits is not None and not block.start:
            hits = self._literals.openings(block.data) + hits
        if hits is not None and not (hits or glanced or self._asked):  # as in most logs: no line was judged yet
            self.crowded = self._familiar = False
            return
        if hits:
            self._by_hits(hits)
        if glanced and self._watch is not None:
            self._show_sampled(glanced, self._watch.sampled)
        counted = self._shapes.counted
        self.crowded = counted + len(hits or ()) > FEW
        self._familiar = counted * _FAMILIAR > len(block.data)
        self._shapes.end_block(self._flush)
        if self._watch is not None and (self._lines or self._alike):
            self._watch.block(block, self._lines, self._alike)
            self._lines, self._alike = [], []
        for series in self.found.values():
            series.end_block()

    def end(self) -> None:
        """The source is read; nothing of its text is held any more."""
        for series in self.found.values():
            series.end()
        if self._asked:
            self._shapes.forget()
        for matchers, number in self._asked.items():
            for matcher in matchers:
                self._cost.candidates[matcher.rule.id] += number
        self._source.release()

    @cached_property
    def _shapes(self) -> Shapes:
        return Shapes(self._numbered)

    # ------------------------------------------------------------------------------------------ which lines

    def _by_hits(self, hits: Hits) -> None:
        """The hit lines (or the window of an over-long one), each with whom its hits call."""
        block = self._block
        data, window, known = block.data, self._limits.line, self._shapes.known
        joined, size = block.joined, len(block.data)
        if block.covered:
            hits = _uncovered(hits, block.covered)
        i, n = 0, len(hits)
        while i < n:
            begin, to = i, hits[i][1]
            start = 0 if joined else data.rfind(b"\n", 0, to - 1) + 1
            end = size if joined else data.find(b"\n", to - 1)
            if end < 0:
                end = size
            whole = end - start <= window
            if not whole:
                start, end = max(start, to - window // 2), min(end, to + window // 2)
            i += 1
            while i < n and hits[i][1] <= end:
                i += 1
            line = data[start:end]
            masked = line.translate(MASK)
            if known(line, masked, start, end):
                continue
            matchers, interest = self._called(hits[begin:i])
            self._line(start, end, line, masked, matchers, interest if whole else 0)

    def _passing(self) -> Passed | None:
        """What counts a line that is hit and known, so that nothing is looked for in it."""
        block = self._block
        if block.joined or block.covered:
            return None
        return self._shapes.passing(block.data, block.start, self._limits.line)

    def _split(self) -> bool:
        """A block with many lines of which the like is known: these are counted, and what is left is scanned. False
        where it cannot be split."""
        block = self._block
        data, at = block.data, block.start
        if block.joined or block.covered or (at and data[at - 1] != 10):
            return False
        others, places = self._shapes.sift(data[at:] if at else data, at)
        rest = b"\n".join((b"", *others))
        begins = list(accumulate(map(len, others), lambda end, size: end + size + 1, initial=1))
        found: Hits = []
        line = 0
        for index, to in self._literals.hits(rest) or ():
            line = bisect_left(begins, to, line) - 1
            found.append((index, places[line] + to - begins[line]))
        self._by_hits(found)
        return True

    def _called(self, hits: Sequence[tuple[int, int]]) -> Literal:
        """Whom several hits in one line call."""
        if len(hits) == 1:
            return self._told[hits[0][0]]
        key = tuple([index for index, _ in hits])
        called = self._calls.get(key)
        if called is None:
            many = [self._told[index] for index in set(key)]
            matchers = {matcher for one in many for matcher in one.matchers}
            interest = reduce(or_, (one.interest for one in many))
            called = Literal(tuple(sorted(matchers, key=attrgetter("order"))), interest)
            if len(self._calls) >= _CALLS:
                self._calls.clear()
            self._calls[key] = called
        return called

    # ------------------------------------------------------------------------------------------ one line

    def _line(
        self, start: int, end: int, line: bytes, masked: bytes, matchers: tuple[Matcher, ...], interest: int
    ) -> None:
        """What one line, of which it is not known, says to those whom its hits call."""
        if not matchers:
            self._show(start, end, interest, False)
            return
        text = self._source.normal(self._block, start, end)
        if self._shapes.count(text, line, masked, start, end):
            return
        verdict = self._shapes.find(text)
        self._asked[matchers] = self._asked.get(matchers, 0) + 1
        hit = Hit(self._source, self._block, start, end)
        if verdict is None:
            confirmed, waiting = self._judge(text, hit, matchers)
            sightings: Sequence[Sighting] = self._sightings(hit, confirmed) if confirmed else ()
            known = bool(confirmed or waiting)
            if self._shapes.worth(text):
                always = not any(m.signal.levels or m.signal.only for m, *_ in confirmed)
                verdict = self._shapes.learn(text, matchers, sightings, interest, always=always)
        else:
            sightings, known = verdict.sightings, bool(verdict.sightings)
        if verdict is not None:
            target = verdict.targets[verdict.values(text)] = Target(verdict, self._parts(sightings, text))
            parts = target.parts
        else:
            parts = self._parts(sightings, None)
        for series, captures, via in parts:
            self._cost.matches[series.key.rule] += 1
            series.add(hit, captures, via)
        self._show(start, end, interest, known)

    def _show(self, start: int, end: int, interest: int, known: bool) -> None:
        if self._watch is not None and interest & self._watch.interest:
            self._lines.append(Line(start, end, interest, known))

    def _show_sampled(self, hits: Sequence[tuple[int, int]], interest: int) -> None:
        block, until = self._block, 0
        data = block.data
        for _, to in _uncovered(hits, block.covered) if block.covered else hits:
            if to <= until:
                continue
            start = 0 if block.joined else data.rfind(b"\n", 0, to - 1) + 1
            until = len(data) if block.joined else _end(data, to - 1)
            if until - start <= self._limits.line:
                self._lines.append(Line(start, until, interest, False))

    def _judge(self, text: bytes, hit: Hit, matchers: Sequence[Matcher]) -> tuple[list[_Confirmed], bool]:
        """What RE2 confirms of a line; and whether a paragraph that begins here goes on in the next block."""
        block = self._block
        confirmed: list[_Confirmed] = []
        unfinished: list[Matcher] = []
        paragraph: tuple[bytes, bool] | None = None
        for matcher in matchers:
            judged = text
            if matcher.signal.block:
                if paragraph is None:
                    paragraph = self._source.paragraph(block, hit.start, hit.end)
                if not (paragraph[1] or block.last or block.joined):
                    unfinished.append(matcher)
                    continue
                judged = paragraph[0]
            match = matcher.match(judged)
            if match is not None:
                confirmed.append(_Confirmed(matcher, judged, match.start(), matcher.captures(match)))
        if unfinished:
            self._pending.append(_Pending(len(block.data) - hit.start, tuple(unfinished)))
        return confirmed, bool(unfinished)

    def _resume(self, pending: Sequence[_Pending]) -> None:
        """Block signals of the block before, now that what follows them is here (as far as the context reaches)."""
        block = self._block
        for item in pending:
            start = block.start - item.back
            if start < 0:
                continue
            end = _end(block.data, start)
            text, _complete = self._source.paragraph(block, start, end)
            hit = Hit(self._source, block, start, end)
            confirmed = [
                _Confirmed(m, text, match.start(), m.captures(match))
                for m in item.matchers
                if (match := m.match(text)) is not None
            ]
            for series, captures, via in self._parts(self._sightings(hit, confirmed), None):
                self._cost.matches[series.key.rule] += 1
                series.add(hit, captures, via)

    # ------------------------------------------------------------------------------------------ what it means

    def _sightings(self, hit: Hit, confirmed: list[_Confirmed]) -> list[Sighting]:
        """One for each signal; envelopes become `via`, harmless rules take back what they excuse."""
        via: str | None = None
        if len(confirmed) > 1:
            excused = {
                i
                for m, *_ in confirmed
                if m.rule.kind is _HARMLESS and m.rule.excuses and hit.admitted(m.signal)
                for i in m.rule.excuses
            }
            confirmed = [one for one in confirmed if one.matcher.rule.id not in excused]
            envelopes = [
                (one.start, one.matcher.rule.id) for one in confirmed if one.matcher.rule.kind is Kind.ENVELOPE
            ]
            via = min(envelopes)[1] if envelopes else None
        seen: dict[tuple[str, str], Sighting] = {}
        for matcher, text, _, spans in confirmed:
            known = seen.get(matcher.key)
            if known is not None:
                # A later alternative of the same signal may know more of the line; the first one wins where both do.
                known.spans.update({name: span for name, span in spans.items() if name not in known.spans})
            elif hit.admitted(matcher.signal):
                seen[matcher.key] = Sighting(matcher, text, spans, via if via != matcher.rule.id else None)
        return list(seen.values())

    def _parts(
        self, sightings: Sequence[Sighting], text: bytes | None
    ) -> list[tuple[Series, dict[str, str], str | None]]:
        """The series that sightings add to, and the values in `text` (None: in the text where each was seen)."""
        parts = []
        for one in sightings:
            captures = one.captures(one.text if text is None else text)
            parts.append((self._series(one.matcher, captures), captures, one.via))
        return parts

    def _series(self, matcher: Matcher, captures: dict[str, str]) -> Series:
        join = tuple(captures.get(name) for name in matcher.rule.per)
        key = SeriesKey(*matcher.key, join)
        series = self.found.get(key)
        if series is None and self._joins[matcher.key] >= self._limits.join_values:
            key = SeriesKey(*matcher.key, tuple("other" if value else None for value in join))
            series = self.found.get(key)
        if series is None:
            self._joins[matcher.key] += 1
            series = self.found[key] = Series(key, self._source, self._limits)
        return series

    def _flush(self, target: Target) -> None:
        """What was only counted in this block, added to its series."""
        verdict, places = target.verdict, target.places
        number = len(places)
        for rule_id in verdict.candidates:
            self._cost.candidates[rule_id] += number
        late = places[-self._limits.keep_last :]
        ends = late if number <= len(late) else [places[0], *late]
        hits = [Hit(self._source, self._block, *place) for place in ends]
        for series, captures, via in target.parts:
            self._cost.matches[series.key.rule] += number
            series.add_many(number, hits, captures, via)
        if self._watch is not None and (interest := verdict.interest & self._watch.interest):
            self._alike.append(Alike(places, interest, bool(verdict.sightings)))


def _uncovered(hits: Sequence[tuple[int, int]], covered: Sequence[tuple[int, int]]) -> Hits:
    """The hits that do not end inside of these ranges (both in order)."""
    left: Hits = []
    ranges = iter(covered)
    start = end = 0
    for hit in hits:
        while hit[1] > end and (following := next(ranges, None)) is not None:
            start, end = following
        if not start < hit[1] <= end:
            left.append(hit)
    return left


def _end(data: bytes, at: int) -> int:
    """Where the line that `data[at]` lies in ends."""
    end = data.find(b"\n", at)
    return len(data) if end < 0 else end

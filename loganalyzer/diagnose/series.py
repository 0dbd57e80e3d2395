"""What is remembered of one signal in one source under one join value: bounded, however many lines there are.

A counter of spans of time, full records of the first, the last and a few between, and the values that the captures
took. Questions about windows and order are answered from these; where they would need finer order than was kept, the
answer is unknown, never a guess.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from loganalyzer.frozen import slotted
from loganalyzer.limits import Limits
from loganalyzer.model import Block, Instant, Record, Source
from loganalyzer.rulepack.rule import Signal

_EXACT = 32
"""So many matches of a series are timed one by one; later ones once at each end of a block."""
_SPANS = 512
_VALUES = 64


class SeriesKey(NamedTuple):
    """Rule, signal and the values of the rule's `per` captures (None: this signal does not capture it)."""

    rule: str
    signal: str
    join: tuple[str | None, ...]


class Hit:
    """One hit line; its Record is made when somebody needs it, at most once."""

    __slots__ = ("_record", "block", "end", "source", "start")

    def __init__(self, source: Source, block: Block, start: int, end: int) -> None:
        self.source, self.block, self.start, self.end = source, block, start, end
        self._record: Record | None = None

    @property
    def record(self) -> Record:
        """The parsed log entry."""
        if self._record is None:
            self._record = self.source.record(self.block, self.start, self.end)
        return self._record

    @property
    def when(self) -> Instant | None:
        """The record's time, at less cost."""
        return self.source.moment(self.block, self.start, self.end) if self._record is None else self._record.when

    @property
    def line(self) -> int:
        """The record's line."""
        return self.source.number(self.block, self.start) if self._record is None else self._record.line

    def admitted(self, signal: Signal) -> bool:
        """Whether the line's level and program fit what the signal says of them; unknown ones do."""
        if signal.levels and self.record.level is not None and self.record.level not in signal.levels:
            return False
        if not signal.only or not signal.components:
            return True
        program = self.record.program or self.source.component
        return program is None or program in signal.components


class Occurrence(Protocol):
    """Where a signal was seen."""

    @property
    def start(self) -> int:
        """What orders it among others of its block."""

    @property
    def record(self) -> Record:
        """The log entry, or the row of collected output."""

    @property
    def when(self) -> Instant | None:
        """Its time."""

    @property
    def line(self) -> int:
        """Its line."""


class RowHit(NamedTuple):
    """A row of collected command output that a fact's test holds of."""

    line: int
    record: Record

    @property
    def start(self) -> int:
        """The rows are one block."""
        return self.line

    @property
    def when(self) -> Instant | None:
        """Rows have none of their own."""
        return self.record.when


class Kept(NamedTuple):
    """A full record and the envelope it came through."""

    record: Record
    via: str | None
    captures: Mapping[str, str]


@slotted
class Span:
    """So many matches between two instants; None where the lines have no time."""

    count: int
    first: Instant | None
    last: Instant | None
    line: int
    last_line: int

    @property
    def earliest(self) -> Instant | None:
        """The earlier end: `last` in a log that is newest first."""
        return min(self.first, self.last, key=_seconds) if self.first and self.last else self.first or self.last

    @property
    def latest(self) -> Instant | None:
        """The later end."""
        return max(self.first, self.last, key=_seconds) if self.first and self.last else self.last or self.first


def _seconds(when: Instant) -> float:
    return when.seconds


class Series:
    """See the module's text."""

    __slots__ = (
        "_block_count",
        "_block_first",
        "_block_late",
        "_held",
        "_limits",
        "_next_between",
        "between",
        "count",
        "first",
        "key",
        "last",
        "source",
        "spans",
        "values",
    )

    def __init__(self, key: SeriesKey, source: Source, limits: Limits) -> None:
        self.key = key
        self.source = source
        self.count = 0
        self.first: list[Kept] = []
        self.between: list[Kept] = []
        self.last: deque[Kept] = deque(maxlen=limits.keep_last)
        self.spans: list[Span] = []
        self.values: dict[str, Counter[str]] = {}
        self._limits = limits
        self._block_count = 0
        self._block_first: Occurrence | None = None
        self._block_late: list[_Late] = []
        self._held: list[_Late] = []
        self._next_between = 16

    @property
    def saturated(self) -> bool:
        """Whether further matches are counted and sampled only, so that `add_many` may take them together."""
        return self.count >= _EXACT

    def add(self, hit: Occurrence, captures: Mapping[str, str], via: str | None) -> None:
        """One more match. The same entry logged again at another level in the same instant counts once."""
        if self.count >= _EXACT:
            self.add_many(1, (hit,), captures, via)
            return
        self._take(captures, 1)
        record = hit.record
        if self._repeats(record):
            return
        self.count += 1
        kept = Kept(record, via, captures)
        (self.first if len(self.first) < self._limits.keep_first else self.last).append(kept)
        self.spans.append(Span(1, record.when, record.when, record.line, record.line))

    def add_many(self, number: int, hits: Sequence[Occurrence], captures: Mapping[str, str], via: str | None) -> None:
        """So many more matches in one block, all with the same values; `hits` are the first and the last of them, in
        order. Only once `saturated`."""
        self._take(captures, number)
        self.count += number
        self._block_count += number
        if self.count >= self._next_between:
            self._next_between = self.count * 4
            if len(self.between) < self._limits.keep_between:
                self.between.append(Kept(hits[-1].record, via, captures))
        if self._block_first is None or hits[0].start < self._block_first.start:
            self._block_first = hits[0]
        late = self._block_late
        late += [(hit, via, captures) for hit in hits[-self._limits.keep_last :]]
        if len(late) > 64:
            late.sort(key=_place)
            del late[: -self._limits.keep_last]

    def end_block(self) -> None:
        """Note when the matches of a block were. Its last ones become records when there are none in the next block, or
        too few: until then they hold the block."""
        if self._block_first is None:
            if self._held:  # most series are idle in most blocks
                self.end()
            return
        self._block_late.sort(key=_place)
        late = self._block_late[-self._limits.keep_last :]
        if len(late) < self._limits.keep_last:
            self.end()
        self._held = late
        first, last = self._block_first, late[-1][0]
        self.spans.append(Span(self._block_count, first.when, last.when, first.line, last.line))
        self._block_count = 0
        self._block_first = None
        self._block_late = []
        if len(self.spans) > _SPANS:
            self._coarsen()

    def end(self) -> None:
        """Make records of what is held; after this the series holds no block."""
        for hit, via, captures in self._held:
            self.last.append(Kept(hit.record, via, captures))
        self._held = []

    @property
    def kept(self) -> list[Kept]:
        """The full records, in order of line."""
        self.end()
        return sorted([*self.first, *self.between, *self.last], key=lambda kept: kept.record.line)

    def _take(self, captures: Mapping[str, str], number: int) -> None:
        for name, value in captures.items():
            counter = self.values.get(name)
            if counter is None:
                counter = self.values[name] = Counter()
            if value in counter or len(counter) < _VALUES:
                counter[value] += number

    def _repeats(self, record: Record) -> bool:
        """klog redirected into zap prints one message at ERROR, WARN and INFO within one millisecond."""
        if not self.spans or record.when is None or record.level is None:
            return False
        before = (self.last[-1] if self.last else self.first[-1]).record
        return before.when == record.when and before.level != record.level and before.message == record.message

    def _coarsen(self) -> None:
        """Halve the number of spans by joining neighbours; what cannot be told apart any more becomes unknown."""
        pairs = [self.spans[i : i + 2] for i in range(0, len(self.spans), 2)]
        self.spans = [
            Span(sum(s.count for s in pair), pair[0].first, pair[-1].last, pair[0].line, pair[-1].last_line)
            for pair in pairs
        ]


_Late = tuple[Occurrence, str | None, Mapping[str, str]]


def _place(late: _Late) -> int:
    return late[0].start

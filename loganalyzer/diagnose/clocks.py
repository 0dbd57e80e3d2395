"""How the clocks of the logs stand to each other, told by events that several of them tell of.

A pod's UID, a container's id, a certificate request or the election of a leader appears in several logs at nearly the
same moment. Where three or more such events pair and agree, the offset between two logs is known, with an error; whole
hours of it are a zone, the rest is what the clock is wrong by.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from statistics import median
from zlib import crc32

from loganalyzer import late
from loganalyzer.diagnose.observe import Watcher
from loganalyzer.model import Block, Clock, ClockNote, FactTable, InputInfo, Instant, Record, Source

_PAIRS = 3
"""So many events must agree."""
_AGREE = 5.0
"""Seconds within which they agree."""
_SHARE = 0.6
"""So much of what pairs must agree: by chance, nothing does."""
_DELAY = 1.0
"""Seconds that one program may print an event later than another."""
_TOKENS = 512
"""So many events of one log are remembered, the same ones in every log."""
_HOLDERS = 64
"""So many logs that tell of one event are compared with each other."""
_FRESH = 64
"""So many new ones a block are looked at."""
_MOST_ZONE = 14.0 * 3600
_ZONES = ((3600.0, 1260.0), (1800.0, 540.0))
"""Zones differ by whole hours, a few by half ones; so many seconds a clock may be wrong besides."""

_ID = late.pattern(
    rb"[0-9a-f]{8}(?:[0-9a-f]{56}|[0-9a-f]{24}|-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-zA-Z-])"
)
"""It begins with a class of bytes, which `re` looks for much faster than for anything else; so what must not stand
before it is looked at afterwards."""
_BEFORE = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:@-")
_REQUEST = late.pattern(rb"(?<![0-9a-zA-Z:@-])(?:node-)?csr-[0-9a-zA-Z_-]{5,64}(?![0-9a-zA-Z-])")
_LEADER = late.pattern(
    rb"elected leader ([0-9a-f]{8,16}) at term (\d{1,12})|([0-9a-f]{8,16}) became leader at term (\d{1,12})"
)


_Events = Mapping[bytes, Instant]
"""Event -> the first time that a log tells of it."""
_Edges = dict[int, list[tuple[float, int, float, int]]]
"""Log -> (error, other log, seconds that the other one is ahead, events) of those that it can be compared with."""


class PairedEvents:
    """The observer: one for a report."""

    literals: Sequence[bytes] = (
        b"odUID", b"pod UID", b"ontainerID", b"ontainerStarted", b"ontainerId", b"containerd://", b"docker://",
        b"StartContainer for", b"RunPodSandbox", b"sandbox id", b"csr-", b" at term ", b"auditID", b"audit-ID",
        b"audit-id", b"request-id", b"requestID", b"traceID", b"trace_id", b'"UID"', b"uid=", b"UID:", b'"uid":',
    )  # fmt: skip

    def __init__(self) -> None:
        self._eyes: list[_Eye] = []

    def watch(self, source: Source) -> Watcher:
        """An eye on any log."""
        eye = _Eye(source)
        self._eyes.append(eye)
        return eye

    def align(self, sources: Sequence[Source]) -> tuple[ClockNote, ...]:
        """Give every source whose clock is known its `clock`; what there is to say of those that differ."""
        index = {id(source): i for i, source in enumerate(sources)}
        events = {index[id(eye.source)]: eye.events() for eye in self._eyes if id(eye.source) in index}
        kinds = [_zoned(source, events.get(i, {})) for i, source in enumerate(sources)]
        edges: _Edges = {i: [] for i in range(len(sources))}

        def join(i: int, j: int, offset: float, error: float, pairs: int) -> None:
            edges[i].append((error, j, offset, pairs))
            edges[j].append((error, i, -offset, pairs))

        for i, j in _sharing(events):
            if (found := _offset(events[i], events[j])) is not None:
                join(i, j, *found)
        homes: dict[str, int] = {}
        for i, source in enumerate(sources):
            if kinds[i] and source.node is not None:
                first = homes.setdefault(source.node, i)
                if first != i:
                    join(first, i, 0.0, 0.0, 0)  # one node has one clock
        return tuple(_assign(sources, edges, kinds))


class _Eye:
    """The events of one log."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._first: dict[bytes, Instant] = {}
        self._order: list[tuple[int, bytes]] = []
        self._fresh = (0, 0)

    def events(self) -> _Events:
        """Each with the first time, settled."""
        return {token: self.source.settle(when) for token, when in self._first.items()}

    def line(self, block: Block, start: int, end: int, known: bool) -> None:
        """One line that may tell of an event."""
        for token in _tokens(block.data, start, end):
            if token in self._first:
                continue
            rank = -crc32(token)
            if len(self._order) >= _TOKENS and rank <= self._order[0][0]:
                continue
            fresh = self._fresh[1] + 1 if self._fresh[0] == block.line else 1
            self._fresh = (block.line, fresh)  # not the block: each of thousands of eyes would keep one
            when = self.source.moment(block, start, end) if fresh <= _FRESH else None
            if when is None:
                continue
            if len(self._order) >= _TOKENS:
                del self._first[heapq.heapreplace(self._order, (rank, token))[1]]
            else:
                heapq.heappush(self._order, (rank, token))
            self._first[token] = when


def _tokens(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """The events that a line names."""
    for found in _ID.finditer(data, start, end):
        at = found.start()
        if at == start or data[at - 1] not in _BEFORE:
            yield found[0]
    if data.find(b"csr-", start, end) >= 0:
        yield from (found[0] for found in _REQUEST.finditer(data, start, end))
    if data.find(b" at term ", start, end) >= 0:
        for found in _LEADER.finditer(data, start, end):
            yield b" ".join(part for part in found.groups() if part)


def _zoned(source: Source, events: _Events) -> bool:
    """Whether its instants have a zone."""
    first = source.summary().first
    some = next(iter(events.values()), first)
    return some is not None and some.zone is not None


def _offset(a: _Events, b: _Events) -> tuple[float, float, int] | None:
    """How far `b` is ahead of `a`, how wrong that may be, and how many events say so; None where too few agree."""
    if len(a) > len(b):
        found = _offset(b, a)
        return (-found[0], found[1], found[2]) if found else None
    pairs = [(a[token], b[token]) for token in a if token in b]
    kinds = {(x.zone is None, y.zone is None, x.has_year) for x, y in pairs if x.has_year == y.has_year}
    if len(pairs) < _PAIRS or len(kinds) != 1:
        return None
    gaps = sorted(y.seconds - x.seconds for x, y in pairs if x.has_year == y.has_year)
    best = max(((bisect_right(gaps, low + _AGREE) - i, i) for i, low in enumerate(gaps)), key=lambda m: (m[0], -m[1]))
    agreeing = gaps[best[1] : best[1] + best[0]]
    if len(agreeing) < _PAIRS or len(agreeing) < _SHARE * len(gaps):
        return None
    digits = max(10.0 ** -min(x.digits, y.digits) for x, y in pairs)
    return median(agreeing), agreeing[-1] - agreeing[0] + digits + _DELAY, len(agreeing)


def _sharing(events: Mapping[int, _Events]) -> list[tuple[int, int]]:
    """Pairs of logs that tell of enough of the same events."""
    holders: dict[bytes, list[int]] = defaultdict(list)
    for i in sorted(events):
        for token in events[i]:
            holders[token].append(i)
    shared: Counter[tuple[int, int]] = Counter()
    for many in holders.values():
        shared.update(combinations(many[:_HOLDERS], 2))
    return sorted(pair for pair, count in shared.items() if count >= _PAIRS)


def _assign(sources: Sequence[Source], edges: _Edges, kinds: Sequence[bool]) -> Iterator[ClockNote]:
    """Spread the offsets over each group, from the log whose clock lies in the middle."""
    done: set[int] = set()
    for any_ in sorted(edges):
        if any_ in done or not edges[any_]:
            continue
        spread = _spread(any_, edges)
        done |= spread.keys()
        candidates = sorted((i for i in spread if kinds[i]), key=lambda i: (spread[i][0], i))
        candidates = candidates or sorted(spread, key=lambda i: (spread[i][0], i))
        start = candidates[(len(candidates) - 1) // 2]
        for i, (ahead, error, pairs) in sorted(_spread(start, edges).items()):
            sources[i].clock = Clock(start, ahead, error, kinds[i])
            if pairs and abs(ahead) > error:
                yield _note(sources[i], sources[start], ahead, error, pairs, kinds[i])


def _spread(start: int, edges: _Edges) -> dict[int, tuple[float, float, int]]:
    """How far each log that can be reached is ahead of `start`, along the way with the smallest error; the error; and
    the events of the last pair on the way."""
    known: dict[int, tuple[float, float, int]] = {}
    heap: list[tuple[float, int, float, int]] = [(0.0, start, 0.0, 0)]
    while heap:
        error, i, ahead, pairs = heapq.heappop(heap)
        if i in known:
            continue
        known[i] = (ahead, error, pairs)
        for more, j, offset, count in edges[i]:
            if j not in known:
                heapq.heappush(heap, (error + more, j, ahead + offset, count or pairs))
    return known


def _note(source: Source, reference: Source, ahead: float, error: float, pairs: int, zoned: bool) -> ClockNote:
    zone = 0.0
    for step, slack in () if zoned else _ZONES:
        near = round(ahead / step) * step
        if abs(near) <= _MOST_ZONE and abs(ahead - near) <= slack:
            zone = near
            break
    return ClockNote(source.path, source.node, reference.path, reference.node, round(zone), ahead - zone, error, pairs)


APART = 300.0
"""Seconds from which on clocks that differ are a finding."""


class Measured:
    """A log of our own: one line about a node whose clock is wrong, for rules to know (`in: [tkelog]`)."""

    path, component, format = "measured", "tkelog", "text"
    clock: Clock | None = None

    def __init__(self, note: ClockNote) -> None:
        self.node = note.node
        name, other = note.node or note.source, note.reference_node or note.reference
        way = "ahead of" if note.ahead > 0 else "behind"
        self._text = (
            f"the clock of {name} is {abs(note.ahead):.0f} s {way} {other} "
            f"(+- {note.error:.1f} s, {note.events} events that {note.source} and other logs tell of)"
        )

    def blocks(self) -> Iterator[Block]:
        """The line."""
        yield Block(self._text.encode(), last=True)

    def normal(self, block: Block, start: int, end: int) -> bytes:
        """The line as it is."""
        return block.data[start:end]

    def paragraph(self, block: Block, start: int, end: int) -> tuple[bytes, bool]:
        """The line as it is."""
        return block.data[start:end], True

    def record(self, block: Block, start: int, end: int) -> Record:
        """The line without a time."""
        return Record(1, self._text, self._text)

    def moment(self, block: Block, start: int, end: int) -> Instant | None:
        """It has no times."""
        return None

    def settle(self, when: Instant) -> Instant:
        """It has no times."""
        return when

    def table(self) -> FactTable | None:
        """It is no collected output."""
        return None

    def summary(self) -> InputInfo:
        """What it is."""
        return InputInfo(self.path, self.node, self.component, self.format, 1, len(self._text))


def measured(notes: Sequence[ClockNote]) -> list[Source]:
    """One for each node (or log without node) whose clock is off by more than five minutes."""
    worst: dict[str, ClockNote] = {}
    for note in notes:
        name = note.node or note.source
        if abs(note.ahead) - note.error > APART and (name not in worst or note.error < worst[name].error):
            worst[name] = note
    return [Measured(worst[name]) for name in sorted(worst)]

"""How the clocks of the logs stand to each other, told by events that several of them tell of.

A pod's UID, a container's id, a certificate request or the election of a leader appears in several logs at nearly the
same moment. Where three or more such events pair and agree, the offset between two logs is known, with an error; whole
hours of it are a zone, the rest is what the clock is wrong by.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from zlib import crc32

from loganalyzer import late
from loganalyzer.diagnose.digits import MASK
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
_ENOUGH = 6
"""So many of the events that two logs share are enough where they all agree."""
_ALIKE = 4
"""So many logs of one program on one node that tell of events are watched; the others have the same clock."""
_HOLDERS = 64
"""So many logs that tell of one event are compared with each other."""
_FRESH = 64
"""So many new ones a block are looked at."""
_KEPT = 16 << 20
"""Bytes of lines that are kept until their time is asked for; of further ones it is asked for at once."""
_LINE = 1024
"""Bytes of a line that is kept."""
_BEGIN, _BEGINNINGS = 12, 4096
"""Bytes at the beginning of a line that tell whether it has a time of its own, and how many such are remembered."""
_MOST_ZONE = 14.0 * 3600
_ZONES = ((3600.0, 1260.0), (1800.0, 540.0))
"""Zones differ by whole hours, a few by half ones; so many seconds a clock may be wrong besides."""

_ID = late.pattern(
    rb"[0-9a-f]{8}(?:[0-9a-f]{56}|[0-9a-f]{24}|-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-zA-Z-])"
)
_HEX, _EIGHT = bytes.maketrans(b"123456789abcdef", b"0" * 15), b"0" * 8
"""How it begins is looked for with all its digits made zeros: that is much faster than `re` is."""
_BEFORE = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:@-")
_REQUEST = late.pattern(rb"(?<![0-9a-zA-Z:@-])(?:node-)?csr-[0-9a-zA-Z_-]{5,64}(?![0-9a-zA-Z-])")
_LEADER = late.pattern(
    rb"elected leader ([0-9a-f]{8,16}) at term (\d{1,12})|([0-9a-f]{8,16}) became leader at term (\d{1,12})"
)


_Kind = tuple[str, str]
_Told = bytes | Instant
"""A line that has a time of its own, or a time."""
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
        self._lines = _Lines()
        self._watched: Counter[_Kind | None] = Counter()
        self._taken: Counter[_Kind] = Counter()

    def wants(self, source: Source) -> bool:
        """Any log, but for further ones of a program on a node of which enough are watched."""
        return self._watched.get(_kind(source), 0) < _ALIKE

    def watch(self, source: Source) -> _Eye:
        """An eye on such a log."""
        return _Eye(source, self._lines, self._watched)

    def take(self, eye: _Eye) -> None:
        """The events of one log; of a program on a node of those that came first, also where others were watched."""
        kind = _kind(eye.source)
        if kind is not None:
            if self._taken[kind] >= _ALIKE:
                return
            self._taken[kind] += 1
        self._eyes.append(eye)

    def align(self, sources: Sequence[Source]) -> tuple[ClockNote, ...]:
        """Give every source whose clock is known its `clock`; what there is to say of those that differ."""
        index = {id(source): i for i, source in enumerate(sources)}
        eyes = {index[id(eye.source)]: eye for eye in self._eyes if id(eye.source) in index}
        kinds = [_zoned(source, eyes.get(i)) for i, source in enumerate(sources)]
        edges: _Edges = {i: [] for i in range(len(sources))}

        def join(i: int, j: int, offset: float, error: float, pairs: int) -> None:
            edges[i].append((error, j, offset, pairs))
            edges[j].append((error, i, -offset, pairs))

        for i, j in _sharing(eyes):
            if (found := _compared(eyes[i], eyes[j])) is not None:
                join(i, j, *found)
        homes: dict[tuple[str, str | None], int] = {}
        for i, source in enumerate(sources):
            if source.node is None or (not kinds[i] and source.component is None):
                continue
            # One node has one clock, and one program on it prints the times of one zone.
            first = homes.setdefault((source.node, None if kinds[i] else source.component), i)
            if first != i and (kinds[i] or i not in eyes):
                join(first, i, 0.0, 0.0, 0)
        return tuple(_assign(sources, edges, kinds))


class _Lines:
    """Lines that tell of events, kept until somebody asks for their time: of most events only one log tells."""

    def __init__(self) -> None:
        self._room = _KEPT
        self._own: set[bytes] = set()
        """How lines begin, digits masked, that have a time of their own."""

    def told(self, source: Source, block: Block, start: int, end: int) -> _Told | None:
        """The line, where it can be asked alone later; else its time, None where it has none."""
        begin = block.data[start : start + _BEGIN].translate(MASK)
        alone = block.data[start:end]
        if begin in self._own and len(alone) <= min(_LINE, self._room):
            self._room -= len(alone)
            return alone
        when = source.moment(Block(alone), 0, len(alone))
        if when is None:
            return source.moment(block, start, end)
        if len(self._own) < _BEGINNINGS:
            self._own.add(begin)
        return when


class _Eye:
    """The events of one log."""

    def __init__(self, source: Source, lines: _Lines, watched: Counter[_Kind | None]) -> None:
        self.source = source
        self.first: dict[bytes, _Told | None] = {}
        """Event -> the first line that tells of it, or its time."""
        self._lines, self._watched = lines, watched
        self._order: list[tuple[int, bytes]] = []
        self._fresh = (0, 0)

    def __getstate__(self) -> object:
        """What its observer takes."""
        return {"source": self.source, "first": self.first}

    def end(self) -> bool:
        """Whether it tells of an event."""
        kind = _kind(self.source)
        if self.first and kind is not None:
            self._watched[kind] += 1
        return bool(self.first)

    def events(self, tokens: Iterable[bytes]) -> _Events:
        """Of these events the first time, settled."""
        found = {token: when for token in tokens if (when := self._when(token)) is not None}
        return {token: self.source.settle(when) for token, when in found.items()}

    def any(self) -> Instant | None:
        """The time of one event."""
        return next((when for token in self.first if (when := self._when(token)) is not None), None)

    def line(self, block: Block, start: int, end: int, known: bool) -> None:
        """One line that may tell of an event."""
        first = self.first
        for token in _tokens(block.data, start, end):
            if token in first:
                continue
            full = len(first) >= _TOKENS
            if full and not self._order:
                self._order = [(-crc32(one), one) for one in first]
                heapq.heapify(self._order)
            if full and -crc32(token) <= self._order[0][0]:
                continue
            fresh = self._fresh[1] + 1 if self._fresh[0] == block.line else 1
            self._fresh = (block.line, fresh)  # not the block: each of thousands of eyes would keep one
            told = self._lines.told(self.source, block, start, end) if fresh <= _FRESH else None
            if told is None:
                continue
            if full:
                del first[heapq.heapreplace(self._order, (-crc32(token), token))[1]]
            first[token] = told

    def _when(self, token: bytes) -> Instant | None:
        told = self.first[token]
        if isinstance(told, bytes):
            told = self.first[token] = self.source.moment(Block(told), 0, len(told))
        return told


def _kind(source: Source) -> _Kind | None:
    """Its program and node, whose logs have one clock; None where these are not known."""
    if source.node is None or source.component is None:
        return None
    return source.node, source.component


def _rank(token: bytes) -> tuple[int, bytes]:
    return crc32(token), token


def _tokens(data: bytes, start: int, end: int) -> list[bytes]:
    """The events that a line names."""
    tokens = []
    hidden = data[start:end].translate(_HEX)
    at = hidden.find(_EIGHT)
    while at >= 0:
        found = _ID.match(data, start + at, end) if not at or hidden[at - 1] not in _BEFORE else None
        if found:
            tokens.append(found[0])
        at = hidden.find(_EIGHT, found.end() - start if found else at + len(_EIGHT))
    if data.find(b"csr-", start, end) >= 0:
        tokens += [found[0] for found in _REQUEST.finditer(data, start, end)]
    if data.find(b" at term ", start, end) >= 0:
        tokens += [b" ".join(part for part in found.groups() if part) for found in _LEADER.finditer(data, start, end)]
    return tokens


def _zoned(source: Source, eye: _Eye | None) -> bool:
    """Whether its instants have a zone."""
    if source.zoned is not None:
        return source.zoned
    some = eye.any() if eye is not None else None
    return some is not None and some.zone is not None


def _compared(a: _Eye, b: _Eye) -> tuple[float, float, int] | None:
    """What `_offset` says of two logs, by few of the events that they share where these all agree."""
    both = a.first.keys() & b.first.keys()
    few = heapq.nsmallest(_ENOUGH, both, key=_rank)
    found = _offset(a.events(few), b.events(few))
    if found is not None and found[2] == len(few):
        return found
    return _offset(a.events(both), b.events(both))


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
    from statistics import median  # slow to import, and most logs are compared with none

    digits = max(10.0 ** -min(x.digits, y.digits) for x, y in pairs)
    return median(agreeing), agreeing[-1] - agreeing[0] + digits + _DELAY, len(agreeing)


def _sharing(eyes: Mapping[int, _Eye]) -> list[tuple[int, int]]:
    """Pairs of logs that tell of enough of the same events."""
    holders: dict[bytes, list[int]] = {}
    for i in sorted(eyes):
        for token in eyes[i].first:
            holders.setdefault(token, []).append(i)
    shared: Counter[tuple[int, int]] = Counter()
    for many in holders.values():
        if len(many) > 1:
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
    zoned = None

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

    def number(self, block: Block, start: int) -> int:
        """There is one."""
        return 1

    def release(self) -> None:
        """It is kept whole."""

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

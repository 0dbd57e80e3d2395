"""The lines round a hit line, for a reader who wants to see where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer.model import AROUND, Surroundings

LINES = 3
"""Before it, and as many after it."""
_BACK = 32 * 1024
"""How far back the beginning of a private key is looked for; one of 16,384 bits has 13 kB."""
_KEY = b"PRIVATE KEY"


def around(data: bytes, start: int, end: int) -> Surroundings:
    """The lines before and after the line `data[start:end]`, as far as they are at hand."""
    above: list[tuple[int, int]] = []
    at = start - 1
    while at > 0 and len(above) < LINES:
        begin = data.rfind(b"\n", 0, at) + 1
        above.insert(0, (begin, at))
        at = begin - 1
    below: list[tuple[int, int]] = []
    at = end + 1
    while at < len(data) and len(below) < LINES:
        stop = data.find(b"\n", at)
        stop = len(data) if stop < 0 else stop
        below.append((at, stop))
        at = stop + 1
    return Surroundings(_cut(data, above), _cut(data, below), in_key(data, start, len(above)))


def _cut(data: bytes, lines: Sequence[tuple[int, int]]) -> bytes | None:
    """Neighbouring lines as they stand there, but none of them much longer than is shown."""
    if not lines:
        return None
    start, end = lines[0][0], lines[-1][1]
    if end - start <= LINES * AROUND:
        return data[start:end]
    return b"\n".join([data[a : min(b, a + AROUND)] for a, b in lines])


def in_key(data: bytes, start: int, lines: int) -> bool:
    """Whether a private key begins before the `lines` lines above `start` and has not ended there."""
    for _ in range(lines + 1):
        start = data.rfind(b"\n", 0, max(0, start))
    if start <= 0:
        return False
    floor = max(0, start - _BACK)
    found = data.rfind(_KEY, floor, start)
    return found >= 0 and data.rfind(b"-----BEGIN", max(floor, found - 60), found) > data.rfind(
        b"-----END", max(floor, found - 60), found
    )

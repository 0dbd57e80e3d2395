"""The lines round a hit line, for a reader who wants to see where it stands."""

from __future__ import annotations

LINES = 3
"""Before it, and as many after it."""
_LONGEST = 600
"""Bytes of a line that are kept."""
_BACK = 32 * 1024
"""How far back the beginning of a private key is looked for; one of 16,384 bits has 13 kB."""
_KEY = b"PRIVATE KEY"


def around(data: bytes, start: int, end: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines before and after the line `data[start:end]`, as far as they are at hand."""
    before: list[str] = []
    at = start - 1
    while at > 0 and len(before) < LINES:
        begin = data.rfind(b"\n", 0, at) + 1
        before.insert(0, _line(data, begin, at))
        at = begin - 1
    after: list[str] = []
    at = end + 1
    while at < len(data) and len(after) < LINES:
        stop = data.find(b"\n", at)
        stop = len(data) if stop < 0 else stop
        after.append(_line(data, at, stop))
        at = stop + 1
    return tuple(before), tuple(after)


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


def _line(data: bytes, start: int, end: int) -> str:
    return data[start : min(end, start + _LONGEST)].decode("utf-8", "backslashreplace").strip("\0\r")

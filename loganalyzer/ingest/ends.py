"""The first and the last lines of a source: what form it is in, and when it was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loganalyzer.ingest.formats import Entry, peel
from loganalyzer.model import Instant

HEADER = 4096
"""Bytes at the beginning of a line in which a header lies."""
_LINES = 50
"""Lines at either end that are read where they differ."""
_BYTES = 64 * 1024
"""Bytes at the beginning of a source that are looked at."""
FEW, SOME = 3, 8
"""So many lines are enough where they are all of one kind: where the path names the program, and where it does not."""


def decode(data: bytes) -> str:
    """A line as text; bytes that are no UTF-8 become visible."""
    return data.decode("utf-8", "backslashreplace")


def sample(head: bytes, enough: int) -> list[tuple[str, Entry | None]]:
    """The first lines and what they say; `enough` of them where they all come from one program in one form."""
    found: list[tuple[str, Entry | None]] = []
    kinds = set()
    for line in _first_lines(head):
        entry = peel(line)
        found.append((line, entry))
        kinds.add((entry.dialects, entry.program, entry.node) if entry is not None else None)
        if len(found) == enough and len(kinds) == 1:
            break
    return found


def form(entries: Sequence[Entry]) -> str:
    """The commonest layering of dialects among the first lines; of equals the first."""
    forms = [entry.dialects for entry in entries]
    commonest = max(forms, key=forms.count, default=("text",))
    return "+".join(commonest)


def latest(data: bytes, *, timed: bool) -> Instant | None:
    """The time of the last line that has one. `timed`: the first lines have times; else few lines are asked."""
    end = len(data) - data.endswith(b"\n")
    floor = max(0, end - 4 * HEADER)
    for _ in range(_LINES if timed else SOME):
        begin = data.rfind(b"\n", floor, end) + 1 or floor
        entry = peel(decode(data[begin : min(end, begin + HEADER)]))
        if entry is not None and entry.when is not None:
            return entry.when
        if begin <= floor:
            break
        end = begin - 1
    return None


def _first_lines(head: bytes) -> Iterator[str]:
    """Those that are not empty, one by one."""
    at, most = 0, min(len(head), _BYTES)
    for _ in range(_LINES):
        end = head.find(b"\n", at, most)
        end = most if end < 0 else end
        if end > at:
            yield decode(head[at : min(end, at + HEADER)])
        at = end + 1
        if at >= most:
            return

"""The part of a log line that matters, where there is no room for all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rich.cells import cell_len, set_cell_size

from loganalyzer import late

_HEADER = late.pattern(
    r"(?:\S{19,36} std(?:out|err) [FP] )?"
    r"(?:[IWEFD]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ "
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\s+(?:\[?[A-Za-z]{4,8}\]?[:\s]\s*)?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ )?"
)
_TELLING = late.pattern(
    r"error|fail|refused|denied|timed? ?out|cannot|unable|not found|invalid|expired|conflict|panic|exceeded|no such",
    re.I,
)

_SPOTS = 64
"""So many places are tried as the left edge."""


def excerpt(text: str, width: int, values: Iterable[str] = ()) -> str:
    """At most `width` cells of `text`: where most of the captured `values` and telling words stand; what is left out
    shows as `...`. A header (time, level) that the report says anyway goes first."""
    text = text.replace("\t", "  ").strip()
    if _cells(text) <= width:
        return text
    body = text[len(header[0]) :] if (header := _HEADER.match(text)) else text
    if _cells(body) <= width:
        return body
    per_cell = len(body) / max(1, _cells(body))  # a CJK character takes two cells
    room = max(1, int((width - 8) * per_cell))
    start = max(0, min(_centre(body, room, values) - room // 2, len(body) - room))
    if start and (gap := body.find(" ", start, start + 16)) >= 0:
        start = gap + 1
    head, tail = ("... " if start else ""), " ..."
    piece = body[start : start + width + 1]
    if start + len(piece) == len(body) and _cells(head + piece) <= width:
        return head + piece
    return head + set_cell_size(piece, width - len(head) - len(tail)).rstrip() + tail


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _centre(body: str, room: int, values: Iterable[str]) -> int:
    """The middle of what tells most within `room` characters; of equals the last one, where a Go error ends."""
    spots = [(at, at + len(value), value, 3) for value in set(values) if len(value) >= 2 for at in _places(body, value)]
    spots += [(found.start(), found.end(), found[0].lower(), 1) for found in _TELLING.finditer(body)]
    best, centre = 0, 0
    for left, _, _, _ in sorted(spots)[-_SPOTS:]:
        inside = [spot for spot in spots if left <= spot[0] and spot[1] <= left + room]
        worth = sum({what: weight for _, _, what, weight in inside}.values())
        if worth >= best and inside:
            best, centre = worth, (left + max(end for _, end, _, _ in inside)) // 2
    return centre


def _places(body: str, value: str) -> Iterator[int]:
    at = body.find(value)
    while at >= 0:
        yield at
        at = body.find(value, at + len(value))

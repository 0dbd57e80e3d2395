"""The part of a log line that matters, where there is no room for all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

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


def excerpt(text: str, width: int, values: Iterable[str] = ()) -> str:
    """At most `width` cells of `text`: around the captured `values`, else around the last telling word; what is left
    out shows as `...`. A header (time, level) that the report says anyway goes first."""
    text = text.replace("\t", "  ").strip()
    if _cells(text) <= width:
        return text
    body = text[len(header[0]) :] if (header := _HEADER.match(text)) else text
    if _cells(body) <= width:
        return body
    centre = _centre(body, values)
    per_cell = len(body) / max(1, _cells(body))  # a CJK character takes two cells
    room = max(1, int((width - 6) * per_cell))
    start = max(0, min(centre - room // 2, len(body) - room))
    if start and (gap := body.find(" ", start, start + 16)) >= 0:
        start = gap + 1
    head, tail = ("... " if start else ""), " ..."
    piece = body[start : start + width + 1]
    if start + len(piece) == len(body) and _cells(head + piece) <= width:
        return head + piece
    return head + set_cell_size(piece, width - len(head) - len(tail)).rstrip() + tail


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def _centre(body: str, values: Iterable[str]) -> int:
    spots = [at for value in values if len(value) >= 2 and (at := body.find(value)) >= 0]
    if spots:
        return (min(spots) + max(spots)) // 2
    telling = list(_TELLING.finditer(body))
    return telling[-1].start() if telling else 0

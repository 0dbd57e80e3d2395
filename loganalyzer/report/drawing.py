"""Shapes for the pictures of the HTML report, in units of a 360 wide canvas: what causes what, and when.

The canvas is as wide as a phone, so that its text stays readable there; the template turns the shapes into SVG.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from loganalyzer.frozen import frozen
from loganalyzer.model import Basis, Diagnosis, Instant
from loganalyzer.report.moments import moment
from loganalyzer.report.outline import rows
from loganalyzer.report.page import lines
from loganalyzer.report.phrases import Speech

WIDTH = 360
_ROW = 15
_CELL = 6.1
"""Width of one terminal cell of 11 unit text; a CJK character takes two."""
_STEP = 18
_PAD = 8
_GAP = 8
_MOST = 40


@frozen
class Box:
    """One finding of the causal graph and the way to it from its parent."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    lines: tuple[tuple[int, str], ...]
    """Baseline and text."""
    path: str
    """SVG path of the connector; empty for a root."""


@frozen
class Bar:
    """One finding of the time line: from its first to its last moment."""

    y: int
    x: float
    width: float
    kind: str
    label: str
    span: str


def graph(diagnoses: Sequence[Diagnosis], speech: Speech) -> list[Box]:
    """The trees from the top down, each finding a box indented below the one that explains it."""
    boxes: list[Box] = []
    parents: list[Box] = []
    y = 2
    for depth, diagnosis in islice(rows(diagnoses), _MOST):
        x = 2 + min(depth, 6) * _STEP
        width = WIDTH - x - 2
        room = int((width - 2 * _PAD) / _CELL)
        title = [line for part in speech.text(diagnosis.title).split("\n") for line in islice(lines(part, room), 3)]
        texts = tuple((y + 16 + number * _ROW, text) for number, text in enumerate(title))
        height = len(title) * _ROW + 10
        del parents[depth:]
        path = f"M{parents[-1].x + 8} {parents[-1].y + parents[-1].height}V{y + height // 2}H{x}" if parents else ""
        box = Box(x, y, width, height, diagnosis.kind.value, texts, path)
        boxes.append(box)
        parents.append(box)
        y += height + _GAP
    return boxes


def timeline(diagnoses: Sequence[Diagnosis], speech: Speech) -> list[Bar]:
    """A bar for each finding whose moments can be compared with the others': those with a year, or, where there are
    fewer than two of them, those of one node without. Empty where there is nothing to compare."""
    found = [each for _, each in rows(diagnoses) if each.first_seen]
    dated = [each for each in found if each.first_seen and each.first_seen.has_year]
    if len(dated) < 2:
        dated = [each for each in found if each.first_seen and each.first_seen.basis is Basis.YEAR_UNKNOWN]
        dated = dated if len({each.nodes for each in dated}) == 1 else []
    if len(dated) < 2:
        return []
    spans = [(each, *_span(each)) for each in dated[:_MOST]]
    start = min(first.seconds for _, first, _ in spans)
    whole = max(last.seconds for _, _, last in spans) - start or 1.0
    room = int(WIDTH / _CELL) - 1
    bars: list[Bar] = []
    for number, (each, first, last) in enumerate(sorted(spans, key=lambda span: (span[1].seconds, span[0].id))):
        x = (first.seconds - start) / whole * (WIDTH - 8) + 2
        width = max(4.0, (last.seconds - first.seconds) / whole * (WIDTH - 8))
        whole_label = speech.word(each.title)
        label = next(lines(whole_label, room))
        if label != whole_label:
            label = next(lines(whole_label, room - 3)) + " ..."
        times = f"{moment(first)} - {moment(last, first)}" if last.seconds > first.seconds else moment(first)
        bars.append(Bar(number * 46 + 2, round(x, 1), round(width, 1), each.kind.value, label, times))
    return bars


def _span(diagnosis: Diagnosis) -> tuple[Instant, Instant]:
    first, last = diagnosis.first_seen, diagnosis.last_seen
    assert first is not None
    comparable = last is not None and last.has_year == first.has_year and last.seconds >= first.seconds
    return first, last if last is not None and comparable else first

"""The causal graph around some rules as an SVG picture: causes on the left, what they explain to the right of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from loganalyzer.model import Kind
from loganalyzer.rulepack.rule import Rule, Ruleset

_CELL = 6.7
"""Width of a character of 11 unit monospaced text."""
_HEIGHT = 22
_GAP = 8
_BETWEEN = 90
_FILLS = {Kind.CAUSE: "#d9480f", Kind.SYMPTOM: "#1971c2", Kind.ENVELOPE: "#7048a8", Kind.HARMLESS: "#5c6b73"}


def picture(ruleset: Ruleset, rules: Sequence[Rule]) -> str:
    """The rules and what they explain (pale where of another family); empty where there is no edge.

    An edge that a longer way says as well is left out: a picture of all would show nothing.
    """
    inside = {rule.id for rule in rules}
    every = [(rule.id, edge) for rule in rules for edge in rule.explains if edge.id in ruleset.rules]
    shown = {id_ for start, edge in every for id_ in (start, edge.id)}
    nexts = {id_: [edge.id for edge in ruleset.rules[id_].explains if edge.id in shown] for id_ in shown}
    beyond = {id_: {far for near in nexts[id_] for far in _reached(near, nexts)} for id_ in shown}
    edges = sorted((start, edge.id, edge.cluster) for start, edge in every if edge.id not in beyond[start])
    if not edges:
        return ""
    columns = _columns({id_ for start, end, _ in edges for id_ in (start, end)}, [(a, b) for a, b, _ in edges])
    places: dict[str, tuple[float, float, float]] = {}
    x = 10.0
    tallest = max(map(len, columns))
    for column in columns:
        width = max(len(id_) for id_ in column) * _CELL + 16
        top = 10 + (tallest - len(column)) * (_HEIGHT + _GAP) / 2
        for n, id_ in enumerate(column):
            places[id_] = (x, top + n * (_HEIGHT + _GAP), width)
        x += width + _BETWEEN
    whole, high = x - _BETWEEN + 10, tallest * (_HEIGHT + _GAP) + 20
    size = f'viewBox="0 0 {whole:.0f} {high:.0f}" width="{whole:.0f}" height="{high:.0f}"'
    font = 'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="11"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for start, end, cluster in edges:
        (ax, ay, aw), (bx, by, _) = places[start], places[end]
        ax, ay, by = ax + aw, ay + _HEIGHT / 2, by + _HEIGHT / 2
        bend = max((bx - ax) / 2, 30)
        dash = ' stroke-dasharray="4 3"' if cluster else ""
        lines.append(
            f'<path d="M{ax:.0f} {ay:.0f}C{ax + bend:.0f} {ay:.0f} {bx - bend:.0f} {by:.0f} {bx:.0f} {by:.0f}" '
            f'fill="none" stroke="#868e96"{dash}/>'
        )
    for id_, (x, y, width) in places.items():
        colour = _FILLS[ruleset.rules[id_].kind]
        fill, ink = (colour, "#ffffff") if id_ in inside else ("#ffffff", colour)
        box = f'x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{_HEIGHT}"'
        lines.append(f'<rect {box} rx="4" fill="{fill}" stroke="{colour}"/>')
        lines.append(f'<text x="{x + 8:.0f}" y="{y + 15:.0f}" fill="{ink}">{escape(id_)}</text>')
    return "\n".join([*lines, "</svg>\n"])


def _reached(start: str, nexts: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything behind `start`, without `start`."""
    found: set[str] = set()
    waiting = list(nexts[start])
    while waiting:
        if (id_ := waiting.pop()) not in found:
            found.add(id_)
            waiting += nexts[id_]
    return found


def _columns(ids: set[str], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Each id right of everything that explains it; within a column near the middle of its neighbours on the left."""
    above: Mapping[str, list[str]] = {id_: [a for a, b in edges if b == id_] for id_ in ids}
    depth: dict[str, int] = {}

    def place(id_: str) -> int:
        if id_ not in depth:
            depth[id_] = 1 + max(map(place, above[id_]), default=-1)
        return depth[id_]

    for id_ in ids:
        place(id_)
    below = {id_: [b for a, b in edges if a == id_] for id_ in ids}
    for id_ in ids:
        if not above[id_]:
            depth[id_] = max(min(depth[b] for b in below[id_]) - 1, 0)
    columns: list[list[str]] = []
    row: dict[str, int] = {}
    for level in range(max(depth.values()) + 1):
        here = [id_ for id_ in ids if depth[id_] == level]
        middle = {id_: sum(row[a] for a in above[id_]) / max(len(above[id_]), 1) for id_ in here}
        here.sort(key=lambda id_: (middle[id_], id_))
        row.update((id_, n) for n, id_ in enumerate(here))
        if here:
            columns.append(here)
    return columns

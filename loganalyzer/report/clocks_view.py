"""Clocks that differ, and what was seen first on which node: as sentences for people and as values for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from loganalyzer.model import ClockNote, Report, Sighting, Text, iso
from loganalyzer.report.moments import moment
from loganalyzer.report.phrases import Speech
from loganalyzer.safe import visible

CLOCKS = Text("Clocks", "时钟")
SEQUENCE = Text("What was seen first", "先后顺序")
_ZONE = Text(
    "{source} is in another time zone: {hours} h from {reference}",
    "{source} 使用其他时区：与 {reference} 相差 {hours} 小时",
)
_AHEAD = Text(
    "{source}: its clock is {seconds} s ahead of {reference} (+- {error} s, {n} events in both)",
    "{source} 的时钟比 {reference} 快 {seconds} 秒（±{error} 秒，依据 {n} 个共同事件）",
)
_BEHIND = Text(
    "{source}: its clock is {seconds} s behind {reference} (+- {error} s, {n} events in both)",
    "{source} 的时钟比 {reference} 慢 {seconds} 秒（±{error} 秒，依据 {n} 个共同事件）",
)
_UNSURE = Text("order not certain", "先后不确定")


def clocks(report: Report, speech: Speech) -> Iterator[str]:
    """One sentence for each zone and each clock that is wrong."""
    for note in report.clocks:
        names = {"source": visible(note.source), "reference": visible(note.reference)}
        if note.zone:
            yield speech.text(_ZONE, hours=f"{note.zone / 3600:+g}", **names)
        if abs(note.ahead) > note.error:
            said = _AHEAD if note.ahead > 0 else _BEHIND
            seconds, error = f"{abs(note.ahead):.1f}", f"{note.error:.1f}"
            yield speech.text(said, seconds=seconds, error=error, n=note.events, **names)


def rows(report: Report, speech: Speech) -> Iterator[str]:
    """`06:00:01.2  node-1  etcd-slow-disk  node-1/etcd.log:40`, and where the clocks do not allow to tell."""
    for i, one in enumerate(report.sequence):
        parts = [moment(one.when), visible(one.node or ""), one.id, f"{visible(one.source)}:{one.line}"]
        if i and not one.certain:
            parts.append(f"({speech.word(_UNSURE)})")
        yield "  ".join(part for part in parts if part)


def note_document(note: ClockNote) -> dict[str, Any]:
    """A clock as plain values."""
    return {
        "source": visible(note.source),
        "node": visible(note.node) if note.node is not None else None,
        "reference": visible(note.reference),
        "zone": note.zone,
        "ahead": round(note.ahead, 3),
        "error": round(note.error, 3),
        "events": note.events,
    }


def sighting_document(one: Sighting) -> dict[str, Any]:
    """A sighting as plain values."""
    return {
        "id": one.id,
        "source": visible(one.source),
        "line": one.line,
        "node": visible(one.node) if one.node is not None else None,
        "time": iso(one.when),
        "certain": one.certain,
    }

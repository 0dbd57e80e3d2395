"""The timeline as plain values: `timeline` of the JSON report, and `tkelog timeline --format json`."""

from __future__ import annotations

from typing import Any

from loganalyzer.model import Coverage, Instant, Run, Stage, Timeline, Unexplained, iso
from loganalyzer.safe import visible


def timeline(found: Timeline | None) -> dict[str, Any] | None:
    """`{"runs": [...]}`; None where no log tells of an installation."""
    return {"runs": [_run(run) for run in found.runs]} if found is not None else None


def unexplained(one: Unexplained) -> dict[str, Any]:
    """One template of error lines that no rule knows."""
    return {
        "template": visible(one.template),
        "count": one.count,
        "component": visible(one.component) if one.component is not None else None,
        "nodes": [visible(node) for node in one.nodes],
        "source": visible(one.source),
        "line": one.line,
        "text": visible(one.text),
        "first": _time(one.first),
        "last": _time(one.last),
    }


def coverage(found: Coverage | None) -> dict[str, int] | None:
    """How many error lines there are and how many of them rules know; None where there are none."""
    return {"errors": found.errors, "known": found.known} if found is not None else None


def _run(run: Run) -> dict[str, Any]:
    return {
        "name": visible(run.name),
        "source": visible(run.source),
        "node": visible(run.node) if run.node is not None else None,
        "outcome": run.outcome.value,
        "planned": run.planned,
        "stopped": [visible(name) for name in run.stopped],
        "stages": [_stage(stage) for stage in run.stages],
        "pending": [visible(name) for name in run.pending],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": visible(stage.name),
        "kind": stage.kind,
        "position": stage.position,
        "outcome": stage.outcome.value,
        "line": stage.line,
        "start": _time(stage.start),
        "end": _time(stage.end),
        "seconds": round(stage.seconds, 6) if stage.seconds is not None else None,
        "tries": stage.tries,
        "errors": stage.errors,
        "error": visible(stage.error) if stage.error is not None else None,
        "diagnosis": stage.diagnosis,
        "stages": [_stage(child) for child in stage.stages],
    }


def _time(when: Instant | None) -> str | None:
    return iso(when) if when is not None else None

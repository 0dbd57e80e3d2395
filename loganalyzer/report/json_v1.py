"""The JSON report, `schema: "tkelog.report/v1"` (schema/report-v1.json). Additive changes only.

Sentences are in both languages whatever was asked for; there is no wall clock in it: the same input gives the same
bytes.
"""

from __future__ import annotations

from typing import Any

import orjson

from loganalyzer.model import Candidate, Diagnosis, Evidence, InputInfo, Instant, Problem, Report, Step, Text, iso
from loganalyzer.report import clocks_view, timeline_json
from loganalyzer.report.look import Look
from loganalyzer.safe import visible

SCHEMA = "tkelog.report/v1"


def render(report: Report, look: Look | None = None) -> bytes:
    """The report as indented JSON in UTF-8, with a fixed order of keys and a newline at the end."""
    return orjson.dumps(document(report), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def document(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    return {
        "schema": SCHEMA,
        "tool": visible(report.tool),
        "rules": {"count": report.rules, "digest": report.rules_digest},
        "versions": {name: list(map(visible, many)) for name, many in sorted(report.versions.items())},
        "inputs": [_input(entry) for entry in report.inputs],
        "diagnoses": [{"rank": rank, **finding(each)} for rank, each in enumerate(report.diagnoses, 1)],
        "harmless": [finding(each) for each in report.harmless],
        "healed": [finding(each) for each in report.healed],
        "suppressed": [
            {"reason": visible(each.reason), "until": each.until, **finding(each.diagnosis)}
            for each in report.suppressed
        ],
        "unexplained": [timeline_json.unexplained(each) for each in report.unexplained],
        "coverage": timeline_json.coverage(report.coverage),
        "missing": [_candidate(each) for each in report.missing],
        "timeline": timeline_json.timeline(report.timeline),
        "clocks": [clocks_view.note_document(each) for each in report.clocks],
        "sequence": [clocks_view.sighting_document(each) for each in report.sequence],
        "redactions": dict(sorted(report.redactions.items())),
        "problems": [_problem(each) for each in report.problems],
    }


def finding(diagnosis: Diagnosis) -> dict[str, Any]:
    """A diagnosis, or what hangs below one, as plain values."""
    return {
        "id": diagnosis.id,
        "kind": diagnosis.kind.value,
        "severity": diagnosis.severity.name.lower(),
        "confidence": diagnosis.confidence.name.lower(),
        "because": [_text(each) for each in diagnosis.because],
        "title": _text(diagnosis.title),
        "cause": _text(diagnosis.cause),
        "nodes": [visible(node) for node in diagnosis.nodes],
        "first_seen": _time(diagnosis.first_seen),
        "last_seen": _time(diagnosis.last_seen),
        "count": diagnosis.count,
        "healed": diagnosis.healed,
        "recovered": _time(diagnosis.recovered),
        "captures": {name: [visible(v) for v in values] for name, values in sorted(diagnosis.captures.items())},
        "evidence": [_evidence(each) for each in diagnosis.evidence],
        "explains": [finding(each) for each in diagnosis.explains],
        "steps": [_step(each) for each in diagnosis.steps],
        "candidates": [_candidate(each) for each in diagnosis.candidates],
        "references": [visible(each) for each in diagnosis.references],
        "fingerprint": diagnosis.fingerprint,
    }


def _input(entry: InputInfo) -> dict[str, Any]:
    return {
        "path": visible(entry.path),
        "node": _maybe(entry.node),
        "component": _maybe(entry.component),
        "format": entry.format,
        "lines": entry.lines,
        "bytes": entry.bytes,
        "first": _time(entry.first),
        "last": _time(entry.last),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "source": visible(evidence.source),
        "line": evidence.line,
        "time": _time(evidence.when),
        "text": visible(evidence.text),
        "signal": evidence.signal,
        "node": _maybe(evidence.node),
        "via": evidence.via,
        "count": evidence.count,
        "until": _time(evidence.until),
    }


def _step(step: Step) -> dict[str, Any]:
    check = step.check
    return {
        "n": step.n,
        "do": _text(step.do),
        "on": visible(step.on),
        "risk": step.risk.value,
        "run": _lines(step.run),
        "undo": _lines(step.undo),
        "warn": _text(step.warn) if step.warn else None,
        "check": {"run": _lines(check.run), "expect": _text(check.expect)} if check else None,
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "id": candidate.id,
        "title": _text(candidate.title),
        "shows": visible(candidate.shows),
        "where": visible(candidate.where),
        "collect": _lines(candidate.collect),
        "against": [_text(each) for each in candidate.against],
        "supports": [_text(each) for each in candidate.supports],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {"where": visible(problem.where), "kind": problem.kind, "detail": _text(problem.detail)}


def _text(text: Text) -> dict[str, str]:
    return {"en": _visible_lines(text.en), "zh": _visible_lines(text.zh)}


def _time(when: Instant | None) -> str | None:
    return iso(when) if when else None


def _maybe(name: str | None) -> str | None:
    return visible(name) if name is not None else None


def _lines(command: str | None) -> str | None:
    return _visible_lines(command) if command is not None else None


def _visible_lines(text: str) -> str:
    """A text of several lines keeps its newlines; everything else in it becomes visible."""
    return "\n".join(visible(line) for line in text.split("\n"))

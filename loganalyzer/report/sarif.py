"""SARIF 2.1.0, for code-scanning views: a diagnosis is a result, its evidence the locations."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson

from loganalyzer.model import Diagnosis, Evidence, Problem, Report, Severity, Suppressed, Text
from loganalyzer.report.look import Look
from loganalyzer.report.outline import rows
from loganalyzer.safe import visible

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.INFO: "note", Severity.WARNING: "warning", Severity.ERROR: "error", Severity.CRITICAL: "error"}


def render(report: Report, look: Look | None = None) -> bytes:
    """One run; what could not be read is a notification of its invocation."""
    every = (*report.diagnoses, *(each.diagnosis for each in report.suppressed))
    ids = list(dict.fromkeys(diagnosis.id for diagnosis in every))
    described = {diagnosis.id: diagnosis for diagnosis in reversed(every)}
    run = {
        "tool": {
            "driver": {
                "name": "tkelog",
                "version": visible(report.tool),
                "rules": [_rule(described[id_]) for id_ in ids],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": [_notification(p) for p in report.problems]}
        ],
        "results": [
            *(_result(diagnosis, ids.index(diagnosis.id)) for diagnosis in report.diagnoses),
            *(_suppressed(each, ids.index(each.diagnosis.id)) for each in report.suppressed),
        ],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _rule(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "id": diagnosis.id,
        "shortDescription": _message(diagnosis.title),
        "fullDescription": _message(diagnosis.cause),
        "defaultConfiguration": {"level": _LEVELS[diagnosis.severity]},
        "properties": {"tags": [diagnosis.kind.value]},
    }


def _result(diagnosis: Diagnosis, index: int) -> dict[str, Any]:
    below = [evidence for _, each in rows(diagnosis.explains) for evidence in each.evidence[:1]]
    related = [*diagnosis.evidence[1:], *below]
    return {
        "ruleId": diagnosis.id,
        "ruleIndex": index,
        "level": _LEVELS[diagnosis.severity],
        "message": _message(diagnosis.title),
        "locations": [_location(evidence) for evidence in diagnosis.evidence[:1]],
        "relatedLocations": [{"id": number, **_location(each)} for number, each in enumerate(related, 1)],
        "partialFingerprints": {"tkelog/v1": diagnosis.fingerprint},
        "properties": {
            "confidence": diagnosis.confidence.name.lower(),
            "nodes": [visible(node) for node in diagnosis.nodes],
            "title": {"en": visible(diagnosis.title.en), "zh": visible(diagnosis.title.zh)},
            "explains": [each.id for _, each in rows(diagnosis.explains)],
        },
    }


def _suppressed(each: Suppressed, index: int) -> dict[str, Any]:
    why = {"kind": "external", "justification": f"{visible(each.reason)} (until {each.until})"}
    return {**_result(each.diagnosis, index), "suppressions": [why]}


def _location(evidence: Evidence) -> dict[str, Any]:
    text = visible(evidence.text)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(evidence.source)},
            "region": {"startLine": evidence.line, "snippet": {"text": text}},
        },
        "message": {"text": text},
    }


def _notification(problem: Problem) -> dict[str, Any]:
    return {
        "level": "note" if problem.kind == "note" else "warning",
        "message": {"text": f"{visible(problem.where)}: {problem.kind}: {visible(problem.detail.en)}"},
    }


def _message(text: Text) -> dict[str, str]:
    return {"text": visible(text.en)}


def _uri(path: str) -> str:
    """A relative URI of the path, also of an absolute one: a viewer resolves it against what was analyzed."""
    return quote("stdin" if path == "-" else visible(path).lstrip("/"), safe="/") or "unnamed"

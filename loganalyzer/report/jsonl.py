"""One finding a line, in the field names of the OpenTelemetry log data model, for log pipelines.

Root causes come first; what hangs below one names it in `tkelog.parent`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from loganalyzer.model import Diagnosis, Report, Severity, iso
from loganalyzer.report.look import Look
from loganalyzer.report.outline import place
from loganalyzer.safe import visible

_NUMBERS = {Severity.INFO: 9, Severity.WARNING: 13, Severity.ERROR: 17, Severity.CRITICAL: 21}
"""`SeverityNumber` of INFO, WARN, ERROR and FATAL."""


def render(report: Report, look: Look | None = None) -> bytes:
    """A line for each diagnosis and each finding below one; nothing where nothing was found."""
    options = orjson.OPT_APPEND_NEWLINE
    entries = [entry for rank, root in enumerate(report.diagnoses, 1) for entry in _entries(report, root, rank)]
    for each in report.suppressed:
        entry = next(_entries(report, each.diagnosis, 0))
        entry["Attributes"] |= {"tkelog.suppressed": visible(each.reason), "tkelog.suppressed.until": each.until}
        entries.append(entry)
    return b"".join(orjson.dumps(entry, option=options) for entry in entries)


def _entries(report: Report, diagnosis: Diagnosis, rank: int, parent: str | None = None) -> Iterator[dict[str, Any]]:
    attributes: dict[str, Any] = {
        "event.name": "tkelog.finding",
        "tkelog.id": diagnosis.id,
        "tkelog.kind": diagnosis.kind.value,
        "tkelog.confidence": diagnosis.confidence.name.lower(),
        "tkelog.rank": rank,
        "tkelog.parent": parent,
        "tkelog.fingerprint": diagnosis.fingerprint,
        "tkelog.count": diagnosis.count,
        "tkelog.healed": diagnosis.healed,
        "tkelog.title.zh": visible(diagnosis.title.zh),
        "tkelog.evidence": [place(evidence) for evidence in diagnosis.evidence],
        **{f"tkelog.capture.{name}": list(map(visible, many)) for name, many in sorted(diagnosis.captures.items())},
    }
    resource: dict[str, Any] = {"service.name": "tkelog", "service.version": visible(report.tool)}
    if len(diagnosis.nodes) == 1:
        resource["k8s.node.name"] = visible(diagnosis.nodes[0])
    elif diagnosis.nodes:
        attributes["tkelog.nodes"] = list(map(visible, diagnosis.nodes))
    yield {
        "Timestamp": iso(diagnosis.first_seen) if diagnosis.first_seen else None,
        "SeverityText": diagnosis.severity.name,
        "SeverityNumber": _NUMBERS[diagnosis.severity],
        "Body": visible(diagnosis.title.en),
        "Attributes": attributes,
        "Resource": resource,
    }
    for below in diagnosis.explains:
        yield from _entries(report, below, rank, diagnosis.id)

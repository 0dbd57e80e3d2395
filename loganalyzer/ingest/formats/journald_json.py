"""`journalctl -o json`: one object a line; MESSAGE may be an array of bytes."""

from __future__ import annotations

import orjson

from loganalyzer.ingest import clock, unwrap
from loganalyzer.ingest.components import of_program
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, priority
from loganalyzer.model import Instant


def _parse(line: str) -> Parsed | None:
    if not line.startswith("{") or '"MESSAGE"' not in line:
        return None
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return Parsed(unwrap.journal(line.encode()).decode("utf-8", "backslashreplace"), carries=True)
    program, host = entry.get("SYSLOG_IDENTIFIER") or entry.get("_COMM"), entry.get("_HOSTNAME")
    return Parsed(
        unwrap.message(entry.get("MESSAGE")).decode("utf-8", "backslashreplace"),
        _when(entry.get("_SOURCE_REALTIME_TIMESTAMP") or entry.get("__REALTIME_TIMESTAMP")),
        priority(entry.get("PRIORITY")),
        program=of_program(program) if isinstance(program, str) else None,
        node=host if isinstance(host, str) else None,
        carries=True,
    )


def _when(microseconds: object) -> Instant | None:
    digits = str(microseconds)
    return clock.epoch(int(digits) / 1e6, 6) if digits.isdecimal() and len(digits) < 20 else None


JOURNALD_JSON = Dialect(
    "journald-json",
    _parse,
    (
        Sample(
            '{"__REALTIME_TIMESTAMP":"1642574612225123","_HOSTNAME":"master-1","SYSLOG_IDENTIFIER":"kubelet",'
            '"PRIORITY":"6","MESSAGE":"E0119 14:43:32.123456    1234 kubelet.go:2291] node not found"}',
            "2022-01-19T06:43:32.225123Z", "error", "kubelet.go", "node not found", "kubelet", "master-1",
        ),
        Sample(
            '{"__REALTIME_TIMESTAMP" : "1642574612225123", "_HOSTNAME" : "n1", "_COMM" : "dockerd", "PRIORITY" : "3",'
            ' "MESSAGE" : [104, 105]}',
            "2022-01-19T06:43:32.225123Z", "error", None, "hi", "docker", "n1",
        ),
    ),
    begins="{",
)  # fmt: skip

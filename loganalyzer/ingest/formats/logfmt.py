"""logfmt: `ts=... caller=... level=error err="..."` (Prometheus, Thanos, InfluxDB)."""

from __future__ import annotations

import re
from string import ascii_letters

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level

_PAIR = late.pattern(r'([A-Za-z_][\w.-]{0,60})=(?:"((?:[^"\\]|\\.){0,400})"|([^\s"]{0,200}))(?: |$)', re.ASCII)


def _parse(line: str) -> Parsed | None:
    fields: dict[str, str] = {}
    at = 0
    while len(fields) < 8 and (found := _PAIR.match(line, at)):
        fields[found[1]] = found[2] if found[2] is not None else found[3]
        at = found.end()
    severity = fields.get("level") or fields.get("lvl")
    time = fields.get("ts") or fields.get("time") or fields.get("t")
    if len(fields) < 2 or level(severity) is None or not (time or "caller" in fields or "component" in fields):
        return None
    return Parsed(line, clock.parse(time) if time else None, level(severity), fields.get("caller"))


LOGFMT = Dialect(
    "logfmt",
    _parse,
    (
        Sample('ts=2022-01-19T06:43:32.225Z caller=main.go:12 level=error err="opening storage failed"',
               "2022-01-19T06:43:32.225Z", "error", "main.go:12"),
        Sample('level=info ts=2022-01-19T06:43:32.225123Z caller=head.go:641 component=tsdb msg="replay"',
               "2022-01-19T06:43:32.225123Z", "info", "head.go:641"),
        Sample('ts=2022-01-19T06:43:32.225000Z lvl=warn msg="cache maximum memory" log_id=0a',
               "2022-01-19T06:43:32.225000Z", "warn"),
    ),
    begins=ascii_letters + "_",
)  # fmt: skip

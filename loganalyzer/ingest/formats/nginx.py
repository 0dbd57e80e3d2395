"""nginx error log and start-up messages, and combined access lines (nginx, the registry)."""

from __future__ import annotations

import re
from string import hexdigits

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level
from loganalyzer.ingest.formats.months import month

_WORD = r"\[(debug|info|notice|warn|error|crit|alert|emerg)\]"
_ERROR = late.pattern(r"(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) " + _WORD + r" (?:\d+#\d+: )?(?:\*\d+ )?", re.ASCII)
_START = late.pattern(r"nginx: " + _WORD + " ")
_ACCESS = late.pattern(
    r'[0-9A-Fa-f.:]{3,45} \S{1,80} \S{1,80} \[(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})\] '
    r'"[^"]{0,4000}" (\d{3}) ', re.ASCII,
)  # fmt: skip


def _parse(line: str) -> Parsed | None:
    if found := _ERROR.match(line):
        return Parsed(line[found.end() :], clock.parse(found[1]), level(found[2]))
    if found := _START.match(line):
        return Parsed(line[found.end() :], None, level(found[1]), program="nginx")
    if found := _ACCESS.match(line):
        day, name, year, hour, minute, second, zone, status = found.groups()
        number = month(name)
        when = number and clock.moment(year, number, day, hour, minute, second, zone=clock.offset(zone))
        return Parsed(line, when or None, "error" if status[0] == "5" else "info")
    return None


NGINX = Dialect(
    "nginx",
    _parse,
    (
        Sample("2017/12/04 20:28:19 [emerg] 13#13: host not found in upstream", "2017-12-04T20:28:19", "fatal", None,
               "host not found in upstream"),
        Sample("2017/12/04 20:28:19 [error] 13#13: *7 connect() failed", "2017-12-04T20:28:19", "error", None,
               "connect() failed"),
        Sample("nginx: [emerg] bind() to 0.0.0.0:80 failed", None, "fatal", None, "bind() to 0.0.0.0:80 failed",
               "nginx"),
        Sample('192.0.2.7 - - [19/Jan/2022:14:43:32 +0800] "GET /v2/ HTTP/1.1" 502 150 "-" "x"',
               "2022-01-19T14:43:32+08:00", "error"),
    ),
    begins=hexdigits + ".:n",
)  # fmt: skip

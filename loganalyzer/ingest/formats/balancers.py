"""haproxy (`[ALERT]    (1) : text`) and keepalived (`VRRP_Instance(VI_1) ...`, newer `(VI_1) ...`)."""

from __future__ import annotations

import re
from string import ascii_uppercase

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level
from loganalyzer.ingest.formats.months import month

_HAPROXY = late.pattern(r"\[(ALERT|WARNING|NOTICE)\]\s{1,8}(?:\d{1,3}/\d{6} )?\(\d+\) : ", re.ASCII)
_TIMED = late.pattern(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}): ", re.ASCII)
_VRRP = late.pattern(r"(?:VRRP_\w{1,20}\([^)]{1,60}\)|\([\w.-]{1,60}\)) (?=[A-Z]|\[|removing|setting)")


def _haproxy(line: str) -> Parsed | None:
    found = _HAPROXY.match(line)
    return Parsed(line[found.end() :], None, level(found[1]), program="haproxy") if found else None


def _keepalived(line: str) -> Parsed | None:
    if found := _TIMED.match(line):
        name, day, hour, minute, second, year = found.groups()
        number = month(name)
        when = clock.moment(year, number, day, hour, minute, second) if number else None
        return Parsed(line[found.end() :], when, None) if when else None
    return Parsed(line) if _VRRP.match(line) else None


HAPROXY = Dialect(
    "haproxy",
    _haproxy,
    (
        Sample("[ALERT]    (1) : Starting frontend api: cannot bind socket", None, "error", None,
               "Starting frontend api: cannot bind socket", "haproxy"),
        Sample("[WARNING] 018/144332 (7) : Server api/m1 is DOWN", None, "warn", None, "Server api/m1 is DOWN",
               "haproxy"),
    ),
    begins="[",
)  # fmt: skip
KEEPALIVED = Dialect(
    "keepalived",
    _keepalived,
    (
        Sample("Wed Jan 19 14:43:32 2022: (VI_1) Entering MASTER STATE", "2022-01-19T14:43:32", None, None,
               "(VI_1) Entering MASTER STATE"),
        Sample("VRRP_Instance(VI_1) Entering BACKUP STATE"),
        Sample("(VI_1) Entering FAULT STATE"),
    ),
    begins=ascii_uppercase + "(",
)  # fmt: skip

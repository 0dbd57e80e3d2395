"""The kernel ring buffer (`[189136.07] text`), `dmesg -T`, and audit records."""

from __future__ import annotations

import re
from string import digits

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample
from loganalyzer.ingest.formats.months import month

_RING = late.pattern(r"(?:<\d{1,3}>)?\[ {0,8}(\d{1,9}\.\d{1,9})\] (?:\[ {0,3}T\d+\] )?", re.ASCII)
_DATED = late.pattern(r"\[\w{2,4} (\w{3,4}|\d{1,2}月) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})\] ")
_ISO = late.pattern(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}[+-]\d\d:\d\d) ", re.ASCII)
_AUDIT = late.pattern(r"(?:node=(\S{1,253}) )?type=([A-Z_]{2,40}) msg=audit\((\d{9,11}\.\d{3}):\d+\): ?", re.ASCII)


def _kernel(line: str) -> Parsed | None:
    if found := _RING.match(line):
        return Parsed(line[found.end() :], clock.since_start(found[1]), None, program="kernel")
    if found := _DATED.match(line):
        name, day, hour, minute, second, year = found.groups()
        number = month(name)
        when = clock.moment(year, number, day, hour, minute, second) if number else None
        return Parsed(line[found.end() :], when, None, program="kernel") if when else None
    if found := _ISO.match(line):
        return Parsed(line[found.end() :], clock.parse(found[1]), None, program="kernel")
    return None


def _audit(line: str) -> Parsed | None:
    found = _AUDIT.match(line)
    if found is None:
        return None
    return Parsed(line[found.end() :], clock.epoch(float(found[3]), 3), None, found[2], "audit", found[1])


KERNEL = Dialect(
    "kernel",
    _kernel,
    (
        Sample("[189136.070000] Out of memory: Killed process 7 (x)", "+189136.070000s", None, None,
               "Out of memory: Killed process 7 (x)", "kernel"),
        Sample("[    0.000000] Linux version 5.4.0", "+0.000000s", None, None, "Linux version 5.4.0", "kernel"),
        Sample("[Wed Jan 19 14:43:32 2022] eth0: link down", "2022-01-19T14:43:32", None, None, "eth0: link down",
               "kernel"),
        Sample("2022-01-19T14:43:32,123456+08:00 eth0: link down", "2022-01-19T14:43:32.123456+08:00", None, None,
               "eth0: link down", "kernel"),
    ),
    begins=digits + "<[",
)  # fmt: skip
AUDIT = Dialect(
    "audit",
    _audit,
    (
        Sample('type=AVC msg=audit(1642574612.225:42): avc:  denied  { write } for  pid=7 comm="x"',
               "2022-01-19T06:43:32.225Z", None, "AVC", 'avc:  denied  { write } for  pid=7 comm="x"', "audit"),
    ),
    begins="nt",
)  # fmt: skip

"""CoreDNS: `[ERROR] plugin/errors: 2 ...`, in old versions with a time before it."""

from __future__ import annotations

import re
from string import digits

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level

_HEAD = late.pattern(
    r"(?:(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?) )?"
    r"\[(DEBUG|INFO|WARNING|ERROR|FATAL|PANIC)\] (?:(plugin/[\w-]{1,40}): )?",
    re.ASCII,
)


def _parse(line: str) -> Parsed | None:
    found = _HEAD.match(line)
    if found is None:
        return None
    return Parsed(line[found.end() :], clock.parse(found[1]) if found[1] else None, level(found[2]), found[3])


COREDNS = Dialect(
    "coredns",
    _parse,
    (
        Sample("[ERROR] plugin/errors: 2 a.example. A: read udp: i/o timeout", None, "error", "plugin/errors",
               "2 a.example. A: read udp: i/o timeout"),
        Sample("2019-01-19T14:43:32.123Z [WARNING] plugin/kubernetes: starting", "2019-01-19T14:43:32.123Z", "warn",
               "plugin/kubernetes", "starting"),
        Sample('[INFO] 10.244.0.3:4567 - 81 "A IN a.example. udp"', None, "info"),
        Sample("[FATAL] plugin/loop: Loop detected", None, "fatal", "plugin/loop", "Loop detected"),
    ),
    begins=digits + "[",
)  # fmt: skip

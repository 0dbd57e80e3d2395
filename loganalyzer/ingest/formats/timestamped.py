"""Anything behind an ISO time: `kubectl logs --timestamps`, Java and Python programs; and JSON behind a node's name."""

from __future__ import annotations

import re
from string import ascii_letters, digits

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level

_HEAD = late.pattern(
    r"\[?(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)\]?"
    r"(?:[\t ,:|-]{1,8}|(?=\[)|$)"
    r"(?:\[?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|debug|info|warn|warning|error|fatal)\s{0,4}"
    r"(?:\]|(?=[\s:|]))[\t :|-]{0,8})?",
    re.ASCII,
)  # fmt: skip
_NODE = late.pattern(r"([A-Za-z0-9][\w.-]{1,253}):? {1,4}(?=\{\")", re.ASCII)


def _parse(line: str) -> Parsed | None:
    if found := _HEAD.match(line):
        when = clock.parse(found[1])
        return Parsed(line[found.end() :], when, level(found[2]), carries=True) if when else None
    if found := _NODE.match(line):
        return Parsed(line[found.end() :], None, node=found[1], carries=True)
    return None


TIMESTAMPED = Dialect(
    "timestamped",
    _parse,
    (
        Sample("2022-01-19T06:43:32.225123456Z plain words", "2022-01-19T06:43:32.225123Z", None, None, "plain words"),
        Sample("2022-01-19T06:43:33Z E0119 06:43:32.225123       1 a.go:9] boom", "2022-01-19T06:43:33Z", "error",
               "a.go", "boom"),
        Sample('2022-01-19T06:43:33Z {"level":"warn","ts":"2022-01-19T06:43:32.225Z","msg":"slow"}',
               "2022-01-19T06:43:32.225Z", "warn", None, "slow"),
        Sample("2022-01-19 14:43:32,225 ERROR boom", "2022-01-19T14:43:32.225", "error", None, "boom"),
        Sample("[2022-01-19T14:43:32,225][WARN ][o.e.c.r] [es-0] read-only", "2022-01-19T14:43:32.225", "warn", None,
               "[o.e.c.r] [es-0] read-only"),
        Sample('node-1 {"ts":1642574612225,"caller":"a/b.go:9","msg":"x","v":0}', "2022-01-19T06:43:32.225Z", "info",
               "a/b.go", "x", None, "node-1"),
    ),
    begins=ascii_letters + digits + "[",
)  # fmt: skip

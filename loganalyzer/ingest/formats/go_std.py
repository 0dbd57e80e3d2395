"""Go's standard logger: `2015/08/05 06:20:29 text`, with microseconds or a file name where asked for."""

from __future__ import annotations

import re
from string import digits

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample

_HEAD = late.pattern(
    r"(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) (?:([\w/.-]{1,120}\.go:\d+|[a-z][\w-]{1,30}): )?", re.ASCII
)


def _parse(line: str) -> Parsed | None:
    found = _HEAD.match(line)
    return Parsed(line[found.end() :], clock.parse(found[1]), None, found[2], carries=True) if found else None


GO_STD = Dialect(
    "go-log",
    _parse,
    (
        Sample("2015/08/05 06:20:29 etcd: listening", "2015-08-05T06:20:29", None, "etcd", "listening"),
        Sample("2020/03/24 03:47:39 17.Install etcd [Failed] [600.2s] error timed out", "2020-03-24T03:47:39", "error",
               None, "17.Install etcd [Failed] [600.2s] error timed out"),
        Sample("2022/01/19 14:43:32.123456 main.go:12: boom", "2022-01-19T14:43:32.123456", None, "main.go:12", "boom"),
    ),
    begins=digits,
)  # fmt: skip

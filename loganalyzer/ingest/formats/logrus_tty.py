"""logrus on a terminal: `INFO[0000] msg  key=val`, `WARN[2020-01-25T17:29:45.121Z] msg`; may be glued to other text."""

from __future__ import annotations

import re

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level

_HEAD = late.pattern(r"(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[(?:(\d{4,9})|(\d{4}-\d\d-\d\dT[^\]]{8,30}))\] ?", re.ASCII)


def _parse(line: str) -> Parsed | None:
    if "[" not in line:
        return None
    found = _HEAD.match(line) or _HEAD.search(line, 0, 400)
    if found is None or (found.start() and found[2] and len(found[2]) > 6):
        return None
    when = clock.since_start(found[2]) if found[2] else clock.parse(found[3])
    return Parsed(line[found.end() :], when, level(found[1]))


LOGRUS_TTY = Dialect(
    "logrus-tty",
    _parse,
    (
        Sample("INFO[0000] Loading images  file=a.tar", "+0s", "info", None, "Loading images  file=a.tar"),
        Sample("FATA[0305] timed out", "+305s", "fatal", None, "timed out"),
        Sample("WARN[2020-01-25T17:29:45.121Z] deprecated", "2020-01-25T17:29:45.121Z", "warn", None, "deprecated"),
        Sample("Pulling 10%ERRO[0012] pull failed", "+12s", "error", None, "pull failed"),
    ),
)

"""logrus text: `time="..." level=error msg="..." error="..."` (containerd, docker, the registry)."""

from __future__ import annotations

import re

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level

_HEAD = late.pattern(r'(?:time="?([^" ]{1,40})"? )?level="?([a-z]{4,7})"? (?=msg=|[\w.]+=)')
_MESSAGE = late.pattern(r'msg=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|(\S*))')
_LOGFMT = late.pattern(r"(?:^| )(?:ts|caller|component)=")


def _parse(line: str) -> Parsed | None:
    found = _HEAD.match(line)
    if found is None or (found[1] is None and (not line.startswith("level=") or _LOGFMT.search(line, 0, 200))):
        return None
    text = _MESSAGE.search(line, found.end())
    return Parsed(_content(line, text), clock.parse(found[1]) if found[1] else None, level(found[2]), carries=True)


def _content(line: str, text: re.Match[str] | None) -> str:
    if text is None:
        return line
    quoted = text[1] if text[1] is not None else text[2]
    if "\\" in quoted:
        quoted = quoted.replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
    rest = line[text.end() :].strip()
    return f"{quoted} {rest}" if rest else quoted


LOGRUS = Dialect(
    "logrus",
    _parse,
    (
        Sample(
            'time="2022-01-19T14:43:32.225123456+08:00" level=error msg="RunPodSandbox failed" error="no \\"x\\""',
            "2022-01-19T14:43:32.225123+08:00", "error", None, 'RunPodSandbox failed error="no \\"x\\""',
        ),
        Sample('time="2022-01-19T06:43:32Z" level=warning msg="say \\"hi\\""', "2022-01-19T06:43:32Z", "warn", None,
               'say "hi"'),
        Sample('level=fatal msg="cannot start"', None, "fatal", None, "cannot start"),
        Sample('time="2022-01-19T06:43:32Z" level=info msg="E0607 01:02:03.000004       1 a.go:5] hidden"',
               "2022-01-19T06:43:32Z", "error", "a.go", "hidden"),
    ),
    begins="tl",
)  # fmt: skip

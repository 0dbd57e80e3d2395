"""CRI log files (containerd, CRI-O): `2023-12-16T07:35:01.426019865+01:00 stderr F text`."""

from __future__ import annotations

import re
from string import digits

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample

_HEAD = late.pattern(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (?:stdout|stderr) [PF](?::[^ ]*)?(?: |$)",
    re.ASCII,
)


def _parse(line: str) -> Parsed | None:
    found = _HEAD.match(line)
    return Parsed(line[found.end() :], clock.parse(found[1]), carries=True) if found else None


CRI = Dialect(
    "cri",
    _parse,
    (
        Sample(
            "2023-12-16T07:35:01.426019865+01:00 stderr F plain words",
            "2023-12-16T07:35:01.426019+01:00", None, None, "plain words",
        ),
        Sample(
            "2022-01-19T06:43:32.5Z stdout F 2022-01-19 14:43:32.225\tERROR\tMachineController\tboom",
            "2022-01-19T06:43:32.5Z", "error", "MachineController", "boom",
        ),
        Sample(
            "2022-01-19T06:43:32.123Z stderr F E0119 06:43:32.225123       1 machine_controller.go:219] will retry",
            "2022-01-19T06:43:32.123Z", "error", "machine_controller.go", "will retry",
        ),
        Sample("2022-01-19T06:43:32.123Z stdout P first half", "2022-01-19T06:43:32.123Z", None, None, "first half"),
    ),
    begins=digits,
)  # fmt: skip

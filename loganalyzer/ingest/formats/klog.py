"""klog text: `E0119 14:43:32.123456    1234 file.go:92] text`, plain and structured. No year, no zone."""

from __future__ import annotations

import re

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level

_HEAD = late.pattern(
    r"([IWEF])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s+\d+\s+([^\s:\]]{1,200}):\d+\] ?", re.ASCII
)
_CREATED = late.pattern(r"Log file created at: (\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)")


def _parse(line: str) -> Parsed | None:
    found = _HEAD.match(line)
    if found is None:
        created = _CREATED.match(line)
        return Parsed(line, clock.parse(created[1]), "info") if created else None
    letter, month, day, hour, minute, second, fraction, file = found.groups()
    when = clock.moment(None, month, day, hour, minute, second, fraction or "")
    return Parsed(line[found.end() :], when, level(letter), file)


KLOG = Dialect(
    "klog",
    _parse,
    (
        Sample(
            'E0119 14:43:32.123456    1234 kubelet_node_status.go:92] node IP: "203.0.113.9" not found',
            "--01-19T14:43:32.123456", "error", "kubelet_node_status.go", 'node IP: "203.0.113.9" not found',
        ),
        Sample(
            'I0229 00:00:01.000001 1234567 server.go:417] "Kubelet version" kubeletVersion="v1.21.4"',
            "--02-29T00:00:01.000001", "info", "server.go", '"Kubelet version" kubeletVersion="v1.21.4"',
        ),
        Sample(
            'E1231 23:59:59.999999       1 pod_workers.go:190] "Error syncing pod" err="failed: \\"x\\"" pod="a/b"',
            "--12-31T23:59:59.999999", "error", "pod_workers.go",
        ),
        Sample("F0607 01:02:03.000004       1 main.go:5] cannot start", "--06-07T01:02:03.000004", "fatal", "main.go"),
        Sample("Log file created at: 2022/01/19 14:43:31", "2022-01-19T14:43:31", "info"),
    ),
    begins="IWEFL",
)  # fmt: skip

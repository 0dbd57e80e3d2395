"""zap's console encoder as TKEStack writes it: time, level, optional logger and caller, message, JSON fields.

Columns are separated by TABs; copies pasted into tickets have blanks, so a name is only taken where it looks like one.
"""

from __future__ import annotations

import re
from string import digits

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level

_HEAD = late.pattern(
    r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{3,9}(?:Z|[+-]\d\d:?\d\d)?)\s{1,16}"
    r"(?:\S{1,40}\t)??(debug|info|warn|error|dpanic|panic|fatal|DEBUG|INFO|WARN|ERROR|DPANIC|PANIC|FATAL)(?:\s{1,16}|$)",
    re.ASCII,
)
_NAME = late.pattern(
    r"((?:tke-installer|[A-Z]\w*Controller|[A-Z]\w*Provider|Unknown-Context)(?:\.[\w. -]{0,200}\w)?(?=\t)"
    r"|(?:tke-installer|[A-Z]\w*Controller|Unknown-Context)(?:\.\w+)*(?=\s)"
    r"|[\w./-]{1,120}\.go:\d+(?=\s)"
    r"|[a-z][\w.-]{1,80}(?=\t))\s{1,16}",
    re.ASCII,
)


def _parse(line: str) -> Parsed | None:
    found = _HEAD.match(line)
    if found is None:
        return None
    logger, at = None, found.end()
    while name := _NAME.match(line, at):
        logger = logger or name[1]
        at = name.end()
        if name[1].endswith(")") or ".go:" in name[1]:
            break
    return Parsed(line[at:], clock.parse(found[1]), level(found[2]), logger, carries=True)


ZAP_CONSOLE = Dialect(
    "zap",
    _parse,
    (
        Sample(
            "2022-01-19 14:43:32.225\terror\ttke-installer.ClusterProvider.OnCreate.EnsureKubeadmInitPhaseWait\t"
            'check healthz error\t{"error": "timeout"}',
            "2022-01-19T14:43:32.225", "error", "tke-installer.ClusterProvider.OnCreate.EnsureKubeadmInitPhaseWait",
            'check healthz error\t{"error": "timeout"}',
        ),
        Sample("2022-01-19 14:43:32.225\tINFO\tsteps are ready", "2022-01-19T14:43:32.225", "info", None,
               "steps are ready"),
        Sample("2022-01-19 14:43:32.225 info tke-installer Running", "2022-01-19T14:43:32.225", "info",
               "tke-installer", "Running"),
        Sample(
            "2022-01-19 14:43:32.225\tinfo\tClusterController.ClusterProvider.OnUpdate.EnsureX.Cluster upgrade\t"
            'Done\t{"error": null}',
            "2022-01-19T14:43:32.225", "info", "ClusterController.ClusterProvider.OnUpdate.EnsureX.Cluster upgrade",
            'Done\t{"error": null}',
        ),
        Sample("2022-01-19 14:43:32.225\tINFO\terror processing it", "2022-01-19T14:43:32.225", "info", None,
               "error processing it"),
        Sample("2022-01-19T14:43:32.225+0800\tWARN\tserver/server.go:81\tslow", "2022-01-19T14:43:32.225+08:00",
               "warn", "server/server.go:81", "slow"),
        Sample("2022-01-19 14:43:32.225\tinfo\t17.Create global cluster doing", "2022-01-19T14:43:32.225", "info",
               None, "17.Create global cluster doing"),
    ),
    begins=digits,
)  # fmt: skip

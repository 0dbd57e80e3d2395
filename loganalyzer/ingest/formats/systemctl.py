"""The status part of `systemctl status`; its log rows are journald text."""

from __future__ import annotations

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.components import of_program
from loganalyzer.ingest.formats.dialect import BLANK, Dialect, Parsed, Sample

_UNIT = late.pattern(r"[●×○↻*] ([\w@.\\-]{1,120}\.(?:service|socket|mount|timer|scope|slice|target))(?: - |$)")
_ACTIVE = late.pattern(
    r"\s{0,8}Active: (\S+)(?: \([^)]{0,80}\))?"
    r"(?: (?:since|at) (?:\w{2,4} )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?: (UTC))?)?"
)
_ROW = late.pattern(
    r"\s{1,12}(Loaded|Docs|Main PID|Process|Tasks|Memory|CPU|CGroup|Drop-In|TriggeredBy|Status|IO|IP): |\s{6,20}[├└]─"
)


def _parse(line: str) -> Parsed | None:
    if found := _UNIT.match(line):
        return Parsed(line, None, "info", program=of_program(found[1]))
    if found := _ACTIVE.match(line):
        when = clock.parse(found[2] + (found[3] or "")) if found[2] else None
        return Parsed(line.strip(), when, "error" if found[1] == "failed" else "info", head=False)
    return Parsed(line.strip(), None, None, head=False) if _ROW.match(line) else None


SYSTEMCTL = Dialect(
    "systemctl",
    _parse,
    (
        Sample("● kubelet.service - kubelet: The Kubernetes Node Agent", None, "info", program="kubelet"),
        Sample("   Active: failed (Result: exit-code) since Wed 2022-01-19 14:43:32 CST; 5s ago", "2022-01-19T14:43:32",
               "error"),
        Sample("   Active: active (running) since Wed 2022-01-19 14:43:32 UTC; 2h ago", "2022-01-19T14:43:32Z", "info"),
        Sample(" Main PID: 1234 (code=exited, status=255)"),
        Sample("   Loaded: loaded (/usr/lib/systemd/system/kubelet.service; enabled)"),
    ),
    begins=BLANK + "*A",
)  # fmt: skip

"""ansible's output: `fatal: [host]: FAILED! => {json}`, task and play headings, recap."""

from __future__ import annotations

from loganalyzer import late
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample

_RESULT = late.pattern(
    r"(fatal|failed|ok|changed|skipping|unreachable|included): \[([^\]\s]{1,253}?)(?: -> [^\]]{1,253})?\](?:: |$| )"
)
_HEADING = late.pattern(r"(?:TASK|PLAY|RUNNING HANDLER) (?:\[[^\]]{0,400}\]|RECAP) \*{3,}")
_WARNING = late.pattern(r"\[(?:DEPRECATION )?WARNING\]: ")
_ERROR = late.pattern(r"ERROR! ")


def _parse(line: str) -> Parsed | None:
    if found := _RESULT.match(line):
        bad = found[1] in ("fatal", "failed", "unreachable")
        return Parsed(line[found.end() :], None, "error" if bad else "info", program="ansible", node=found[2])
    if _HEADING.match(line):
        return Parsed(line, None, "info", program="ansible")
    for pattern, level in ((_WARNING, "warn"), (_ERROR, "error")):
        if found := pattern.match(line):
            return Parsed(line[found.end() :], None, level, program="ansible")
    return None


ANSIBLE = Dialect(
    "ansible",
    _parse,
    (
        Sample('fatal: [node-1]: UNREACHABLE! => {"changed": false}', None, "error", None,
               'UNREACHABLE! => {"changed": false}', "ansible", "node-1"),
        Sample('failed: [node-1] (item=a) => {"msg": "x"}', None, "error", program="ansible", node="node-1"),
        Sample("TASK [install docker] *********", None, "info", program="ansible"),
        Sample("ok: [node-1]", None, "info", None, "", "ansible", "node-1"),
        Sample("[WARNING]: provided hosts list is empty", None, "warn", program="ansible"),
    ),
    begins="focsuiTPRE[",
)  # fmt: skip

"""kubeadm's output: `[phase] text`, `\\t[ERROR Name]: text`, `error execution phase ...`. It has no times."""

from __future__ import annotations

from loganalyzer import late
from loganalyzer.ingest.formats.dialect import BLANK, Dialect, Parsed, Sample

_PHASE = late.pattern(r"\[(?!pod/)([a-z][a-z0-9]*(?:[-/][a-z0-9]+){0,6})\] ")
_CHECK = late.pattern(r"\s{0,12}\[(ERROR|WARNING) ([^\]:]{1,200})\]:? ?")
_FAILED = late.pattern(r"error execution phase ([a-z/-]{1,60}): |couldn't initialize a Kubernetes cluster")


def _parse(line: str) -> Parsed | None:
    if found := _PHASE.match(line):
        text = line[found.end() :]
        failed = "fatal errors occurred" in text
        return Parsed(text, None, "error" if failed else "info", found[1])
    if found := _CHECK.match(line):  # belongs to the "[preflight] Some fatal errors occurred:" above it
        return Parsed(line[found.end() :], None, "error" if found[1] == "ERROR" else "warn", found[2], head=False)
    if found := _FAILED.match(line):
        return Parsed(line, None, "error", found[1])
    return None


KUBEADM = Dialect(
    "kubeadm",
    _parse,
    (
        Sample("[preflight] Running pre-flight checks", None, "info", "preflight", "Running pre-flight checks"),
        Sample("[preflight] Some fatal errors occurred:", None, "error", "preflight", "Some fatal errors occurred:"),
        Sample("[kubelet-start] Starting the kubelet", None, "info", "kubelet-start", "Starting the kubelet"),
        Sample("\t[ERROR Port-10250]: Port 10250 is in use", None, "error", "Port-10250", "Port 10250 is in use"),
        Sample("        [WARNING Swap]: swap is on", None, "warn", "Swap", "swap is on"),
        Sample("error execution phase wait-control-plane: no", None, "error", "wait-control-plane"),
    ),
    begins=BLANK + "[ec",
)

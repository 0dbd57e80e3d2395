"""The TKEStack installer's two outputs: the `.run` script on a terminal, and the steps of tke-installer."""

from __future__ import annotations

from string import digits

from loganalyzer import late
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample

_RUN = late.pattern(r"Step\.\d+ (.{1,200}?) ?\[(in process|doing|done|ok|OK|FAIL|fail|failed)\]")
_STATUS = late.pattern(r"\[(FAIL|OK|ok|WARN)\] ")
_STEP = late.pattern(r"\d{1,3}\.(\S.{0,200}?) (?:doing$|\[(Success|Failed)\] \[[\d.]+s\])")


def _run(line: str) -> Parsed | None:
    if found := _RUN.match(line):
        return Parsed(line, None, "error" if found[2].lower().startswith("fail") else "info")
    if found := _STATUS.match(line):
        levels = {"FAIL": "fatal", "WARN": "warn"}
        return Parsed(line[found.end() :], None, levels.get(found[1], "info"))
    return None


def _steps(line: str) -> Parsed | None:
    found = _STEP.match(line)
    return Parsed(line, None, "error" if found[2] == "Failed" else "info") if found else None


INSTALLER_RUN = Dialect(
    "installer-run",
    _run,
    (
        Sample("Step.1 prefight [in process]", None, "info"),
        Sample("Step.4 load regisry image [doing]", None, "info"),
        Sample("Step.4 load registry image [done]", None, "info"),
        Sample("[FAIL] Operation failed.", None, "fatal", None, "Operation failed."),
    ),
    begins="S[",
)
INSTALLER_STEPS = Dialect(
    "tke-installer-steps",
    _steps,
    (
        Sample("17.Create global cluster doing", None, "info"),
        Sample("3.Load images [Success] [15.03s]", None, "info"),
        Sample("18.Install etcd [Failed] [600.2s] error timed out", None, "error"),
    ),
    begins=digits,
)

"""Panics and goroutine dumps: no header, often thousands of lines; they belong to the record before."""

from __future__ import annotations

from loganalyzer import late
from loganalyzer.ingest.formats.dialect import BLANK, Dialect, Parsed, Sample

_PANIC = late.pattern(r"panic: |fatal error: |unexpected fault address|SIG[A-Z]{3,6}: ")
_FRAME = late.pattern(
    r"goroutine \d+(?: gp=\S+)?(?: \[[^\]]{1,80}\])?:?$|\s{1,8}/\S{1,400}\.go:\d+(?: \+0x[0-9a-f]+)?$"
    r"|created by [\w./*()-]{1,400}|\[signal SIG"
)


def _parse(line: str) -> Parsed | None:
    if _PANIC.match(line):
        return Parsed(line, None, "fatal")
    return Parsed(line, head=False) if _FRAME.match(line) else None


GO_PANIC = Dialect(
    "go-panic",
    _parse,
    (
        Sample("panic: runtime error: invalid memory address or nil pointer dereference", None, "fatal"),
        Sample("fatal error: concurrent map writes", None, "fatal"),
        Sample("goroutine 1 [running]:"),
        Sample("\t/go/src/main.go:12 +0x1d"),
        Sample("created by main.start"),
    ),
    begins=BLANK + "pfuSgc[",
)

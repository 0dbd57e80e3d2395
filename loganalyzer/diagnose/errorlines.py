"""Which lines their program calls an error: the literals that find them, and what decides."""

from __future__ import annotations

from loganalyzer import late
from loganalyzer.model import Record

LITERALS: tuple[bytes, ...] = (
    b" error ", b"\terror\t", b"\\terror\\t", b"#011error#011", b"\tfatal\t", b"\tpanic\t", b"\tdpanic\t",
    b"ERROR\x1b", b"\tERROR", b" ERROR ", b"[ERROR", b"mERROR", b"\\tERROR", b"ERRO[", b"FATA[", b"PANI[",
    b"level=error", b"level=fatal", b"level=panic",
    b'"level":"error', b'"level":"fatal', b'"level":"panic', b'level\\":\\"error', b'level\\":\\"fatal',
    b"\nE0", b"\nE1", b"\nF0", b"\nF1", b" E0", b" E1", b" F0", b" F1", b'"E0', b'"E1', b'"F0', b'"F1',
    b" E | ", b" C | ", b"[error]", b"[emerg]", b"[crit]", b"[alert]", b"panic: ",
    b'"error": "', b'error\\": \\"', b"[Failed] [",
)  # fmt: skip
"""Every line of level error holds one of these, in whatever wrapping; most other lines hold none."""

_RESULT = late.pattern(r'"error":\s?"[^"]')


def is_error(record: Record) -> bool:
    """Whether the program says that something failed: level error or fatal, or, as TKEStack's handlers print it at
    level info, a result (it has a cost) whose error is not null."""
    if record.level in ("error", "fatal"):
        return True
    return '"cost":' in record.message and _RESULT.search(record.message) is not None

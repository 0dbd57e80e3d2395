"""Control characters shown instead of obeyed: a log line must not be able to drive a terminal or reorder a report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

_C0 = {code: chr(0x2400 + code) for code in range(0x20) if code != 0x09}
_NAMED = (
    range(0x80, 0xA0),  # C1 controls: 0x9B alone starts an escape sequence
    range(0x061C, 0x061D),  # Arabic letter mark
    range(0x200B, 0x2010),  # zero-width characters and direction marks
    range(0x2028, 0x202F),  # line and paragraph separators, bidi embeddings and overrides
    range(0x2060, 0x2061),  # word joiner
    range(0x2066, 0x206A),  # bidi isolates
    range(0xFEFF, 0xFF00),  # byte order mark, zero-width no-break space
    range(0xFFF9, 0xFFFC),  # interlinear annotations
    range(0xD800, 0xE000),  # lone surrogates: no encoder takes them
    range(0xE0000, 0xE0080),  # invisible tag characters
)


def visible(text: str) -> str:
    """`text` with control, bidi, zero-width and surrogate code points shown as symbols (`ESC` as `␛`, others as
    `<U+202E>`). TAB stays; a newline becomes `␊`. What is shown once stays as it is when shown again."""
    if text.isprintable() or text.replace("\t", " ").isprintable():
        return text
    return text.translate(_shown())


@cache
def _shown() -> Mapping[int, str]:
    return {**_C0, 0x7F: "\u2421", **{code: f"<U+{code:04X}>" for codes in _NAMED for code in codes}}

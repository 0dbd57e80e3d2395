"""Every code point: shown by its name, or left as it is."""

from __future__ import annotations

import pytest

from loganalyzer.safe import visible

HIDDEN = [
    (0x80, 0x9F), (0x61C, 0x61C), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x2060), (0x2066, 0x2069), (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB), (0xD800, 0xDFFF), (0xE0000, 0xE007F),
]  # fmt: skip
"""First and last of each range that is never written: C1, marks, bidi, zero width, annotations, surrogates, tags."""


@pytest.mark.parametrize(("first", "last"), HIDDEN)
def test_each_range_is_named_from_its_first_to_its_last(first, last):
    for code in {first, (first + last) // 2, last}:
        assert visible(f"a{chr(code)}b") == f"a<U+{code:04X}>b"
    for code in {first - 1, last + 1} - {0x7F}:
        assert visible(f"a{chr(code)}b") == f"a{chr(code)}b"


def test_every_code_point_is_one_or_the_other():
    hidden = {code for first, last in HIDDEN for code in range(first, last + 1)}
    for code in range(0x110000):
        char = chr(code)
        shown = visible(f"\0{char}")[1:]  # beside a control: what is printable alone is not even looked at
        if code < 0x20 and char != "\t":
            assert shown == chr(0x2400 + code)
        elif code == 0x7F:
            assert shown == "␡"
        elif code in hidden:
            assert shown == f"<U+{code:04X}>"
        else:
            assert shown == char


def test_plain_text_is_the_very_same_text():
    for text in ("plain", "with\ttab", "中文", ""):
        assert visible(text) is text

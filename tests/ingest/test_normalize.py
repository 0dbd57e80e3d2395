"""One template serves every depth of quoting: the normal form of docs/rule-language.md, section 2."""

import time

import pytest

from loganalyzer.ingest.normalize import normalize


@pytest.mark.parametrize(
    ("line", "normal"),
    [
        (b"plain words", b"plain words"),
        (rb'err="dial \"x\""', b'err="dial "x""'),
        (rb"a \\\"b\\\" c", b'a "b" c'),
        (rb"a \\\\\\\"b", b'a "b'),
        (rb"\u003cnil\u003e \u0026 \\u003cb\\\\u003E", b"<nil> & <b>"),
        (b"a\tb#011c\\td\\\\te", b"a\tb\tc\td\te"),
        (rb"one\ntwo\\nthree\\\\nfour", b"one\ntwo\nthree\nfour"),
        (rb"one\r\ntwo", b"one\ntwo"),
        (b"one\r", b"one"),
        (b"\x1b[31mERROR\x1b[0m boom", b"ERROR boom"),
        (rb"\u001b[31mERROR\u001b[0m boom", b"ERROR boom"),
        (b"#033[31mERROR#033[0m boom", b"ERROR boom"),
        (b"\x1b]0;title\x07boom", b"boom"),
        (b"\0\0\0boom", b"boom"),
        (rb"a regex \. stays \d", rb"a regex \. stays \d"),
        (b"\xff\xfe stays", b"\xff\xfe stays"),
        (b"", b""),
    ],
)
def test_normal_form(line: bytes, normal: bytes):
    assert normalize(line) == normal


@pytest.mark.parametrize(
    "hostile", [b"\\" * 32768, b"\\x1" * 10000, b"\x1b[" * 16000, b"\x1b]" * 16000, b"\\r" * 16000]
)
def test_hostile_lines_are_linear(hostile: bytes):
    start = time.perf_counter()
    normalize(hostile)
    assert time.perf_counter() - start < 0.5

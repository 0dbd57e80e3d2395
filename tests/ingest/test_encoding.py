"""Whatever the encoding, the text comes out as UTF-8 and nothing raises."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.ingest.encoding import UTF8, Encoding, detect, to_utf8

TEXT = "2022-01-19 14:43:32.225\terror\ttke-installer\tcheck healthz error\n" * 3
CHINESE = "错误：无法连接到镜像仓库，请检查网络设置\n" * 3


def read(*chunks: bytes) -> tuple[bytes, list[Encoding]]:
    found: list[Encoding] = []
    return b"".join(to_utf8(chunks, found.append)), found


@pytest.mark.promise("P8")
@pytest.mark.parametrize(
    ("raw", "name", "guessed"),
    [
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8", False),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le", False),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be", False),
        (TEXT.encode("utf-16-le"), "utf-16-le", True),
        (TEXT.encode("utf-16-be"), "utf-16-be", True),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le", False),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "utf-32-be", False),
        ((TEXT + CHINESE).encode("gb18030"), "gb18030", True),
    ],
)
def test_other_encodings_become_utf8(raw: bytes, name: str, guessed: bool):
    text, found = read(raw)
    assert text == (TEXT + CHINESE if name == "gb18030" else TEXT).encode()
    assert [(encoding.name, encoding.guessed) for encoding in found] == [(name, guessed)]
    in_bytes, _ = read(*(raw[i : i + 7] for i in range(0, len(raw), 7)))
    assert in_bytes == text


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        CHINESE.encode(),
        CHINESE.encode()[:-3],
        b"caf\xe9 na\xefve r\xe9sum\xe9\n",
        TEXT.encode() + b"\0" * 4096 + TEXT.encode(),
        b"\0" * 4096,
        CHINESE.encode() + b"\xff\xfe broken \xe9\n",
        b"",
    ],
    ids=["ascii", "utf-8", "cut utf-8", "latin-1", "zero-filled", "only NULs", "a broken byte", "empty"],
)
def test_utf8_and_what_is_nearly_utf8_stays_as_it_is(raw: bytes):
    assert read(raw) == (raw, [] if raw.isascii() and b"\0" not in raw else [UTF8])


def test_chinese_is_found_behind_a_long_ascii_beginning():
    text, found = read(TEXT.encode() * 700, TEXT.encode(), CHINESE.encode("gb18030"))
    assert text == TEXT.encode() * 701 + CHINESE.encode()
    assert [encoding.name for encoding in found] == ["gb18030"]


@given(st.lists(st.binary(max_size=300), max_size=5), st.sampled_from([b"", codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_input(chunks: list[bytes], mark: bytes):
    text, found = read(mark, *chunks)
    text.decode("utf-8", "backslashreplace")
    if found in ([], [UTF8]):
        assert text == b"".join(chunks)


def test_detect_says_utf8_for_plain_text():
    assert detect(b"plain") == UTF8

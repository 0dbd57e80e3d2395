"""Any encoding that logs come in, as UTF-8 bytes, chunk by chunk.

UTF-8 passes through untouched, invalid bytes included (they show as `\\xNN` in a record). Nothing here ever raises on
content: what cannot be decoded becomes a `\\xNN` escape.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator

from loganalyzer import late
from loganalyzer.frozen import frozen

HEAD = 64 * 1024
"""Bytes that are looked at before an encoding is chosen."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the UTF-16 one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PAIR = late.pattern(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]")
_UTF8_SEQUENCE = late.pattern(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = late.pattern(rb"[\x80-\xff]")


@frozen
class Encoding:
    """A Python codec name, the length of the byte order mark, and whether it is a guess."""

    name: str
    mark: int = 0
    guessed: bool = False


UTF8 = Encoding("utf-8")


def detect(head: bytes) -> Encoding:
    """The encoding of a text that begins with `head` (which may end within a character)."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return Encoding(name, len(mark))
    return _wide(head) or _chinese(head) or UTF8


def _wide(head: bytes) -> Encoding | None:
    """UTF-16 without a mark: text whose every second byte is NUL. Zero-filled parts of a file have both."""
    sample = head[:4096]
    half = len(sample) // 2
    if half < 4:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.1 * half:
        return Encoding("utf-16-le", guessed=True)
    if even > 0.4 * half and odd < 0.1 * half:
        return Encoding("utf-16-be", guessed=True)
    return None


def _chinese(head: bytes) -> Encoding | None:
    """GB18030: not UTF-8, and its high bytes come in pairs of the GB 2312 plane (Latin-1 letters do not)."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        pass
    else:
        return None
    high = len(_HIGH.findall(head))
    as_utf8 = sum(len(found) for found in _UTF8_SEQUENCE.findall(head))
    if as_utf8 > 0.7 * high:
        return None
    pairs = _PAIR.findall(head)
    common = sum(1 for pair in pairs if len(pair) == 2 and pair[0] >= 0xA1 and pair[1] >= 0xA1)
    return Encoding("gb18030", guessed=True) if common >= 2 and common >= 0.8 * len(pairs) else None


def to_utf8(chunks: Iterable[bytes], decided: Callable[[Encoding], object]) -> Iterator[bytes]:
    """`chunks` as UTF-8; `decided` is told the encoding, once.

    While everything is ASCII without NUL nothing is decided: the first chunk with other bytes decides, before it is
    given, however late it comes.
    """
    source = iter(chunks)
    head = b""
    for chunk in source:
        head += chunk
        if len(head) >= HEAD:
            break
    while head:
        if not head.isascii() or b"\0" in head:
            encoding = detect(head)
            decided(encoding)
            if encoding.name == "utf-8":
                yield head[encoding.mark :]
                yield from source
            else:
                yield from _transcode(head[encoding.mark :], source, encoding.name)
            return
        yield head
        head = next(filter(None, source), b"")


def _transcode(head: bytes, source: Iterator[bytes], name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)(errors="backslashreplace")
    yield decoder.decode(head).encode("utf-8", "backslashreplace")
    for chunk in source:
        yield decoder.decode(chunk).encode("utf-8", "backslashreplace")
    yield decoder.decode(b"", True).encode("utf-8", "backslashreplace")

"""Compressed bytes -> bytes, streaming, by calls that release the interpreter lock.

Several members, streams or frames one after the other are one text, as in every command-line tool. What is readable
before damage is delivered; damage is reported with its offset in the compressed bytes and ends the text quietly.
"""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from isal import igzip_lib, isal_zlib

from loganalyzer.ingest.feed import Feed
from loganalyzer.ingest.run import Run
from loganalyzer.limits import KIB, MIB

if TYPE_CHECKING:
    from zstandard import ZstdDecompressionObj

STEP = 1 * MIB
"""Most that one call gives: as much as a block, so that nothing is put together afterwards."""
REPLAY = 1 * MIB
"""Compressed bytes that are kept so that, on an error, every byte before it can still be had."""
FINE = 4 * KIB
"""Compressed bytes in one step of decoding again."""
LZMA_MEMORY = 192 * MIB
_ISAL: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # the stub says it is an instance
ERRORS = (_ISAL, lzma.LZMAError, EOFError, OSError, ValueError)


class Engine(Protocol):
    """What the decompressors of igzip_lib, lzma and bz2 have in common."""

    @property
    def eof(self) -> bool:
        """The end mark was seen."""
        ...

    @property
    def needs_input(self) -> bool:
        """Nothing more comes without more data."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What follows the end mark in the data it was given."""
        ...

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """At most `max_length` bytes more."""
        ...


class Damaged(Exception):
    """The compressed data cannot be right from here on."""


class Truncated(Exception):
    """The compressed data ends before its end mark."""


def decompress(kind: str, feed: Feed, where: str, run: Run) -> Iterator[bytes]:
    """The text of `feed`, which is compressed as `kind` (gzip, xz, bz2 or zstd); problems go to `run`."""
    try:
        yield from _READERS[kind](feed, run)
        _trailer(feed, where, kind, run)
    except Truncated:
        run.report(
            where,
            "truncated",
            f"the {kind} data is cut off at byte {feed.offset}; what comes before was read",
            f"{kind} 数据在第 {feed.offset} 字节处中断；之前的内容已读取",
        )
    except Damaged as damage:
        run.report(
            where,
            "damaged",
            f"the {kind} data is damaged before byte {feed.offset} ({damage}); what comes before was read",
            f"{kind} 数据在第 {feed.offset} 字节之前已损坏（{damage}）；之前的内容已读取",
        )


def inflate(feed: Feed, run: Run) -> Iterator[bytes]:
    """One raw deflate stream; `feed` stands behind it afterwards."""
    return _stream(feed, lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE), run)


def unbz2(feed: Feed, run: Run) -> Iterator[bytes]:
    """One or more bzip2 streams."""
    while True:
        yield from _stream(feed, bz2.BZ2Decompressor, run)
        if feed.peek(3) != b"BZh":
            return


def _unxz(feed: Feed, run: Run) -> Iterator[bytes]:
    while True:
        yield from _stream(feed, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, LZMA_MEMORY), run)
        while feed.peek(4) == bytes(4):
            feed.skip(4)
        if feed.peek(6) != b"\xfd7zXZ\0":
            return


def _gunzip(feed: Feed, run: Run) -> Iterator[bytes]:
    while True:
        _gzip_header(feed)
        crc = size = 0
        for data in inflate(feed, run):
            crc = isal_zlib.crc32(data, crc)
            size += len(data)
            yield data
        trailer = feed.exactly(8)
        if len(trailer) < 8:
            raise Truncated
        if trailer != crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little"):
            raise Damaged("checksum mismatch")
        if feed.peek(2) != b"\x1f\x8b":
            return


def _gzip_header(feed: Feed) -> None:
    """Pass over a gzip member's header (RFC 1952)."""
    header = feed.exactly(10)
    if len(header) < 10:
        raise Truncated
    method, flags = header[2], header[3]
    if method != 8 or flags & 0xE0:
        raise Damaged("unknown gzip header")
    if flags & 4:
        _skip(feed, int.from_bytes(_exactly(feed, 2), "little"))
    for flag in (8, 16):
        if flags & flag:
            while b"\0" not in (text := _peek_some(feed)):
                feed.skip(len(text))
            feed.skip(text.index(b"\0") + 1)
    if flags & 2:
        _skip(feed, 2)


def _stream(feed: Feed, make: Callable[[], Engine], run: Run) -> Iterator[bytes]:
    """One stream of a decompressor that keeps the input it has not used."""
    engine = make()
    data = b""
    kept: list[bytes] = []
    kept_size = delivered = 0
    while not engine.eof:
        if engine.needs_input:
            data = feed.piece(REPLAY)
            if not data:
                raise Truncated
            kept_size += len(data)
            if kept_size <= 2 * REPLAY:
                kept.append(data)
            else:
                kept.clear()
        try:
            text = engine.decompress(data, STEP)
        except ERRORS as error:
            if kept:
                yield from _rescue(kept, make, delivered)
            raise Damaged(str(error) or "invalid data") from None
        data = b""
        if text:
            delivered += len(text)
            run.spend(len(text))
            yield text
    feed.unread(engine.unused_data)


def _rescue(kept: list[bytes], make: Callable[[], Engine], delivered: int) -> Iterator[bytes]:
    """What lies between the last delivered byte and the damage: decoded again in small steps, the last of them byte
    by byte, because a call that fails gives nothing."""
    data = b"".join(kept)
    good = 0
    engine = make()
    with suppress(*ERRORS):
        while good < len(data):
            engine.decompress(data[good : good + FINE])
            good += FINE
    engine = make()
    found = bytearray()
    done = 0
    steps = (data[at : at + FINE] for at in range(0, good, FINE))
    with suppress(*ERRORS):
        for step in chain(steps, (bytes((byte,)) for byte in data[good : good + FINE])):
            text = engine.decompress(step)
            done += len(text)
            if done > delivered:
                found += text[-(done - delivered - len(found)) :]
    if found:
        yield bytes(found)


def _unzstd(feed: Feed, run: Run) -> Iterator[bytes]:
    """Frames are walked block by block (RFC 8878): a block gives 128 KiB at most, and a cut cannot go unnoticed."""
    while len(magic := feed.peek(4)) == 4:
        if 0x184D2A50 <= int.from_bytes(magic, "little") <= 0x184D2A5F:
            feed.skip(4)
            _skip(feed, int.from_bytes(_exactly(feed, 4), "little"))
        elif magic == b"\x28\xb5\x2f\xfd":
            yield from _zstd_frame(feed, run)
        else:
            return
    if magic:
        raise Truncated


def _zstd_frame(feed: Feed, run: Run) -> Iterator[bytes]:
    import zstandard  # slow to import, and few bundles need it

    head = feed.peek(18)
    try:
        size = zstandard.frame_header_size(head)
        checksum = zstandard.get_frame_parameters(head).has_checksum
    except zstandard.ZstdError as error:
        raise (Truncated if len(head) < 18 else Damaged(str(error))) from None
    engine = zstandard.ZstdDecompressor().decompressobj()
    _decode(engine, feed.exactly(size))
    last = False
    while not last:
        header = _exactly(feed, 3)
        word = int.from_bytes(header, "little")
        last, shape, size = bool(word & 1), word >> 1 & 3, word >> 3
        if shape == 3 or (size > 128 * KIB and shape != 1):
            raise Damaged("impossible block")
        body = _exactly(feed, (1 if shape == 1 else size) + (4 if last and checksum else 0))
        if text := _decode(engine, header + body):
            run.spend(len(text))
            yield text


def _decode(engine: ZstdDecompressionObj, data: bytes) -> bytes:
    import zstandard

    try:
        return engine.decompress(data)
    except zstandard.ZstdError as error:
        raise Damaged(str(error)) from None


def _trailer(feed: Feed, where: str, kind: str, run: Run) -> None:
    """Zero padding after the end (tapes, block devices) is no damage; anything else is."""
    start = feed.offset
    garbage = False
    while data := feed.piece(REPLAY):
        garbage = garbage or data.count(0) != len(data)
    if garbage:
        size = feed.offset - start
        run.report(
            where,
            "damaged",
            f"{size} bytes after the end of the {kind} data (byte {start}) were ignored",
            f"{kind} 数据结束（第 {start} 字节）之后的 {size} 字节被忽略",
        )


def _exactly(feed: Feed, size: int) -> bytes:
    data = feed.exactly(size)
    if len(data) < size:
        raise Truncated
    return data


def _skip(feed: Feed, size: int) -> None:
    if feed.skip(size) < size:
        raise Truncated


def _peek_some(feed: Feed) -> bytes:
    data = feed.peek(256)
    if not data:
        raise Truncated
    return data


_READERS: dict[str, Callable[[Feed, Run], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "xz": _unxz,
    "bz2": unbz2,
    "zstd": _unzstd,
}

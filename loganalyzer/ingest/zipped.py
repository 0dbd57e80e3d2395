"""zip: `zipfile` reads the directory, the members are inflated by `decompress`; nothing is extracted."""

from __future__ import annotations

import calendar
import io
import struct
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from isal import isal_zlib

from loganalyzer.ingest.archive import Member, display
from loganalyzer.ingest.decompress import Damaged, Truncated, inflate, unbz2
from loganalyzer.ingest.feed import Feed
from loganalyzer.ingest.run import OverLimit, Run

DIRECTORY = 16
"""The central directory may be this many times `Limits.header`."""
_END_RECORD = 22 + 0xFFFF
"""Bytes at the end of a zip among which its end record begins: the record and the longest comment."""
_ERRORS = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, LookupError, struct.error)


class _Guarded(io.RawIOBase):
    """A seekable file for `zipfile` that refuses to be read in one piece larger than a directory may be."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """As for any file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As for any file."""
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        """At most what the limit allows; OverLimit for more."""
        if size > self._most:
            raise OverLimit(
                f"its directory of {size} bytes is larger than {self._most}; unpack it and pass the directory",
                f"其目录 {size} 字节，超过上限 {self._most}；请解包后传入目录",
            )
        return self._file.read(self._most if size < 0 else size)

    def length(self) -> int:
        """Bytes in the file."""
        return self._file.seek(0, io.SEEK_END)


def members(file: BinaryIO, where: str, run: Run) -> Iterator[Member]:
    """The files in a seekable zip, in the order of its directory."""
    guarded = _Guarded(file, run.limits.header * DIRECTORY)
    try:
        run.took(guarded.length())
        with zipfile.ZipFile(guarded) as archive:
            infos = archive.infolist()
    except _ERRORS as error:
        run.report(where, "damaged", f"the zip's directory cannot be read: {error}", f"无法读取 zip 的目录：{error}")
        return
    announced, begin, end = _end_record(guarded)
    if announced not in (len(infos), 0xFFFF):
        run.report(
            where,
            "damaged",
            f"the zip's directory lists {len(infos)} of {announced} members; the others are lost",
            f"zip 的目录只列出 {announced} 个成员中的 {len(infos)} 个；其余成员已丢失",
        )
    first = min((info.header_offset for info in infos), default=begin)  # below zero where the directory lies
    unlisted = max(0, first) + guarded.length() - end
    if unlisted:
        run.report(
            where,
            "damaged",
            f"the zip has {unlisted} bytes before its first or behind its last part that its directory does not list;"
            " what they hold was not read",
            f"zip 的首个成员之前或末尾之后有 {unlisted} 字节未列入目录；其内容未读取",
        )
    for info in infos:
        run.member()
        if info.filename.endswith("/"):  # `is_dir` fails on a name that is empty
            continue
        path = f"{where}/{display(info.filename)}"
        if info.flag_bits & 1:
            run.note(
                path,
                "skipped",
                "encrypted zip members are not read; unpack the zip with its password and pass the directory",
                "加密的 zip 成员不读取；请用密码解包后传入目录",
            )
            continue
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
            run.note(
                path,
                "skipped",
                "zip members compressed by a rare method are not read; unpack the zip and pass the directory",
                "使用少见压缩方法的 zip 成员不读取；请解包后传入目录",
            )
            continue
        data = Feed(_data(file, info, path, run))
        yield Member(info.filename, info.file_size, _time(info.date_time), data)


def _end_record(file: _Guarded) -> tuple[int, int, int]:
    """What the record at the end says: how many members there are (0xFFFF: more than it can say), and where the record
    itself begins and ends, its comment included."""
    length = file.length()
    start = file.seek(max(0, length - _END_RECORD))
    tail = file.read()
    bare = len(tail) - 22  # zipfile believes one without comment before one that stands inside it
    at = bare if tail.startswith(b"PK\5\6", bare) and tail.endswith(b"\0\0") else tail.rfind(b"PK\5\6")
    announced, comment = struct.unpack_from("<H8xH", tail, at + 10)
    return announced, start + at, min(length, start + at + 22 + comment)


def _data(file: BinaryIO, info: zipfile.ZipInfo, where: str, run: Run) -> Iterator[bytes]:
    """One member's text, with its checksum compared at the end."""
    crc = size = 0
    try:
        for text in _text(Feed(_raw(file, info, run)), info, run):
            crc = isal_zlib.crc32(text, crc)
            size += len(text)
            yield text
        if size != info.file_size:
            raise Truncated
        if crc != info.CRC:
            raise Damaged("checksum mismatch")
    except Truncated:
        run.report(
            where,
            "truncated",
            f"the member ends after {size} of {info.file_size} bytes; what comes before was read",
            f"该成员在 {info.file_size} 字节中的第 {size} 字节处中断；之前的内容已读取",
        )
    except (Damaged, OSError) as damage:
        run.report(
            where,
            "damaged",
            f"the member is damaged after {size} bytes ({damage}); what comes before was read",
            f"该成员在 {size} 字节之后已损坏（{damage}）；之前的内容已读取",
        )


def _text(feed: Feed, info: zipfile.ZipInfo, run: Run) -> Iterator[bytes]:
    if info.compress_type == zipfile.ZIP_DEFLATED:
        return inflate(feed, run)
    if info.compress_type == zipfile.ZIP_BZIP2:
        return unbz2(feed, run)
    return _stored(feed, run)


def _stored(feed: Feed, run: Run) -> Iterator[bytes]:
    while text := feed.piece(run.limits.block):
        run.spend(len(text))
        yield text


def _raw(file: BinaryIO, info: zipfile.ZipInfo, run: Run) -> Iterator[bytes]:
    """A member's compressed bytes. It may lie anywhere, so every piece is looked for at its own place."""
    if info.header_offset < 0:
        raise Damaged("no member where the directory says")
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\3\4":
        raise Damaged("no member where the directory says")
    name, extra = struct.unpack("<HH", header[26:30])
    at, left = info.header_offset + 30 + name + extra, info.compress_size
    while left:
        file.seek(at)
        data = file.read(min(left, run.limits.block))
        if not data:
            return
        at, left = at + len(data), left - len(data)
        yield data


def _time(when: tuple[int, int, int, int, int, int]) -> float | None:
    """A member's local time, read as UTC: good for the year, which is what it is asked for."""
    year, month, day, *_ = when
    if year <= 1980 or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return float(calendar.timegm((*when, 0, 0, 0)))

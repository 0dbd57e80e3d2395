"""An input written again with every text in it changed: a file stays a file, an archive keeps its kind, its compression
and the order and names of its members, at any depth.

Nothing is extracted: a member lies in memory or in an unnamed temporary file until its new length is known. What is no
text cannot be changed and is left out; a line in its place says so.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from tempfile import SpooledTemporaryFile
from time import gmtime
from typing import Any, BinaryIO, cast

import zstandard

from loganalyzer.ingest import zipped
from loganalyzer.ingest.archive import Member, Tar, display
from loganalyzer.ingest.decompress import decompress
from loganalyzer.ingest.encoding import to_utf8
from loganalyzer.ingest.feed import Feed
from loganalyzer.ingest.run import OverLimit, Run
from loganalyzer.ingest.sniff import HEAD, sniff
from loganalyzer.limits import DEFAULT, MIB, Limits
from loganalyzer.model import Problem

Change = Callable[[str, Iterator[bytes]], Iterable[bytes]]
"""Display path and UTF-8 text of a log -> its new text."""
_IN_MEMORY = 8 * MIB
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_SLOW_IS_SMALL = 6
"""Level of gzip and deflate."""


class Rewriter:
    """Copies inputs through `change`; `rename` gives a member its new name."""

    def __init__(self, change: Change, rename: Callable[[str], str], limits: Limits = DEFAULT) -> None:
        self._change = change
        self._rename = rename
        self._run = Run(limits)
        self._problems: list[Problem] = []
        self.left_out: list[str] = []
        """Display paths of what is no text."""
        self.texts = 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read or was left out; complete once everything is copied."""
        return (*self._problems, *self._run.mail(), *self._run.notes())

    def file(self, path: str, source: BinaryIO, out: BinaryIO) -> None:
        """Copy one file. What goes over a limit ends it early and is a Problem."""
        self._run.begin_input()
        try:
            self._copy(path, Feed(self._bytes(source)), out, seekable=source)
        except OverLimit as limit:
            self._problems += [*self._run.mail(), Problem(path, "over-limit", limit.text)]

    def directory(self, root: str, target: str) -> None:
        """Copy all files below `root` to the existing directory `target`. Links, devices and pipes are left out."""
        for where, folders, files in os.walk(root, onerror=self._unreadable):
            folders.sort(key=os.fsencode)
            inside = os.path.relpath(where, root)
            place = target if inside == "." else os.path.join(target, *map(self._rename, inside.split(os.sep)))
            os.makedirs(place, exist_ok=True)
            for name in sorted(files, key=os.fsencode):
                path = os.path.join(where, name)
                if os.path.islink(path) or not os.path.isfile(path):
                    self._leave_out(path, "links, devices and pipes are left out", "不复制链接、设备和管道")
                    continue
                copy = os.path.join(place, self._rename(name))
                try:
                    with open(path, "rb", buffering=0) as source, open(copy, "xb") as out:
                        self.file(path, cast(BinaryIO, source), out)
                except PermissionError as error:
                    self._unreadable(error)

    def _bytes(self, source: BinaryIO) -> Iterator[bytes]:
        at = 0
        while True:
            if source.seekable():
                source.seek(at)  # a zip's directory may have been read in between
            data = source.read(self._run.limits.block)
            if not data:
                return
            at += len(data)
            self._run.took(len(data))
            yield data

    def _copy(self, path: str, feed: Feed, out: BinaryIO, *, seekable: BinaryIO | None = None, depth: int = 0) -> None:
        kind = sniff(feed.peek(HEAD))
        if kind == "text":
            self.texts += 1
            text = to_utf8(feed.blocks(self._run.limits.block), lambda _: None)
            for piece in self._change(path, text):
                out.write(piece)
        elif kind in ("tar", "zip", "gzip", "xz", "bz2", "zstd") and depth >= 2 * self._run.limits.depth:
            self._drop(path, feed, out)
        elif kind == "tar":
            self._tar(path, feed, out, depth + 1)
        elif kind == "zip":
            self._zip(path, feed, out, seekable, depth + 1)
        elif kind in _PACKERS:
            with _PACKERS[kind](out) as packed:
                self._copy(path, Feed(decompress(kind, feed, path, self._run)), cast(BinaryIO, packed), depth=depth + 1)
        elif kind != "empty":
            self._drop(path, feed, out)

    def _tar(self, path: str, feed: Feed, out: BinaryIO, depth: int) -> None:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for member in Tar(feed, path, self._run).members():
                with self._rewritten(path, member, depth) as data:
                    entry = tarfile.TarInfo(self._name(member))
                    entry.size = data.tell()
                    entry.mtime = int(member.modified or 0)
                    data.seek(0)
                    tar.addfile(entry, data)

    def _zip(self, path: str, feed: Feed, out: BinaryIO, seekable: BinaryIO | None, depth: int) -> None:
        with self._spool() as held:
            if seekable is None or not seekable.seekable():
                for piece in feed.blocks(self._run.limits.block):
                    held.write(piece)
                seekable = held
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_SLOW_IS_SMALL) as archive:
                for member in zipped.members(seekable, path, self._run):
                    when = gmtime(member.modified)[:6] if member.modified else _ZIP_EPOCH
                    entry = zipfile.ZipInfo(self._name(member), max(when, _ZIP_EPOCH))
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    with self._rewritten(path, member, depth) as data:
                        data.seek(0)
                        with archive.open(entry, "w", force_zip64=True) as place:
                            shutil.copyfileobj(data, place, MIB)

    def _rewritten(self, path: str, member: Member, depth: int) -> BinaryIO:
        data = self._spool()
        self._copy(f"{path}/{display(member.name)}", member.data, data, depth=depth)
        return data

    def _name(self, member: Member) -> str:
        return "/".join(map(self._rename, display(member.name).split("/")))

    @staticmethod
    def _spool() -> BinaryIO:
        return cast(BinaryIO, SpooledTemporaryFile(_IN_MEMORY))

    def _drop(self, path: str, feed: Feed, out: BinaryIO) -> None:
        size = sum(len(piece) for piece in feed.blocks(self._run.limits.block))
        out.write(f"[tkelog redact: {size} bytes that are no readable text were left out]\n".encode())
        self._leave_out(path, "it is no readable text and was left out", "不是可读文本，已略去")

    def _leave_out(self, path: str, en: str, zh: str) -> None:
        self.left_out.append(path)
        self._run.note(path, "skipped", en, zh)

    def _unreadable(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        self._run.report(str(error.filename), "unreadable", f"it cannot be read: {reason}", f"无法读取：{reason}")


_PACKERS: dict[str, Callable[[BinaryIO], AbstractContextManager[Any]]] = {
    "gzip": lambda out: gzip.GzipFile("", "wb", _SLOW_IS_SMALL, out, mtime=0),
    "xz": lambda out: lzma.LZMAFile(out, "wb", preset=1),  # noqa: SIM115
    "bz2": lambda out: bz2.BZ2File(out, "wb"),
    "zstd": lambda out: closing(zstandard.ZstdCompressor().stream_writer(out, closefd=False)),
}
"""What packs as it was packed; closing it leaves the file below open. No time of day goes in."""

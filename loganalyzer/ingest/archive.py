"""tar: members in order, forward only; nothing is extracted, no link is followed, no loss is silent.

The loop over the headers is our own because `tarfile` ends quietly at damage, reads metadata of any size into memory
and follows links.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from loganalyzer.frozen import frozen
from loganalyzer.ingest import tarheader as tar
from loganalyzer.ingest.feed import Feed
from loganalyzer.ingest.run import Run
from loganalyzer.ingest.tarheader import BLOCK, ZEROS, Extra, Header

LONG = 1024
"""Characters of a name that are shown."""
_LINKS = (tar.HARD_LINK, tar.SYMLINK)
_DEVICES = (tar.CHARACTER, tar.DEVICE, tar.FIFO)
_SPECIAL = frozenset({*_LINKS, *_DEVICES, tar.DIRECTORY})
_EXTENSIONS = (tar.LONG_NAME, tar.LONG_LINK, tar.PAX, tar.PAX_SOLARIS, tar.PAX_GLOBAL)
_PARTIAL = (tar.SPARSE, tar.CONTINUED)
_NO_FILE = (*_PARTIAL, b"V", b"D", b"N")
"""Parts of files, volume label, directory listing, old form of a long name."""


@frozen
class Member:
    """One regular file in an archive; its data is to be read before the next member is asked for."""

    name: str
    size: int
    modified: float | None
    data: Feed


class Tar:
    """The members of one tar archive."""

    def __init__(self, feed: Feed, where: str, run: Run) -> None:
        self._feed = feed
        self._where = where
        self._run = run
        self._extra = Extra()

    def members(self) -> Iterator[Member]:
        """The regular files; everything else becomes a note, whatever is wrong a Problem."""
        feed = self._feed
        while (head := self._header()) is not None:
            start = feed.offset - BLOCK
            kind, size = head.kind, head.size
            if kind in _EXTENSIONS:
                self._extension(kind, size, start)
                continue
            self._run.member()
            extra, self._extra = self._extra, Extra()
            name = head.name if extra.name is None else extra.name
            size = size if extra.size is None else extra.size
            modified = _time(head.mtime if extra.modified is None else extra.modified)
            where = f"{self._where}/{display(name)}"
            if kind in _SPECIAL:
                self._note_special(kind, where)
                continue
            if kind == tar.SPARSE and head.extended:
                self._skip_sparse_map()
            if extra.sparse or kind in _PARTIAL:
                self._run.note(
                    where,
                    "skipped",
                    "sparse files and parts of files in an archive are not read; unpack it and pass the file itself",
                    "归档中的稀疏文件和不完整文件不读取；请解包后直接传入该文件",
                )
            if extra.sparse or kind in _NO_FILE:
                self._pass(feed, size, where)
                continue
            part = Feed(feed.part(size))
            yield Member(name, size, modified, part)
            self._pass(part, size - part.offset, where)
            feed.skip(-size % BLOCK)

    def _header(self) -> Header | None:
        """The next header; None at the end, which is reported unless it is a proper one."""
        feed = self._feed
        bad: int | None = None
        while True:
            start = feed.offset
            block = feed.exactly(BLOCK)
            if len(block) < BLOCK:
                self._bad_end(start, bad)
                return None
            if block == ZEROS and bad is None:
                second = feed.exactly(BLOCK)
                if second == ZEROS:
                    if not self._after_end():
                        return None
                    continue
                feed.unread(second)
                if len(second) == BLOCK:
                    self._damaged(start, "a lone block of zeros", "孤立的全零块")
                else:
                    self._bad_end(feed.offset, None)
                    return None
                continue
            if bad is not None and block[257:262] != b"ustar":
                continue
            if (head := tar.parse(block)) is not None:
                if bad is not None:
                    self._damaged(
                        bad,
                        f"{start - bad} bytes that are no member were skipped",
                        f"跳过了无法识别的 {start - bad} 字节",
                    )
                return head
            if bad is None:
                bad = start
                self._extra = Extra()  # it belongs to the member that is lost

    def _after_end(self) -> bool:
        """After the end mark: True where another archive follows (`cat a.tar b.tar`), which is then read on."""
        feed = self._feed
        while True:
            start = feed.offset
            block = feed.exactly(BLOCK)
            if not block:
                return False
            if block.count(0) == len(block):
                continue
            if len(block) == BLOCK and tar.parse(block) is not None:
                feed.unread(block)
                return True
            while data := feed.piece(self._run.limits.block):
                del data
            self._damaged(start, "data after the end was ignored", "结束标记之后的数据被忽略")
            return False

    def _extension(self, kind: bytes, size: int, start: int) -> None:
        """A header that describes the next member (or, global, all that follow: nothing in those concerns us)."""
        feed = self._feed
        padded = size + -size % BLOCK
        if size > self._run.limits.header:
            self._run.report(
                f"{self._where}, byte {start}",
                "over-limit",
                f"member metadata of {size} bytes is more than {self._run.limits.header}; its name is not known",
                f"成员元数据 {size} 字节，超过上限 {self._run.limits.header}；无法得知其名称",
            )
            if feed.skip(padded) < padded:
                self._bad_end(feed.offset, None)
            return
        data = feed.exactly(padded)[:size]
        if kind == tar.LONG_NAME:
            self._extra.name = tar.text(data)
        elif kind in (tar.PAX, tar.PAX_SOLARIS) and not tar.pax(data, self._extra):
            self._extra = Extra()
            self._damaged(start, "extended header that makes no sense", "扩展头无法解析")

    def _pass(self, feed: Feed, size: int, where: str) -> None:
        """Skip what is left of a member; say so where the archive ends before it."""
        missing = size - feed.skip(size)
        if missing:
            self._run.report(
                where,
                "truncated",
                f"the archive ends {missing} bytes before the end of this member",
                f"归档在此成员结束前 {missing} 字节处中断",
            )
        elif feed is self._feed:
            feed.skip(-size % BLOCK)

    def _skip_sparse_map(self) -> None:
        while len(block := self._feed.exactly(BLOCK)) == BLOCK and block[504]:
            pass

    def _note_special(self, kind: bytes, where: str) -> None:
        if kind in _LINKS:
            self._run.note(
                where,
                "skipped",
                "links in archives are not followed; what they point to is read where it is in the archive itself",
                "不跟随归档中的链接；若目标文件在归档内，会在其自身位置读取",
            )
        elif kind in _DEVICES:
            self._run.note(where, "skipped", "devices and pipes in archives are not read", "不读取归档中的设备和管道")

    def _bad_end(self, offset: int, bad: int | None) -> None:
        if bad is not None:
            self._damaged(bad, "no member header is recognised from here to the end", "从此处到结尾无法识别任何成员")
            return
        self._run.report(
            f"{self._where}, byte {offset}",
            "truncated",
            "the archive ends here without its end mark; members may be missing",
            "归档在此处中断，缺少结束标记；可能有成员缺失",
        )

    def _damaged(self, offset: int, en: str, zh: str) -> None:
        self._run.report(
            f"{self._where}, byte {offset}", "damaged", f"the archive is damaged: {en}", f"归档已损坏：{zh}"
        )


def display(name: str) -> str:
    """A member's name as part of a display path: nothing in it leads out of the archive."""
    if len(name) > LONG:
        name = f"{name[: LONG // 2]}...{name[-LONG // 2 :]}"
    return "/".join([part for part in name.split("/") if part not in ("", ".", "..")]) or "?"


def _time(seconds: float) -> float | None:
    """A member's time; none where it is not set (0 in reproducible archives) or absurd."""
    return float(seconds) if math.isfinite(seconds) and 0 < seconds < 1 << 34 else None

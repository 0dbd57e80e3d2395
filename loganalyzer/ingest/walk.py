"""From one file's bytes to the logs in it: archives and compression are opened by content, at any depth."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import BinaryIO

from loganalyzer.ingest.archive import Member, Tar, display
from loganalyzer.ingest.decompress import decompress
from loganalyzer.ingest.feed import Feed
from loganalyzer.ingest.run import Event, Run
from loganalyzer.ingest.sniff import HEAD, sniff

_SKIPPED = {
    "binary": ("binary files are not read", "不读取二进制文件"),
    "journal": (
        "systemd journal files are not read; export them with journalctl --file FILE --no-pager > journal.log",
        "不读取 systemd journal 文件；请用 journalctl --file FILE --no-pager > journal.log 导出",
    ),
    "packed": (
        "archives of this format are not read; unpack them and pass the directory",
        "不支持此归档格式；请解包后传入目录",
    ),
}


def logs_in(
    path: str,
    feed: Feed,
    run: Run,
    *,
    modified: float | None = None,
    size: int | None = None,
    file: BinaryIO | None = None,
    depth: int = 0,
    squeezed: bool = False,
) -> Iterator[Event]:
    """The logs in the file whose bytes are `feed`.

    `file` is the same file where it can be read at any place (a zip needs that); `depth` counts the archives round it
    and compression within compression; `squeezed`: the bytes come out of a decompressor.
    """
    kind = sniff(feed.peek(HEAD))
    if kind == "text":
        opened = run.opened(path, modified, size)
        yield opened
        if opened.ours:
            for piece in feed.blocks(run.limits.block):
                run.passed()
                yield piece
        else:
            feed.skip(sys.maxsize)
    elif kind == "empty":
        if not size and not run.said(path):  # else its content is lost, which is reported where that was seen
            run.note(path, "empty", "the file is empty", "文件为空")
    elif kind in _SKIPPED:
        run.note(path, "skipped", *_SKIPPED[kind])
    elif depth + (kind in ("tar", "zip") or squeezed) > run.limits.depth:
        run.report(
            path,
            "over-limit",
            f"archives lie more than {run.limits.depth} deep in one another; unpack the outer ones",
            f"归档嵌套超过 {run.limits.depth} 层；请先解开外层",
        )
    elif kind == "tar":
        yield from _members(path, Tar(feed, path, run).members(), run, depth + 1)
    elif kind == "zip":
        from loganalyzer.ingest import zipped

        held = file or _hold(path, feed, run)
        if held is not None:
            yield from _members(path, zipped.members(held, path, run), run, depth + 1)
    else:
        plain = Feed(decompress(kind, feed, path, run))
        yield from logs_in(path, plain, run, modified=modified, depth=depth + squeezed, squeezed=True)


def _members(path: str, members: Iterator[Member], run: Run, depth: int) -> Iterator[Event]:
    for member in members:
        inner = f"{path}/{display(member.name)}"
        yield from logs_in(inner, member.data, run, modified=member.modified, size=member.size, depth=depth)


def _hold(path: str, feed: Feed, run: Run) -> BinaryIO | None:
    """A zip that is not a plain file, in memory; None where it is too large for that."""
    most = run.limits.seekable
    held = feed.exactly(most + 1)
    if len(held) <= most:
        return io.BytesIO(held)
    run.report(
        path,
        "over-limit",
        f"a zip that is not a plain file must fit into {most} bytes; unpack what it lies in and pass the zip itself",
        f"非普通文件的 zip 不得超过 {most} 字节；请先解开外层，再直接传入该 zip",
    )
    return None

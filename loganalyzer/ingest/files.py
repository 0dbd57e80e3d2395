"""The file system's side: arguments -> the bytes of each file below them, in an order that never changes."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator, Sequence
from typing import BinaryIO

from loganalyzer.ingest.feed import Feed
from loganalyzer.ingest.run import Event, OverLimit, Run
from loganalyzer.ingest.walk import logs_in
from loganalyzer.model import Problem

STDIN = "-"
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_CAREFUL = _FLAGS | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""For what is found in a directory: what was a file a moment ago may be a link or a pipe now."""


def events(paths: Sequence[str], run: Run, stdin: BinaryIO, called: str = STDIN) -> Generator[Event]:
    """Everything that reading the arguments gives, in order; standard input under the name `called`."""
    for path in paths:
        for event in _argument(path, run, stdin, called):
            yield from run.mail()
            yield event
        yield from run.mail()
    yield from run.notes()


def _argument(path: str, run: Run, stdin: BinaryIO, called: str) -> Iterator[Event]:
    if path == STDIN:
        yield from _guarded(called, logs_in(called, Feed(_pipe(stdin, called, run)), run), run)
        return
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        _unreadable(_shown(path), error, run)
        return
    if stat.S_ISDIR(mode):
        yield from _directory(path, run)
    elif stat.S_ISREG(mode):
        yield from _file(os.path.realpath(path), _shown(path), run)
    elif stat.S_ISFIFO(mode):
        yield from _fifo(path, run)
    else:
        run.report(
            _shown(path),
            "unreadable",
            "it is neither a file nor a directory nor a pipe; `-` reads standard input",
            "既不是文件、目录也不是管道；`-` 表示读取标准输入",
        )


def _directory(root: str, run: Run) -> Iterator[Event]:
    """All files below a directory, by name bytewise; links are not followed."""
    waiting = [(root, stat.S_IFDIR)]
    while waiting:
        path, shape = waiting.pop()
        if shape == stat.S_IFREG:
            yield from _file(path, _shown(path), run)
        elif shape == stat.S_IFLNK:
            run.note(
                _shown(path),
                "skipped",
                "links in directories are not followed; pass what they point to",
                "不跟随目录中的链接；请直接传入其目标",
            )
        elif shape != stat.S_IFDIR:
            run.note(
                _shown(path),
                "skipped",
                "pipes, sockets and devices in directories are not read",
                "不读取目录中的管道、套接字和设备",
            )
        else:
            try:
                with os.scandir(path) as entries:
                    found = [(entry.path, _shape(entry)) for entry in entries]
            except OSError as error:
                _unreadable(_shown(path), error, run)
                continue
            waiting += sorted(found, key=lambda item: os.fsencode(item[0]), reverse=True)


def _shape(entry: os.DirEntry[str]) -> int:
    """The type bits of a directory entry."""
    if entry.is_symlink():
        return stat.S_IFLNK
    if entry.is_dir(follow_symlinks=False):
        return stat.S_IFDIR
    return stat.S_IFREG if entry.is_file(follow_symlinks=False) else stat.S_IFSOCK


def _file(path: str, shown: str, run: Run) -> Iterator[Event]:
    """The logs in one regular file."""
    try:
        with open(os.open(path, _CAREFUL), "rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise OSError("it is no regular file any more")
            feed = Feed(_growing(file, before, shown, run))
            yield from _guarded(shown, logs_in(shown, feed, run, size=before.st_size, file=file), run)
    except OSError as error:
        _unreadable(shown, error, run)


def _fifo(path: str, run: Run) -> Iterator[Event]:
    """The logs in a named pipe or a process substitution (`<(kubectl logs ...)`)."""
    shown = _shown(path)
    try:
        with open(path, "rb", buffering=0) as pipe:
            yield from _guarded(shown, logs_in(shown, Feed(_pipe(pipe, shown, run)), run), run)
    except OSError as error:
        _unreadable(shown, error, run)


def _guarded(shown: str, found: Iterator[Event], run: Run) -> Iterator[Event]:
    """One input with budgets of its own; it ends where it goes over a limit."""
    run.begin_input()
    try:
        yield from found
    except OverLimit as limit:
        yield from run.mail()
        yield Problem(shown, "over-limit", limit.text)


def _growing(file: BinaryIO, before: os.stat_result, shown: str, run: Run) -> Iterator[bytes]:
    """A file as long as it was when it was opened; a log that is written to meanwhile is not followed for ever."""
    left = before.st_size
    unknown = left == 0  # /proc and /sys say so of files that do have content
    at = 0
    try:
        while unknown or left:
            file.seek(at)  # a zip's directory may have been read in between
            data = file.read(run.limits.block if unknown else min(left, run.limits.block))
            if not data:
                break
            at, left = at + len(data), left - len(data)
            run.took(len(data))
            yield data
        after = os.fstat(file.fileno())
    except OSError as error:
        _unreadable(shown, error, run)
        return
    if unknown:
        return
    if left or after.st_size < before.st_size:
        run.report(
            shown,
            "changed-while-read",
            f"it shrank while it was read: {at} of {before.st_size} bytes were there",
            f"读取过程中文件变短：{before.st_size} 字节中读到 {at} 字节",
        )
    elif (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        run.report(
            shown,
            "changed-while-read",
            f"it was written to while it was read; what comes after byte {before.st_size} was left out",
            f"读取过程中文件被写入；第 {before.st_size} 字节之后的内容未读取",
        )


def _pipe(pipe: BinaryIO, shown: str, run: Run) -> Iterator[bytes]:
    """The bytes of a pipe. Its descriptor is read itself: a buffered reader that waits in a thread would block the
    end of the program."""
    try:
        descriptor: int | None = pipe.fileno()
    except (OSError, AttributeError):
        descriptor = None
    size = run.limits.block
    try:
        while data := pipe.read(size) if descriptor is None else os.read(descriptor, size):
            run.took(len(data))
            yield data
    except OSError as error:
        _unreadable(shown, error, run)


def _unreadable(shown: str, error: Exception, run: Run) -> None:
    reason = getattr(error, "strerror", None) or str(error)
    run.report(shown, "unreadable", f"it cannot be read: {reason}", f"无法读取：{reason}")


def _shown(path: str) -> str:
    """A path as text; what is not UTF-8 in it becomes visible."""
    return os.fsencode(os.path.normpath(path)).decode("utf-8", "backslashreplace")

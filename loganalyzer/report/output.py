"""Where a report goes: a format by name or file suffix, and writing that leaves no half file behind."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from gettext import gettext as _
from importlib import import_module
from pathlib import PurePath
from typing import BinaryIO, cast

from loganalyzer.errors import Location, OutputError, UsageError
from loganalyzer.frozen import frozen
from loganalyzer.model import Report
from loganalyzer.report.look import Look
from loganalyzer.safe import Redactor

_IN_MEMORY = 8 << 20
"""Bytes that wait in memory before a pipe is written; more of them wait in an unnamed temporary file."""


@frozen
class Format:
    """A renderer, imported when it is used."""

    name: str
    module: str
    suffixes: tuple[str, ...] = ()
    escape: Callable[[str], str] = str
    """How a placeholder that the last sweep puts in is written in this format."""

    def render(self, report: Report, look: Look, redactor: Redactor | None = None) -> bytes:
        """The report in this format, in UTF-8. `redactor` is the run's: it looks once more for what it has masked."""
        made = import_module(self.module).render(report, look)
        text = made.decode() if isinstance(made, bytes) else str(made)
        return (redactor.sweep(text, self.escape) if redactor else text).encode()


def _markup(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("terminal", "loganalyzer.report.terminal", (".txt",)),
        Format("brief", "loganalyzer.report.brief"),
        Format("markdown", "loganalyzer.report.markdown", (".md", ".markdown"), _markup),
        Format("html", "loganalyzer.report.html", (".html", ".htm"), _markup),
        Format("json", "loganalyzer.report.json_v1", (".json",)),
        Format("jsonl", "loganalyzer.report.jsonl", (".jsonl", ".ndjson")),
        Format("sarif", "loganalyzer.report.sarif", (".sarif", ".sarif.json")),
        Format("junit", "loganalyzer.report.junit", (".xml",), _markup),
    )
}


@frozen
class Target:
    """One report to write: what and where."""

    format: Format
    path: str = "-"
    """`-` is standard output."""

    def write(self, report: Report, look: Look, redactor: Redactor | None = None) -> None:
        """Renders and writes it; OutputError where that fails."""
        write(self.path, self.format.render(report, look, redactor))


def targets(format_: str | None, outputs: Sequence[str]) -> list[Target]:
    """What `--format` and `--output` ask for: a format given holds for all; else each file's suffix decides.

    UsageError for a format that does not exist.
    """
    if format_ is not None and format_ not in FORMATS:
        raise UsageError(_("no format {format!r}; there are: {all}").format(format=format_, all=", ".join(FORMATS)))
    if not outputs:
        return [Target(FORMATS[format_ or "terminal"])]
    return [Target(FORMATS[format_] if format_ else _by_suffix(path), path) for path in outputs]


def _by_suffix(path: str) -> Format:
    name = path.lower()
    known = [(suffix, each) for each in FORMATS.values() for suffix in each.suffixes if name.endswith(suffix)]
    return max(known, key=lambda pair: len(pair[0]))[1] if known else FORMATS["terminal"]


def write(path: str, data: bytes) -> None:
    """Writes `data` to the file at once. OutputError where it cannot be written; BrokenPipeError goes to the caller."""
    with _answering_for(path), _stream(path) if _is_stream(path) else _replacing(path) as file:
        file.write(data)


@contextlib.contextmanager
def whole(path: str, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write to that takes the place of `path` when all is written (with these permissions, where given), and
    leaves no trace when something fails before. Where `path` is `-`, a device or a pipe, everything is written when
    the block ends. OutputError where it cannot be written; BrokenPipeError goes to the caller."""
    with _answering_for(path):
        if not _is_stream(path):
            with _replacing(path, mode) as file:
                yield file
            return
        import shutil
        import tempfile

        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as held:
            yield cast(BinaryIO, held)
            held.seek(0)
            with _stream(path) as file:
                shutil.copyfileobj(held, file)


@contextlib.contextmanager
def _answering_for(path: str) -> Iterator[None]:
    """Whatever goes wrong inside is OutputError of this path, but that nobody reads any more."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            _("cannot be written: {reason}").format(reason=error.strerror or error), Location(path)
        ) from error


def _is_stream(path: str) -> bool:
    if path == "-":
        return True
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _stream(path: str) -> Iterator[BinaryIO]:
    with contextlib.nullcontext(sys.stdout.buffer) if path == "-" else open(path, "wb") as file:
        yield file
        file.flush()


@contextlib.contextmanager
def _replacing(path: str, mode: int | None = None) -> Iterator[BinaryIO]:
    import tempfile

    target = os.path.realpath(path)  # a symbolic link keeps pointing to the report
    if mode is None:
        mode = _mode(target)
    descriptor, temporary = tempfile.mkstemp(prefix=".tkelog-", dir=PurePath(target).parent)
    try:
        with open(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(target: str) -> int:
    """Permissions as an ordinary write would leave them: those of the file that is there, else by the umask."""
    with contextlib.suppress(FileNotFoundError):
        return stat.S_IMODE(os.stat(target).st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask

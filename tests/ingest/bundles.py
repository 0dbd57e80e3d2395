"""What the tests of the byte side share: containers of every kind, and reading them to the end."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace

import zstandard

from loganalyzer.errors import NoInputError
from loganalyzer.ingest import open_inputs
from loganalyzer.limits import DEFAULT, Limits

INLINE = replace(DEFAULT, read_ahead=0)
SQUEEZE = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


@dataclass(frozen=True)
class Read:
    """What came out: the bytes of each stream, and the kinds of the problems."""

    files: list[tuple[str, bytes]]
    kinds: list[str]
    problems: tuple

    @property
    def by_path(self):
        return dict(self.files)


def read(*paths, limits: Limits = INLINE, stdin: bytes = b"") -> Read:
    inputs = open_inputs([str(path) for path in paths], limits, io.BytesIO(stdin))
    try:
        files = [(stream.path, b"".join(stream.chunks)) for stream in inputs.streams()]
    except NoInputError:
        files = []
    return Read(files, [problem.kind for problem in inputs.problems], inputs.problems)


def tar(files: Mapping[str, bytes], shape: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=shape) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_700_000_000
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def special(*infos: tarfile.TarInfo, after: Mapping[str, bytes] | None = None) -> bytes:
    """A tar of members without data, then ordinary ones."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for info in infos:
            archive.addfile(info)
        for name, data in (after or {}).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def log(lines: int, seed: int = 0) -> bytes:
    """Log-like text, different for each seed."""
    return b"".join(
        b"I0119 14:%02d:%02d.%06d  1234 kubelet.go:%d] node %d pod %d is ready\n"
        % (n // 60 % 60, n % 60, n * 7919 % 1000000, n * 31 % 900, seed, n * 104729 % 99991)
        for n in range(lines)
    )

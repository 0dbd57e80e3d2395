"""What others make of the same bytes: where Python's own readers and ours both accept them, they read the same.

A reader that is a byte off raises nothing; only a second opinion notices.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

from loganalyzer.ingest import zipped
from loganalyzer.ingest.archive import Member, Tar
from loganalyzer.ingest.decompress import decompress
from loganalyzer.ingest.feed import Feed
from loganalyzer.ingest.run import OverLimit, Run
from loganalyzer.ingest.unwrap import unwrap
from loganalyzer.limits import Limits

_TAR_EXTENSIONS = b"xXgL"
"""A long name of a link (K) says nothing of a file."""
_MAGIC: dict[bytes, tuple[str, Callable[[bytes], bytes]]] = {
    b"\x1f\x8b": ("gzip", gzip.decompress),
    b"BZh": ("bz2", bz2.decompress),
    b"\xfd7zXZ\0": ("xz", lzma.decompress),
}
_FAILURES = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile,
             NotImplementedError, LookupError, RuntimeError, OverflowError)  # fmt: skip
"""How the readers of the standard library refuse."""


def archives_agree(data: bytes, limits: Limits) -> bool:
    """Members of tar and zip, and the text of compressed data, as the standard library reads them; whether both read
    it without complaint."""
    if data[257:262] == b"ustar":
        return _tar(data, limits)
    if data[:2] == b"PK":
        return _zip(data, limits)
    return any(
        _compressed(kind, reference, data, limits)
        for magic, (kind, reference) in _MAGIC.items()
        if data.startswith(magic)
    )


def _tar(data: bytes, limits: Limits) -> bool:
    if _is_ambiguous(data):
        return False
    run = Run(limits)
    ours = _read(Tar(_feed(data, limits), "t", run).members(), run)
    if ours is None:
        return False
    theirs: list[tuple[str, bytes]] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errors="backslashreplace") as archive:
            for member in archive:
                if member.isreg():
                    file = archive.extractfile(member)
                    theirs.append((_name(member.name), file.read() if file else b""))
            if archive.pax_headers:
                return False  # they hold for all that follows; nothing in those concerns us
    except _FAILURES:
        return False
    rest = iter(ours)  # we go on where `tarfile` ends quietly, and read types that it does not know
    assert all(member in rest for member in theirs), ([m[0] for m in ours], [m[0] for m in theirs])
    return True


def _is_ambiguous(data: bytes) -> bool:
    """Whether extension headers stand in a row (which of them counts, nobody says) or speak of what only one knows."""
    if b"GNU.sparse" in data or b"hdrcharset" in data:
        return True
    before = False
    for at in range(0, len(data) - 511, 512):
        if data[at + 257 : at + 262] == b"ustar" and data[at + 156] != ord("K"):
            extension = data[at + 156 : at + 157] in (bytes((kind,)) for kind in _TAR_EXTENSIONS)
            if (extension and before) or data[at + 156] == ord("S"):
                return True
            before = extension
    return False


def _zip(data: bytes, limits: Limits) -> bool:
    run = Run(limits)
    ours = _read(zipped.members(io.BytesIO(data), "z", run), run)
    if ours is None:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
            theirs = [(_name(info.filename), archive.read(info)) for info in infos]
    except _FAILURES:
        return False
    assert ours == theirs, ([m[0] for m in ours], [m[0] for m in theirs])
    return True


def _compressed(kind: str, reference: Callable[[bytes], bytes], data: bytes, limits: Limits) -> bool:
    run = Run(limits)
    try:
        ours = b"".join(decompress(kind, _feed(data, limits), "c", run))
    except OverLimit:
        return False
    try:
        theirs = reference(data)
    except _FAILURES:
        theirs = None
    if said := list(run.mail()):
        assert theirs is None or theirs.startswith(ours)
        assert theirs is None or all(one.kind != "truncated" for one in said), said
        return False
    if theirs is not None:
        assert ours == theirs
    return theirs is not None


def wrapped_agrees(line: bytes) -> None:
    """The text in a line of docker's json-file or of `journalctl -o json`, as `json` reads it."""
    if line.startswith(b'{"log":"'):
        name = "log"
    elif line.startswith(b'{"MESSAGE":"'):
        name = "MESSAGE"
    else:
        return
    try:
        entry = json.loads(line)
        text = entry[name].encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return
    if name == "log":
        text = text.removesuffix(b"\n")
    elif line.count(b'"MESSAGE"') > 1:
        return
    assert unwrap(line) == text


def _read(members: Iterator[Member], run: Run) -> list[tuple[str, bytes]] | None:
    """Names and data; None where anything is said of the archive."""
    found: list[tuple[str, bytes]] = []
    try:
        found.extend((_name(member.name), member.data.exactly(1 << 26)) for member in members)
    except OverLimit:
        return None
    said = any(run.mail()) or any(
        "links" not in one.detail.en and "devices" not in one.detail.en for one in run.notes()
    )
    return None if said else found


def _feed(data: bytes, limits: Limits) -> Feed:
    """The data in pieces whose ends fall anywhere."""
    step = min(limits.block, 997)
    return Feed(data[at : at + step] for at in range(0, len(data), step))


def _name(name: str) -> str:
    return name.split("\0", 1)[0].rstrip("/")

"""The lanes: what lies in each, built once from the fixtures' generator, seeded, under `bench-data/`."""

from __future__ import annotations

import hashlib
import io
import itertools
import random
import tarfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import fixtures.generator
from fixtures.generator import dialects as d
from fixtures.generator.noise import COMPONENTS, stream

MB = 1_000_000
_UNIQUE = 24 * MB
"""So much text is generated; longer lanes repeat it, far outside of gzip's 32 KiB window."""

FAILURES = (
    '"Error getting node" err="node \\"10.0.8.11\\" not found"',
    "listen tcp 203.0.113.9:2380: bind: cannot assign requested address",
    'Failed to parse authorization request: Unregistered redirect_uri ("http://203.0.113.9:30080/callback").',
    "write /var/lib/docker/overlay2/tmp: no space left on device",
    "x509: certificate has expired or is not yet valid: current time 2022-01-19T06:43:32Z is after 2021-12-31T00:00Z",
)


def noise(size: int, seed: int = 1) -> Iterator[bytes]:
    """Pieces of about 1 MB of interleaved healthy logs, `size` bytes together."""
    return itertools.islice(itertools.cycle(_unique(seed, lambda _rnd: None)), max(1, size // MB))


def _unique(seed: int, failure: Callable[[random.Random], str | None]) -> list[bytes]:
    rnd = random.Random(seed)
    streams = [stream(c, random.Random(f"{seed}/{c}"), 1.6426e9, 10**9, 0.05) for c in COMPONENTS]
    pieces: list[bytes] = []
    lines: list[str] = []
    size = total = 0
    while total < _UNIQUE:
        at, text = next(rnd.choice(streams))
        bad = failure(rnd)
        line = d.klog(at, "E", "kubelet.go:2291", bad, 1391) if bad else text
        lines.append(line)
        size += len(line) + 1
        if size >= MB:
            pieces.append(("\n".join(lines) + "\n").encode())
            total += size
            lines, size = [], 0
    return pieces


def _wrapped(size: int, wrap: Callable[[float, str], str]) -> Iterator[bytes]:
    at = 1.6426e9
    unique = []
    for piece in itertools.islice(noise(size), max(1, min(_UNIQUE, size) // MB)):
        lines = []
        for line in piece.decode().splitlines():
            at += 0.01
            lines.append(wrap(at, line))
        unique.append(("\n".join(lines) + "\n").encode())
    written = 0
    for piece in itertools.cycle(unique):
        if written >= size:
            return
        written += len(piece)
        yield piece


class _Pieces(io.RawIOBase):
    """Pieces as one file, so that a member of any size is written without being held."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._left = iter(pieces), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._left or next(self._pieces, b"")
        size = min(len(piece), len(buffer))
        buffer[:size], self._left = piece[:size], piece[size:]
        return size


def _tar(path: Path, members: Iterable[tuple[str, list[bytes]]]) -> None:
    """A tar.gz whose members are written from pieces."""
    with tarfile.open(path, "w:gz", compresslevel=6) as tar:
        for name, pieces in members:
            info = tarfile.TarInfo(name)
            info.size = sum(map(len, pieces))
            tar.addfile(info, io.BufferedReader(_Pieces(pieces), MB))


def _members(pieces: Iterator[bytes], each: int, name: str) -> Iterator[tuple[str, list[bytes]]]:
    for n in itertools.count():
        part = list(itertools.islice(pieces, each))
        if not part:
            return
        yield name.format(n=n), part


def quiet(path: Path, size: int) -> None:
    """Healthy logs of ten components, in files of 50 MB."""
    _tar(path, _members(noise(size), 50, "node-{n}/messages"))


def _with_failures(path: Path, size: int, share: float) -> None:
    pieces = _unique(2, lambda rnd: rnd.choice(FAILURES) if rnd.random() < share else None)
    endless = itertools.islice(itertools.cycle(pieces), max(1, size // MB))
    _tar(path, _members(endless, 50, "node-{n}/messages"))


def busy(path: Path, size: int) -> None:
    """One line in ten is one that a rule knows."""
    _with_failures(path, size, 0.1)


def flood(path: Path, size: int) -> None:
    """Every line is one that a rule knows."""
    _with_failures(path, size, 1.0)


def docker_json(path: Path, size: int) -> None:
    """docker's json-file driver."""
    _tar(
        path, _members(_wrapped(size, lambda at, line: d.docker_json(at, "stderr", line)), 50, "node-{n}/pod-json.log")
    )


def cri(path: Path, size: int) -> None:
    """CRI files."""
    _tar(path, _members(_wrapped(size, lambda at, line: d.cri(at, "stderr", line)), 50, "node-{n}/0.log"))


def journald_json(path: Path, size: int) -> None:
    """`journalctl -o json`."""
    _tar(
        path,
        _members(
            _wrapped(size, lambda at, line: d.journal_json(at, "node-1", "kubelet", 9, line)),
            50,
            "node-{n}/journal.json",
        ),
    )


def wide_escape(path: Path, size: int) -> None:
    """Lines of 2 kB full of escapes."""

    def wrap(at: float, line: str) -> str:
        return d.docker_json(at, "stderr", d.zap_json(at, "info", "x.go:1", '{"a":"<&>"}' * 60 + line))

    _tar(path, _members(_wrapped(size, wrap), 50, "node-{n}/wide.log"))


def many_small(path: Path, size: int) -> None:
    """Files of 20 kB, each of one program, as the logs of pods are."""
    rnd = random.Random(5)
    streams = [stream(c, random.Random(f"5/{c}"), 1.6426e9, 10**9, 0.05) for c in COMPONENTS]
    unique: list[tuple[str, bytes]] = []
    for _ in range(min(_UNIQUE, size) // 20_000):
        one = rnd.randrange(len(COMPONENTS))
        text = b""
        while len(text) < 20_000:
            text += b"".join(line.encode() + b"\n" for _, line in itertools.islice(streams[one], 20))
        unique.append((COMPONENTS[one], text))

    def members() -> Iterator[tuple[str, list[bytes]]]:
        for n, (name, text) in enumerate(itertools.islice(itertools.cycle(unique), size // 20_000)):
            yield f"node-{n % 9}/var/log/pods/kube-system_{name}-{n}_0/{name}/0.log", [text]

    _tar(path, members())


def one_huge(path: Path, size: int) -> None:
    """One member."""
    _tar(path, [("messages", list(noise(size)))])


def nested(path: Path, size: int) -> None:
    """A tar.gz of ten tar.gz."""

    def members() -> Iterator[tuple[str, list[bytes]]]:
        for n in range(10):
            inner = path.with_name(f"inner-{n}.tar.gz")
            quiet(inner, size // 10)
            yield f"node-{n}.tar.gz", [inner.read_bytes()]
            inner.unlink()

    _tar(path, members())


LANES: dict[str, Callable[[Path, int], None]] = {
    "quiet": quiet,
    "busy": busy,
    "flood": flood,
    "many-small": many_small,
    "nested": nested,
    "one-huge": one_huge,
    "cri": cri,
    "docker-json": docker_json,
    "journald-json": journald_json,
    "wide-escape": wide_escape,
}


def lane(name: str, size: int, where: Path) -> Path:
    """The lane's file; built if it is not there, or was built by another generator."""
    path = where / f"{name}-{size // MB}-{_generator()}.tar.gz"
    if not path.exists():
        where.mkdir(parents=True, exist_ok=True)
        building = path.with_suffix(".building")
        LANES[name](building, size)
        building.rename(path)
    return path


@cache
def _generator() -> str:
    sources = [Path(__file__), *sorted(Path(fixtures.generator.__file__).parent.glob("*.py"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]

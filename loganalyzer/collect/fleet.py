"""Many nodes at once through the user's own ssh, merged into one bundle."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

import orjson

from loganalyzer.collect.script import script
from loganalyzer.errors import OutputError
from loganalyzer.frozen import frozen
from loganalyzer.safe import visible

SSH = ("ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15")
"""Everything else (user, port, key, jump host) is what ~/.ssh/config says."""
AT_ONCE = 8
_MOST = 1000
"""Seconds after which a node is given up; the script ends by itself long before."""


@frozen
class Outcome:
    """What became of one host."""

    host: str
    error: str | None
    """None: it is in the bundle."""
    members: int = 0


def collect_from(
    hosts: Sequence[str], output: Path, options: Sequence[str], said: Callable[[Outcome], None] = lambda _: None
) -> list[Outcome]:
    """Run the collector on all hosts and write one bundle of what came back; `said` hears of each host as it is done.

    OutputError where the bundle cannot be written or no host gave anything.
    """
    with tempfile.TemporaryDirectory(prefix="tkelog-") as place:
        targets = {host: Path(place) / f"{n}.tar.gz" for n, host in enumerate(hosts)}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            errors = dict(zip(hosts, pool.map(lambda host: _one(host, targets[host], options), hosts), strict=True))
        outcomes = _merge(targets, errors, output, said)
    if all(outcome.error for outcome in outcomes):
        output.unlink(missing_ok=True)
        raise OutputError("no host could be collected from: " + "; ".join(f"{o.host}: {o.error}" for o in outcomes))
    return outcomes


def _one(host: str, target: Path, options: Sequence[str]) -> str | None:
    """Collect from one host into a file; what went wrong, or None."""
    if host.startswith("-") or not host:
        return "this is no host name"
    remote = " ".join(["sh", "-s", "--", *options])
    try:
        with target.open("wb") as stream:
            done = subprocess.run(  # noqa: S603 - ssh with a host that the user named
                [*SSH, "--", host, remote],
                input=script().encode(),
                stdout=stream,
                stderr=subprocess.PIPE,
                timeout=_MOST,
                check=False,
            )
    except FileNotFoundError:
        return "there is no ssh on this machine"
    except subprocess.TimeoutExpired:
        return f"no end after {_MOST} s"
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return visible(lines[-1]) if lines else f"exit code {done.returncode}"
    return None


def _merge(
    targets: dict[str, Path], errors: dict[str, str | None], output: Path, said: Callable[[Outcome], None]
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    taken: set[str] = set()
    try:
        with tarfile.open(output, "w:gz", compresslevel=6) as bundle:
            for host, path in targets.items():
                error, members = errors[host], 0
                if error is None:
                    try:
                        members = _add(bundle, path, host, taken)
                    except (tarfile.TarError, EOFError, OSError) as damage:
                        error = f"what came back is no complete bundle: {damage}"
                outcomes.append(Outcome(host, error, members))
                said(outcomes[-1])
            state = [{"host": o.host, "state": o.error or "ok", "members": o.members} for o in outcomes]
            _write(bundle, "meta/hosts.json", orjson.dumps({"schema": "tkelog.hosts/v1", "hosts": state}))
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror or error}") from error
    return outcomes


def _add(bundle: tarfile.TarFile, path: Path, host: str, taken: set[str]) -> int:
    """Copy a node's regular files; its own name becomes that of the ssh host where another node has it already."""
    count = 0
    root: str | None = None
    with tarfile.open(path, "r:gz") as part:
        for member in part:
            parts = PurePosixPath(member.name).parts
            if not member.isreg() or not parts or parts[0] == "/" or ".." in parts:
                continue  # a node's answer is not trusted to hold anything but files
            if root is None:
                root = parts[0] if parts[0] not in taken else host.rpartition("@")[2]
                taken.add(root)
            content = cast(BinaryIO, part.extractfile(member))
            member.name = "/".join((root, *parts[1:]))
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            bundle.addfile(member, content)
            count += 1
    if not count:
        raise tarfile.ReadError("it is empty")
    return count


def _write(bundle: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    bundle.addfile(info, io.BytesIO(data))

"""The program as its user runs it, with what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.kit import ROOT

MB = 1_000_000
_LAUNCHER = """
import os, sys
_, status, usage = os.wait4(os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ), 0)
with open(sys.argv[1], "w") as file:
    file.write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
"""
"""A small process between: Linux counts the size of the one that starts a program as the program's own."""
TKELOG = (sys.executable, "-m", "loganalyzer")


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that has ended."""

    code: int
    """Exit code; negative: ended by this signal."""
    out: bytes
    err: bytes
    seconds: float
    """Processor seconds, all threads together."""
    wall: float
    memory: float
    """Largest resident size, in MB."""


def tkelog(*args: object, env: Mapping[str, str] | None = None, before: Sequence[str] = (), **given: Any) -> Finished:
    """Run `tkelog args...` to its end, `before` in front of it; `given` goes to Popen."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.NamedTemporaryFile("r") as cost:
        given.setdefault("stdin", subprocess.DEVNULL)
        given.setdefault("stdout", out)
        given.setdefault("stderr", err)
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", _LAUNCHER, cost.name, *before, *TKELOG, *map(str, args)],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            **given,
        )
        process.wait()
        wall = time.monotonic() - started
        out.seek(0)
        err.seek(0)
        code, seconds, kilobytes = cost.read().split()
        return Finished(int(code), out.read(), err.read(), float(seconds), wall, int(kilobytes) * 1024 / MB)

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
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.setdefault("stdin", subprocess.DEVNULL)
        given.setdefault("stdout", out)
        given.setdefault("stderr", err)
        started = time.monotonic()
        process = subprocess.Popen(
            [*before, *TKELOG, *map(str, args)], cwd=ROOT, env={**os.environ, **(env or {})}, **given
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        seconds = usage.ru_utime + usage.ru_stime
        return Finished(process.returncode, out.read(), err.read(), seconds, wall, usage.ru_maxrss * 1024 / MB)

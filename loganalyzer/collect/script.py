"""The script itself, and running it on this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from loganalyzer.errors import OutputError


def script() -> str:
    """The collector as text, to be piped into `sh` on a node."""
    return files("loganalyzer.collect").joinpath("collect.sh").read_text("utf-8")


def run_here(output: Path, options: Sequence[str]) -> None:
    """Collect on this machine. What it says goes to standard error; OutputError where there is no bundle."""
    try:
        # The script is what the user asked to run; its own options are the only input.
        done = subprocess.run(  # noqa: S603
            ["/bin/sh", "-s", "--", "-o", str(output.absolute()), *options],
            input=script().encode(),
            stdout=sys.stderr,
            check=False,
        )
    except OSError as error:
        raise OutputError(f"/bin/sh cannot be run here: {error.strerror or error}") from error
    if done.returncode:
        raise OutputError(f"the collector ended with exit code {done.returncode}; no bundle was written to {output}")

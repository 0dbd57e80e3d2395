"""The plan of a test: break something real, let tkelog read the real log, do what it says, look whether it is gone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.node import Node

Fill = Mapping[str, str | Callable[[Node], str]]


@dataclass(frozen=True)
class Fault:
    """One fault, from cause to cure."""

    name: str
    id: str
    """The diagnosis that must come first."""
    needs: tuple[str, ...]
    """Programs."""
    inject: Callable[[Node], None]
    """Build what works, break it, wait for the message."""
    logs: Mapping[str, str]
    """File in the bundle -> command on the machine that prints the log."""
    steps: Sequence[str]
    """The printed steps that the operator takes, in this order, each by words of its English sentence."""
    works: str
    """A command that fails while the fault is there and succeeds once it is gone."""
    fill: Fill = field(default_factory=dict)
    """What the operator puts for each `<placeholder>`: a value, or how it is found on the machine."""
    between: Callable[[Node, str], None] | None = None
    """What the operator does after a step that says it in words (the step's words in `steps` are given)."""
    restart: Sequence[str] = ()
    """Units to start anew before the logs are read again, so that they tell of the repaired state."""
    expect: Mapping[str, str] = field(default_factory=dict)
    """Step -> regular expression that the output of its check must match."""


def collect(node: Node, fault: Fault, where: Path) -> Path:
    """The real logs as a bundle."""
    for name, command in fault.logs.items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(node.bash(command, check=False).stdout, encoding="utf-8")
    return where


def tkelog(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The program as users run it."""
    return subprocess.run(
        [sys.executable, "-m", "loganalyzer", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def analyze(bundle: Path, report: Path) -> dict[str, Any]:
    """The report on it, kept in a file for `verify`."""
    done = tkelog("analyze", bundle, "-o", report)
    assert done.returncode in (0, 10), done.stderr
    return json.loads(report.read_bytes())


def perform(node: Node, fault: Fault, steps: Sequence[dict[str, Any]]) -> None:
    """Take the printed steps: run, then check."""
    for words in fault.steps:
        (step,) = (one for one in steps if words in one["do"]["en"])
        if step.get("run"):
            node.bash(_filled(_for_containerd(step["run"]), fault.fill, node), check=step["risk"] != "read")
        if fault.between:
            fault.between(node, words)
        if step.get("check") and words in fault.expect:
            command = _filled(step["check"]["run"], fault.fill, node)
            pattern = re.compile(fault.expect[words])

            def right(command: str = command, pattern: re.Pattern[str] = pattern) -> bool:
                done = node.bash(command, check=False)
                return bool(pattern.search(done.stdout + done.stderr))

            node.wait(right, f"{words}: {command} prints {fault.expect[words]}")


def _for_containerd(command: str) -> str:
    """Where a step prints one part for each runtime, the operator of a machine with containerd takes that part."""
    parts = re.split(r"^# (containerd|docker)\n", command, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True)).get("containerd", command)


def _filled(command: str, fill: Fill, node: Node) -> str:
    def value(found: re.Match[str]) -> str:
        given = fill[found[1]]
        return given if isinstance(given, str) else given(node)

    return re.sub(r"<([a-z][a-z0-9_-]*)>", value, command)

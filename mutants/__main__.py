"""`make mutants`: a seeded sample of faults in the modules that must not fail, each against the tests of its module.

COUNT is how many of each module (0: all). Every fault runs in a fork of this process, which has imported what costs
time; the module itself is compiled from the changed tree. A fault that makes the tests hang counts as noticed. Writes
docs/mutants.md; ends with 1 where a group is below the score that is promised.
"""

from __future__ import annotations

import importlib.util
import os
import random
import re
import resource
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from mutants.faults import Fault, faults

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/mutants.md"
LEAST = 0.85
COUNT = int(os.environ.get("COUNT") or 30)
JOBS = len(os.sched_getaffinity(0))
PATIENCE = 60
"""Seconds of the processor after which the tests of one fault have noticed it: they hang. Ten times as many by the
clock, for those that hang without working."""
BYTES = [f"tests/ingest/test_{name}.py" for name in ("archive", "decompress", "second_opinion")]
_JUDGES = ("correlate", "evaluate", "explain", "past", "clocks", "facts")
CORRELATE = [f"tests/diagnose/test_{name}.py" for name in _JUDGES]
SAFE = ["tests/safe", "tests/test_safe.py"]
GROUPS: dict[str, dict[str, list[str]]] = {
    "archives": {
        "loganalyzer/ingest/archive.py": BYTES,
        "loganalyzer/ingest/tarheader.py": BYTES,
        "loganalyzer/ingest/zipped.py": BYTES,
        "loganalyzer/ingest/decompress.py": BYTES,
    },
    "conditions": {
        "loganalyzer/rulepack/condition.py": ["tests/rulepack/test_condition.py", "tests/rulepack/test_load.py"]
    },
    "correlation": {"loganalyzer/diagnose/correlate.py": CORRELATE},
    "safe": {path.relative_to(ROOT).as_posix(): SAFE for path in sorted((ROOT / "loganalyzer/safe").glob("[a-z]*.py"))},
}


@dataclass(slots=True)
class Score:
    """What became of a module's faults."""

    tried: int = 0
    of: int = 0
    noticed: int = 0
    survivors: list[str] = field(default_factory=list)


def main() -> int:
    """Try all groups, or those that the command line names."""
    for name in (
        "pytest",
        "hypothesis",
        "yaml",
        "pyparsing",
        "orjson",
        "re2",
        "hyperscan",
        "isal",
        "zstandard",
        "click",
        "rich",
    ):
        importlib.import_module(name)  # once for all forks
    scores = _read()
    for group, modules in GROUPS.items():
        for module, tests in modules.items():
            if len(sys.argv) == 1 or group in sys.argv[1:] or module in sys.argv[1:]:
                scores[module] = _module(module, tests)
                PAGE.write_text(_page(scores), "utf-8")
        print(f"{group:<12} {_share(group, scores):.0%}", flush=True)
    return int(any(_share(group, scores) < LEAST for group in GROUPS))


def _read() -> dict[str, Score]:
    """What the page says of each module; a run of some modules keeps what it says of the others."""
    text = PAGE.read_text("utf-8") if PAGE.exists() else ""
    scores = {
        module: Score(int(tried), int(of), int(noticed))
        for module, tried, of, noticed in re.findall(
            r"^\| \w+ \| `(.+?)` \| (\d+) of (\d+) \| (\d+) \|", text, re.MULTILINE
        )
    }
    for survivor, module in re.findall(r"^- `((.+?):\d+: .*)`$", text, re.MULTILINE):
        scores[module].survivors.append(survivor)
    return scores


def _share(group: str, scores: dict[str, Score]) -> float:
    mine = [scores.get(module, Score()) for module in GROUPS[group]]
    return sum(one.noticed for one in mine) / max(1, sum(one.tried for one in mine))


def _module(module: str, tests: list[str]) -> Score:
    everything = list(faults((ROOT / module).read_text("utf-8")))
    chosen = everything if not COUNT or len(everything) <= COUNT else random.Random(module).sample(everything, COUNT)
    chosen.sort(key=lambda fault: fault.line)
    score = Score(len(chosen), len(everything))
    there = [path for path in tests if (ROOT / path).exists()]
    running: dict[int, tuple[Fault, float]] = {}
    waiting = list(reversed(chosen))
    while waiting or running:
        while waiting and len(running) < JOBS:
            fault = waiting.pop()
            running[_start(module, fault, there)] = fault, time.monotonic()
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            for late, (_, since) in running.items():
                if time.monotonic() - since > 10 * PATIENCE:
                    os.killpg(late, signal.SIGKILL)
            time.sleep(0.02)
            continue
        fault, _ = running.pop(pid)
        if os.waitstatus_to_exitcode(status) != 0:
            score.noticed += 1
        else:
            score.survivors.append(f"{module}:{fault.line}: {fault.what}")
            print(f"  survives  {score.survivors[-1]}", flush=True)
    print(f"  {module}: {score.noticed} of {score.tried} (of {score.of})", flush=True)
    return score


def _start(module: str, fault: Fault, tests: list[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    code = 1
    try:
        sys.meta_path.insert(0, _Changed(module, fault))
        import pytest

        code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", *tests]))
    finally:
        os._exit(code)


class _Changed:
    """An import hook that gives one module with its fault."""

    def __init__(self, module: str, fault: Fault) -> None:
        self._name = module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self._path = ROOT / module
        self._fault = fault

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        """The spec of the changed module; None for all others."""
        if name != self._name:
            return None
        inside = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(name, self._path, loader=self, submodule_search_locations=inside)

    def create_module(self, spec: object) -> None:
        """As usual."""

    def exec_module(self, module: object) -> None:
        """Run the changed code in it."""
        exec(compile(self._fault.tree, str(self._path), "exec"), module.__dict__)


def _page(scores: dict[str, Score]) -> str:
    lines = [
        "# Mutants",
        "",
        "`make mutants` puts one fault at a time into these modules and runs the tests of the module: a seeded sample",
        "of faults (`COUNT=0 make mutants` tries all). A fault that no test notices survives.",
        "",
        "| Group | Module | Faults tried | Noticed | Score |",
        "|---|---|---|---|---|",
    ]
    survivors: list[str] = []
    for group, modules in GROUPS.items():
        for module in modules:
            one = scores.get(module, Score())
            if one.tried:
                share = f"{one.noticed / one.tried:.0%}"
                lines.append(f"| {group} | `{module}` | {one.tried} of {one.of} | {one.noticed} | {share} |")
                survivors += one.survivors
        lines.append(f"| **{group}** |  |  |  | **{_share(group, scores):.0%}** |")
    lines += ["", "## Survivors", "", *(f"- `{survivor}`" for survivor in survivors)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())

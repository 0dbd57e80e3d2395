"""docs/promises.md: which test keeps which promise, and the figure of its last full run."""

from __future__ import annotations

import ast
import datetime
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.kit import ROOT
from tests.promises.catalogue import PROMISES

LEDGER = ROOT / "docs/promises.md"
_HEAD = """\
# Promises

What tkelog promises of any input, however damaged or hostile, and the test that holds it to the promise.
`make test` runs a seeded part of each; `make prove` runs the full figures and writes this page.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One test of one promise."""

    promise: str
    test: str
    figure: str
    run: str
    """Date, interpreter and processors of the run that the figure is from."""


def this_run() -> str:
    """Where and when, as far as a figure depends on it."""
    today = datetime.datetime.now(datetime.UTC).date()
    return f"{today}, CPython {platform.python_version()}, {os.cpu_count()} cores"


def read() -> list[Row]:
    """The rows of the page as it is."""
    if not LEDGER.exists():
        return []
    cells = [line.split(" | ") for line in LEDGER.read_text(encoding="utf-8").splitlines() if re.match(r"\| P\d", line)]
    return [
        Row(promise.strip("| "), test.strip("`"), figure, run.strip(" |"))
        for promise, _, test, figure, run in (row for row in cells if len(row) == 5)
    ]


def write(fresh: list[Row], tests: Mapping[str, set[str]]) -> None:
    """Put the rows of this run in the place of older ones; rows of tests that are gone go too."""
    known = {(promise, test) for promise, names in tests.items() for test in names}
    rows = {(row.promise, row.test): row for row in (*read(), *fresh)}
    lines = [_HEAD, "| Promise | What | Test | Figure | Run |", "|---|---|---|---|---|"]
    for promise, what in PROMISES.items():
        mine = [rows.get(key) or Row(*key, "**not run**", "") for key in sorted(known) if key[0] == promise]
        for row in mine or [Row(promise, "", "**no test**", "")]:
            test = f"`{row.test}`" if row.test else ""
            told = "" if lines[-1].startswith(f"| {promise} |") else what
            lines.append(f"| {promise} | {told} | {test} | {row.figure.replace('|', '/')} | {row.run} |")
    LEDGER.write_text("\n".join(lines) + "\n", encoding="utf-8")


def written_tests() -> dict[str, set[str]]:
    """The tests of each promise, `path::name`, read from the sources: whichever tests a run selects."""
    found: dict[str, set[str]] = {promise: set() for promise in PROMISES}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.promise" not in text:
            continue
        tree = ast.parse(text)
        everywhere = [
            promise
            for node in tree.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
            for promise in _promises(node.value)
        ]
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                own = [promise for one in node.decorator_list for promise in _promises(one)]
                for promise in (*everywhere, *own):
                    found.setdefault(promise, set()).add(f"{path.relative_to(ROOT).as_posix()}::{node.name}")
    return found


def _promises(tree: ast.AST) -> list[str]:
    """The arguments of the promise marks in an expression."""
    return [
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.promise")
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]

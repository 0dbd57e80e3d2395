"""The faults of `make mutants` are real ones; its last scores are in docs/mutants.md."""

from __future__ import annotations

import ast
import re

import pytest

from mutants.faults import faults
from tests.kit import ROOT

SOURCE = '''"""Text."""
def f(a: int, b: int = 3) -> int:
    """Text."""
    if a < b and not a == 2:
        return a + 1
    for n in range(a):
        if n in (1, 2):
            continue
        print(n)
    return b if a else 0
'''


@pytest.mark.promise("P30")
def test_every_fault_is_one_change_that_runs(figure):
    made = list(faults(SOURCE))
    texts = [ast.unparse(fault.tree) for fault in made]
    assert len(set(texts)) == len(texts)
    assert ast.unparse(ast.parse(SOURCE)) not in texts
    for fault in made:
        compile(fault.tree, "x", "exec")
    kinds = {fault.what for fault in made}
    assert {
        "Lt > LtE",
        "and > or",
        "not removed",
        "Eq > NotEq",
        "Add > Sub",
        "return None",
        "continue > break",
        "call removed",
    } <= kinds
    page = (ROOT / "docs/mutants.md").read_text("utf-8")
    scores = re.findall(r"^\| \*\*(\w+)\*\* .*\*\*(\d+)%\*\*", page, re.MULTILINE)
    figure("make mutants: " + ", ".join(f"{name} {score} %" for name, score in scores))

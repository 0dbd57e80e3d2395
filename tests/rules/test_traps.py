"""Symptoms that mislead: the loud line is not the cause (traps.yaml)."""

from pathlib import Path

import pytest
import yaml

from loganalyzer import rulepack
from loganalyzer.diagnose import Scanner
from tests import kit

CASES = [
    pytest.param(case, id=f"{entry['trap']}: {case['name']}")
    for entry in yaml.safe_load(Path(__file__).with_name("traps.yaml").read_text("utf-8"))
    for case in entry["cases"]
]


@pytest.fixture(scope="module")
def analyze():
    ruleset = rulepack.load()
    scanner = Scanner(ruleset)
    return lambda files: kit.analyze(ruleset, files, scanner=scanner)


@pytest.mark.parametrize("case", CASES)
def test_trap(case, analyze):
    report = analyze(case["files"])
    tree = kit.shape(report)
    if "top" in case:
        top = report.diagnoses[0].id if report.diagnoses else "none"
        assert top == case["top"], tree
    ids = kit.ids(report)
    assert set(case.get("finds", ())) <= ids, tree
    assert not set(case.get("not", ())) & ids, tree

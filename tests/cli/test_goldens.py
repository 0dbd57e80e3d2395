"""What a reader sees for each fixture, whole, in both languages. `UPDATE_GOLDENS=1` writes them anew; read the diff."""

import os
from functools import cache

import pytest

from loganalyzer import diagnose, ingest, rulepack
from loganalyzer.report import FORMATS, Look
from tests.kit import ROOT

CASES = sorted(path.name for path in (ROOT / "fixtures/logs").iterdir())


@pytest.fixture(scope="module")
def report_on():
    ruleset = rulepack.load()

    @cache
    def report(case):
        inputs = ingest.open_inputs([f"fixtures/logs/{case}"])
        return diagnose.analyze(ruleset, inputs.sources(), problems=lambda: inputs.problems)

    return report


@pytest.mark.parametrize(("format_", "suffix"), [("terminal", "txt"), ("markdown", "md")])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("case", CASES)
def test_report(case, lang, format_, suffix, report_on, monkeypatch):
    monkeypatch.chdir(ROOT)
    report = report_on(case)
    text = FORMATS[format_].render(report, Look(lang=lang, width=100)).decode()
    text = text.replace(f"{report.rules} rules", "N rules").replace(f"{report.rules} 条规则", "N 条规则")
    golden = ROOT / "fixtures/reports" / f"{case}.{lang}.{suffix}"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")

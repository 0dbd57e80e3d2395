"""What `tkelog timeline` shows, whole. `UPDATE_GOLDENS=1` writes the texts anew; read them against the logs."""

import os

import pytest

from loganalyzer import diagnose, ingest, rulepack
from loganalyzer.report.page import Page
from loganalyzer.report.phrases import Speech
from loganalyzer.report.timeline_view import show
from tests.kit import ROOT

LOGS = ROOT / "tests/cli/timelines"
BUNDLES = ("all-in-one-public-ip", "gateway-port-conflict", "healthy-install", "add-node-residue")
CASES = sorted({path.name for path in LOGS.iterdir() if path.is_dir()} | set(BUNDLES))


@pytest.fixture(scope="module")
def ruleset():
    return rulepack.load()


def shown(ruleset, where, *, lang, full):
    inputs = ingest.open_inputs([str(where)])
    timeline = diagnose.analyze(ruleset, inputs.sources()).timeline
    assert timeline is not None
    page = Page(100, color=False, column=13)
    show(page, Speech(lang), timeline, full=full)
    return page.text().lstrip("\n")


@pytest.mark.parametrize("case", CASES)
def test_timeline(case, ruleset, monkeypatch):
    monkeypatch.chdir(ROOT if case in BUNDLES else LOGS)
    where = f"fixtures/logs/{case}" if case in BUNDLES else case
    text = shown(ruleset, where, lang="en", full=True) + "\n" + shown(ruleset, where, lang="zh", full=False)
    golden = LOGS / f"{case}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")

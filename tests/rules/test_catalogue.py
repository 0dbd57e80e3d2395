"""Every known failure of TKEStack, as it is printed and in everything that is printed around it: the right id first.

The rows lie in catalogue.yaml (142, A to I) and preflight.yaml; dialects.py holds what programs print around a text.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from loganalyzer.diagnose import Scanner
from loganalyzer.diagnose.examine import Examination
from loganalyzer.diagnose.scan import scan_all
from loganalyzer.diagnose.timeline import Installations
from loganalyzer.rulepack import load
from tests.kit import analyze, sources
from tests.rules.dialects import wrapped

HERE = Path(__file__).parent
ROWS: list[dict[str, Any]] = yaml.safe_load((HERE / "catalogue.yaml").read_text("utf-8"))
CHECKS: list[dict[str, Any]] = yaml.safe_load((HERE / "preflight.yaml").read_text("utf-8"))
PACK = load()


@cache
def _scanner() -> Scanner:
    return Scanner(PACK)


def examined(log: str) -> Examination:
    """What the rules make of one log, before it is put into words that nobody reads here."""
    read, series = scan_all(_scanner(), sources({"sample.log": log}))
    return Examination(PACK, read, series, Installations())


def roots(log: str) -> list[str]:
    """The ids of the diagnoses of one log, first to last."""
    return [tree.finding.rule.id for tree in examined(log).roots]


def everything(log: str) -> set[str]:
    """The ids of all findings, the explained and the healed too."""
    return {finding.rule.id for finding in examined(log).findings}


def test_there_are_142_rows():
    assert sorted({row["row"] for row in ROWS}) == list(range(1, 143))
    assert len({check["check"] for check in CHECKS if check["by"] == "tke"}) == 13
    assert {row["id"] for row in ROWS} <= set(PACK.rules)


def _name(entry: dict[str, Any]) -> str:
    return f"{entry['row']}-{entry['id']}"


@pytest.mark.parametrize("entry", ROWS, ids=_name)
def test_row(entry: dict[str, Any]):
    wrong = []
    for text in entry["text"]:
        logs = [(how, log) for channel in entry["in"] for how, log in wrapped(channel, text, entry)]
        if entry.get("alone", True) and not {"fields", "at"} & set(entry) and _stands_alone(entry):
            logs.append(("alone", text))
        for how, log in logs:
            found = roots(log)
            if found[:1] != [entry["id"]]:
                wrong.append(f"{how}: {found or 'nothing'}: {log}")
    assert wrong == []


def _stands_alone(entry: dict[str, Any]) -> bool:
    """Whether the text is a message of its own, rather than the inside of a frame that makes it one."""
    return not {"retry-machine", "retry-cluster", "delete", "check-healthz", "handler", "machine"} & set(entry["in"])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check['by']}-{check['check']}-{check['id']}")
def test_preflight_check(check: dict[str, Any]):
    wrong = []
    for text in check["text"]:
        blocks = wrapped("preflight" if check["by"] == "tke" else "kubeadm-preflight", text)
        for how, log in blocks:
            found = roots(log)
            if (found[:1] or ["none"]) != [check["id"]]:
                wrong.append(f"{how}: {found or 'nothing'}: {log}")
    assert wrong == []


def test_the_whole_engine_says_the_same():
    for entry in ROWS[::12]:
        _, log = next(wrapped(entry["in"][0], entry["text"][0], entry))
        assert [one.id for one in analyze(PACK, {"sample.log": log}).diagnoses] == roots(log)

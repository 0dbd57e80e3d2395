"""`--suppress`: what somebody lives with is left out, and said to be; what is stale is named."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from datetime import date, timedelta

import pytest

from tests.kit import ROOT

CASE = ROOT / "fixtures/logs/all-in-one-public-ip"
ID = "apiserver-advertise-ip-not-local"
LATER, PAST = date.today() + timedelta(days=400), date.today() - timedelta(days=1)


@pytest.fixture
def analyze(run, tmp_path):
    def analyzed(entries: str, *args: object):
        (tmp_path / "suppress.yaml").write_text(entries)
        return run("analyze", CASE, "--suppress", tmp_path / "suppress.yaml", *args)

    return analyzed


def entry(id_: str, until: object = LATER, more: str = "") -> str:
    return f"- id: {id_}\n  reason: the address moves in May\n  until: {until}\n{more}"


def test_it_is_left_out_and_said_to_be(analyze):
    process = analyze(entry(ID), "--format", "json")
    assert process.returncode == 0
    report = json.loads(process.stdout)
    assert report["diagnoses"] == []
    assert [(each["id"], each["reason"], each["until"]) for each in report["suppressed"]] == [
        (ID, "the address moves in May", str(LATER))
    ]
    for format_ in ("terminal", "markdown", "html", "brief", "jsonl", "sarif", "junit"):
        shown = analyze(entry(ID), "--format", format_).stdout.decode()
        assert ID in shown or format_ == "brief"
        assert "the address moves in May" in shown or format_ == "brief"


def test_pipelines_know_it_as_suppressed(analyze):
    run = json.loads(analyze(entry(ID), "--format", "sarif").stdout)["runs"][0]
    assert run["results"][0]["suppressions"][0]["kind"] == "external"
    suite = ElementTree.fromstring(analyze(entry(ID), "--format", "junit").stdout)
    assert suite.attrib["failures"] == "0"
    assert suite.find(".//skipped") is not None


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        (entry("no-such-thing"), "nothing in this report matches it"),
        (entry(ID, PAST), "it is shown again"),
        (entry("apiserver-unreachable"), "hangs below another diagnosis"),
        (entry(ID, more="  fingerprint: 0000000000000000\n"), "nothing in this report matches it"),
    ],
)
def test_a_stale_suppression_is_named_and_hides_nothing(entries, says, analyze):
    process = analyze(entries, "--format", "json")
    assert process.returncode == 10
    report = json.loads(process.stdout)
    assert [each["id"] for each in report["diagnoses"]] == [ID]
    assert any(says in p["detail"]["en"] and "suppress.yaml:1:3" in p["where"] for p in report["problems"])


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ("- id: x\n", "has no reason and no until"),
        (entry("x", "May"), "is no day"),
        (entry("x", more="  whatever: 1\n"), "'whatever'"),
        ("id: x\n", "is no list"),
        ("- x\n", "is no entry"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(entries, says, analyze):
    process = analyze(entries)
    assert process.returncode == 2
    assert says in process.stderr.decode()
    assert "suppress.yaml:" in process.stderr.decode()


def test_the_fingerprint_is_that_of_the_cause_whatever_the_bundle(run, tmp_path):
    """Another bundle of the same cluster: later, fewer logs, other paths."""
    later = tmp_path / "again" / "installer"
    later.mkdir(parents=True)
    log = (CASE / "installer/tke.log").read_text()
    (later / "tke.log").write_text(log.replace("2022-01-19", "2022-01-21"))
    first = json.loads(run("analyze", CASE, "-f", "json").stdout)["diagnoses"][0]
    second = json.loads(run("analyze", tmp_path / "again", "-f", "json").stdout)["diagnoses"][0]
    assert first["id"] == second["id"] == ID
    assert first["fingerprint"] == second["fingerprint"]
    (later / "tke.log").write_text(log.replace("203.0.113.9", "203.0.113.77"))
    assert (
        json.loads(run("analyze", tmp_path / "again", "-f", "json").stdout)["diagnoses"][0]["fingerprint"]
        != first["fingerprint"]
    )

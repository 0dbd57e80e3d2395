"""The JSON report keeps its published contract, whatever is in it."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.model import Basis, Instant, Report
from loganalyzer.report.json_v1 import render
from tests.report import samples

SCHEMA = orjson.loads(files("loganalyzer.report").joinpath("schema/report-v1.json").read_bytes())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def load(report: Report) -> Any:
    document = orjson.loads(render(report))
    VALIDATOR.validate(document)
    return document


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["FULL", "EMPTY", "NOTHING"])
def test_samples_fit_the_schema(name: str) -> None:
    load(getattr(samples, name))


def test_what_programs_read() -> None:
    document = load(samples.FULL)
    assert document["schema"] == "tkelog.report/v1"
    first = document["diagnoses"][0]
    assert (first["rank"], first["id"]) == (1, "apiserver-advertise-ip-not-local")
    assert (first["severity"], first["confidence"], first["kind"]) == ("critical", "confirmed", "cause")
    assert set(first["title"]) == {"en", "zh"}
    assert first["captures"]["ip"] == ["203.0.113.9"]
    assert first["first_seen"].startswith("--01-19T14:43:31")
    assert first["evidence"][1]["time"] == "2022-01-19T14:43:32.225"
    assert first["evidence"][1]["via"] == "kubeadm-init-error"
    assert [child["id"] for child in first["explains"]] == ["apiserver-unreachable", "gateway-registry-port-conflict"]
    assert first["explains"][0]["explains"][0]["id"] == "installer-infinite-retry"
    assert first["steps"][1]["check"]["run"] == "ip -4 -o addr show to 203.0.113.9"
    assert first["steps"][0]["run"] == "ip -o route get 1.1.1.1\nip -4 -o addr show"
    assert document["problems"][0]["kind"] == "truncated"
    assert document["redactions"] == {"jwt": 2, "password": 1}
    assert load(samples.EMPTY)["diagnoses"] == []


def test_the_same_report_gives_the_same_bytes_whatever_it_took() -> None:
    slower = replace(samples.FULL, stats=replace(samples.FULL.stats, seconds=99.0))
    assert render(samples.FULL) == render(slower)
    assert render(samples.FULL).endswith(b"}\n")


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"tool": None},
        {"diagnoses": [{}]},
        {"problems": [{"where": "x", "kind": "damaged", "detail": "not bilingual"}]},
    ],
)
def test_the_schema_refuses_what_is_not_the_contract(change: dict[str, Any]) -> None:
    document = orjson.loads(render(samples.FULL)) | change
    assert not VALIDATOR.is_valid(document)


@pytest.mark.promise("P16")
@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(), min_size=40, max_size=40))
def test_any_text_gives_a_valid_report(strings: list[str]) -> None:
    load(samples.hostile(strings))


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        Instant,
        st.floats(-6e10, 2e11),
        st.sampled_from(Basis),
        st.none() | st.integers(-12, 14).map(lambda hours: hours * 3600),
        st.integers(0, 9),
    )
)
def test_any_instant_fits_the_schema(when: Instant) -> None:
    load(replace(samples.EMPTY, inputs=(replace(samples.INPUTS[0], first=when, last=when),)))

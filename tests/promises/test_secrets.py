"""Secrets, planted by the thousand: none comes out of any format, nor of `tkelog redact`; and what is none stays.

`make prove`: 40 shapes x 50 values x 6 places = 12,000 plants; 50 MB of ordinary logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner

from loganalyzer import diagnose
from loganalyzer.cli import tkelog
from loganalyzer.report import FORMATS, Look
from loganalyzer.safe import Redactor
from tests.kit import rule, ruleset, sources
from tests.promises.ordinary import ordinary
from tests.promises.scale import amount
from tests.promises.secrets import PLACES, SHAPES, forms, plants

VALUES = amount(50, 3)
ALL = list(plants(VALUES))
MARK = "planted-marker-line"
"""The text of a rule's signal; what stands round it is shown as its context."""
LOOKS = (Look("both", full=True), Look("zh"))


def leaks(outputs: dict[str, str], secrets: list[str]) -> list[str]:
    """Secrets that an output holds in a form that gives them away."""
    wanted = {form: secret for secret in secrets for form in forms(secret)}
    shortest = min(map(len, wanted))
    heads = {form[:shortest] for form in wanted}
    found = []
    for name, text in outputs.items():
        spots = {text[i : i + shortest] for i in range(len(text) - shortest + 1)} & heads
        found += [f"{name}: {form}" for form in wanted if form[:shortest] in spots and form in text]
    return found


def test_there_are_forty_shapes_in_six_places() -> None:
    assert (len(SHAPES), len(PLACES)) == (40, 6)
    assert len(ALL) == 240 * VALUES
    for _, _, secret, lines in ALL:
        assert any(form in "\n".join(lines) for form in forms(secret)), lines


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    body = f"per: [n]\nsignals:\n  mark: {{text: ['{MARK} <n:int>']}}\nconfirmed_by: mark\n"
    return ruleset(tmp_path_factory.mktemp("rules"), rule("planted", body))


@pytest.mark.promise("P19")
@pytest.mark.parametrize("place", PLACES)
def test_no_planted_secret_is_in_any_format(place: str, rules) -> None:
    """Each plant is evidence itself where it fits into a line, and the context of evidence everywhere."""
    mine = [(secret, lines) for _, where, secret, lines in ALL if where == place]
    for start in range(0, len(mine), 300):
        part = mine[start : start + 300]
        files = {
            f"node-{n}/x{n}.log": "".join(
                f"{line}\n" for line in (*lines, f"{MARK} {n} {lines[0] if len(lines) == 1 else ''}", *lines)
            )
            for n, (_, lines) in enumerate(part)
        }
        redactor = Redactor()
        report = diagnose.analyze(rules, sources(files), redactor=redactor)
        assert len(report.diagnoses) == len(part)
        outputs = {
            f"{name} {look.lang}": FORMATS[name].render(report, look, redactor).decode()
            for name in FORMATS
            for look in LOOKS
        }
        assert all(f"{MARK} {n}" in outputs["html both"] for n in range(len(part)))
        assert leaks(outputs, [secret for secret, _ in part]) == []


def test_without_redaction_they_would_be_found(rules, monkeypatch) -> None:
    monkeypatch.setattr(Redactor, "redact", lambda self, text: text)
    monkeypatch.setattr(Redactor, "lines", lambda self, lines, in_key=False: lines)
    secrets = [(secret, lines) for _, where, secret, lines in ALL if where == "log"][:20]
    files = {f"{n}.log": f"{lines[0]}\n{MARK} {n} {lines[0]}\n" for n, (_, lines) in enumerate(secrets)}
    report = diagnose.analyze(rules, sources(files))
    for name in FORMATS:
        found = leaks({name: FORMATS[name].render(report, LOOKS[0]).decode()}, [secret for secret, _ in secrets])
        assert found or name in ("brief", "jsonl", "sarif", "junit"), name


@pytest.mark.promise("P19")
def test_no_planted_secret_is_left_by_redact(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for number, (_, place, _, lines) in enumerate(ALL):
        path = folder / f"node-{number % 7}" / f"{place}-{number % 40}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in ("before", *lines, "after")))
    result = CliRunner().invoke(tkelog, ["redact", str(folder), "-o", str(tmp_path / "out")], standalone_mode=False)
    assert result.exception is None
    outputs = {str(path): path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*.log")}
    assert sum(text.count("before\n") for text in outputs.values()) == len(ALL)
    assert leaks(outputs, [secret for _, _, secret, _ in ALL]) == []


MASKED = re.compile(r"<redacted:[a-z-]+#\d+>")


def in_batches(lines: Iterator[str], size: int) -> Iterator[list[str]]:
    while batch := list(islice(lines, size)):
        yield batch


@pytest.mark.promise("P20")
def test_ordinary_logs_stay_readable() -> None:
    """Digests, UIDs, pod hashes, names of Secrets, flags: nothing in these lines is secret, so each mask is wrong."""
    megabytes, seen, wrong, number = amount(50, 2), 0, [], 0
    redactor = Redactor()
    for batch in in_batches(ordinary(seed=7), 10_000):
        shown = list(redactor.lines(batch))
        wrong += [(line, out) for line, out in zip(batch, shown, strict=True) if line != out]
        number += len(batch)
        seen += sum(map(len, batch))
        if seen >= megabytes * 1_000_000:
            break
    assert len(wrong) * 10_000 < number, wrong[:5]
    assert not [out for line, out in wrong if redactor.sweep(line) != line and not MASKED.search(out)]

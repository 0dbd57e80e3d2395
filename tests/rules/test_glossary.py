"""Chinese texts keep to the terms of docs/glossary.md."""

import re

import pytest

from tests import kit

ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (kit.ROOT / "docs/glossary.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| English")
]
TEXTS = {path.name: path.read_text("utf-8") for path in sorted((kit.ROOT / "rules").rglob("*.yaml"))}
TEXTS["phrases.py"] = (kit.ROOT / "loganalyzer/report/phrases.py").read_text("utf-8")


@pytest.mark.parametrize(("english", "_", "avoided"), ROWS, ids=[row[0] for row in ROWS])
def test_term(english, _, avoided):
    words = [word for word in re.split(r", ", avoided) if word]
    assert [(name, word) for name, text in TEXTS.items() for word in words if word in text] == []

"""Hostile log strings (HTML, Markdown, ANSI, OSC, bidi, rich markup, NUL) through every format: text stays text.

`make prove`: 5,000 of them.
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from functools import cache

import orjson
import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from loganalyzer.model import Report
from loganalyzer.report import FORMATS, Look
from loganalyzer.safe import visible
from tests.promises.scale import amount
from tests.report import samples
from tests.report.test_formats import ATTRIBUTES, ELEMENTS, HTML_IN_MARKDOWN, hostile_strings, parse

PER_REPORT = 50
SEEDS = range(100, 100 + amount(5000, 500) // PER_REPORT)
OURS = re.compile(r"\x1b\[[0-9;]*m")
LANGS = ("en", "zh", "both")


@cache
def hostile(seed: int) -> Report:
    return samples.hostile(hostile_strings(seed))


def shown(name: str, seed: int, lang: str = "both", **wishes: object) -> str:
    return FORMATS[name].render(hostile(seed), Look(lang=lang, **wishes)).decode()  # type: ignore[arg-type]


@pytest.mark.promise("P13")
@pytest.mark.parametrize("name", FORMATS)
def test_no_control_byte_and_no_bidi_code_point(name: str) -> None:
    for seed in SEEDS:
        for lang in LANGS:
            text = shown(name, seed, lang)
            found = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n", "\t"}
            assert not found, (seed, found)


@pytest.mark.promise("P13")
@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_terminal_gets_nothing_but_our_colours(width: int) -> None:
    for seed in SEEDS:
        text = shown("terminal", seed, color=True, width=width, full=True)
        assert OURS.sub("", text) == shown("terminal", seed, width=width, full=True)
        assert not [byte for byte in OURS.sub("", text).encode() if byte < 32 and byte not in b"\t\n"]


@pytest.mark.promise("P14")
def test_markup_shows_as_it_stands() -> None:
    for seed in SEEDS:
        text = "".join(shown("terminal", seed, width=400, full=True).split())
        for evidence in hostile(seed).diagnoses[0].evidence:
            assert "".join(visible(evidence.text).split()) in text


@pytest.mark.promise("P15")
def test_html_runs_and_loads_nothing() -> None:
    for seed in SEEDS:
        for lang in LANGS:
            inventory = parse(shown("html", seed, lang))
            assert inventory.elements <= set(ELEMENTS.split())
            assert inventory.attributes <= set(ATTRIBUTES.split())
            assert (inventory.open, inventory.comments) == ([], [])


@pytest.mark.promise("P14")
@pytest.mark.parametrize("size", [2_000, 60_000])
def test_no_fence_is_broken(size: int) -> None:
    commonmark = MarkdownIt("commonmark").enable("table")
    for seed in SEEDS:
        text = shown("markdown", seed, max_size=size)
        assert len(text) <= size
        tokens = commonmark.parse(text)
        flat = [*tokens, *(child for token in tokens for child in token.children or ())]
        assert not {token.type for token in flat} & {"link_open", "image", "table_open", "hr", "code_block"}
        html = [token.content for token in flat if token.type in ("html_block", "html_inline")]
        assert all(HTML_IN_MARKDOWN.fullmatch(each) for each in html)
        folds = "".join(html)
        assert folds.count("<details") == folds.count("</details>")
        fences = [token for token in tokens if token.type == "fence"]
        assert all(token.info in ("text", "sh") for token in fences)


@pytest.mark.promise("P16")
def test_what_programs_read_is_valid() -> None:
    for seed in SEEDS:
        orjson.loads(shown("json", seed))
        orjson.loads(shown("sarif", seed))
        assert all(orjson.loads(line) for line in shown("jsonl", seed).splitlines())
        ElementTree.fromstring(shown("junit", seed))
        assert len(shown("brief", seed).splitlines()) <= 4


def test_commands_alone_are_wider_than_the_terminal() -> None:
    report = samples.with_evidence(hostile(SEEDS[0]).diagnoses[0].evidence)
    text = FORMATS["terminal"].render(report, Look(width=60)).decode()
    wide = [line for line in text.splitlines() if cell_len(line) > 60]
    assert not [line for line in wide if not re.search(r"nerdctl|rm -rf|ip -|ip addr|journalctl", line)]

"""What a log says stays text, in every format; and every line that goes in is counted."""

from __future__ import annotations

import random
import re

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.report import FORMATS, Look
from loganalyzer.safe import Redactor, visible
from tests.ingest.test_source import source
from tests.promises.scale import amount
from tests.report import samples
from tests.report.test_formats import ATTRIBUTES, ELEMENTS, PIECES, parse
from tests.report.test_json_v1 import load

OURS = re.compile(r"\x1b\[[0-9;]*m")
"""The colours that we write ourselves."""
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b-\u200d\ufeff\u2028\u2029\ud800-\udfff]"
)
STRINGS = 50
"""Hostile strings in one report."""


def strings(seed: int) -> list[str]:
    """From whole attacks and from any characters at all, controls and surrogates among them."""
    dice = random.Random(seed)
    alphabet = [
        *map(chr, range(0x100)),
        *"\u202a\u202e\u2066\u2069\u200b\u200f\ufeff\u2028\u061c\ud800\udfff\U000e0041深é[]:\\`|<>&{}%$#@!",
    ]
    return [
        " ".join(dice.choices(PIECES, k=dice.randrange(1, 6)))
        if dice.random() < 0.5
        else "".join(dice.choices(alphabet, k=dice.choice((1, 3, 20, 200))))
        for _ in range(STRINGS)
    ]


REPORTS = max(4, amount(20_000, quick=400) // STRINGS)


@pytest.mark.promise("P13")
@pytest.mark.parametrize("name", FORMATS)
def test_no_control_character_comes_through(name, figure):
    for seed in range(REPORTS):
        look = Look(
            lang=("en", "zh", "both")[seed % 3],
            color=name == "terminal",
            full=seed % 2 == 0,
            width=(60, 100, 200)[seed % 3],
        )
        shown = FORMATS[name].render(samples.hostile(strings(seed)), look, Redactor()).decode()
        assert not FORBIDDEN.search(OURS.sub("", shown)), seed
    figure(f"{REPORTS * STRINGS} strings in every format: 0 control or bidi characters")


@pytest.mark.promise("P14")
def test_markup_is_inert_and_what_is_shown_is_what_was_there(figure):
    """Wrapping apart, the terminal shows the text itself: no markup taken away, no emoji, no link."""
    seen = 0
    for seed in range(REPORTS):
        some = strings(seed)
        report = samples.hostile(some)
        shown = _bare(FORMATS["terminal"].render(report, Look(width=400, full=True, color=False), Redactor()).decode())
        for evidence in report.diagnoses[0].evidence:
            if "://" in evidence.text or "=" in evidence.text or len(evidence.text) > 200:
                continue  # may be redacted or shortened
            seen += 1
            assert _bare(visible(evidence.text)) in shown, evidence.text
    figure(f"{seen} evidence lines of {REPORTS * STRINGS} strings: 0 markup errors, each shown as it stands")


def _bare(text: str) -> str:
    return "".join(text.split())


@pytest.mark.promise("P15")
def test_the_page_has_our_elements_alone(figure):
    count = max(2, amount(5_000, quick=200) // STRINGS)
    for seed in range(count):
        page = parse(FORMATS["html"].render(samples.hostile(strings(seed)), Look(full=True), Redactor()).decode())
        assert page.elements <= set(ELEMENTS.split())
        assert page.attributes <= set(ATTRIBUTES.split())
        assert page.open == []
    figure(f"{count * STRINGS} injected strings: no element or attribute but ours")


@pytest.mark.promise("P16")
def test_json_is_valid_whatever_a_log_says(figure):
    count = max(2, amount(100_000, quick=500) // STRINGS)
    for seed in range(count):
        report = samples.hostile(strings(seed))
        if seed % 20 == 0:
            load(report)  # against the published schema
        text = FORMATS["json"].render(report, Look(), Redactor())
        assert orjson.loads(text)["schema"] == "tkelog.report/v1"
        for line in FORMATS["jsonl"].render(report, Look(), Redactor()).splitlines():
            orjson.loads(line)
    figure(f"{count * STRINGS} strings: every report is JSON")


@pytest.mark.promise("P7")
def test_every_line_is_counted_whatever_it_holds(figure):
    count = amount(100_000, quick=500)

    @given(
        st.lists(st.binary(max_size=60) | st.sampled_from([b"\n", b"\r\n", b"\0", b"{", b'{"log":"'])),
        st.integers(1, 99),
    )
    @settings(max_examples=count, deadline=None, database=None, derandomize=True)
    def counted(parts: list[bytes], chunk: int) -> None:
        data = b"".join(parts)
        if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\0\0\xfe\xff")):
            return  # says itself that it is in another encoding
        log = source(data, "x.log", chunk=chunk)
        blocks = [block for block in log.blocks() if not block.joined]
        read = b"".join(block.data[block.start :] for block in blocks)
        assert log.summary().bytes == len(data)
        if read == data:  # else its bytes say that it is UTF-16 or GB18030
            assert log.summary().lines == data.count(b"\n") + (not data.endswith(b"\n") and bool(data))

    counted()
    figure(f"{count} random inputs: bytes whole, lines counted as `wc -l` does")

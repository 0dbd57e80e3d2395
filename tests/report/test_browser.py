"""The HTML report in a real browser: it says nothing, asks for nothing, shows its pictures and fits a phone.

`SCREENSHOTS=DIR` keeps pictures at three widths, light and dark, in both languages, to be looked at.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from loganalyzer import diagnose, ingest, rulepack
from loganalyzer.report import FORMATS, Look
from tests.kit import ROOT
from tests.report import samples
from tests.report.browser import CHROMIUM, Browser
from tests.report.test_formats import hostile_strings

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
CASE = ROOT / "fixtures/logs/all-in-one-public-ip"
WIDTHS = (390, 820, 1280)


@pytest.fixture(scope="module")
def report():
    inputs = ingest.open_inputs([str(CASE)])
    return diagnose.analyze(rulepack.load(), inputs.sources(), problems=lambda: inputs.problems)


@pytest.fixture(scope="module")
def browser():
    with Browser() as opened:
        yield opened


@pytest.fixture
def page(report, tmp_path):
    def made(lang: str = "en", of: object = None) -> Path:
        path = tmp_path / f"report.{lang}.html"
        path.write_bytes(FORMATS["html"].render(of or report, Look(lang=lang)))
        return path

    return made


@pytest.mark.promise("P15")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", ["en", "zh", "both"])
def test_the_report_of_the_all_in_one_bundle(lang, width, browser, page):
    path = page(lang)
    assert path.stat().st_size < 1_000_000
    browser.said.clear()
    browser.asked.clear()
    browser.open(path, width)
    assert browser.said == []
    assert browser.asked == [path.as_uri()]
    assert browser.value("document.documentElement.scrollWidth") <= width
    pictures = browser.value(
        "[...document.querySelectorAll('svg')].map(s => s.getBoundingClientRect()).map(r => [r.width, r.height])"
    )
    assert len(pictures) == 2
    assert all(wide > 250 and high > 100 for wide, high in pictures)
    assert browser.value("[...document.querySelectorAll('svg text')].every(t => t.getBBox().width <= 360)")
    folds = browser.value("document.querySelectorAll('details.around').length")
    assert folds >= 3
    opened = "[...document.querySelectorAll('details.around')][0]"
    assert browser.value(f"{opened}.querySelector('pre').checkVisibility()") is False
    browser.value(f"{opened}.querySelector('summary').click()")
    assert browser.value(f"{opened}.querySelector('pre').checkVisibility()") is True
    assert browser.value(f"{opened}.querySelector('pre').getBoundingClientRect().height") > 40
    assert browser.value("document.querySelectorAll('details').forEach(d => d.open = true)") is None
    assert browser.value("document.documentElement.scrollWidth") <= width


@pytest.mark.promise("P15")
def test_nothing_of_a_hostile_log_runs(browser, page):
    for seed in range(5):
        browser.said.clear()
        browser.asked.clear()
        path = page("both", samples.hostile(hostile_strings(seed)))
        browser.open(path, 390)
        assert browser.said == []
        assert browser.asked == [path.as_uri()]
        assert browser.value("document.scripts.length + document.images.length + document.links.length") == 0
        assert browser.value("document.documentElement.scrollWidth") <= 390


def test_a_dark_and_a_light_picture(browser, page, tmp_path):
    where = Path(os.environ.get("SCREENSHOTS", tmp_path))
    colours = set()
    for dark in (False, True):
        browser.open(page(), 390, dark=dark)
        colours.add(browser.value("getComputedStyle(document.body).backgroundColor"))
    assert len(colours) == 2
    if where == tmp_path:
        return
    for lang in ("en", "zh"):
        for width in WIDTHS:
            for dark in (False, True):
                browser.open(page(lang), width, dark=dark)
                browser.screenshot(where / f"{lang}-{width}-{'dark' if dark else 'light'}.png")

"""The terminal report: readable at any width and without colour, copyable commands, nothing of a log is obeyed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from loganalyzer.model import Report
from loganalyzer.report import FORMATS, Look
from loganalyzer.report.excerpt import excerpt
from loganalyzer.report.page import lines
from tests.report import samples

OUR_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def show(report: Report, **wishes: object) -> str:
    return FORMATS["terminal"].render(report, Look(**wishes)).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["en", "zh", "both"])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("full", [False, True])
def test_only_commands_are_wider_than_the_terminal(lang: str, width: int, full: bool) -> None:
    shown = show(samples.FULL, lang=lang, width=width, full=full)
    too_wide = [line for line in shown.splitlines() if cell_len(line) > width]
    assert not [line for line in too_wide if not re.search(r"nerdctl|rm -rf|ip -|ip addr|journalctl", line)]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_answer_comes_in_order(lang: str) -> None:
    shown = show(samples.FULL, lang=lang, width=120)
    parts = {
        "en": [
            "ROOT CAUSE",
            "confirmed",
            "Evidence",
            "Explains",
            "Fix",
            "undo:",
            "check:",
            "Can be ignored",
            "Not read or not",
        ],
        "zh": ["根本原因", "已确认", "证据", "由此引起", "处理步骤", "撤销：", "验证：", "可以忽略", "未能读取或存疑"],
    }[lang]
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)
    assert "bundle.tar.gz" in shown.splitlines()[0]
    assert "  installer/tke.log:812" in shown
    assert "57" in shown


@pytest.mark.parametrize("width", [60, 100])
def test_commands_are_whole_and_alone_on_their_line(width: int) -> None:
    shown = [line.strip() for line in show(samples.FULL, width=width).splitlines()]
    assert "rm -rf /opt/tke-installer/data && nerdctl restart tke-installer" in shown
    assert "ip -4 -o addr show" in shown


def test_words_say_what_colours_say() -> None:
    plain = show(samples.FULL, width=100)
    assert "\x1b" not in plain
    assert "DESTRUCTIVE" in plain
    assert "critical" in plain
    assert OUR_COLOURS.sub("", show(samples.FULL, width=100, color=True)) == plain


def test_log_text_is_no_markup() -> None:
    shown = show(samples.FULL, width=100, color=True)
    assert "no leader [/var/lib/etcd] :smile: [bold]x[/bold]" in OUR_COLOURS.sub("", shown)


def test_three_root_causes_in_full_the_others_in_a_line() -> None:
    report = Report("0.1.0", 1, "x", samples.INPUTS, (samples.PUBLIC_IP, *(samples.UNSOLVED,) * 4))
    shown = show(report, width=100)
    assert shown.count("SYMPTOM") == 2
    assert "Also found" in shown
    assert show(report, width=100, full=True).count("SYMPTOM") == 4


def test_nothing_found_says_what_was_read_and_what_was_not() -> None:
    shown = show(samples.EMPTY, width=100)
    assert "Nothing known was found in 1,204,331 lines of 2 logs." in shown
    assert "no proof" in shown
    assert "the archive ends inside etcd.log" in shown
    assert "No log could be read." in show(samples.NOTHING)


def test_the_time_taken_is_said_only_where_it_is_known() -> None:
    assert "0.9 s" in show(samples.FULL).splitlines()[0]
    assert " s" not in show(samples.EMPTY).splitlines()[0].split("lines")[1]


def test_an_excerpt_keeps_what_matters() -> None:
    line = "2022-01-19 14:43:32.225\terror\tx\t" + "a b " * 100 + "address 192.0.2.77 is gone " + "c d " * 100
    assert "192.0.2.77" in excerpt(line, 60, ["192.0.2.77"])
    assert cell_len(excerpt(line, 60)) <= 60
    assert excerpt("short", 60) == "short"
    assert "refused" in excerpt("x " * 200 + "connection refused", 50)
    twice = "start 192.0.2.77 " + "x " * 100 + 'error":"listen tcp 192.0.2.77:2380: bind: cannot assign" ' + "y " * 100
    assert "192.0.2.77:2380: bind: cannot assign" in excerpt(twice, 80, ["192.0.2.77"])


@settings(max_examples=150, deadline=None)
@given(st.text(), st.integers(20, 100))
def test_wrapping_loses_nothing_but_blanks(text: str, room: int) -> None:
    wrapped = list(lines(text, room))
    assert "".join("".join(wrapped).split()) == "".join(text.split())
    assert all(cell_len(line) <= room for line in wrapped)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(), min_size=40, max_size=40), st.sampled_from(["en", "zh", "both"]))
def test_no_text_breaks_it(strings: list[str], lang: str) -> None:
    shown = OUR_COLOURS.sub("", show(samples.hostile(strings), lang=lang, color=True, width=60, full=True))
    assert not [c for c in shown if c < " " and c not in "\t\n"]

"""A line of the terminal report is what the console of rich makes of the same pieces."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from loganalyzer.report.line import Line

TEXTS = st.text(st.sampled_from("ab [/]:\t中，é\u0301\u26a0😀\u001b"), max_size=30)
STYLES = st.sampled_from(["", "bold", "dim", "red", "green", "yellow", "cyan", "bold red"])


def line(*pieces: tuple[str, str]) -> Line:
    made = Line(*pieces[0])
    for piece in pieces[1:]:
        made.append(*piece)
    return made


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        ([("", "")], ""),
        ([("  ", ""), ("a b", "bold"), ("  ", "")], "  \x1b[1ma b\x1b[0m"),
        ([("a ", "red"), (" ", "dim")], "\x1b[31ma\x1b[0m"),
        ([("a\tb", ""), ("\tc", "")], "a       b       c"),
        ([("中\t文", "bold red")], "\x1b[1;31m中      \x1b[0m\x1b[1;31m文\x1b[0m"),
        ([("[bold]x[/] :smile: \\", "")], "[bold]x[/] :smile: \\"),
    ],
)
def test_how_a_line_is_written(pieces: list[tuple[str, str]], shown: str) -> None:
    assert line(*pieces).rendered(color=True) == shown


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(st.tuples(TEXTS, STYLES), min_size=1, max_size=5), color=st.booleans())
def test_it_is_what_rich_writes(pieces: list[tuple[str, str]], color: bool) -> None:
    text = Text()
    for piece in pieces:
        text.append(*piece)
    text.rstrip()
    out = io.StringIO()
    system = "standard" if color else None
    console = Console(file=out, width=40, force_terminal=color, color_system=system, no_color=not color)  # type: ignore[arg-type]
    console.print(text, soft_wrap=True, emoji=False, markup=False, highlight=False)
    assert f"{line(*pieces).rendered(color=color)}\n" == out.getvalue()


def test_a_copy_goes_its_own_way() -> None:
    first = line(("a", "bold"))
    other = first.copy()
    other.append("b")
    assert (first.plain, other.plain) == ("a", "ab")

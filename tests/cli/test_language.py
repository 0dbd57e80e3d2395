"""Help and errors in Chinese: nothing that the program says is missing from the catalogue."""

from __future__ import annotations

import ast
import gettext
import inspect
import io

import click
import pytest

from loganalyzer.cli import _COMMANDS, tkelog
from loganalyzer.cli.tongue import catalogue, compiled, texts
from loganalyzer.model import Text
from loganalyzer.report import phrases
from tests.kit import ROOT

PO = ROOT / "loganalyzer/cli/locale/zh.po"
ENTRIES = catalogue(PO.read_text("utf-8"))


def commands(command: click.Command, name: str = "tkelog"):
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            yield from commands(command.get_command(context, below), f"{name} {below}")


@pytest.mark.parametrize(
    ("name", "command"), list(commands(tkelog)), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_help_text_is_translated(name, command) -> None:
    """A new option or command needs its entry in loganalyzer/cli/locale/zh.po."""
    assert [text for text in texts(command) if text and text not in ENTRIES] == []


def test_every_line_of_the_list_of_commands_is_translated() -> None:
    assert [text for _, text in _COMMANDS.values() if text not in ENTRIES] == []


def said() -> list[tuple[str, str]]:
    """Texts that the code gives to gettext, and constant messages of our errors."""
    found = []
    for path in sorted((ROOT / "loganalyzer").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name):
                first = node.args[0]
                if node.func.id in ("_", "gettext", "UsageError", "OutputError", "LeakError") and isinstance(
                    first, ast.Constant
                ):
                    found.append((first.value, f"{path.name}:{node.lineno}"))
    return found


def test_every_error_is_translated() -> None:
    assert len(said()) > 20
    assert [(text, where) for text, where in said() if text not in ENTRIES] == []


def test_translations_have_the_same_slots() -> None:
    import string

    for english, chinese in ENTRIES.items():
        if english:
            slots = (
                [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
                if "{" in english and "}" in english
                else [set(), set()]
            )
            assert slots[0] == slots[1], english


def test_the_compiled_catalogue_is_one_for_gettext() -> None:
    read = gettext.GNUTranslations(io.BytesIO(compiled(ENTRIES)))
    assert all(read.gettext(english) == chinese for english, chinese in ENTRIES.items() if english)


def test_every_phrase_of_a_report_is_in_both_languages() -> None:
    tables = [value for _, value in inspect.getmembers(phrases)]
    flat = [
        each
        for table in tables
        for each in (table.values() if isinstance(table, dict) else table if isinstance(table, tuple) else [table])
    ]
    found = [each for each in flat if isinstance(each, Text)]
    assert len(found) > 80
    for text in found:
        assert text.en
        assert any("\u4e00" <= c <= "\u9fff" for c in text.zh) or "{" in text.zh, text


CHINESE = {"LC_ALL": "zh_CN.UTF-8"}


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--help"], "从 TKEStack 或 kubeadm 集群的日志中找出根本原因"),
        (["redact", "--help"], "选项"),
        (["rules", "lint", "--help"], "检查规则"),
        (["analyze", "--nonsense"], "没有选项"),
        (["nonsense"], "没有命令"),
        (["analyze", "no-such-file"], "无法从 no-such-file 读取任何日志"),
        (["analyze", "-f", "docx", "x"], "没有格式 'docx'"),
        (["redact", "README.md", "-o", "README.md"], "OUT 就是 IN"),
    ],
)
def test_the_locale_decides(args, says, run, tmp_path) -> None:
    env = {**CHINESE, "XDG_CACHE_HOME": str(tmp_path)}
    process = run(*args, env=env)
    assert says in process.stdout.decode() + process.stderr.decode()
    assert says in run(*args, env=env).stdout.decode() + process.stderr.decode()  # compiled once, read again
    assert says not in run(*args, env={"LC_ALL": "C"}).stdout.decode()


def test_lang_decides_before_the_locale(run, tmp_path) -> None:
    env = {"LC_ALL": "C", "XDG_CACHE_HOME": str(tmp_path)}
    assert "选项" in run("analyze", "--lang", "zh", "--help", env=env).stdout.decode()
    assert "Options" in run("analyze", "--lang=en", "--help", env=CHINESE).stdout.decode()


def test_without_a_place_to_write_it_speaks_english(run) -> None:
    process = run("--help", env={**CHINESE, "XDG_CACHE_HOME": "/dev/null/x"})
    assert process.returncode == 0
    assert "Commands" in process.stdout.decode()

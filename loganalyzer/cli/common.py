"""What several commands share: their options, and reading inputs with the rules in use."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loganalyzer.errors import UsageError

if TYPE_CHECKING:
    from loganalyzer.diagnose import Examination
    from loganalyzer.model import Report
    from loganalyzer.rulepack.rule import Rule, Ruleset


def rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--rules DIR` and `--no-default-rules`, as `tkelog analyze` has them."""
    command = click.option("--no-default-rules", is_flag=True, help="Use only the rules given by --rules.")(command)
    return click.option(
        "--rules", "rules_dirs", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
        help="Use the rules in DIR too (same id: yours wins). Repeatable.",
    )(command)  # fmt: skip


def lang_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--lang en|zh`."""
    return click.option(
        "--lang", type=click.Choice(["en", "zh"]), default=None, help="Language; default: the locale's."
    )(command)


def paths_or_pipe(paths: Sequence[str]) -> tuple[str, ...]:
    """The paths given; standard input where none are and something is piped in. UsageError where nothing is."""
    if paths:
        return tuple(paths)
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("nothing to read: name a file, a directory or an archive, or pipe a log into tkelog")
    return ("-",)


def report_on(ruleset: Ruleset, paths: Sequence[str]) -> Report:
    """The report on these inputs."""
    from loganalyzer import diagnose, ingest

    inputs = ingest.open_inputs(tuple(paths))
    return diagnose.analyze(ruleset, inputs.sources(), problems=lambda: inputs.problems)


def examine(ruleset: Ruleset, paths: Sequence[str]) -> Examination:
    """What the rules make of these inputs, before it is put into words."""
    from loganalyzer import diagnose, ingest

    inputs = ingest.open_inputs(tuple(paths))
    return diagnose.examine(ruleset, inputs.sources())


def rule_of(ruleset: Ruleset, id_: str) -> Rule:
    """The rule of that id; UsageError, with the id that may be meant, where there is none."""
    from loganalyzer.rulepack.schema import suggest

    if id_ not in ruleset.rules:
        raise UsageError(_("there is no rule {id!r}{hint}").format(id=id_, hint=suggest(id_, ruleset.rules)))
    return ruleset.rules[id_]


def columns() -> int:
    """Width of the terminal, 100 where there is none."""
    import shutil

    return max(40, min(160, shutil.get_terminal_size((100, 24)).columns)) if sys.stdout.isatty() else 100


def colour() -> bool:
    """Whether standard output wants colour."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

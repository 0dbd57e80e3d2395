"""`tkelog analyze`: the main job."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from loganalyzer.cli import kubectl
from loganalyzer.cli.private import anonymize_options
from loganalyzer.cli.tongue import language
from loganalyzer.errors import Exit, UsageError
from loganalyzer.model import Report


@click.command()
@kubectl.options
@click.argument("paths", nargs=-1, type=click.Path(path_type=str, allow_dash=True))
@click.option(
    "--format",
    "-f",
    "format_",
    default=None,
    metavar="NAME",
    help="terminal (default), brief, markdown, html, json, jsonl, sarif or junit; the suffix of -o says it too.",
)
@click.option("--brief", is_flag=True, help="Three lines and the first command, for a chat; the same as -f brief.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="FILE", help="Write there instead; repeatable.")
@click.option("--lang", type=click.Choice(["en", "zh", "both"]), default=None, help="Language; default: the locale's.")
@click.option(
    "--rules",
    "rules_dirs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Use the rules in DIR too (same id: yours wins). Repeatable.",
)
@click.option("--no-default-rules", is_flag=True, help="Use only the rules given by --rules.")
@click.option(
    "--suppress",
    "suppress_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Leave out the diagnoses that FILE lists with id, reason and until (a day); the report says so.",
)
@click.option(
    "--max-size",
    type=click.IntRange(2000),
    default=60_000,
    show_default=True,
    metavar="N",
    help="Characters of a Markdown report; what matters least is cut.",
)
@anonymize_options
@click.option("--all", "full", is_flag=True, help="Show every diagnosis and all evidence in full.")
@click.option("--color/--no-color", default=None, help="Default: colour on a terminal, unless NO_COLOR is set.")
@click.option("--width", type=click.IntRange(40, 400), default=None, help="Columns of the terminal report.")
@click.option("--follow", is_flag=True, help="Read PATH (or `-`) while it is written, until Ctrl-C; see docs/cli.md.")
@click.option("--stats", is_flag=True, help="Say on standard error where the time went.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 also when something was found (for pipelines).")
def analyze(
    paths: tuple[str, ...] = (),
    format_: str | None = None,
    brief: bool = False,
    outputs: tuple[str, ...] = (),
    lang: str | None = None,
    rules_dirs: tuple[Path, ...] = (),
    no_default_rules: bool = False,
    suppress_file: Path | None = None,
    max_size: int = 60_000,
    anonymize: bool = False,
    map_file: Path | None = None,
    full: bool = False,
    color: bool | None = None,
    width: int | None = None,
    follow: bool = False,
    stats: bool = False,
    exit_zero: bool = False,
    namespaces: tuple[str, ...] = (),
    since: str | None = None,
    selector: str | None = None,
    context: str | None = None,
) -> int:
    """Name the root cause in logs, with the evidence, what it explains, and the remedy.

    PATHS are log files, directories, archives (tar, tar.gz, tar.xz, tar.zst, tar.bz2, zip), compressed files, or `-`
    for standard input. Archives inside archives are read too; nothing is unpacked to disk. Without PATHS it reads what
    is piped in, and on a terminal offers the logs of this machine.

    \b
      tkelog analyze bundle.tar.gz
      kubectl tkelog analyze -n tke --since 1h            pod logs, fetched with your kubectl

    \b
    Exit codes: 0 nothing found, 10 something found, 1 internal or output error,
                2 usage, 3 no readable input, 130 interrupted.
    """
    from loganalyzer import diagnose, ingest, report, rulepack
    from loganalyzer.cli import private, worker
    from loganalyzer.safe import Redactor

    if namespaces and paths:
        raise UsageError("-n fetches logs with kubectl; it does not go with PATHS")
    if not paths:
        at_hand = sys.stdin is not None and sys.stdin.isatty() and not namespaces
        if at_hand:
            from loganalyzer.cli import here

            paths = here.offered(language(lang))
        else:
            paths = ("-",)
    targets = report.targets("brief" if brief else format_, outputs)
    started = time.perf_counter()
    ruleset = rulepack.load(rules_dirs, builtin=not no_default_rules)
    loaded = time.perf_counter()
    suppressed = _suppressing(suppress_file) if suppress_file else None
    names = private.identities(anonymize, map_file)
    cost = diagnose.Cost(clock=time.perf_counter)
    redactor = Redactor()
    if follow and (namespaces or len(paths) != 1 or Path(paths[0]).is_dir() or names is not None):
        raise UsageError("--follow reads one log (a file or `-`), and cannot be combined with --anonymize")
    look = report.Look(
        lang=language(lang),
        width=width or _columns(),
        color=_colour(color) if not outputs else False,
        full=full,
        max_size=max_size,
    )
    if follow:
        from loganalyzer.cli.follow import follow as follow_log

        result = follow_log(ruleset, paths[0], look, redactor)
    else:
        with (
            worker.beside(ruleset, () if namespaces else paths) as second,
            kubectl.fetched(namespaces, since, selector, context) as pods,
            _progress(cost),
            private.readable_twice(paths if names and pods is None else ()) as typed,
        ):
            stdin = pods or typed
            if names is not None:
                private.learn(paths, stdin, None, names)
            inputs = ingest.open_inputs(paths, stdin=stdin, called="-" if pods is None else "kubectl")
            shared = second.analyze(cost, redactor) if second is not None else None
            result = shared or diagnose.analyze(
                ruleset, inputs.sources(), problems=lambda: inputs.problems, cost=cost, redactor=redactor
            )
    result = suppressed(result) if suppressed is not None else result
    redactor.spare(filter(None, (name for entry in result.inputs for name in (entry.node, entry.component))))
    if names is not None:
        names.hosts(entry.node for entry in result.inputs if entry.node)
        result = report.anonymous(result, names.text)
        private.keep(names, map_file)
    result = replace(result, stats=replace(result.stats, seconds=time.perf_counter() - started))
    for target in targets:
        target.write(result, look, redactor)
    if stats:
        from loganalyzer.cli.stats import say

        say(result, cost, loaded - started, language(lang))
    # Code scanners read the findings themselves and take any other exit code for a failed scan.
    quiet = exit_zero or all(target.format.name == "sarif" for target in targets)
    return int(Exit.FOUND if result.diagnoses and not quiet else Exit.OK)


def _suppressing(path: Path) -> Callable[[Report], Report] | None:
    """What takes out of a report what the entries of a file suppress; None where it holds none."""
    from loganalyzer.cli import suppress  # it reads YAML, which most runs do not

    entries = suppress.read(path)
    return (lambda report: suppress.suppress(report, entries, date.today())) if entries else None


def _columns() -> int:
    if not sys.stdout.isatty():
        return 100
    import shutil

    return max(40, min(160, shutil.get_terminal_size((100, 24)).columns))


def _colour(asked: bool | None) -> bool:
    if asked is not None:
        return asked
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class _progress:
    """A line on standard error for work longer than a second, when standard error is a terminal."""

    def __init__(self, cost: object) -> None:
        self._cost = cost

    def __enter__(self) -> None:
        import threading

        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        if sys.stderr is not None and sys.stderr.isatty():
            self._thread = threading.Thread(target=self._show, daemon=True)
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        if self._thread is not None:
            self._stop.set()
            self._thread.join()

    def _show(self) -> None:
        if self._stop.wait(1.0):
            return
        for mark in _spin():
            read = getattr(self._cost, "bytes", 0) / 1e6
            sys.stderr.write(f"\r{mark} read {read:,.0f} MB \x1b[K")
            sys.stderr.flush()
            if self._stop.wait(0.2):
                break
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _spin() -> Iterator[str]:
    while True:
        yield from "|/-\\"

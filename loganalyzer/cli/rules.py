"""`tkelog rules`: list, show, check, prove and write rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loganalyzer.errors import Exit, Location, RulePackError, UsageError
from loganalyzer.safe import visible

if TYPE_CHECKING:
    from loganalyzer.model import Report, Source
    from loganalyzer.rulepack.pack import Reading
    from loganalyzer.rulepack.rule import Rule, Ruleset

_PATH = click.Path(path_type=Path, exists=True)
MOST_CANDIDATES = 20
"""For each MB of an ordinary log: what a candidate costs is the price of a scan, not the number of rules."""
_ALONE = click.option("--no-default-rules", "alone", is_flag=True, help="Judge PATH without our own rules.")


@click.group()
def rules() -> None:
    """List, show, check, prove and write rules."""


def _pack_options(command: Callable[..., object]) -> Callable[..., object]:
    """`--rules DIR` and `--no-default-rules`, as `tkelog analyze` has them."""
    command = click.option("--no-default-rules", is_flag=True, help="Use only the rules given by --rules.")(command)
    return click.option(
        "--rules", "rules_dirs", multiple=True, type=_PATH, metavar="DIR", help="Use the rules in DIR too. Repeatable."
    )(command)


def _rule(ruleset: Ruleset, id_: str) -> Rule:
    from loganalyzer.rulepack.schema import suggest

    if id_ not in ruleset.rules:
        raise UsageError(_("there is no rule {id!r}{hint}").format(id=id_, hint=suggest(id_, ruleset.rules)))
    return ruleset.rules[id_]


# ---------------------------------------------------------------------------------------------------- list, show


@rules.command("list")
@click.option("--kind", type=click.Choice(["cause", "symptom", "envelope", "harmless"]), help="Only these.")
@click.option("--family", help="Only rules of this family (directory).")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--lang", type=click.Choice(["en", "zh"]), default=None, help="Language; default: the locale's.")
@_pack_options
def list_(
    kind: str | None,
    family: str | None,
    format_: str,
    lang: str | None,
    rules_dirs: tuple[Path, ...],
    no_default_rules: bool,
) -> int:
    """List the rules: id, kind, family, severity, title."""
    from loganalyzer.cli.tongue import language
    from loganalyzer.rulepack import load

    ruleset = load(rules_dirs, builtin=not no_default_rules)
    chosen = [r for r in ruleset.rules.values() if kind in (None, r.kind) and family in (None, r.family)]
    if format_ == "json":
        import orjson

        rows = [
            {
                "id": r.id,
                "kind": r.kind,
                "family": r.family,
                "severity": r.severity.name.lower(),
                "title": {"en": r.title.en, "zh": r.title.zh},
            }
            for r in chosen
        ]
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return int(Exit.OK)
    tongue = language(lang)
    table = [("ID", "KIND", "FAMILY", "SEVERITY", "TITLE")]
    table += [(r.id, str(r.kind), r.family, r.severity.name.lower(), r.title.get(tongue)) for r in chosen]
    widths = [max(len(row[i]) for row in table) for i in range(4)]
    for row in table:
        line = "  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]])
        click.echo(visible(line))
    return int(Exit.OK)


@rules.command()
@click.argument("id_", metavar="ID")
@click.option("--lang", type=click.Choice(["en", "zh"]), default=None, help="Language; default: the locale's.")
@click.option("--format", "format_", type=click.Choice(["text", "yaml"]), default="text", show_default=True)
@_pack_options
def show(id_: str, lang: str | None, format_: str, rules_dirs: tuple[Path, ...], no_default_rules: bool) -> int:
    """Show what a rule sees, why it happens and what to do."""
    from loganalyzer.cli.tongue import language
    from loganalyzer.rulepack import load
    from loganalyzer.rulepack.describe import describe
    from loganalyzer.rulepack.pack import read_rule

    ruleset = load(rules_dirs, builtin=not no_default_rules)
    path = Path(_rule(ruleset, id_).path)
    if format_ == "yaml":
        click.echo(path.read_text("utf-8"), nl=False)
        return int(Exit.OK)
    rule, mistakes = read_rule(path)
    if rule is None:
        raise RulePackError(mistakes)
    for line in describe(rule, ruleset, language(lang)).split("\n"):
        click.echo(visible(line))
    return int(Exit.OK)


@rules.command()
def schema() -> int:
    """Print the JSON Schema of a rule file, for editors."""
    import orjson

    from loganalyzer.rulepack.fields import json_schema

    click.echo(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2).decode())
    return int(Exit.OK)


@rules.command()
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--format", "format_", type=click.Choice(["text", "dot"]), default="text", show_default=True)
@_pack_options
def graph(id_: str | None, format_: str, rules_dirs: tuple[Path, ...], no_default_rules: bool) -> int:
    """Show which rule explains which (what ID explains, where it is given)."""
    from loganalyzer.rulepack import load
    from loganalyzer.rulepack.graph import dot, text

    ruleset = load(rules_dirs, builtin=not no_default_rules)
    if id_ is not None:
        _rule(ruleset, id_)
    click.echo(dot(ruleset, id_) if format_ == "dot" else text(ruleset, id_))
    return int(Exit.OK)


@rules.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@_pack_options
def docs(directory: Path, rules_dirs: tuple[Path, ...], no_default_rules: bool) -> int:
    """Write the rule catalogue into DIRECTORY: Markdown in English and Chinese, one page a family, with pictures."""
    from loganalyzer.rulepack import pack_dirs, read_pack
    from loganalyzer.rulepack.handbook import handbook

    reading = read_pack(pack_dirs(rules_dirs, builtin=not no_default_rules))
    if reading.mistakes:
        raise RulePackError(list(reading.mistakes))
    pages = handbook(reading.ruleset)
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (directory / name).write_text(text, "utf-8")
    click.echo(f"{len(pages)} files in {directory}")
    return int(Exit.OK)


# ---------------------------------------------------------------------------------------------------- lint, test


@rules.command()
@click.argument("path", required=False, type=_PATH)
@click.option(
    "--cost", "log", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="LOG",
    help="Also show how often each anchor stands in this (plain) log; more than 20 for each MB are refused.",
)  # fmt: skip
@_ALONE
def lint(path: Path | None, log: Path | None, alone: bool) -> int:
    """Check rules: everything that is wrong with a file, with its line and column.

    PATH is a rule file or a directory of them, judged together with our own rules; without it, our own.
    """
    from loganalyzer.rulepack.finding import Finding, place
    from loganalyzer.rulepack.lint import lint as check

    reading, chosen = _reading(path, alone)
    mistakes = [Finding(m.location, "rule", m.message) for m in reading.mistakes]
    unread = {Path(m.location.path).stem for m in reading.mistakes}
    found = [*mistakes, *check(reading.ruleset, unread=unread)]
    findings = sorted((finding for finding in found if chosen(finding.location.path)), key=place)
    for finding in findings:
        click.echo(_shown(str(finding)))
    errors = sum(finding.error for finding in findings)
    if log is not None:
        errors += _show_cost(reading.ruleset, log) > MOST_CANDIDATES
    number = sum(chosen(rule.path) for rule in reading.ruleset.rules.values())
    click.echo(f"{number} rules, {errors} errors, {len(findings) - errors} warnings", err=True)
    return int(Exit.FOUND if errors else Exit.OK)


@rules.command("test")
@click.argument("path", required=False, type=_PATH)
@click.option("-k", "substring", metavar="ID", help="Only rules whose id contains this.")
@click.option("-v", "--verbose", is_flag=True, help="Name every example.")
@_ALONE
def test(path: Path | None, substring: str | None, verbose: bool, alone: bool) -> int:
    """Prove rules: run their examples through the whole pack, and their templates through every dialect.

    PATH is a rule file or a directory of them, judged together with our own rules; without it, our own.
    """
    from loganalyzer.rulepack.prove import prove, prove_templates

    reading, chosen = _reading(path, alone)
    mistakes = [mistake for mistake in reading.mistakes if chosen(mistake.location.path)]
    for mistake in mistakes:
        click.echo(_shown(str(mistake)))
    others = {mistake.location.path for mistake in reading.mistakes} - {mistake.location.path for mistake in mistakes}
    if others:
        click.echo(f"left out, they cannot be read: {_shown(' '.join(sorted(others)))}", err=True)

    def only(rule: Rule) -> bool:
        return chosen(rule.path) and (substring is None or substring in rule.id)

    failed = len(mistakes)
    number = 0
    for proof in prove(reading.ruleset, _analyze(reading.ruleset), only):
        number += 1
        failed += bool(proof.failures)
        if proof.failures:
            click.echo(_shown(str(proof)))
        elif verbose:
            click.echo(_shown(f"ok {proof.rule}: {proof.example}"))
    for finding in prove_templates(reading.ruleset, _matches(reading.ruleset), only):
        failed += 1
        click.echo(_shown(str(finding)))
    rules_run = sum(only(rule) for rule in reading.ruleset.rules.values())
    click.echo(f"{rules_run} rules, {number} examples, {failed} failures", err=True)
    return int(Exit.FOUND if failed else Exit.OK)


def _reading(path: Path | None, alone: bool) -> tuple[Reading, Callable[[str], bool]]:
    """Our rules (with those under `path`), and which files were asked for."""
    from loganalyzer.rulepack import pack_dirs, read_pack

    ours = pack_dirs(builtin=not alone)
    if path is None:
        if alone:
            raise UsageError("--no-default-rules needs a PATH")
        return read_pack(ours), lambda _: True
    path = path.resolve()
    inside = any(path.is_relative_to(root.resolve()) for root in ours)
    reading = read_pack(ours if inside else [*ours, path])

    def chosen(file: str) -> bool:
        return Path(file).resolve().is_relative_to(path)

    return reading, chosen


def _shown(message: str) -> str:
    """A message with paths relative to the current directory, fit for a terminal."""
    return "\n".join(visible(line) for line in message.replace(f"{Path.cwd()}/", "").split("\n"))


def _show_cost(ruleset: Ruleset, log: Path) -> float:
    """Print what each anchor costs; candidates per MB."""
    from loganalyzer.rulepack.lint import cost

    rows = cost(ruleset, log)
    total = sum(row[0] for row in rows)
    verdict = f", more than {MOST_CANDIDATES}" if total > MOST_CANDIDATES else ""
    click.echo(f"{total:10.2f} candidates per MB in {_shown(str(log))}{verdict}")
    for per_megabyte, number, anchor, ids in rows[:40]:
        click.echo(f"{per_megabyte:10.2f} {number:8}  {anchor!r}  {', '.join(ids)}")
    return total


def _sources(files: Mapping[str, str]) -> list[Source]:
    """Logs in memory as the engine reads them."""
    from loganalyzer.ingest.clock import Clocks
    from loganalyzer.ingest.problems import Problems
    from loganalyzer.ingest.source import LogSource
    from loganalyzer.ingest.stream import Stream
    from loganalyzer.limits import DEFAULT

    clocks, problems = Clocks(), Problems()
    return [
        LogSource(Stream(path, iter([data] if data else []), None, len(data)), DEFAULT, clocks, problems)
        for path, data in ((path, text.encode()) for path, text in sorted(files.items()))
    ]


def _analyze(ruleset: Ruleset) -> Callable[[Mapping[str, str]], Report]:
    """What runs one example through the whole pack."""
    from loganalyzer.diagnose import Scanner, analyze

    scanner = Scanner(ruleset)
    return lambda files: analyze(ruleset, _sources(files), scanner=scanner)


def _matches(ruleset: Ruleset) -> Callable[[str], set[tuple[str, str]]]:
    """What tells which signals a log hits; nothing excuses them here."""
    from dataclasses import replace

    from loganalyzer.diagnose import Scanner

    bare = {id_: replace(rule, excuses=()) for id_, rule in ruleset.rules.items()}
    scanner = Scanner(replace(ruleset, rules=bare))
    return lambda text: {
        (one.key.rule, one.key.signal)
        for source in _sources({"sample.log": text})
        for one in scanner.scan(source).series
    }


# ----------------------------------------------------------------------------------------------------------- new


@rules.command()
@click.argument("id_", metavar="ID")
@click.option("--from", "origin", required=True, metavar="LOGFILE:LINE", help="The line that shows the failure.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Default: ID.yaml here.")
def new(id_: str, origin: str, output: Path | None) -> int:
    """Write a new rule from a log line: its text as a template, stubs for what only you know."""
    from loganalyzer.rulepack.draft import draft

    name, _, number = origin.rpartition(":")
    if not name or not number.isdecimal():
        raise UsageError("--from is LOGFILE:LINE, such as kubelet.log:120")
    target = output or Path(f"{id_}.yaml")
    if target.exists():
        raise UsageError("there is such a file already", Location(str(target)))
    target.write_text(draft(id_, _line(Path(name), int(number)), name), "utf-8")
    click.echo(f"{target}: now write what `tkelog rules lint {target}` names")
    return int(Exit.OK)


def _line(path: Path, number: int) -> str:
    import itertools

    try:
        with path.open("rb") as stream:
            line = next(itertools.islice(stream, max(number, 1) - 1, None), None)
    except OSError as error:
        raise UsageError(_("cannot be read: {reason}").format(reason=error.strerror), Location(str(path))) from None
    if not line or not line.strip():
        raise UsageError("there is no such line", Location(str(path), number))
    return line.decode("utf-8", "backslashreplace").rstrip("\r\n")

"""`tkelog explain`: why a rule came out, or did not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loganalyzer.cli.common import paths_or_pipe, rule_of, rule_options
from loganalyzer.errors import Exit
from loganalyzer.items import ITEMS
from loganalyzer.safe import visible

if TYPE_CHECKING:
    from loganalyzer.diagnose.clauses import Clause
    from loganalyzer.diagnose.why import Judgement, Said, Sight, Why

_TRUTH = {True: "true   ", False: "false  ", None: "unknown"}
_WIDTH = 160


@click.command()
@click.argument("id_", metavar="RULE-ID")
@click.argument("paths", nargs=-1, type=click.Path(path_type=str, allow_dash=True))
@rule_options
def explain(id_: str, paths: tuple[str, ...], rules_dirs: tuple[Path, ...], no_default_rules: bool) -> int:
    """Show why a rule came out, or did not, on these logs.

    RULE-ID is the id that a report shows (`tkelog rules list` has all). PATHS are logs, directories or archives.
    It shows where each signal of the rule matched and what nearly matched, which part of its conditions is true,
    false or unknown (unknown: no log is here in which the line would be), and which diagnoses rank above it and why.

    \b
    Exit codes: 0 also where the rule did not come out, 2 no such rule, 3 no readable input.
    """
    from loganalyzer import ingest, rulepack
    from loganalyzer.diagnose.why import why

    ruleset = rulepack.load(rules_dirs, builtin=not no_default_rules)
    rule = rule_of(ruleset, id_)
    inputs = ingest.open_inputs(paths_or_pipe(paths))
    for line in _lines(why(ruleset, rule, inputs.sources())):
        click.echo(visible(line))
    return int(Exit.OK)


def _lines(found: Why) -> Iterator[str]:
    rule = found.rule
    yield f"{rule.id}  ({rule.kind}, {rule.severity.name.lower()})"
    yield ""
    yield "Signals"
    for sight in found.sights:
        yield from _sight(sight)
    if found.facts:
        yield ""
        yield "Collected output"
    for said in found.facts:
        yield from _said(said)
    for judgement in found.judgements:
        yield ""
        yield from _judgement(judgement)
    yield ""
    yield from _standing(found)


def _sight(sight: Sight) -> Iterator[str]:
    signal = sight.signal
    times = f"matched {sight.count:,} times" if sight.count > 1 else "matched once" if sight.count else "not seen"
    yield f"  {signal.name}: {times}"
    for place in sight.places:
        yield f"    {place.source}:{place.line}  {_short(place.text)}"
    if not sight.count:
        yield f"    would show: {_short(signal.shows)}"
        if sight.logs:
            yield f"    it would be in: {', '.join(sight.logs[:4])}{', ...' if len(sight.logs) > 4 else ''}"
        elif signal.components:
            yield f"    no log of {' or '.join(signal.components)} is here, so it may have happened all the same"
    for place in sight.misses:
        yield f"    nearly: {place.source}:{place.line}  {_short(place.text)}"
        yield f"            {_short(place.reason)}"


def _said(said: Said) -> Iterator[str]:
    item = ITEMS[said.fact.origin]
    state = "shown" if said.places else "not shown" if said.files else "not collected"
    yield f"  {said.fact.name}: {state}  ({item.title.en})"
    for place in said.places:
        yield f"    {place.source}:{place.line}  {_short(place.text)}"
    if not said.places:
        yield f"    would show: {_short(said.shows)}"
        yield (
            f"    it was looked for in: {', '.join(said.files)}"
            if said.files
            else f"    collect it with: {item.command}"
        )


def _judgement(judgement: Judgement) -> Iterator[str]:
    names = [value for value in judgement.join if value]
    where = f" for {', '.join(names)}" if names else ""
    where += f" on {', '.join(judgement.nodes)}" if judgement.nodes else ""
    verdict = judgement.confidence.name.lower() if judgement.confidence is not None else "no finding"
    yield f"Verdict{where}: {verdict}"
    for name, clause in judgement.conditions.items():
        yield f"  {_TRUTH[clause.truth]}  {name}: {clause.text}"
        yield from _tree(clause, "  ")


def _tree(clause: Clause, indent: str) -> Iterator[str]:
    for i, part in enumerate(clause.parts):
        final = i == len(clause.parts) - 1
        yield f"  {_TRUTH[part.truth]}  {indent}{'`-' if final else '|-'} {part.text}"
        yield from _tree(part, indent + ("   " if final else "|  "))


def _standing(found: Why) -> Iterator[str]:
    if found.rank is not None:
        yield f"In the report: diagnosis {found.rank}"
        for id_, reason in found.above:
            yield f"  {id_} ranks above it: {reason}"
    elif found.under:
        yield f"In the report: under {' > '.join(found.under)}, whose rule says that it explains this"
    elif any(judgement.confidence is not None for judgement in found.judgements):
        yield "In the report: among what has recovered or can be ignored"
    else:
        yield "Not in the report"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WIDTH else flat[: _WIDTH - 3] + "..."

"""What many tests need: rules from a few lines, and an analysis of texts in memory."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import yaml

from loganalyzer import diagnose
from loganalyzer.ingest.clock import Clocks
from loganalyzer.ingest.problems import Problems
from loganalyzer.ingest.source import LogSource
from loganalyzer.ingest.stream import Stream
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Report, Source
from loganalyzer.rulepack import read_pack
from loganalyzer.rulepack.rule import Ruleset

ROOT = Path(__file__).parent.parent


def rule(id_: str, body: str, kind: str = "cause", severity: str = "error") -> str:
    """A rule's YAML whose texts nobody reads; `body` holds the signals and whatever a test is about."""
    head = {
        "id": id_, "kind": kind, "severity": severity,
        "title": {"en": f"{id_} title", "zh": f"{id_} 标题"}, "cause": {"en": "because", "zh": "因为"},
    }  # fmt: skip
    steps = (
        ""
        if "\nsteps:" in "\n" + body or kind != "cause"
        else ("steps:\n- {do: {en: look, zh: 查看}, on: node, risk: read, run: 'true'}\n")
    )
    examples = (
        ""
        if "\nexamples:" in body
        else "\nexamples:\n"
        + "".join(
            f"- {{name: example {i}, files: {{a.log: x}}, top: {top}}}\n"
            for i, top in enumerate([id_, id_, "none", "none"])
        )
    )
    return yaml.safe_dump(head, allow_unicode=True, sort_keys=False) + steps + textwrap.dedent(body) + examples


def ruleset(where: Path, *rules: str) -> Ruleset:
    """Rules written below `where` and read again; mistakes that have nothing to do with conditions are let be."""
    for text in rules:
        id_ = yaml.safe_load(text)["id"]
        path = where / "test" / f"{id_}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    reading = read_pack([where])
    wanted = {yaml.safe_load(text)["id"] for text in rules}
    assert wanted <= set(reading.ruleset.rules), [str(m) for m in reading.mistakes]
    return reading.ruleset


def sources(files: Mapping[str, str | bytes], limits: Limits = DEFAULT) -> list[Source]:
    """Texts as Sources, in order of their names."""
    clocks, problems = Clocks(), Problems()
    return [
        LogSource(Stream(path, iter([data]) if data else iter(()), None, len(data)), limits, clocks, problems)
        for path, text in sorted(files.items())
        for data in [text if isinstance(text, bytes) else text.encode()]
    ]


def analyze(
    rules: Ruleset,
    files: Mapping[str, str | bytes],
    limits: Limits = DEFAULT,
    scanner: diagnose.Scanner | None = None,
) -> Report:
    """The report on texts in memory."""
    return diagnose.analyze(rules, sources(files, limits), limits=limits, scanner=scanner)


def ids(report: Report) -> set[str]:
    """Ids of everything that the report says is wrong, at whatever depth."""
    found: set[str] = set()
    waiting = list(report.diagnoses)
    while waiting:
        one = waiting.pop()
        found.add(one.id)
        waiting += one.explains
    return found


def shape(report: Report) -> list[object]:
    """The tree of ids: `[('root', ['child', ('child', [...])])]`, leaves as plain ids."""

    def tree(one: object) -> object:
        children = [tree(child) for child in one.explains]  # type: ignore[attr-defined]
        return (one.id, children) if children else one.id  # type: ignore[attr-defined]

    return [tree(diagnosis) for diagnosis in report.diagnoses]

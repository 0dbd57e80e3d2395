"""A rule as a person reads it, in one language."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from loganalyzer.items import ITEMS
from loganalyzer.rulepack.nodes import values
from loganalyzer.rulepack.rule import Rule, Ruleset, StepSpec

_WORDS = {
    "en": {
        "sees": "What it sees", "facts": "What collected output tells",
        "judges": "How it judges", "explains": "Explains", "by": "Explained by",
        "excuses": "Excuses", "steps": "What to do", "put": "To be filled in", "undo": "undo", "check": "check",
        "expect": "expect", "warn": "WARNING", "when": "only when", "not": "not where", "examples": "Proved by",
        "references": "References", "cluster": "anywhere in the cluster",
    },
    "zh": {
        "sees": "识别的日志", "facts": "采集的命令输出",
        "judges": "判定条件", "explains": "可解释", "by": "可能的上层原因",
        "excuses": "使其无需关注", "steps": "处理步骤", "put": "需要填写", "undo": "撤销", "check": "验证",
        "expect": "预期", "warn": "警告", "when": "仅当", "not": "除非出现", "examples": "验证用例",
        "references": "参考", "cluster": "集群内任意位置",
    },
}  # fmt: skip
_CONDITIONS = ("confirmed_by", "likely_by", "possible_by", "refuted_by", "healed_by")


def describe(rule: Rule, ruleset: Ruleset, lang: str) -> str:
    """Everything that the rule knows."""
    words = _WORDS[lang]
    lines = [rule.title.get(lang), f"{rule.id}  {rule.kind}  {rule.severity.name.lower()}  {rule.family}", ""]
    lines += textwrap.wrap(rule.cause.get(lang), 100) if lang == "en" else [rule.cause.get(lang)]
    lines += ["", words["sees"], *_signals(rule, words)]
    if rule.facts:
        lines += ["", words["facts"]]
    for name, fact in rule.facts.items():
        lines += [f"  {name}  ({ITEMS[fact.origin].title.get(lang)})", f"    {fact.shows}"]
    written = values(rule.path)
    judged = [(key, str(written[key])) for key in _CONDITIONS if key in written]
    if judged:
        lines += ["", words["judges"], *(f"  {key:13} {' '.join(text.split())}" for key, text in judged)]
    causes = [one.id for one in ruleset.rules.values() if any(edge.id == rule.id for edge in one.explains)]
    edges = [edge.id + (f" ({words['cluster']})" if edge.cluster else "") for edge in rule.explains]
    for key, ids in (("explains", edges), ("by", causes), ("excuses", list(rule.excuses))):
        if ids:
            lines += ["", words[key], *(f"  {one}" for one in ids)]
    if rule.steps:
        lines += ["", words["steps"]]
        for n, step in enumerate(rule.steps, 1):
            lines += _step(n, step, words, lang)
    if rule.placeholders:
        lines += ["", words["put"], *(f"  <{name}>  {text.get(lang)}" for name, text in rule.placeholders.items())]
    if rule.examples:
        lines += ["", words["examples"]]
        lines += [f"  {'+' if example.positive else '-'} {example.name}" for example in rule.examples]
    if rule.references:
        lines += ["", words["references"], *(f"  {one}" for one in rule.references)]
    return "\n".join(lines)


def _signals(rule: Rule, words: dict[str, str]) -> Iterator[str]:
    for name, signal in rule.signals.items():
        yield f"  {name}" + (f"  ({', '.join(signal.components)})" if signal.components else "")
        if signal.shows:
            yield f"    {signal.shows}"
        yield from (f"    = {one.template or one.pattern}" for one in signal.alternatives)
        yield from (f"    {words['not']} {pattern}" for pattern in signal.without)


def _step(n: int, step: StepSpec, words: dict[str, str], lang: str) -> Iterator[str]:
    yield f"  {n}  {step.do.get(lang)}  [{step.risk}, {step.on}]"
    if step.warn:
        yield f"     {words['warn']}: {step.warn.get(lang)}"
    for runtime, command in step.run.items():
        label = "" if runtime == "any" else f"{runtime}: "
        yield from (f"     {label}$ {line}" for line in command.splitlines())
    if step.undo:
        yield from (f"     {words['undo']}: $ {line}" for line in step.undo.splitlines())
    if step.check:
        yield from (f"     {words['check']}: $ {line}" for line in step.check.run.splitlines())
        yield f"     {words['expect']}: {step.check.expect.get(lang)}"

"""A pack as a handbook in Markdown: one page a family and language, with the family's causal graph as a picture."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from loganalyzer.rulepack.nodes import values
from loganalyzer.rulepack.picture import picture
from loganalyzer.rulepack.rule import Explains, Rule, Ruleset, StepSpec

_WORDS = {
    "en": {
        "title": "Rule catalogue", "all": "all families", "other": "中文", "family": "family", "rules": "rules",
        "graph": "what explains what",
        "legend": "Orange: cause; blue: symptom; violet: envelope; white: of another family. An arrow to the right says"
        " “explains”; dashed: anywhere in the cluster.",
        "rule": "rule", "kind": "kind", "severity": "severity", "says": "says",
        "sees": "Sees", "in": "in", "judges": "Judges", "by": "Explained by", "explains": "Explains",
        "excuses": "Excuses", "cluster": "anywhere in the cluster", "advises": "Advises", "undo": "undo",
        "check": "check", "expect": "expect", "warn": "Warning", "when": "only when", "put": "To be filled in",
        "references": "References",
        "intro": "Written by `tkelog rules docs` from the rules; the YAML files are the source.",
    },
    "zh": {
        "title": "规则目录", "all": "所有类别", "other": "English", "family": "类别", "rules": "规则数",
        "graph": "因果关系",
        "legend": "橙色：原因；蓝色：现象；紫色：外层包装；白底：属于其他类别。"
        "向右的连线表示“可解释”；虚线：集群内任意位置。",
        "rule": "规则", "kind": "类型", "severity": "严重程度", "says": "结论",
        "sees": "识别的日志", "in": "来自", "judges": "判定条件", "by": "可能的上层原因", "explains": "可解释",
        "excuses": "使其无需关注", "cluster": "集群内任意位置", "advises": "处理步骤", "undo": "撤销",
        "check": "验证", "expect": "预期", "warn": "警告", "when": "仅当", "put": "需要填写",
        "references": "参考",
        "intro": "由 `tkelog rules docs` 根据规则生成；以 YAML 文件为准。",
    },
}  # fmt: skip
_CONDITIONS = ("confirmed_by", "likely_by", "possible_by", "refuted_by", "healed_by")
_SLOT = re.compile(r"(?<![{$%])\{([a-z][a-z0-9_]*)\}(?!\})")


def handbook(ruleset: Ruleset) -> dict[str, str]:
    """File name -> content of every page and picture. Rules need their file (the cached pack leaves texts out)."""
    families: dict[str, list[Rule]] = defaultdict(list)
    for rule in ruleset.rules.values():
        families[rule.family].append(rule)
    files = {_page("README", lang): _index(families, lang) for lang in _WORDS}
    for family, rules in sorted(families.items()):
        drawn = picture(ruleset, rules)
        if drawn:
            files[f"{family}.svg"] = drawn
        for lang in _WORDS:
            files[_page(family, lang)] = "\n".join(_family(family, rules, ruleset, lang, bool(drawn))) + "\n"
    return files


def _page(name: str, lang: str) -> str:
    return f"{name}.md" if lang == "en" else f"{name}.{lang}.md"


def _other(lang: str) -> str:
    return "zh" if lang == "en" else "en"


def _index(families: dict[str, list[Rule]], lang: str) -> str:
    words = _WORDS[lang]
    lines = [
        f"# {words['title']}",
        "",
        f"{words['intro']} [{words['other']}]({_page('README', _other(lang))})",
        "",
        f"| {words['family']} | {words['rules']} | {words['rule']} |",
        "|---|---|---|",
    ]
    for family, rules in sorted(families.items()):
        page = _page(family, lang)
        links = ", ".join(f"[{rule.id}]({page}#{rule.id})" for rule in rules)
        lines.append(f"| [{family}]({page}) | {len(rules)} | {links} |")
    return "\n".join(lines) + "\n"


def _family(family: str, rules: Sequence[Rule], ruleset: Ruleset, lang: str, drawn: bool) -> Iterator[str]:
    words = _WORDS[lang]
    yield f"# {family}"
    yield ""
    yield f"[{words['all']}]({_page('README', lang)}) · [{words['other']}]({_page(family, _other(lang))})"
    yield ""
    if drawn:
        yield f"![{family}: {words['graph']}]({family}.svg)"
        yield ""
        yield words["legend"]
        yield ""
    yield f"| {words['rule']} | {words['kind']} | {words['severity']} | {words['says']} |"
    yield "|---|---|---|---|"
    for rule in rules:
        says = _prose(rule.title.get(lang)).replace("|", "\\|")
        yield f"| [{rule.id}](#{rule.id}) | {rule.kind} | {rule.severity.name.lower()} | {says} |"
    for rule in rules:
        yield from _rule(rule, ruleset, lang)


def _rule(rule: Rule, ruleset: Ruleset, lang: str) -> Iterator[str]:
    words = _WORDS[lang]
    yield from (
        "",
        f"## {rule.id}",
        "",
        f"**{_prose(rule.title.get(lang))}** ({rule.kind}, {rule.severity.name.lower()})",
    )
    yield from ("", _prose(rule.cause.get(lang)), "", f"**{words['sees']}**", "")
    for signal in rule.signals.values():
        where = f" ({words['in']} {', '.join(signal.components)})" if signal.components else ""
        yield f"- {code(signal.shows or signal.alternatives[0].template or signal.alternatives[0].pattern)}{where}"
    written = values(rule.path)
    judged = [(key, " ".join(str(written[key]).split())) for key in _CONDITIONS if key in written]
    if judged:
        yield from ("", f"**{words['judges']}**", "")
        yield from (f"- `{key}`: {code(text)}" for key, text in judged)
    causes = [Explains(one.id) for one in ruleset.rules.values() if any(edge.id == rule.id for edge in one.explains)]
    for key, edges in (("by", causes), ("explains", rule.explains), ("excuses", [Explains(i) for i in rule.excuses])):
        if edges:
            yield from ("", f"**{words[key]}**: " + ", ".join(_link(edge, ruleset, lang) for edge in edges))
    if rule.steps:
        yield from ("", f"**{words['advises']}**", "")
        for n, step in enumerate(rule.steps, 1):
            yield from _step(n, step, written["steps"][n - 1].get("when"), words, lang)
    if rule.placeholders:
        yield from ("", f"**{words['put']}**", "")
        yield from (f"- `<{name}>`: {_prose(text.get(lang))}" for name, text in rule.placeholders.items())
    if rule.references:
        yield from ("", f"**{words['references']}**: " + ", ".join(_prose(one) for one in rule.references))


def _link(edge: Explains, ruleset: Ruleset, lang: str) -> str:
    rule = ruleset.rules.get(edge.id)
    link = f"[{edge.id}]({_page(rule.family, lang)}#{edge.id})" if rule else edge.id
    return link + (f" ({_WORDS[lang]['cluster']})" if edge.cluster else "")


def _step(n: int, step: StepSpec, when: str | None, words: dict[str, str], lang: str) -> Iterator[str]:
    condition = f", {words['when']} {code(when)}" if when else ""
    yield f"{n}. {_prose(step.do.get(lang))} *({step.risk}, {step.on}{condition})*"
    if step.warn:
        yield from ("", f"   > **{words['warn']}**: {_prose(step.warn.get(lang))}")
    for runtime, command in step.run.items():
        yield from _block(command, "" if runtime == "any" else f"{runtime}:")
    if step.undo:
        yield from _block(step.undo, f"{words['undo']}:")
    if step.check:
        yield from _block(step.check.run, f"{words['check']}:")
        yield from ("", f"   {words['expect']}: {_prose(step.check.expect.get(lang))}")
    yield ""


def _block(command: str, label: str) -> Iterator[str]:
    yield ""
    if label:
        yield from (f"   {label}", "")
    yield "   ```sh"
    yield from (f"   {line}" for line in _SLOT.sub(r"<\1>", command).rstrip("\n").split("\n"))
    yield "   ```"


def code(text: str) -> str:
    """`text` as inline code, whatever backticks it holds; `{capture}` as `<capture>`."""
    text = _SLOT.sub(r"<\1>", " ".join(text.split()))
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _prose(text: str) -> str:
    """A sentence of a rule as Markdown that shows it as it is."""
    text = _SLOT.sub(r"<\1>", " ".join(text.split()))
    return re.sub(r"([\\`*_\[\]#])", r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

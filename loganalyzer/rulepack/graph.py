"""The causal graph of a pack as text, or for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.model import Kind
from loganalyzer.rulepack.rule import Ruleset

_SHAPES = {Kind.CAUSE: "box", Kind.SYMPTOM: "ellipse", Kind.ENVELOPE: "note", Kind.HARMLESS: "plaintext"}


def text(ruleset: Ruleset, start: str | None = None) -> str:
    """A tree of what explains what, from one rule or from every rule that nothing explains."""
    explained = {edge.id for rule in ruleset.rules.values() for edge in rule.explains}
    roots = [start] if start else [id_ for id_, rule in ruleset.rules.items() if rule.explains and id_ not in explained]
    return "\n".join(line for root in roots for line in _tree(ruleset, root, "", (), set()))


def _tree(ruleset: Ruleset, id_: str, mark: str, above: tuple[str, ...], shown: set[str]) -> Iterator[str]:
    rule = ruleset.rules.get(id_)
    again = id_ in shown and rule is not None and bool(rule.explains)
    shown.add(id_)
    kind = f"  [{rule.kind}]" if rule else "  [no such rule]"
    yield "  " * len(above) + id_ + mark + kind + (" (see above)" if again else "")
    if rule and not again and id_ not in above:
        for edge in rule.explains:
            yield from _tree(ruleset, edge.id, "  (cluster)" if edge.cluster else "", (*above, id_), shown)


def dot(ruleset: Ruleset, start: str | None = None) -> str:
    """Graphviz: one node a rule, one arrow an edge (dashed: anywhere in the cluster)."""
    chosen = _reachable(ruleset, start) if start else set(ruleset.rules)
    lines = ["digraph rules {", "  rankdir=LR;"]
    for id_ in sorted(chosen & set(ruleset.rules)):
        rule = ruleset.rules[id_]
        lines.append(f'  "{id_}" [shape={_SHAPES[rule.kind]}];')
        lines += [f'  "{id_}" -> "{edge.id}"{" [style=dashed]" if edge.cluster else ""};' for edge in rule.explains]
    return "\n".join([*lines, "}"])


def _reachable(ruleset: Ruleset, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        id_ = waiting.pop()
        if id_ not in found:
            found.add(id_)
            rule = ruleset.rules.get(id_)
            waiting += [edge.id for edge in rule.explains] if rule else []
    return found

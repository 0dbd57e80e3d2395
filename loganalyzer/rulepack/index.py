"""Whom an anchor calls: the alternatives of signals in whose matches it stands; and what may have caused a symptom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from loganalyzer.frozen import frozen
from loganalyzer.model import Kind
from loganalyzer.rulepack.cover import cover
from loganalyzer.rulepack.rule import Rule


@frozen
class Index:
    """The alternatives of all rules, numbered in order, and which of them each anchor calls."""

    firsts: Sequence[int]
    """By rule, the number of its first alternative."""
    called: Mapping[str, Sequence[int]]
    """By anchor, as text."""
    cover: Mapping[str, Sequence[int]]
    """Shorter texts, and the anchors (by their place in `called`) that each stands for."""
    causes: Mapping[str, Sequence[str]]
    """By id of what a cause explains, the ids of its causes."""


class Kept(Protocol):
    """A place for what is made of a pack again and again. Never needed, only faster."""

    def get(self, name: str) -> bytes | None:
        """What was put there under that name."""

    def put(self, name: str, data: bytes) -> None:
        """Keep it, if that is possible."""


class IndexedRules(dict[str, Rule]):
    """Rules by id that bring their index along, so that a scan does not look at each."""

    __slots__ = ("index", "kept")

    def __init__(self, rules: Mapping[str, Rule], index: Index, kept: Kept | None = None) -> None:
        super().__init__(rules)
        self.index = index
        self.kept = kept


def kept_of(rules: Mapping[str, Rule]) -> Kept | None:
    """Where to keep what is made of these rules."""
    return rules.kept if isinstance(rules, IndexedRules) else None


def index_of(rules: Mapping[str, Rule]) -> Index:
    """The index of these rules."""
    if isinstance(rules, IndexedRules):
        return rules.index
    firsts: list[int] = []
    called: dict[str, list[int]] = {}
    causes: dict[str, list[str]] = {}
    number = 0
    for rule in rules.values():
        for edge in rule.explains if rule.kind is Kind.CAUSE else ():
            causes.setdefault(edge.id, []).append(rule.id)
        firsts.append(number)
        for alternative in (one for signal in rule.signals.values() for one in signal.alternatives):
            for anchor in alternative.anchors:
                called.setdefault(anchor.decode(), []).append(number)
            number += 1
    ordered = {anchor: called[anchor] for anchor in sorted(called)}
    return Index(firsts, ordered, cover(tuple(ordered)), causes)

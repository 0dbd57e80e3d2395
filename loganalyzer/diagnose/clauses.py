"""A condition as it is written, and what each of its parts came out as."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer.diagnose.evaluate import Group, Truth, evaluate
from loganalyzer.frozen import frozen
from loganalyzer.rulepack import rule as c


@frozen
class Clause:
    """A part of a condition, what it came out as in one group, and its own parts."""

    text: str
    truth: Truth
    parts: tuple[Clause, ...] = ()


def clause(condition: c.Condition, group: Group) -> Clause:
    """The condition with its parts, each judged."""
    parts: tuple[c.Condition, ...] = ()
    if isinstance(condition, c.And | c.Or):
        parts = condition.items
    elif isinstance(condition, c.Not) and not isinstance(condition.item, c.Seen):
        parts = (condition.item,)
    elif isinstance(condition, c.Of):
        parts = tuple(c.Seen(signal) for signal in condition.signals)
    word = {c.And: "all of", c.Or: "any of"}.get(type(condition))
    return Clause(word or said(condition), evaluate(condition, group), tuple(clause(part, group) for part in parts))


def said(condition: c.Condition) -> str:
    """The condition in the rule language."""
    match condition:
        case c.Seen(signal):
            return signal
        case c.And(items):
            return " and ".join(_inner(item, c.Or) for item in items)
        case c.Or(items):
            return " or ".join(said(item) for item in items)
        case c.Not(item):
            return f"not {_inner(item, c.And, c.Or)}"
        case c.Of(number, signals):
            return f"{number} of ({', '.join(signals)})"
        case c.Count(signal, op, number, within):
            return f"count({signal}) {op} {number}{_within(within)}"
        case c.Distinct(ref, op, number):
            return f"distinct({_ref(ref)}) {op} {number}"
        case c.Compare(left, op, right):
            shown = (
                _ref(right) if isinstance(right, c.Ref) else f'"{right}"' if isinstance(right, str) else f"{right:g}"
            )
            return f"{_ref(left)} {op} {shown}"
        case c.Predicate(name, ref):
            return f"{name}({_ref(ref)})"
        case c.SameNode(signals, line):
            return f"same {'line' if line else 'node'}({', '.join(signals)})"
        case c.Sequence(signals, within):
            return " then ".join(signals) + _within(within)
        case c.Absent(signal, within, relation, other):
            return f"absent {signal}{_within(within)}" + (f" {relation} {other}" if other else "")
        case c.Fact(name):
            return name


def _inner(item: c.Condition, *kinds: type) -> str:
    return f"({said(item)})" if isinstance(item, kinds) else said(item)


def _ref(ref: c.Ref) -> str:
    return f"{ref.signal}.{ref.capture}"


def _within(seconds: float | None) -> str:
    if seconds is None:
        return ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f" within {seconds / size:g}{unit}"
    return f" within {seconds:g}s"


def deciding(clauses: Sequence[Clause]) -> list[Clause]:
    """The parts without parts of their own that are not true: what kept a condition from being true."""
    open_: list[Clause] = []
    for one in clauses:
        if one.truth is True:
            continue
        open_ += deciding(one.parts) if one.parts else [one]
    return open_

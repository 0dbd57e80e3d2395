"""What a true condition guarantees: the captures that have a value, and which signals alone suffice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from loganalyzer.rulepack.rule import (
    Absent,
    And,
    Compare,
    Condition,
    Count,
    Distinct,
    Fact,
    Not,
    Of,
    Or,
    Predicate,
    Ref,
    Rule,
    SameNode,
    Seen,
    Sequence,
    Signal,
)

Names = frozenset[str]


def captures(rule: Rule) -> dict[str, set[str]]:
    """Every capture of a rule's signals with the types that it is given."""
    found: dict[str, set[str]] = {}
    for signal in rule.signals.values():
        for alternative in signal.alternatives:
            for name, type_ in alternative.captures.items():
                found.setdefault(name, set()).add(type_)
    for fact in rule.facts.values():
        for name in fact.gives:
            found.setdefault(name, set()).add("regex")
    return found


def always(rule: Rule) -> Names:
    """The captures that every finding of the rule has: those of each condition that can make one."""
    makers = [one for one in (rule.confirmed_by, rule.likely_by, rule.possible_by) if one is not None]
    return reduce(Names.intersection, (given(one, rule) for one in makers))


def given(condition: Condition, rule: Rule) -> Names:
    """The captures that have a value wherever the condition is true."""
    match condition:
        case And(items):
            return Names().union(*(given(item, rule) for item in items))
        case Or(items):
            return reduce(Names.intersection, (given(item, rule) for item in items))
        case Of(number, signals):
            each = [_of(rule.signals[name]) for name in signals]
            return Names().union(*each) if number >= len(each) else reduce(Names.intersection, each)
        case Absent() | Not() | Fact():  # a fact's row may lack the cell (a process that nobody may see)
            return Names()
        case _:
            known = (rule.signals[name] for name in mentioned(condition) if name in rule.signals)
            return Names().union(*map(_of, known))


def _of(signal: Signal) -> Names:
    return reduce(Names.intersection, (Names(one.captures) for one in signal.alternatives))


def mentioned(condition: Condition | None) -> Iterator[str]:
    """The signals and facts that a condition speaks of."""
    match condition:
        case Seen(name) | Fact(name) | Count(name) | Distinct(Ref(name)) | Predicate(_, Ref(name)):
            yield name
        case Absent(name, other=other):
            yield from (one for one in (name, other) if one)
        case Of(signals=names) | Sequence(names) | SameNode(names):
            yield from names
        case Compare(left, _, right):
            yield left.signal
            if isinstance(right, Ref):
                yield right.signal
        case Not(item):
            yield from mentioned(item)
        case And(items) | Or(items):
            for item in items:
                yield from mentioned(item)


def suffices(condition: Condition, signal: str) -> bool:
    """Whether this signal alone makes the condition true."""
    match condition:
        case Seen(name):
            return name == signal
        case Of(1, names):
            return signal in names
        case Or(items):
            return any(suffices(item, signal) for item in items)
    return False


def absent(condition: Condition | None) -> Iterator[str]:
    """The signals of which a condition asks that they are absent."""
    match condition:
        case Absent(name):
            yield name
        case Not(item):
            yield from absent(item)
        case And(items) | Or(items):
            for item in items:
                yield from absent(item)

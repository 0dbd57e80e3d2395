"""What would still have to be seen for a condition to hold: the shortest way to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from loganalyzer.diagnose.evaluate import Group, evaluate, signals_of
from loganalyzer.rulepack import rule as c

Price = Callable[[str], int]
"""What it takes to see a signal: more where a log that is there does not show it."""


def lacking(condition: c.Condition, group: Group, price: Price) -> tuple[str, ...] | None:
    """The signals that would make the condition true together with what the group saw; of several ways the cheapest,
    of equals the one written first. None: no line can make it true (something that must be absent was seen)."""
    match condition:
        case c.Seen(signal):
            return () if group.seen.get(signal) else (signal,)
        case c.And(items):
            ways = [lacking(item, group, price) for item in items]
            return _together(ways)
        case c.Or(items):
            found = [way for item in items if (way := lacking(item, group, price)) is not None]
            return min(found, key=lambda way: sum(map(price, way))) if found else None
        case c.Of(number, signals):
            missing = sorted((s for s in signals if not group.seen.get(s)), key=price)
            return tuple(missing[: max(0, number - (len(signals) - len(missing)))])
        case c.Not() | c.Absent() | c.Fact():
            return None if evaluate(condition, group) is False else ()
        case _:  # counts, values, order: where they do not hold yet, lines of these signals would make them
            if evaluate(condition, group) is True:
                return ()
            named = tuple(dict.fromkeys(signals_of(condition)))
            return tuple(s for s in named if not group.seen.get(s)) or named


def _together(ways: Iterable[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    needed: dict[str, None] = {}
    for way in ways:
        if way is None:
            return None
        needed.update(dict.fromkeys(way))
    return tuple(needed)

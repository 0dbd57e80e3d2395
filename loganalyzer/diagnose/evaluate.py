"""Conditions over what was seen, with three truth values: True, False and None for unknown (Kleene).

A signal is True if it matched, else False; only statements about absence, facts and order can be unknown.
docs/rule-language.md section 4 is the semantics; tests/diagnose/test_evaluate.py is its table.
"""

from __future__ import annotations

import ipaddress
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from loganalyzer.diagnose.moments import covers, gap
from loganalyzer.diagnose.series import Series, Span
from loganalyzer.frozen import frozen
from loganalyzer.model import Instant, Source
from loganalyzer.rulepack import rule as c

Truth = bool | None

_OPS: dict[str, Callable[[object, object], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,  # type: ignore[dict-item]
    "<=": operator.le,  # type: ignore[dict-item]
    ">": operator.gt,  # type: ignore[dict-item]
    ">=": operator.ge,  # type: ignore[dict-item]
}


@frozen
class Group:
    """What one rule saw in one join group: its matched series by signal, and all sources that were read."""

    rule: c.Rule
    seen: Mapping[str, Sequence[Series]]
    sources: Sequence[Source]
    facts: Mapping[str, Truth] = field(default_factory=dict)
    """Fact -> what it came out as; the rows that it holds of are in `seen` under its name."""

    def series(self) -> Iterator[Series]:
        """Every series of the group."""
        for many in self.seen.values():
            yield from many

    def values(self, ref: c.Ref) -> set[str]:
        """The values that a capture took in this group."""
        return {value for s in self.seen.get(ref.signal, ()) for value in s.values.get(ref.capture, ())}

    def moments(self, signal: str) -> list[tuple[Series, Span]]:
        """The spans of a signal, those of every source."""
        return [(s, span) for s in self.seen.get(signal, ()) for span in s.spans]


def evaluate(condition: c.Condition, group: Group) -> Truth:
    """The truth of a condition in a group."""
    match condition:
        case c.Seen(signal):
            return bool(group.seen.get(signal))
        case c.And(items):
            return _all(evaluate(item, group) for item in items)
        case c.Or(items):
            return any_of(evaluate(item, group) for item in items)
        case c.Not(c.Seen(signal)):
            return _absent(c.Absent(signal), group)
        case c.Not(item):
            truth = evaluate(item, group)
            return None if truth is None else not truth
        case c.Of(number, signals):
            return sum(bool(group.seen.get(signal)) for signal in signals) >= number
        case c.Count():
            return _count(condition, group)
        case c.Distinct(ref, op, number):
            if ref.fact and group.facts.get(ref.signal) is None:
                return None
            return _OPS[op](len(group.values(ref)), number)
        case c.Compare(left, op, right):
            if any(ref.fact and group.facts.get(ref.signal) is None for ref in _refs(condition)):
                return None
            return compare(group.values(left), op, group.values(right) if isinstance(right, c.Ref) else {right})
        case c.Predicate(name, ref):
            if ref.fact and group.facts.get(ref.signal) is None:
                return None
            return any(PREDICATES[name](value) for value in group.values(ref))
        case c.SameNode(signals, line):
            return _same_line(signals, group) if line else _same_node(signals, group)
        case c.Sequence(signals, within):
            return _all(_before(a, b, within, group) for a, b in itertools.pairwise(signals))
        case c.Absent():
            return _absent(condition, group)
        case c.Fact(name):
            return group.facts.get(name)


def signals_of(condition: c.Condition | None) -> Iterator[str]:
    """The signals that a condition speaks of, each as often as it does."""
    match condition:
        case c.Seen(signal) | c.Count(signal):
            yield signal
        case c.And(items) | c.Or(items):
            for item in items:
                yield from signals_of(item)
        case c.Not(item):
            yield from signals_of(item)
        case c.Of(_, signals) | c.SameNode(signals) | c.Sequence(signals):
            yield from signals
        case c.Distinct() | c.Predicate() | c.Compare():
            yield from (ref.signal for ref in _refs(condition) if not ref.fact)
        case c.Absent(signal, other=other):
            yield signal
            if other:
                yield other


def facts_of(condition: c.Condition | None) -> Iterator[str]:
    """The facts that a condition speaks of, each as often as it does."""
    match condition:
        case c.Fact(name):
            yield name
        case c.Distinct() | c.Predicate() | c.Compare():
            yield from (ref.signal for ref in _refs(condition) if ref.fact)
        case c.And(items) | c.Or(items):
            for item in items:
                yield from facts_of(item)
        case c.Not(item):
            yield from facts_of(item)


def _refs(condition: c.Distinct | c.Predicate | c.Compare) -> tuple[c.Ref, ...]:
    if isinstance(condition, c.Compare):
        return (condition.left, condition.right) if isinstance(condition.right, c.Ref) else (condition.left,)
    return (condition.ref,)


def denied(condition: c.Condition | None, under_not: bool = False) -> Iterator[str]:
    """The facts whose absence a condition asks for."""
    match condition:
        case c.Fact(name) if under_not:
            yield name
        case c.And(items) | c.Or(items):
            for item in items:
                yield from denied(item, under_not)
        case c.Not(item):
            yield from denied(item, not under_not)


# ---------------------------------------------------------------------------------------------- connectives


def _all(truths: Iterable[Truth]) -> Truth:
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """True where one of them is; else unknown where one of them is; else False."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


# --------------------------------------------------------------------------------------------------- values


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def compare(left: Iterable[object], op: str, right: Iterable[object]) -> bool:
    """Some pair satisfies it; as numbers where both are, else as texts."""
    rights = list(right)
    for a in left:
        for b in rights:
            x, y = _number(a), _number(b)
            if x is not None and y is not None:
                if _OPS[op](x, y):
                    return True
            elif _OPS[op](str(a), str(b)):
                return True
    return False


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value.strip("[]").split("%")[0])
    except ValueError:
        return None


_DOCUMENTATION = [ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


def _public(value: str) -> bool:
    # Documentation addresses stand for public ones wherever people write about their clusters.
    address = _address(value)
    if address is None:
        return False
    return address.is_global or any(address.version == n.version and address in n for n in _DOCUMENTATION)


def _private(value: str) -> bool:
    address = _address(value)
    return address is not None and not _public(value) and not address.is_loopback and not address.is_unspecified


PREDICATES: dict[str, Callable[[str], bool]] = {
    "public": _public,
    "private": _private,
    "loopback": lambda value: bool((a := _address(value)) and a.is_loopback) or value == "localhost",
    "wildcard": lambda value: value == "" or bool((a := _address(value)) and a.is_unspecified),
    "empty": lambda value: not value.strip(),
}
"""The meanings of `rulepack.rule.PREDICATES`."""


# ------------------------------------------------------------------------------------------- time and place


def _count(condition: c.Count, group: Group) -> Truth:
    total = sum(s.count for s in group.seen.get(condition.signal, ()))
    if condition.within is None:
        return _OPS[condition.op](total, condition.number)
    if condition.op not in (">", ">="):
        # "At most so many in every window" would need all windows; only the total can prove it.
        return True if _OPS[condition.op](total, condition.number) else None
    needed = condition.number + (condition.op == ">")
    if total < needed:
        return False
    unknown = False
    for series in group.seen.get(condition.signal, ()):
        truth = _window(series, needed, condition.within)
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown or len(group.seen[condition.signal]) > 1 else False


def _window(series: Series, needed: int, within: float) -> Truth:
    """Whether some window of `within` seconds in one source holds so many matches."""
    spans = series.spans
    if any(span.first is None or span.last is None for span in spans):
        return None
    low = 0
    held = 0
    unknown = False
    for high, span in enumerate(spans):
        held += span.count
        while low < high and _seconds(span.last) - _seconds(spans[low].first) > within:
            held -= spans[low].count
            low += 1
        if held >= needed:
            if _seconds(span.last) - _seconds(spans[low].first) <= within:
                return True
            unknown = True  # one coarse span holds them: it cannot be said how close together they are
    return None if unknown else False


def _seconds(when: Instant | None) -> float:
    return when.seconds if when is not None else 0.0


def _before(a: str, b: str, within: float | None, group: Group) -> Truth:
    """Some match of `a` lies before some match of `b` (at most `within` seconds)."""
    first, second = group.moments(a), group.moments(b)
    if not first or not second:
        return False
    unknown = False
    for sa, x in first:
        for sb, y in second:
            truth = _span_before(sa.source, x, sb.source, y, within)
            if truth:
                return True
            unknown = unknown or truth is None
    return None if unknown else False


def _span_before(source_a: Source, a: Span, source_b: Source, b: Span, within: float | None) -> Truth:
    same = source_a is source_b
    if a.earliest is None or a.latest is None or b.earliest is None or b.latest is None:
        return (a.line <= b.last_line) if same and within is None else None
    start, begun = source_a.settle(a.earliest), source_a.settle(a.latest)
    begin, end = source_b.settle(b.earliest), source_b.settle(b.latest)
    known = gap(start, source_a, end, source_b)
    if known is None:
        return None
    seconds, error = known
    if seconds < -error or (seconds == error == 0 and same and a.line > b.last_line):
        return False
    if seconds <= error and not same:
        return None  # closer together than the clocks allow to tell
    if within is None:
        return True
    nearest = seconds - (end.seconds - begin.seconds) - (begun.seconds - start.seconds)
    if max(nearest, 0.0) - error > within:
        return False
    if seconds + error <= within:
        return True
    return False if a.count == b.count == 1 and seconds - error > within else None


def _absent(condition: c.Absent, group: Group) -> Truth:
    """True only where a source in which the signal would appear is present and covers the window."""
    if condition.other is None:
        if group.seen.get(condition.signal):
            return False
        return True if _would_show(condition.signal, group, None) else None
    others = group.moments(condition.other)
    if not others:
        return False
    unknown = False
    for series, span in others:
        truth = _absent_near(condition, group, series, span)
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def _absent_near(condition: c.Absent, group: Group, series: Series, span: Span) -> Truth:
    within = condition.within
    for other, x in group.moments(condition.signal):
        near = (
            _span_before(series.source, span, other.source, x, within)
            if condition.relation == "after"
            else _span_before(other.source, x, series.source, span, within)
        )
        if near is not False:
            return False if near else None
    if span.last is None:
        return None
    end = series.source.settle(span.last)
    reach = within or 0.0
    edge = Instant(end.seconds + (reach if condition.relation == "after" else -reach), end.basis, end.zone, end.digits)
    return True if _would_show(condition.signal, group, (series.source, edge)) else None


def _would_show(signal: str, group: Group, at: tuple[Source, Instant] | None) -> bool:
    """Whether some source in which `signal` would appear covers the moment (or all that the group saw)."""
    components = group.rule.signals[signal].components
    moments = (
        [at]
        if at
        else [(s.source, s.source.settle(span.first)) for s in group.series() for span in s.spans[:1] if span.first]
    )
    nodes = {s.source.node for s in group.series()} - {None}
    for source in group.sources:
        if source.component not in components:
            continue
        if not group.rule.cluster and nodes and source.node is not None and source.node not in nodes:
            continue
        if moments and all(covers(source, when, of) for of, when in moments):
            return True
    return False


def _nodes(signal: str, group: Group) -> set[str | None]:
    return {s.source.node for s in group.seen.get(signal, ())}


def _same_node(signals: Sequence[str], group: Group) -> Truth:
    nodes = [_nodes(signal, group) for signal in signals]
    if not all(nodes):
        return False
    if set.intersection(*nodes) - {None}:
        return True
    return None if any(None in n for n in nodes) else False


def _same_line(signals: Sequence[str], group: Group) -> Truth:
    places: list[set[tuple[str, int]]] = []
    sampled = False
    for signal in signals:
        many = group.seen.get(signal, ())
        if not many:
            return False
        sampled = sampled or any(s.count > len(s.kept) for s in many)
        places.append({(s.source.path, kept.record.entry or kept.record.line) for s in many for kept in s.kept})
    if set.intersection(*places):
        return True
    return None if sampled else False

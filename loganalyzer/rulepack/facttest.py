"""The tests of facts, read by pyparsing: what must hold of one row of an item's table (docs/rule-language.md)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from loganalyzer.rulepack.condition import Complaint
from loganalyzer.rulepack.rule import AllOf, AnyOf, Cell, Column, NoneOf, Ref, RowTest
from loganalyzer.rulepack.schema import suggest


class _Scope:
    """The columns that there are, the captures that can be compared with, and what was wrong."""

    def __init__(self, columns: Mapping[str, str], signals: Mapping[str, frozenset[str]]) -> None:
        self.columns, self.signals = columns, signals
        self.complaints: list[Complaint] = []

    def column(self, name: str, offset: int) -> str:
        if name not in self.columns:
            self.complaints.append(Complaint(f"no column {name!r}{suggest(name, self.columns)}", offset))
        return name

    def ref(self, signal: str, capture: str, offset: int) -> Ref:
        captures = self.signals.get(signal)
        if captures is None:
            self.complaints.append(Complaint(f"unknown signal {signal!r}{suggest(signal, self.signals)}", offset))
        elif capture not in captures:
            near = suggest(capture, captures)
            self.complaints.append(Complaint(f"the signal {signal!r} has no capture {capture!r}{near}", offset))
        return Ref(signal, capture)


_Builder = Callable[[_Scope], Any]


def parse(
    text: str, columns: Mapping[str, str], signals: Mapping[str, frozenset[str]]
) -> tuple[RowTest | None, list[Complaint]]:
    """The test, or None, and what is wrong with it."""
    from pyparsing import ParseBaseException

    scope = _Scope(columns, signals)
    try:
        build: _Builder = _grammar().parse_string(text, parse_all=True)[0]
    except ParseBaseException as error:
        found = repr(text[error.loc :].split()[0]) if text[error.loc :].split() else "the end"
        return None, [Complaint(f"expected a test of a row, found {found}", min(error.loc, len(text)))]
    test: RowTest = build(scope)
    return (None if scope.complaints else test), scope.complaints


def refs(test: RowTest) -> Iterator[Ref]:
    """The captures that a test compares with."""
    match test:
        case Cell(_, _, Ref() as ref):
            yield ref
        case AllOf(items) | AnyOf(items):
            for item in items:
                yield from refs(item)
        case NoneOf(item):
            yield from refs(item)


@functools.cache
def _grammar() -> Any:  # noqa: ANN401 - pyparsing is imported only where it is used
    import pyparsing as pp

    words = pp.one_of("and or not any like has", as_keyword=True)
    name = ~words + pp.Regex(r"[a-z][a-z0-9_]*")
    dotted = pp.Regex(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*").set_parse_action(_ref)
    number = pp.Regex(r"-?\d{1,12}(\.\d{1,9})?(?![\w.])").set_parse_action(lambda found: _constant(float(found[0])))
    string = (pp.QuotedString('"', esc_char="\\") | pp.QuotedString("'", esc_char="\\")).set_parse_action(
        lambda found: _constant(found[0])
    )
    column = name.copy().set_parse_action(lambda _, offset, found: lambda s: Column(s.column(found[0], offset)))
    op = pp.one_of("== != <= >= < >")
    compared = name + op + (dotted | number | string | column)
    like = name + pp.Keyword("like") + string
    has = name + pp.Keyword("has") + (dotted | string)
    cell = (like | has | compared).set_parse_action(_cell)
    every_row = pp.Keyword("any").set_parse_action(lambda: lambda s: AllOf(()))
    either = pp.Forward()
    atom = every_row | cell | pp.Suppress("(") + either + pp.Suppress(")")
    negated = pp.Forward()
    negated <<= (pp.Keyword("not").suppress() + negated).set_parse_action(_none) | atom
    both = (negated + pp.ZeroOrMore(pp.Keyword("and").suppress() + negated)).set_parse_action(_many(AllOf))
    either <<= (both + pp.ZeroOrMore(pp.Keyword("or").suppress() + both)).set_parse_action(_many(AnyOf))
    return either


def _constant(value: object) -> _Builder:
    return lambda scope: value


def _ref(text: str, offset: int, found: Any) -> _Builder:  # noqa: ANN401
    signal, capture = found[0].split(".")
    return lambda scope: scope.ref(signal, capture, offset)


def _cell(text: str, offset: int, found: Any) -> _Builder:  # noqa: ANN401
    left, op, right = found
    return lambda scope: Cell(scope.column(left, offset), op, right(scope))


def _none(found: Any) -> _Builder:  # noqa: ANN401
    inner = found[0]
    return lambda scope: NoneOf(inner(scope))


def _many(kind: Callable[[tuple[RowTest, ...]], RowTest]) -> Callable[[Any], _Builder]:
    def build(found: Any) -> _Builder:  # noqa: ANN401
        items = list(found)
        return items[0] if len(items) == 1 else lambda scope: kind(tuple(item(scope) for item in items))

    return build

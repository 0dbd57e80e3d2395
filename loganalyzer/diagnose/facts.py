"""What collected command output says: the tables of one input, and which of their rows a rule's facts hold of.

A row that satisfies a fact's test is remembered as a series, as a line that a signal matched is: it is evidence, gives
captures and joins. A fact without such a row is false only where the output was collected, as a whole, on each node
that is in question; else it is unknown.
"""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from loganalyzer.diagnose.evaluate import Truth, compare
from loganalyzer.diagnose.series import RowHit, Series, SeriesKey
from loganalyzer.items import ITEMS
from loganalyzer.limits import DEFAULT
from loganalyzer.model import FactTable, Record, Row, Source
from loganalyzer.rulepack.rule import AllOf, AnyOf, Cell, Column, FactSpec, NoneOf, Ref, RowTest, Rule

Found = list[tuple[Source, FactTable]]
Values = Mapping[Ref, set[str]]
"""What the captures that a test compares with took."""


class Tables:
    """The collected output of one input, by item."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_item: dict[str, Found] = defaultdict(list)
        self._nodes: set[str] = set()
        for source in sources:
            if source.node is not None:
                self._nodes.add(source.node)
            if (table := source.table()) is not None:
                self._by_item[table.item].append((source, table))

    def __bool__(self) -> bool:
        return bool(self._by_item)

    def of(self, item: str, nodes: Sequence[str]) -> Found:
        """The tables of an item that speak of one of these nodes; all where none is named, or of no known node."""
        return [
            found
            for found in self._by_item.get(item, ())
            if not nodes or found[0].node is None or found[0].node in nodes or ITEMS[item].cluster
        ]

    def open(self, item: str, nodes: Sequence[str]) -> bool:
        """Whether it is not known which of several nodes is in question, so that none can be asked."""
        if nodes or ITEMS[item].cluster:
            return False
        return len({source.node for source, _ in self._by_item.get(item, ())}) > 1

    def settle(self, item: str, nodes: Sequence[str]) -> bool:
        """Whether what is not in the item's tables is not there, on any of the nodes in question."""
        found = self.of(item, nodes)
        if not found or not all(table.complete for _, table in found):
            return False
        if ITEMS[item].cluster or any(source.node is None for source, _ in found):
            return True
        return set(nodes or self._nodes) <= {source.node for source, _ in found}


def alone(rule: Rule, tables: Tables) -> list[Series]:
    """The rows that facts hold of which compare with no signal: they can begin a finding, like a signal."""
    return [one for fact in rule.facts.values() if not fact.refs for one in _series(rule, fact, tables, (), {}, None)]


def judged(
    rule: Rule, seen: Mapping[str, Sequence[Series]], nodes: Sequence[str], join: tuple[str | None, ...], tables: Tables
) -> tuple[dict[str, Sequence[Series]], dict[str, Truth]]:
    """The group with the rows that its facts hold of, and the truth of each fact."""
    all_ = dict(seen)
    truths: dict[str, Truth] = {}
    for name, fact in rule.facts.items():
        values = {
            ref: {value for one in seen.get(ref.signal, ()) for value in one.values.get(ref.capture, ())}
            for ref in fact.refs
        }
        if fact.refs:
            if not any(values.values()) or (not rule.cluster and tables.open(fact.origin, nodes)):
                truths[name] = None
                continue
            rows = _series(rule, fact, tables, nodes, values, join)
            if rows:
                all_[name] = rows
        truths[name] = True if all_.get(name) else False if tables.settle(fact.origin, nodes) else None
    return all_, truths


def _series(
    rule: Rule,
    fact: FactSpec,
    tables: Tables,
    nodes: Sequence[str],
    values: Values,
    join: tuple[str | None, ...] | None,
) -> list[Series]:
    found: dict[tuple[str, tuple[str | None, ...]], Series] = {}
    for source, table in tables.of(fact.origin, nodes):
        for row in table.rows:
            if not _holds(fact.test, row, values):
                continue
            captures = {name: row.cells[column] for name, column in fact.gives.items() if column in row.cells}
            key = join if join is not None else tuple(captures.get(name) for name in rule.per)
            series = found.get((source.path, key))
            if series is None:
                series = found[source.path, key] = Series(SeriesKey(rule.id, fact.name, key), source, DEFAULT)
            series.add(RowHit(row.line, record_of(row)), captures, None)
    for series in found.values():
        series.end_block()
    return list(found.values())


def record_of(row: Row) -> Record:
    """A row as evidence shows it."""
    return Record(row.line, row.text, row.text, entry=row.line)


def _holds(test: RowTest, row: Row, values: Values) -> bool:
    match test:
        case AllOf(items):
            return all(_holds(item, row, values) for item in items)
        case AnyOf(items):
            return any(_holds(item, row, values) for item in items)
        case NoneOf(item):
            return not _holds(item, row, values)
        case Cell(column, op, right):
            cell = row.cells.get(column)
            if cell is None:
                return False
            others = set(_right(right, row, values))
            if op == "like":
                return any(fnmatch.fnmatchcase(cell, str(other)) for other in others)
            if op == "has":
                return any(str(other) in cell.split() for other in others)
            return compare([cell], op, others)


def _right(right: Ref | Column | str | float, row: Row, values: Values) -> Iterator[object]:
    match right:
        case Ref():
            yield from values.get(right, ())
        case Column(name):
            if name in row.cells:
                yield row.cells[name]
        case _:
            yield right

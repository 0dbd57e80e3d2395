"""Error lines that no rule knows, by template: what to look at when no rule fits, and what to write a rule about.

Memory is bounded by templates, work by lines: a line whose shape was met before costs a look-up; of new shapes only so
many a block are taken apart, further ones are counted without a template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from math import log2

from loganalyzer import late
from loganalyzer.diagnose import errorlines
from loganalyzer.diagnose.moments import comparable
from loganalyzer.diagnose.observe import Watcher
from loganalyzer.frozen import slotted
from loganalyzer.model import Block, Coverage, Instant, Record, Source, Unexplained
from loganalyzer.safe import Redactor

_TEMPLATES = 2000
"""So many templates are remembered; then a quarter of them, those seen least and last, are let go."""
_SHAPES = 4096
"""So many shapes of lines a source are remembered with their template."""
_FRESH = 128
"""So many lines of new shape a block are taken apart."""
_NODES = 64
_SHOWN = 10
_LENGTH = 240
_TEXT = 600

_DIGITS = b"0123456789"
_VARIABLE = late.pattern(
    r'"[^"\s]{1,200}"(?!\s?:\s?[\[{"\dtfn-])'  # a quoted value; a quoted sentence is what tells templates apart
    r"|[a-z][a-z0-9+]{1,10}://[^\s\"',;)\]]+"
    r"|(?<![\w/])/(?:[\w.@:+-]+/)*[\w.@:+-]+"
    r"|(?<!\S)\d{1,3}\.(?=[A-Z][a-z])"  # an installer step's number
    r"|(?!(?:x509|ipv[46]|http2|k8s|sha256|base64|oauth2|s3|v[12]|v1beta1)\b)(?<![\w.:%+-])[\w.:%+-]*\d[\w.:%+-]*"
)
_RUNS = late.pattern(r"<\*>(?:[ ,/]*<\*>)+")


def mask(message: str) -> str:
    """The message with numbers, addresses, ids, pod names, quoted words, paths and URLs as `<*>`."""
    text = _VARIABLE.sub("<*>", message[:_TEXT].replace("\t", " ").replace("\n", " "))
    return _RUNS.sub("<*>", text)[:_LENGTH].strip()


@slotted
class _Group:
    """One template in one component."""

    template: str
    component: str | None
    source: Source
    first: Record
    count: int = 0
    last: Instant | None = None
    last_source: Source | None = None
    last_line: int = 0
    nodes: set[str] = field(default_factory=set)


_Groups = dict[tuple[str | None, str], _Group]
"""By component and template, in order of appearance."""


class ErrorLines:
    """The observer: one for a report."""

    literals: Sequence[bytes] = errorlines.LITERALS

    def __init__(self) -> None:
        self._groups: _Groups = {}
        self._last: _Eye | None = None
        self._errors = self._known = 0

    def wants(self, source: Source) -> bool:
        """Any log."""
        return True

    def watch(self, source: Source) -> Watcher:
        """An eye on it."""
        return _Eye(source)

    def take(self, eye: _Eye) -> None:
        """The errors of one log, which may still be read until the next one is taken."""
        self._add_last()
        self._last = eye

    def coverage(self) -> Coverage | None:
        """How much of the errors the rules know; None where there are none."""
        self._add_last()
        return Coverage(self._errors, self._known) if self._errors else None

    def unexplained(
        self, redactor: Redactor, stop: tuple[Source, Instant] | None = None, most: int = _SHOWN
    ) -> tuple[Unexplained, ...]:
        """The groups, the most telling first: rare, early, and near to where it stopped (else to the log's end)."""
        self._add_last()
        groups = [group for group in self._groups.values() if group.count]
        groups.sort(key=lambda g: (-_weight(g, stop), g.source.path, g.first.line, g.template))
        return tuple(_shown(group, redactor) for group in groups[:most])

    def _add_last(self) -> None:
        eye, self._last = self._last, None
        if eye is None:
            return
        self._errors += eye.errors
        self._known += eye.known
        for key, found in eye.groups.items():
            group = self._groups.get(key)
            if group is None:
                _let_go(self._groups)
                self._groups[key] = found
                continue
            if not group.count:
                group.first, group.source = found.first, found.source
            group.count += found.count
            if found.last_source is not None:
                group.last, group.last_source, group.last_line = found.last, found.last_source, found.last_line
            group.nodes.update(sorted(found.nodes)[: max(0, _NODES - len(group.nodes))])


def _let_go(groups: _Groups) -> None:
    """Make room for one more."""
    if len(groups) >= _TEMPLATES:
        order = sorted(enumerate(groups), key=lambda item: (-groups[item[1]].count, item[0]))
        for _, key in order[_TEMPLATES * 3 // 4 :]:
            del groups[key]


class _Eye:
    """One log's error lines."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.groups: _Groups = {}
        self.errors = self.known = 0
        self._shapes: dict[bytes, _Group | None] = {}
        self._block: Block | None = None
        self._fresh = 0
        self._latest: dict[int, tuple[_Group, int, int]] = {}

    def __getstate__(self) -> object:
        """What its observer takes."""
        return {"groups": self.groups, "errors": self.errors, "known": self.known}

    def line(self, block: Block, start: int, end: int, known: bool) -> None:
        """One line that may be an error."""
        if block is not self._block:
            self._flush()
            self._block, self._fresh = block, 0
        shape = block.data[start:end].translate(None, _DIGITS)
        if shape in self._shapes:
            group = self._shapes[shape]
            if group is None:
                return
        else:
            self._fresh += 1
            if self._fresh > _FRESH:  # a literal stands in it, so it most likely is one
                self.errors += 1
                self.known += known
                return
            record = self._source.record(block, start, end)
            if len(self._shapes) >= _SHAPES:
                self._shapes.clear()
            if not errorlines.is_error(record) or record.entry not in (0, record.line):
                self._shapes[shape] = None
                return
            group = self._shapes[shape] = self._group(record)
        self.errors += 1
        if known:
            self.known += 1
            return
        if not group.count:
            group.first, group.source = self._source.record(block, start, end), self._source
        group.count += 1
        self._latest[id(group)] = (group, start, end)

    def lines(self, block: Block, places: Sequence[tuple[int, int]], known: bool) -> None:
        """Lines that differ in digits only: if the first is an error that a rule knows, so are the others."""
        before = self.errors
        self.line(block, *places[0], known)
        if not known:
            for start, end in places[1:]:
                self.line(block, start, end, known)
        elif self.errors > before:
            self.errors += len(places) - 1
            self.known += len(places) - 1

    def end(self) -> bool:
        """Whether it has errors."""
        self._flush()
        self._shapes.clear()
        return bool(self.errors or self.groups)

    def _group(self, record: Record) -> _Group:
        key = (record.program or self._source.component, mask(record.message))
        group = self.groups.get(key)
        if group is None:
            _let_go(self.groups)
            group = self.groups[key] = _Group(key[1], key[0], self._source, record)
        node = record.node or self._source.node
        if node is not None and len(group.nodes) < _NODES:
            group.nodes.add(node)
        return group

    def _flush(self) -> None:
        """Note when the groups of the block before were seen last, so that the block can go."""
        if self._block is not None:
            for group, start, end in self._latest.values():
                record = self._source.record(self._block, start, end)
                group.last, group.last_source, group.last_line = record.when, self._source, record.line
        self._latest.clear()
        self._block = None


def _weight(group: _Group, stop: tuple[Source, Instant] | None) -> float:
    lines = max(1, group.source.summary().lines)
    early = 1 - group.first.line / lines
    near = group.last_line / lines if group.last_source is group.source else 1.0
    if stop is not None and group.last is not None and group.last_source is not None:
        last = group.last_source.settle(group.last)
        if comparable(last, group.last_source, stop[1], stop[0]):
            near = 2 / (1 + abs(stop[1].seconds - last.seconds) / 60)
    fatal = 1.0 if group.first.level == "fatal" else 0.0
    return 2 / (1 + log2(group.count)) + early / 2 + near + fatal


def _shown(group: _Group, redactor: Redactor) -> Unexplained:
    first, last = group.first.when, group.last
    return Unexplained(
        template=redactor.text(group.template),
        count=group.count,
        source=group.source.path,
        line=group.first.line,
        text=redactor.text(group.first.text),
        component=group.component,
        nodes=tuple(sorted(group.nodes)),
        first=group.source.settle(first) if first else None,
        last=group.last_source.settle(last) if last and group.last_source else None,
    )

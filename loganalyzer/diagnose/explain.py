"""The causal graph of one report: what hangs under what, and in which order the roots stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from loganalyzer.diagnose.correlate import Finding, begins_after
from loganalyzer.diagnose.moments import Moment
from loganalyzer.frozen import slotted
from loganalyzer.model import Kind

_KINDS = {Kind.CAUSE: 0, Kind.SYMPTOM: 1, Kind.ENVELOPE: 2, Kind.HARMLESS: 3}
_ENVELOPE_REACH = range(-5, 26)
"""A block's lines (preflight, kubeadm output) follow their envelope within so many lines; the reason of an aborted
script stands just before."""

Rank = tuple[int, int, int, int, int, float, str, tuple[str, ...]]


@slotted
class Tree:
    """A finding and what it explains, best first."""

    finding: Finding
    children: list[Tree]
    healed: bool = False
    """It has recovered (`past.heal`), whatever it explains."""
    recovered: Moment | None = None
    """When it has."""


def forest(findings: Sequence[Finding]) -> list[Tree]:
    """The root causes with their trees, in order of rank. No order but the rank's decides anything."""
    explained = _edges(findings)
    parents: dict[int, list[int]] = defaultdict(list)
    for parent, children in explained.items():
        for child in children:
            parents[child].append(parent)
    below = {i: _reach(i, explained) for i in range(len(findings))}
    rank = {i: _rank(findings[i], len(below[i]), i in parents) for i in range(len(findings))}
    order = sorted(range(len(findings)), key=rank.__getitem__)
    values = [_values(finding) for finding in findings]
    trees = {i: Tree(findings[i], []) for i in order}
    roots: list[Tree] = []
    placed: set[int] = set()
    for i in order:
        if i not in parents:
            roots.append(trees[i])
            placed.add(i)
    for i in order:
        if i in placed:
            continue
        near = _nearest(_kin(parents[i], i, values), below)
        parent = min(near, key=rank.__getitem__)
        trees[parent].children.append(trees[i])
    return roots


def _values(finding: Finding) -> frozenset[str]:
    """What it captured, as far as it identifies anything (addresses, names; not ports and counts)."""
    return frozenset(
        value
        for series in finding.group.series()
        for counter in series.values.values()
        for value in counter
        if len(value) > 5 and not value.isdigit()
    )


def _kin(parents: list[int], child: int, values: list[frozenset[str]]) -> list[int]:
    """The explanations that speak of the same things as what they explain; all of them where none does."""
    return [p for p in parents if values[p] & values[child]] or parents


def _nearest(parents: list[int], below: dict[int, set[int]]) -> list[int]:
    """Not an explanation that itself explains another explanation of the same thing."""
    return [p for p in parents if not any(q != p and q in below[p] and p not in below[q] for q in parents)] or parents


def _edges(findings: Sequence[Finding]) -> dict[int, set[int]]:
    """Explaining finding -> explained findings, acyclic."""
    by_id: dict[str, list[int]] = defaultdict(list)
    for i, finding in enumerate(findings):
        by_id[finding.rule.id].append(i)
    edges: dict[int, set[int]] = defaultdict(set)
    for i, finding in enumerate(findings):
        for edge in finding.rule.explains:
            for j in by_id.get(edge.id, ()):
                near = edge.cluster or _same_node(finding, findings[j])
                if near and i != j and not begins_after(finding, findings[j]):
                    edges[i].add(j)
    for j, envelope in enumerate(findings):
        if envelope.rule.kind is Kind.ENVELOPE:
            for i, inner in enumerate(findings):
                if i != j and _inside(inner, envelope) and j not in _reach(j, edges) and i not in _reach(j, edges):
                    edges[i].add(j)
    return edges


def _same_node(a: Finding, b: Finding) -> bool:
    return not a.nodes or not b.nodes or bool(set(a.nodes) & set(b.nodes))


def _inside(inner: Finding, envelope: Finding) -> bool:
    """Whether `inner` was seen in the envelope's own lines or the block that follows one of them."""
    if inner.rule.kind is Kind.HARMLESS:
        return False
    if inner.rule.kind is Kind.ENVELOPE:
        return any(kept.via == envelope.rule.id for series in inner.group.series() for kept in series.kept)
    places = inner.places()
    return any(
        path == source and at - line in _ENVELOPE_REACH for source, line in envelope.places() for path, at in places
    )


def _reach(start: int, edges: dict[int, set[int]]) -> set[int]:
    seen: set[int] = set()
    todo = [start]
    while todo:
        for child in edges.get(todo.pop(), ()):
            if child not in seen:
                seen.add(child)
                todo.append(child)
    return seen


def _rank(finding: Finding, explains: int, explained: bool) -> Rank:
    """Cause before symptom before envelope; open before healed; sure; explains much; severe; early; id."""
    first, _ = finding.span
    return (
        _KINDS[finding.rule.kind],
        int(finding.healed and not explains),
        -int(finding.confidence),
        -explains,
        -int(finding.rule.severity),
        first[1].seconds if first else float("inf"),
        finding.rule.id,
        tuple(value or "" for value in finding.join),
    )

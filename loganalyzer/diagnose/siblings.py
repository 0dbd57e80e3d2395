"""On how many of the nodes a finding is, and in what those nodes differ from the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from loganalyzer.diagnose.correlate import Finding, home
from loganalyzer.diagnose.facts import Tables
from loganalyzer.diagnose.recovery import judging
from loganalyzer.items import ITEMS
from loganalyzer.model import Source, Text

_RUNTIMES = frozenset({"containerd", "docker", "cri-o"})
_RUNTIME = Text("container runtime", "容器运行时")
_KERNEL = Text("kernel", "内核")
_NAMED = 5
"""So many nodes are named."""
_MOST = 3
"""So many differences are said."""

Traits = Mapping[Text, Mapping[str, frozenset[str]]]
"""What can differ (a program's version, the runtime, the kernel) -> node -> what it is there."""


class Siblings:
    """The nodes of one input, and what is known of each."""

    def __init__(self, sources: Sequence[Source], versions: Mapping[str, Mapping[str, frozenset[str]]]) -> None:
        self._sources, self._versions = sources, versions

    @cached_property
    def _programs(self) -> Mapping[str, set[str]]:
        """Node -> programs whose logs, and items whose output, were collected there."""
        programs: dict[str, set[str]] = defaultdict(set)
        for source in self._sources:
            table = source.table()
            if source.node is not None and (name := table.item if table is not None else source.component):
                programs[source.node].add(name)
        return programs

    @cached_property
    def _traits(self) -> Traits:
        return _traits(self._programs, Tables(self._sources), self._versions)

    def of(self, finding: Finding) -> Iterator[Text]:
        """On how many of the nodes that would show it, and what only those have; nothing where only one would."""
        affected = {node for series in finding.failures() if (node := home(series)) is not None}
        names = set(judging(finding.group))
        able = {c for name, s in finding.rule.signals.items() if name in names for c in s.components}
        able |= {f.origin for name, f in finding.rule.facts.items() if name in names and not ITEMS[f.origin].cluster}
        every = affected | {node for node, programs in self._programs.items() if programs & able}
        if not affected or len(every) < 2 or not affected <= self._programs.keys():
            return
        others = sorted(every - affected)
        if not others:
            yield Text(
                f"on all {len(every)} nodes whose logs would show it", f"相关日志所在的 {len(every)} 个节点上都有"
            )
            return
        listed = ", ".join(others[:_NAMED]) + (", ..." if len(others) > _NAMED else "")
        yield Text(
            f"on {len(affected)} of {len(every)} nodes whose logs would show it (not on {listed})",
            f"相关日志所在的 {len(every)} 个节点中，{len(affected)} 个上有（{listed} 上没有）",
        )
        yield from self._differences(sorted(affected), others)

    def _differences(self, affected: Sequence[str], others: Sequence[str]) -> Iterator[Text]:
        """What is known of every one of these nodes, and alike on none of the affected and none of the others."""
        differences = []
        for trait, by_node in self._traits.items():
            if not all(node in by_node for node in chain(affected, others)):
                continue
            here, there = (frozenset[str]().union(*(by_node[n] for n in many)) for many in (affected, others))
            if not here & there:
                differences.append((trait, " / ".join(sorted(here)), " / ".join(sorted(there))))
        for trait, mine, theirs in differences[:_MOST]:
            yield Text(
                f"what differs there: {trait.en} {mine}, on the other nodes {theirs}",
                f"这些节点的不同之处：{trait.zh} {mine}，其他节点为 {theirs}",
            )


def _traits(
    programs: Mapping[str, set[str]], tables: Tables, versions: Mapping[str, Mapping[str, frozenset[str]]]
) -> Traits:
    runtimes = {node: frozenset(names & _RUNTIMES) for node, names in programs.items() if names & _RUNTIMES}
    kernels = {
        source.node: frozenset(row.cells["release"] for row in table.rows if "release" in row.cells)
        for source, table in tables.of("kernel", ())
        if source.node is not None and table.rows
    }
    named = {Text(program, program): by_node for program, by_node in sorted(versions.items())}
    return {_RUNTIME: runtimes, _KERNEL: kernels, **named}

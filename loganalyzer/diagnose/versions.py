"""Which versions of which programs ran: what their start-up lines say. It stands in the report's header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loganalyzer import late
from loganalyzer.diagnose.observe import Watcher
from loganalyzer.model import Block, Source

_NUMBER = r"[\"'\\]{0,4}(?P<version>v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?[\w.+~-]{0,40})"
_SAYS: tuple[tuple[bytes, str | None, str], ...] = (
    (b"kubeletVersion=", "kubelet", r"kubeletVersion="),
    (b"Kubelet version", "kubelet", r"Kubelet version[:=]? "),
    (b'etcd-version"', "etcd", r'etcd-version\\*":'),
    (b"etcd Version: ", "etcd", r"etcd Version: "),
    (b"Using Kubernetes version: ", "kubernetes", r"Using Kubernetes version: "),
    (b"starting containerd", "containerd", r"starting containerd.{0,80}?version="),
    (b"containerRuntime=", None, r"containerRuntime=\S{1,40} version="),
    (b"Container runtime ", None, r"Container runtime \w{1,20} initialized, version: "),
    (b"CoreDNS-", "coredns", r"CoreDNS-"),
    (b"] Version: v", "", r"\] Version: "),
    (b'"Version" ', "", r'"Version".{0,40}? version='),
)
"""Literal; the program that it is about (None: the runtime that the line names, empty: the one that wrote it); what
stands before the version."""
_PATTERNS = [(literal, program, late.pattern(before + _NUMBER)) for literal, program, before in _SAYS]
_RUNTIME = late.pattern(r"(?:containerRuntime=|Container runtime )[\"'\\]{0,4}(?P<name>[\w-]{1,20})")
_EMPTY = late.pattern(r"v?0\.0\.0")
"""A build without a version."""
_LINE = 4096
_MOST = 8
_Found = dict[str, list[str]]


class Versions:
    """The observer: one for a report."""

    literals: Sequence[bytes] = tuple(literal for literal, _, _ in _SAYS)

    def __init__(self) -> None:
        self._eyes: list[_Eye] = []

    def wants(self, source: Source) -> bool:
        """Any log."""
        return True

    def watch(self, source: Source) -> Watcher:
        """An eye on it."""
        return _Eye(source)

    def take(self, eye: _Eye) -> None:
        """What one log says."""
        self._eyes.append(eye)

    def all(self) -> Mapping[str, tuple[str, ...]]:
        """Program -> its versions, in order of appearance."""
        found: _Found = {}
        for eye in self._eyes:
            for program, versions in eye.found.items():
                for version in versions:
                    _note(found, program, version)
        return {program: tuple(versions) for program, versions in sorted(found.items())}

    def by_node(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """Program -> node -> its versions there."""
        told = {program: frozenset(versions) for program, versions in self.all().items()}
        nodes: dict[str, dict[str, frozenset[str]]] = {}
        for eye in self._eyes:
            if (node := eye.source.node) is not None:
                for program, versions in eye.found.items():
                    there = nodes.setdefault(program, {})
                    there[node] = there.get(node, frozenset()) | told[program].intersection(versions)
        return nodes


class _Eye:
    """What one log says."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: _Found = {}
        """Program -> its versions, in order of appearance."""

    def end(self) -> bool:
        """Whether it names a version."""
        return bool(self.found)

    def line(self, block: Block, start: int, end: int, known: bool) -> None:
        data = block.data[start : min(end, start + _LINE)]
        text = data.decode("utf-8", "backslashreplace")
        for literal, program, pattern in _PATTERNS:
            if literal not in data or (found := pattern.search(text)) is None or _EMPTY.match(found["version"]):
                continue
            if program is None:
                runtime = _RUNTIME.search(text)
                program = runtime["name"] if runtime else "container runtime"
            name = program or self.source.component
            if name is not None:
                _note(self.found, name, found["version"].rstrip(".-+~"))
            return


def _note(found: _Found, program: str, version: str) -> None:
    known = found.setdefault(program, [])
    if version not in known and len(known) < _MOST:
        known.append(version)

"""What the logs mean: diagnoses with their evidence, remedy and candidates."""

from __future__ import annotations

from collections.abc import Mapping

from loganalyzer.frozen import frozen
from loganalyzer.model.instants import Instant
from loganalyzer.model.scales import Confidence, Kind, Risk, Severity, Text


@frozen
class Evidence:
    """One line that a diagnosis rests on. All texts have passed `safe`."""

    source: str
    line: int
    when: Instant | None
    text: str
    signal: str
    node: str | None = None
    via: str | None = None
    """Id of the envelope rule whose line carried it."""
    count: int = 1
    """How many lines like it (same signal, source and join value) there are."""
    until: Instant | None = None
    """Time of the last of them."""
    before: tuple[str, ...] = ()
    """The lines above it; with those below for formats that have room for them."""
    after: tuple[str, ...] = ()


@frozen
class Check:
    """How to see that a step worked."""

    run: str
    expect: Text


@frozen
class Step:
    """One step of a remedy, with the values of the log filled in."""

    n: int
    do: Text
    on: str
    """Where: master | worker | node | installer | client | console ..."""
    risk: Risk
    run: str | None = None
    undo: str | None = None
    check: Check | None = None
    warn: Text | None = None
    """What is lost and how to save it first (every destructive step), or what the obvious advice gets wrong."""


@frozen
class Candidate:
    """A cause that would explain a symptom: what would prove it, and where to look."""

    id: str
    title: Text
    shows: str
    where: str
    collect: str
    against: tuple[Text, ...] = ()
    """What speaks against it: logs that are present and silent, what excludes it."""
    supports: tuple[Text, ...] = ()
    """What was seen of it already."""


@frozen
class Diagnosis:
    """What the reader gets; the same type for what hangs below a root cause."""

    id: str
    kind: Kind
    severity: Severity
    confidence: Confidence
    title: Text
    cause: Text
    because: tuple[Text, ...]
    nodes: tuple[str, ...]
    first_seen: Instant | None
    last_seen: Instant | None
    count: int
    captures: Mapping[str, tuple[str, ...]]
    evidence: tuple[Evidence, ...]
    steps: tuple[Step, ...]
    references: tuple[str, ...]
    fingerprint: str
    explains: tuple[Diagnosis, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    healed: bool = False
    recovered: Instant | None = None
    """When it is known to have recovered."""

"""The whole answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from loganalyzer.frozen import frozen
from loganalyzer.model.diagnoses import Candidate, Diagnosis
from loganalyzer.model.instants import Instant
from loganalyzer.model.sources import InputInfo, Problem
from loganalyzer.model.timelines import Timeline


@frozen
class Unexplained:
    """Error lines that no rule knows and that differ in variable parts only. All texts have passed `safe`."""

    template: str
    """The message with its variable parts as `<*>`."""
    count: int
    source: str
    line: int
    """Of the first of them."""
    text: str
    component: str | None = None
    nodes: tuple[str, ...] = ()
    first: Instant | None = None
    last: Instant | None = None


@frozen
class Coverage:
    """How much of what the logs call an error the rules know."""

    errors: int
    """Lines of level error or fatal, and results with an error at level info."""
    known: int
    """Those among them that a rule knows."""


@frozen
class Suppressed:
    """A diagnosis that the user has asked not to hear of."""

    diagnosis: Diagnosis
    reason: str
    until: str
    """The last day, `2026-05-31`."""


@frozen
class ClockNote:
    """How far the clock of one log is ahead of another's, told by events that both tell of."""

    source: str
    node: str | None
    reference: str
    reference_node: str | None
    zone: int
    """Seconds of it that are another zone (whole half hours, of logs that say no zone)."""
    ahead: float
    """The rest: seconds that the clock is wrong by; negative where it is behind."""
    error: float
    events: int


@frozen
class Sighting:
    """When a finding was first seen, among those of other nodes."""

    id: str
    source: str
    line: int
    node: str | None
    when: Instant
    certain: bool
    """It is known to be later than all sightings before it, whatever the clocks are wrong by."""


@frozen
class Stats:
    """Where the time went (never in JSON: the same input gives the same bytes)."""

    seconds: float = 0.0
    candidates: int = 0
    matches: int = 0
    per_rule: Mapping[str, int] = field(default_factory=dict)


@frozen
class Report:
    """The whole answer. `diagnoses` is empty when nothing is wrong."""

    tool: str
    rules: int
    rules_digest: str
    inputs: tuple[InputInfo, ...]
    diagnoses: tuple[Diagnosis, ...]
    harmless: tuple[Diagnosis, ...] = ()
    healed: tuple[Diagnosis, ...] = ()
    missing: tuple[Candidate, ...] = ()
    redactions: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    stats: Stats = Stats()
    timeline: Timeline | None = None
    """Only where a log tells of an installation."""
    unexplained: tuple[Unexplained, ...] = ()
    """The most telling first; the ten that matter most."""
    coverage: Coverage | None = None
    suppressed: tuple[Suppressed, ...] = ()
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Program -> versions that its logs tell of, in order of appearance."""
    clocks: tuple[ClockNote, ...] = ()
    """Logs whose clocks differ, as far as events in them show it."""
    sequence: tuple[Sighting, ...] = ()
    """What was seen first on which node; only where there are several."""

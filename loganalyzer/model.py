"""The table: the frozen value types and protocols that all rooms share. Imports nothing of ours.

`ingest` makes Sources of Blocks and, on request, a Record of one hit line. `diagnose` makes a Report of Diagnoses.
`report` turns a Report into text. A Diagnosis carries its bilingual texts, so no renderer ever needs a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Protocol

# ---------------------------------------------------------------------------------------------------- scales


class Severity(IntEnum):
    """How much it hurts."""

    INFO = 0
    WARNING = 1
    ERROR = 2
    CRITICAL = 3


class Kind(StrEnum):
    """What a rule's finding is (docs/rule-language.md)."""

    CAUSE = "cause"
    SYMPTOM = "symptom"
    ENVELOPE = "envelope"
    HARMLESS = "harmless"


class Confidence(IntEnum):
    """How sure a diagnosis is; `because` says why."""

    POSSIBLE = 0
    LIKELY = 1
    CONFIRMED = 2


class Risk(StrEnum):
    """What a step does to the system."""

    READ = "read"
    CHANGE = "change"
    RESTART = "restart"
    DESTRUCTIVE = "destructive"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages."""

    en: str
    zh: str

    def get(self, lang: str) -> str:
        """The sentence in `lang` (`en` or `zh`)."""
        return self.zh if lang == "zh" else self.en


# ------------------------------------------------------------------------------------------- what was read


class Basis(StrEnum):
    """How the year or zone of an Instant is known, best first."""

    EXPLICIT = "explicit"
    """Year and zone stand in the line."""
    ZONE_ASSUMED = "zone-assumed"
    """The year stands in the line, the zone does not; read as UTC."""
    YEAR_ANCHORED = "year-anchored"
    """The year comes from a line of the same node that has one."""
    YEAR_FROM_ARCHIVE = "year-from-archive"
    """The year comes from the bundle's manifest or an archive member's time."""
    YEAR_UNKNOWN = "year-unknown"
    """Ordered within its own node only."""
    MONOTONIC = "monotonic"
    """Seconds since boot or start of a process (kernel ring buffer, `INFO[0012]`); ordered within its source only."""


@dataclass(frozen=True, slots=True, order=False)
class Instant:
    """A point in time and how sure we are of it."""

    seconds: float
    """Since 1970-01-01; of the year 1972 (a leap year) where the year is unknown; since start where MONOTONIC."""
    basis: Basis
    zone: int | None = None
    """Offset from UTC in seconds as the text says it; None: the text has no zone (`seconds` reads it as UTC)."""
    digits: int = 0
    """Digits after the second that the text has (0 to 9)."""

    @property
    def has_year(self) -> bool:
        """Whether it can be compared with instants of other nodes at all."""
        return self.basis not in (Basis.YEAR_UNKNOWN, Basis.MONOTONIC)


@dataclass(frozen=True, slots=True)
class Block:
    """About 1 MiB of one source, as it lies in the file (transcoded to UTF-8 where it was not).

    `data[:start]` is context that an earlier block already held (at most `Limits.context`, so that a continuation
    line finds its header); `data[start:]` is new. A block ends after a newline, at the end of the source, or where an
    over-long line is cut.
    """

    data: bytes
    start: int = 0
    line: int = 1
    """1-based number of the line that `data[start]` belongs to; only `\\n` counts."""
    covered: tuple[tuple[int, int], ...] = ()
    """Ranges of `data` (pieces of partial CRI or docker lines, byte-array messages) whose text comes again, joined
    and complete, in a later block with `joined=True`; the scanner ignores hits inside them."""
    joined: bool = False
    """The block is one logical line put together from pieces; `line` is the number of its first piece."""
    last: bool = False
    """Nothing follows: text after the last newline is complete."""


@dataclass(frozen=True, slots=True)
class Record:
    """One log entry that a signal hit."""

    line: int
    """1-based line number of the hit line (not of the header it belongs to)."""
    text: str
    """The hit line as it stands in the file, decoded (invalid bytes as `\\xNN`), without its newline."""
    message: str
    """The text without its dialect's header and wrapping."""
    when: Instant | None = None
    level: str | None = None
    """`debug`, `info`, `warn`, `error` or `fatal`."""
    logger: str | None = None
    """Logger name, source file or caller, as the dialect has it."""
    program: str | None = None
    """The program that the line itself names (`kubelet[1234]:`), as a component name."""
    node: str | None = None
    """The host that the line itself names, where it does."""
    entry: int = 0
    """Line number of the header that the hit line belongs to; `line` itself where it has its own."""
    before: tuple[str, ...] = ()
    """The lines above it, as they stand in the file: three at most."""
    after: tuple[str, ...] = ()
    in_key: bool = False
    """A private key begins above `before` and goes on there."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of collected command output, taken apart."""

    line: int
    """1-based."""
    text: str
    """The line as it stands in the file."""
    cells: Mapping[str, str]
    """Column -> value; what the line does not say has no cell."""


@dataclass(frozen=True, slots=True)
class FactTable:
    """Collected output of one item (`items.ITEMS`) as a table. No rows: collected, and nothing was there."""

    item: str
    rows: tuple[Row, ...]
    complete: bool = True
    """False where the file was too long to be read as a whole, so that a row that is not here proves nothing."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How one source's clock stands to that of its group, as events that several logs tell of show it."""

    group: int
    ahead: float
    """Seconds that its times are ahead of those of the group's first source, the zone's hours included."""
    error: float
    """Seconds by which `ahead` may be wrong."""
    zoned: bool
    """It holds for instants with a zone; else for those without."""

    def tells(self, when: Instant) -> bool:
        """Whether it was measured with instants of this kind."""
        return (when.zone is not None) == self.zoned


class Source(Protocol):
    """One readable log. `ingest` implements it, `diagnose` calls it: first `blocks` to the end, `record` on the way."""

    @property
    def path(self) -> str:
        """Display path, `/`-joined across nesting: `bundle.tgz/node-1/kubelet.log`; `-` for standard input."""

    @property
    def node(self) -> str | None:
        """The node that it comes from, where path or content tell it."""

    @property
    def component(self) -> str | None:
        """The program that wrote it; None where unknown or mixed (`/var/log/messages`)."""

    @property
    def format(self) -> str:
        """Name of the dialect that its first lines are in; `text` where unknown."""

    clock: Clock | None
    """None until `diagnose` has read everything, and where nothing is known of it."""

    def blocks(self) -> Iterator[Block]:
        """The content, once, in order."""
        ...

    def normal(self, block: Block, start: int, end: int) -> bytes:
        """`data[start:end]` (one line, without newline) unwrapped once and normalised, as rules are written for."""
        ...

    def paragraph(self, block: Block, start: int, end: int) -> tuple[bytes, bool]:
        """The line and those without header that follow it, normalised, joined by newlines; and whether the end of
        the paragraph lies in this block (False: more of it may come in the next)."""
        ...

    def record(self, block: Block, start: int, end: int) -> Record:
        """The entry of the line `data[start:end]`; time and level come from its header line where it has none."""
        ...

    def moment(self, block: Block, start: int, end: int) -> Instant | None:
        """The time of `record`, at less cost."""
        ...

    def settle(self, when: Instant) -> Instant:
        """`when` with the year that is known once everything is read; to be called after all sources are read."""
        ...

    def summary(self) -> InputInfo:
        """What it was; complete once its blocks are read."""
        ...

    def table(self) -> FactTable | None:
        """What it says as collected command output, once its blocks are read; None where it is a log."""
        ...


@dataclass(frozen=True, slots=True)
class InputInfo:
    """One input as the report lists it."""

    path: str
    node: str | None
    component: str | None
    format: str
    lines: int
    bytes: int
    first: Instant | None = None
    last: Instant | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read or trusted. Never silent."""

    where: str
    """Path (and offset or line) in the input, or a rule's location."""
    kind: str
    """damaged | truncated | skipped | over-limit | undecodable | unreadable | changed-while-read | empty | unmatched |
    note"""
    detail: Text


# ------------------------------------------------------------------------------------------ what it means


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Check:
    """How to see that a step worked."""

    run: str
    expect: Text


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


class Outcome(StrEnum):
    """How a stage of an installation ended, as far as its log tells."""

    OK = "ok"
    FAILED = "failed"
    RUNNING = "running"
    """The log ends inside it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """An installer step, a provider handler or a kubeadm phase, all its tries together; texts have passed `safe`."""

    name: str
    kind: str
    """`step` | `handler` | `phase`."""
    outcome: Outcome
    line: int
    """Where its first try begins."""
    position: int | None = None
    """Steps: 1-based place among those planned; numbers in the log start at 0 and shift with the configuration."""
    start: Instant | None = None
    end: Instant | None = None
    seconds: float | None = None
    """What its tries took together."""
    tries: int = 1
    error: str | None = None
    """The first error inside."""
    errors: int = 0
    """How many entries of level error, or results with an error, lie inside."""
    diagnosis: str | None = None
    """Id of the diagnosis that its lines are evidence of."""
    stages: tuple[Stage, ...] = ()
    """The handlers inside a step."""


@dataclass(frozen=True, slots=True)
class Run:
    """One installation (or upgrade, or node that joins) as one log tells it."""

    name: str
    """`install`, `upgrade`, `MachineController.OnCreate mc-7h2kd`, `kubeadm init` ..."""
    source: str
    node: str | None
    outcome: Outcome
    stages: tuple[Stage, ...]
    planned: int = 0
    """Number of steps that the log lists at its beginning; 0 where it does not."""
    pending: tuple[str, ...] = ()
    """Listed steps that did not begin."""
    stopped: tuple[str, ...] = ()
    """Names of the stage that it stopped in and of the stage inside that; empty where all that began ended well."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The installations that the logs tell of, in order of input."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what the logs call an error the rules know."""

    errors: int
    """Lines of level error or fatal, and results with an error at level info."""
    known: int
    """Those among them that a rule knows."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A diagnosis that the user has asked not to hear of."""

    diagnosis: Diagnosis
    reason: str
    until: str
    """The last day, `2026-05-31`."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Sighting:
    """When a finding was first seen, among those of other nodes."""

    id: str
    source: str
    line: int
    node: str | None
    when: Instant
    certain: bool
    """It is known to be later than all sightings before it, whatever the clocks are wrong by."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Where the time went (never in JSON: the same input gives the same bytes)."""

    seconds: float = 0.0
    candidates: int = 0
    matches: int = 0
    per_rule: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
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


def iso(when: Instant) -> str:
    """`when` as text, with the digits (at most six) and the zone that the log has and no more than it knows.

    `2022-01-19T14:43:32.225`, with `Z` or `+08:00` only where the zone is known; `--01-19T14:43:31` where the year is
    unknown; `+12.345s` for seconds since start.
    """
    digits = min(when.digits, 6)
    if when.basis is Basis.MONOTONIC:
        return f"{when.seconds:+.{digits}f}s"
    local = timedelta(microseconds=round(when.seconds * 1e6), seconds=when.zone or 0)
    moment = datetime(1970, 1, 1) + local
    text = moment.strftime("%m-%dT%H:%M:%S")
    text = f"--{text}" if when.basis is Basis.YEAR_UNKNOWN else f"{moment.year:04d}-{text}"
    if digits:
        text += f".{moment.microsecond:06d}"[: digits + 1]
    if when.zone is None:
        return text
    if when.zone == 0:
        return text + "Z"
    hours, minutes = divmod(abs(when.zone) // 60, 60)
    return f"{text}{'-' if when.zone < 0 else '+'}{hours:02d}:{minutes:02d}"

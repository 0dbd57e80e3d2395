"""What a rule is once it is read: frozen values, plain enough to be cached as JSON.

The YAML side is in docs/rule-language.md; `load.py` makes these from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from loganalyzer.frozen import frozen
from loganalyzer.model import Confidence, Kind, Risk, Severity, Text

# ------------------------------------------------------------------------------------------------ conditions


@frozen
class Ref:
    """`signal.capture`: the values that a capture of a signal (or of a fact's rows) took."""

    signal: str
    capture: str
    fact: bool = False


@frozen
class Seen:
    """`signal`: it matched."""

    signal: str


@frozen
class Absent:
    """`absent signal [within D (after|before) other]`: it did not match where it would have.

    Unknown unless a source in which it would appear is present and covers the window.
    """

    signal: str
    within: float | None = None
    """Seconds."""
    relation: str | None = None
    """`after` or `before`."""
    other: str | None = None


@frozen
class Count:
    """`count(signal) >= 5 [within 10m]`: so many matches (in any window of that length)."""

    signal: str
    op: str
    number: int
    within: float | None = None


@frozen
class Distinct:
    """`distinct(signal.capture) >= 2`: so many different values."""

    ref: Ref
    op: str
    number: int


@frozen
class Of:
    """`2 of prefix_*`, `any of prefix_*`, `all of prefix_*`: so many of these signals matched (globs are resolved)."""

    number: int
    signals: tuple[str, ...]


@frozen
class Sequence:
    """`a then b [then c] [within D]`: a match of each, in this order in time (or lines of one source)."""

    signals: tuple[str, ...]
    within: float | None = None


@frozen
class Compare:
    """`a.ip == b.ip`, `a.code == "EOF"`, `a.have < 4`: some pair of values satisfies it."""

    left: Ref
    op: str
    right: Ref | str | float


@frozen
class Predicate:
    """`public(a.ip)`: some value satisfies it. Names in `PREDICATES`."""

    name: str
    ref: Ref


@frozen
class SameNode:
    """`same node(a, b)`: they matched on one node. `same line(a, b)`: in one log entry."""

    signals: tuple[str, ...]
    line: bool = False


@frozen
class Fact:
    """A fact of collected command output; unknown where it was not collected."""

    name: str


@frozen
class Not:
    """True where false, unknown where unknown. `not signal` reads as `absent signal`."""

    item: Condition


@frozen
class And:
    """All of them."""

    items: tuple[Condition, ...]


@frozen
class Or:
    """Any of them."""

    items: tuple[Condition, ...]


Condition = Seen | Absent | Count | Distinct | Of | Sequence | Compare | Predicate | SameNode | Fact | Not | And | Or

PREDICATES = {
    "public": "a routable IPv4 or IPv6 address",
    "private": "RFC 1918, unique local or carrier-grade NAT space",
    "loopback": "127.0.0.0/8 or ::1",
    "wildcard": "0.0.0.0 or ::",
    "empty": "the captured text is empty",
}

# --------------------------------------------------------------------------------------------------- signals


@frozen
class Alternative:
    """One way in which a program prints a signal."""

    pattern: str
    """RE2, LATIN1 over the normalised bytes (non-ASCII text is spelled as the Latin-1 reading of its UTF-8)."""
    anchors: tuple[bytes, ...]
    """Every text that the pattern matches contains at least one of these."""
    captures: Mapping[str, str] = field(default_factory=dict)
    """Capture name -> type (`ip`, `port`, `word` ...; `regex` for named groups of a regex)."""
    template: str | None = None
    """The template as written; None for a regex."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Program -> version range in which it prints this, as written."""


@frozen
class Signal:
    """What a program prints; any of its alternatives."""

    name: str
    alternatives: tuple[Alternative, ...]
    without: tuple[str, ...] = ()
    """RE2 patterns; a line (or block) that one of them matches is no hit."""
    components: tuple[str, ...] = ()
    """`in:` where it appears; a preference, and what `absent` and the differential look at."""
    only: bool = False
    """`only: true`: a line of another known program is no hit."""
    block: bool = False
    """It is judged over the line and the lines without header that follow it."""
    levels: tuple[str, ...] = ()
    """`level:` a line whose level is known and not one of these is no hit."""
    shows: str = ""
    source: str = ""


# ----------------------------------------------------------------------------------------------------- rules


@frozen
class Explains:
    """An edge of the causal graph: this rule's finding explains that one."""

    id: str
    cluster: bool = False
    """`scope: cluster`: on any node; else on the same node."""


@frozen
class CheckSpec:
    """A step's check, before values are filled in."""

    run: str
    expect: Text


@frozen
class StepSpec:
    """A step, before values are filled in."""

    do: Text
    on: str
    risk: Risk
    run: Mapping[str, str] = field(default_factory=dict)
    """Runtime (`containerd`, `docker`) or `any` -> command."""
    undo: str | None = None
    check: CheckSpec | None = None
    warn: Text | None = None
    when: Condition | None = None
    """The step is shown only where this is true of the finding."""


@frozen
class Column:
    """Another column of the same row."""

    name: str


@frozen
class Cell:
    """`port == bind.port`, `used >= 95`, `path like "/etc/cni/*"`, `names has san.host`."""

    column: str
    op: str
    """A comparison, `like` (a shell pattern) or `has` (one of the words in the cell)."""
    right: Ref | Column | str | float


@frozen
class AllOf:
    """All of these hold of the row; none of them (`any`): any row will do."""

    items: tuple[RowTest, ...]


@frozen
class AnyOf:
    """One of these holds of the row."""

    items: tuple[RowTest, ...]


@frozen
class NoneOf:
    """This does not hold of the row."""

    item: RowTest


RowTest = Cell | AllOf | AnyOf | NoneOf


@frozen
class FactSpec:
    """A test over collected command output: true where a row satisfies it, unknown where it was not collected."""

    name: str
    origin: str
    """`from:` an item of `items.ITEMS`."""
    test: RowTest
    shows: str = ""
    """What a person would see in the output."""
    gives: Mapping[str, str] = field(default_factory=dict)
    """Capture name -> column whose cells it takes from the rows that satisfy the test."""
    refs: tuple[Ref, ...] = ()
    """The captures that the test compares with; without them it speaks for itself, like a signal."""


@frozen
class Example:
    """A log that proves the rule."""

    name: str
    files: Mapping[str, str]
    top: str | None
    """Id of the first diagnosis; None: no diagnosis at all (`top: none`)."""
    positive: bool
    """`top` is the rule's own id, or the rule's id is in `finds`."""
    finds: tuple[str, ...] = ()
    """Ids that must be somewhere in the report (below a root, or harmless)."""
    not_finds: tuple[str, ...] = ()
    """Ids that must be nowhere."""
    confidence: Confidence | None = None
    captures: Mapping[str, str] = field(default_factory=dict)


@frozen
class Rule:
    """One rule: mechanism, evidence, remedy and proof."""

    id: str
    family: str
    kind: Kind
    severity: Severity
    title: Text
    cause: Text
    signals: Mapping[str, Signal]
    confirmed_by: Condition
    likely_by: Condition | None = None
    possible_by: Condition | None = None
    refuted_by: Condition | None = None
    healed_by: Condition | None = None
    per: tuple[str, ...] = ()
    cluster: bool = False
    """`scope: cluster`: its signals may come from different nodes."""
    explains: tuple[Explains, ...] = ()
    excuses: tuple[str, ...] = ()
    """Harmless rules: findings of these rules on the very same line do not count."""
    facts: Mapping[str, FactSpec] = field(default_factory=dict)
    placeholders: Mapping[str, Text] = field(default_factory=dict)
    """`<name>` that no log gives -> what the operator must put there."""
    steps: tuple[StepSpec, ...] = ()
    references: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    """Empty in the cached pack: only `rules test` and `rules show` read them."""
    path: str = ""
    line: int = 1


@frozen
class Ruleset:
    """All rules by id, in order of id, and the digest of what they were read from."""

    rules: Mapping[str, Rule]
    digest: str

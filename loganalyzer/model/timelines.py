"""How installations went."""

from __future__ import annotations

from enum import StrEnum

from loganalyzer.frozen import frozen
from loganalyzer.model.instants import Instant


class Outcome(StrEnum):
    """How a stage of an installation ended, as far as its log tells."""

    OK = "ok"
    FAILED = "failed"
    RUNNING = "running"
    """The log ends inside it."""


@frozen
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


@frozen
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


@frozen
class Timeline:
    """The installations that the logs tell of, in order of input."""

    runs: tuple[Run, ...]

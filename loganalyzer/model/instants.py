"""Points in time as logs tell them, and how clocks stand to each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from loganalyzer.frozen import frozen


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


_YEAR_UNKNOWN, _MONOTONIC = Basis.YEAR_UNKNOWN, Basis.MONOTONIC
_UNDATED = (_YEAR_UNKNOWN, _MONOTONIC)
"""Asking the enumeration for a member costs as much as the rest of the question."""
_EPOCH = datetime(1970, 1, 1)


@frozen
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
        return self.basis not in _UNDATED


def iso(when: Instant) -> str:
    """`when` as text, with the digits (at most six) and the zone that the log has and no more than it knows.

    `2022-01-19T14:43:32.225`, with `Z` or `+08:00` only where the zone is known; `--01-19T14:43:31` where the year is
    unknown; `+12.345s` for seconds since start.
    """
    digits = min(when.digits, 6)
    if when.basis is _MONOTONIC:
        return f"{when.seconds:+.{digits}f}s"
    local = timedelta(microseconds=round(when.seconds * 1e6), seconds=when.zone or 0)
    moment = _EPOCH + local
    text = moment.isoformat(timespec="seconds")
    if when.basis is _YEAR_UNKNOWN:
        text = f"--{text[5:]}"
    if digits:
        text += f".{moment.microsecond:06d}"[: digits + 1]
    if when.zone is None:
        return text
    if when.zone == 0:
        return text + "Z"
    hours, minutes = divmod(abs(when.zone) // 60, 60)
    return f"{text}{'-' if when.zone < 0 else '+'}{hours:02d}:{minutes:02d}"


@frozen
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

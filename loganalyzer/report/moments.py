"""Instants as a person reads them; JSON has `model.iso`."""

from __future__ import annotations

from loganalyzer.model import Basis, Instant, iso


def moment(when: Instant | None, since: Instant | None = None) -> str:
    """`2022-01-19 14:43:32.225` (`01-19 14:43:32` where the year is unknown, `+12.345s` since start); without the day
    where `since` is of the same one. Empty where there is no time."""
    if when is None:
        return ""
    if when.basis is Basis.MONOTONIC:
        return iso(when)
    day, clock = _split(when)
    if since is not None and since.basis is not Basis.MONOTONIC and _split(since)[0] == day:
        return clock
    return f"{day} {clock}"


def _split(when: Instant) -> tuple[str, str]:
    short = Instant(when.seconds, when.basis, when.zone, min(when.digits, 3))
    day, _, clock = iso(short).lstrip("-").partition("T")
    return day, clock

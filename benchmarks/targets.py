"""What the figures of one run are to keep to, with the full pack on two cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Target(NamedTuple):
    """A bound on one figure."""

    figure: str
    says: str
    bound: float
    digits: int = 2
    least: bool = False
    """The figure may not be lower; else it may not be higher."""

    def holds(self, value: float) -> bool:
        """Whether this value keeps to it."""
        return value >= self.bound if self.least else value <= self.bound


TARGETS = (
    Target("quiet x gzip", "quiet <= 0.45 x `gzip -dc`", 0.45),
    Target("quiet x isal", "quiet <= 2 x isal's gunzip", 2.0),
    Target("rg", "quiet >= 4 x faster than `rg -z -c -f` with as many patterns", 4.0, digits=1, least=True),
    Target("busy x gzip", "busy <= 1.2 x `gzip -dc`", 1.2),
    Target("flood MB/s", "flood >= 60 MB/s", 60.0, digits=0, least=True),
    Target("docker-json MB/s", "docker-json >= 300 MB/s", 300.0, digits=0, least=True),
    Target("journald-json MB/s", "journald-json >= 300 MB/s", 300.0, digits=0, least=True),
    Target("many-small above gzip", "many-small <= `gzip -dc` + 0.5 s", 0.5),
    Target("peak", "any lane <= 150 MB peak", 150.0, digits=0),
    Target("tkelog --version", "`tkelog --version` <= 60 ms above `python -c pass`", 60.0, digits=0),
    Target("20 lines", "20 lines, warm cache <= 200 ms above it", 200.0, digits=0),
    Target("rules x 10", "rules x 10 <= 1.5 x the time", 1.5),
)


def table(figures: Mapping[str, float]) -> Iterator[str]:
    """The rows of those that were measured."""
    yield "| target | this run | |\n|---|---|---|"
    for one in TARGETS:
        if (value := figures.get(one.figure)) is not None:
            yield f"| {one.says} | {value:.{one.digits}f} | {'holds' if one.holds(value) else 'missed'} |"

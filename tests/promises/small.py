"""A small bundle of two nodes with a known root cause, and the whole way from its bytes to reports, in this process."""

from __future__ import annotations

import functools
from pathlib import Path

from loganalyzer import diagnose, rulepack
from loganalyzer.errors import NoInputError
from loganalyzer.ingest import open_inputs
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Report
from loganalyzer.report import FORMATS, Look
from loganalyzer.rulepack.rule import Ruleset
from loganalyzer.safe import Redactor
from tests.kit import ROOT

_CASE = ROOT / "fixtures/logs/all-in-one-public-ip"
CAUSE = "apiserver-advertise-ip-not-local"
LOOK = Look(lang="both", width=100, full=True)


def ends(data: bytes, size: int) -> bytes:
    """The first and the last lines of a log, about `size` bytes of each."""
    if len(data) <= 2 * size:
        return data
    return data[:size].rpartition(b"\n")[0] + b"\n" + data[-size:].partition(b"\n")[2]


@functools.cache
def files(size: int = 1500) -> dict[str, bytes]:
    """The logs of the all-in-one case, shortened; among them those that confirm its cause."""
    paths = sorted(_CASE.rglob("*.log"))
    return {path.relative_to(_CASE).as_posix(): ends(path.read_bytes(), size) for path in paths}


@functools.cache
def rules() -> Ruleset:
    """Our own pack."""
    return rulepack.load()


@functools.cache
def scanner() -> diagnose.Scanner:
    """One scanner for thousands of analyses."""
    return diagnose.Scanner(rules())


def analyze(
    *paths: Path, limits: Limits = DEFAULT, formats: tuple[str, ...] = ("json",)
) -> tuple[Report | None, list[bytes]]:
    """The report on these paths and how it looks in these formats; None where there is nothing to read."""
    inputs = open_inputs([str(path) for path in paths], limits)
    redactor = Redactor()
    try:
        report = diagnose.analyze(
            rules(), inputs.sources(), problems=lambda: inputs.problems, limits=limits, redactor=redactor,
            scanner=scanner(),
        )  # fmt: skip
    except NoInputError:
        return None, []
    return report, [FORMATS[name].render(report, LOOK, redactor) for name in formats]

"""`tkelog analyze --follow`: the diagnosis while the log is being written, and the report at its end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from loganalyzer.diagnose.series import Series
    from loganalyzer.model import Diagnosis, Report
    from loganalyzer.report import Look
    from loganalyzer.rulepack.rule import Ruleset
    from loganalyzer.safe import Redactor

_TOLD = 4096
"""So many diagnoses are remembered as told; a log does not hold more different ones."""


def follow(ruleset: Ruleset, path: str, look: Look, redactor: Redactor) -> Report:
    """Tell each diagnosis of the log at `path` when it is made, and again only when more is known of it; the report
    when the log ends or Ctrl-C is pressed."""
    from loganalyzer.diagnose import Session
    from loganalyzer.ingest.follow import live
    from loganalyzer.limits import DEFAULT

    limits = replace(DEFAULT, read_ahead=0)
    with _until_interrupted() as stop:
        source, problems = live(path, stop, limits)
        session = Session(ruleset, limits, redactor, None, None)
        teller = _Teller(look)
        series: list[Series] = []
        for series, diagnoses in session.follow(source):  # noqa: B007
            if diagnoses is not None:
                teller.tell(diagnoses)
    return session.report([source], series, problems())


@contextmanager
def _until_interrupted() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed (or the process is to end); pressed again, it ends it."""
    pressed = False

    def note(number: int, _frame: object) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: pressed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Teller:
    """Says what is new: a diagnosis once, then only that it became surer, explains more, or recovered."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._told: dict[str, tuple[int, bool]] = {}
        self._ids: dict[str, str] = {}

    def tell(self, diagnoses: tuple[Diagnosis, ...]) -> None:
        """The diagnoses as they are now."""
        from loganalyzer.report import live_view

        for diagnosis in diagnoses:
            now = (int(diagnosis.confidence), diagnosis.healed)
            before = self._told.get(diagnosis.fingerprint)
            if before is None and len(self._told) < _TOLD:
                click.echo(live_view.new(diagnosis, self._look))
            elif before is not None and now[0] > before[0]:
                click.echo(live_view.surer(diagnosis, self._look))
            else:
                continue
            self._told[diagnosis.fingerprint] = now
            self._ids[diagnosis.fingerprint] = diagnosis.id
        open_ = {each.fingerprint for each in diagnoses} | {b for each in diagnoses for b in _below(each)}
        for print_, state in self._told.items():
            if print_ not in open_ and not state[1]:
                self._told[print_] = (state[0], True)
                click.echo(live_view.gone(self._ids[print_], self._look))


def _below(diagnosis: Diagnosis) -> Iterator[str]:
    for each in diagnosis.explains:
        yield each.fingerprint
        yield from _below(each)

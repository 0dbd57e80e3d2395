"""The marks `promise` and `prove`, and the page that `make prove` writes (see tests/promises/catalogue.py)."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.promises import ledger
from tests.promises.scale import PROVE


@pytest.fixture
def figure(record_property) -> Callable[[str], None]:
    """Call it with what a test of a promise has measured: one line for docs/promises.md."""
    return lambda text: record_property("figure", text)


def pytest_addoption(parser):
    parser.addoption("--promise", action="append", metavar="P3", help="run only the tests of this promise")


def pytest_configure(config):
    # A job in a shell's background ignores Ctrl-C, and so would every program that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if PROVE and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder())


def pytest_collection_modifyitems(config, items):
    """Tests marked `prove` are for `make prove` alone."""
    only = config.getoption("--promise")
    chosen, left_out = [], []
    for item in items:
        promises = [one for mark in item.iter_markers("promise") for one in mark.args]
        item.user_properties += [("promise", one) for one in promises]
        wanted = (PROVE or not item.get_closest_marker("prove")) and (not only or set(only) & set(promises))
        (chosen if wanted else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = chosen


class _Recorder:
    """Collects what became of the tests of promises, in this process or in those of xdist."""

    def __init__(self) -> None:
        self._reports: dict[tuple[str, str], list[pytest.TestReport]] = {}

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            for key, promise in report.user_properties:
                if key == "promise":
                    self._reports.setdefault((promise, report.nodeid.split("[")[0]), []).append(report)

    def pytest_sessionfinish(self):
        run = ledger.this_run()
        rows = [ledger.Row(*key, _outcome(reports), run) for key, reports in self._reports.items()]
        if rows:
            ledger.write(rows, ledger.written_tests())


def _outcome(reports: list[pytest.TestReport]) -> str:
    """The figures of a test's parametrizations, or that it failed."""
    wrong = [one for one in reports if one.outcome == "failed"]
    if wrong:
        return f"**FAILED** in {len(wrong)} of {len(reports)}"
    if all(one.outcome == "skipped" for one in reports):
        return f"skipped here: {reports[0].longrepr[2].removeprefix('Skipped: ')}"
    figures = dict.fromkeys(text for one in reports for key, text in one.user_properties if key == "figure")
    return "; ".join(figures) or (f"{len(reports)} cases hold" if len(reports) > 1 else "holds")

"""Each promise has a test, and docs/promises.md speaks of the tests that there are."""

from __future__ import annotations

from tests.promises import ledger
from tests.promises.catalogue import PROMISES

TESTS = ledger.written_tests()


def test_marks_name_promises_that_there_are():
    assert set(TESTS) == set(PROMISES)


def test_the_page_names_no_test_that_is_gone():
    gone = {row.test for row in ledger.read() if row.test and row.test not in TESTS.get(row.promise, ())}
    assert not gone, "run make prove"


def test_each_promise_has_a_test():
    assert [promise for promise, tests in TESTS.items() if not tests] == []

"""What `make bench` says of its own figures."""

from __future__ import annotations

import pytest

from benchmarks.targets import TARGETS, table


@pytest.mark.parametrize("target", TARGETS, ids=lambda one: one.figure)
def test_a_bound_holds_up_to_itself(target):
    worse = target.bound * (0.9 if target.least else 1.1)
    assert target.holds(target.bound)
    assert not target.holds(worse)
    said = list(table({target.figure: worse}))
    assert len(said) == 2, "nothing is said of what was not measured"
    assert said[1].endswith("| missed |")

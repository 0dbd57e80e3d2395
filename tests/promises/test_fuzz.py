"""The fuzzer's targets over its seeds and over everything that it ever found (fuzz/inputs, kept for good)."""

from __future__ import annotations

import random
import time

import pytest

from fuzz.__main__ import KEPT, NAMES
from fuzz.oracles import _MAGIC, archives_agree
from fuzz.seeds import seeds
from fuzz.targets import SMALL, TARGETS
from tests.promises.mangle import damage
from tests.promises.scale import amount


def test_each_target_is_run_by_make_fuzz():
    assert set(NAMES) == set(TARGETS)


def test_whole_archives_are_compared_with_what_others_read():
    """A seed that is cut off is compared with nothing, and neither are most of its mutants."""
    whole = [data for data in seeds("archive") if data[257:262] == b"ustar" or data.startswith((b"PK", *_MAGIC))]
    assert len(whole) > 15
    assert all(archives_agree(data, SMALL) for data in whole)


@pytest.mark.promise("P7")
@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_findings_replayed(name, figure):
    kept = sorted((KEPT / name).glob("*")) if (KEPT / name).is_dir() else []
    mine, dice, count = list(seeds(name)), random.Random(name), amount(20_000, quick=120)
    assert mine
    inputs = [*mine, *(path.read_bytes() for path in kept), *(damage(dice.choice(mine), dice) for _ in range(count))]
    slowest = 0.0
    for data in inputs:
        started = time.thread_time()
        TARGETS[name](data)
        slowest = max(slowest, time.thread_time() - started)
    assert slowest < 5
    figure(f"{name}: {len(kept)} former findings and {count} mutants of {len(mine)} seeds, slowest {slowest:.2f} s")

"""Where no text of the cover is, no anchor is; and healthy logs hold hardly any."""

import random

from hypothesis import given
from hypothesis import strategies as st

from fixtures.generator.noise import COMPONENTS, entries, line
from loganalyzer import rulepack
from loganalyzer.rulepack.cover import cover
from loganalyzer.rulepack.index import index_of
from tests.kit import ROOT

INDEX = index_of(rulepack.read_pack([ROOT / "rules"]).ruleset.rules)
ANCHORS = tuple(INDEX.called)


def test_every_anchor_of_the_pack_holds_the_text_that_stands_for_it():
    stands = {i: text for text, those in INDEX.cover.items() for i in those}
    assert stands.keys() == set(range(len(ANCHORS)))
    assert all(stands[i] in anchor for i, anchor in enumerate(ANCHORS))
    assert len(INDEX.cover) < len(ANCHORS) / 3


def test_healthy_logs_hold_hardly_any():
    texts = tuple(INDEX.cover)
    for component in COMPONENTS:
        source = entries(component, random.Random(7))
        lines = [line(component, 1.6426e9 + n, next(source)) for n in range(200)]
        hit = [one for one in lines if any(text in one for text in texts)]
        assert len(hit) <= 2, hit


@given(st.sets(st.text("ab é", min_size=1, max_size=12), max_size=20))
def test_any_anchors_are_covered_once(texts):
    anchors = tuple(sorted(texts))
    found = cover(anchors)
    assert sorted(i for those in found.values() for i in those) == list(range(len(anchors)))
    assert all(text in anchors[i] for text, those in found.items() for i in those)

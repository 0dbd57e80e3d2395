"""Which series belong together: by join values, by node, by what their program knows of nodes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from loganalyzer.diagnose.correlate import Group as G
from loganalyzer.diagnose.correlate import _by_node, _fits, _joined, _narrower, _together, by_signal, home
from loganalyzer.items import ITEMS


def series(*join, node="n1", component="kubelet", signal="s", item=None):
    """One of a log of a node and component, or of collected command output where `item` says of which."""
    key = SimpleNamespace(rule="r", signal=signal, join=join)
    table = None if item is None else SimpleNamespace(item=item)
    source = SimpleNamespace(node=node, component=component, path="a.log", table=lambda: table)
    return SimpleNamespace(key=key, source=source, join=join)


@pytest.mark.parametrize(
    ("component", "node"),
    [
        ("kubelet", "n1"),
        (None, "n1"),
        ("kube-apiserver", "n1"),
        ("tke-installer", None),
        ("tke-gateway", None),
        ("events", None),
    ],
)
def test_the_node_that_a_log_speaks_of(component, node):
    assert home(series(component=component)) == node


@pytest.mark.parametrize("item", sorted(ITEMS))
def test_the_node_that_collected_output_speaks_of(item):
    assert home(series(component=None, item=item)) == (None if ITEMS[item].cluster else "n1")


@pytest.mark.parametrize(
    ("one", "other", "fits", "narrower"),
    [
        ((), (), True, True),
        (("a",), ("a",), True, True),
        (("a",), ("b",), False, False),
        ((None,), ("b",), True, False),
        (("a",), (None,), True, True),
        (("a", None), (None, "b"), True, False),
        (("a", "b"), ("a", None), True, True),
        (("a", "b"), ("a", "c"), False, False),
    ],
)
def test_join_values_fit_and_are_narrower(one, other, fits, narrower):
    assert _fits(one, other) is fits
    assert _narrower(one, other) is narrower


def test_a_series_without_a_value_belongs_to_every_group_it_does_not_contradict():
    a, b, none = series("a"), series("b"), series(None)
    assert [(key, members) for key, members in _joined([b, none, a])] == [(("a",), [none, a]), (("b",), [b, none])]
    assert list(_joined([none])) == [((None,), [none])]
    half, whole = series("a", None), series("a", "x")
    assert [key for key, _ in _joined([half, whole])] == [("a", "x")]


def test_one_part_a_node_with_what_belongs_to_none():
    rule = SimpleNamespace(cluster=False)
    one, two, nobody = series(node="n1"), series(node="n2"), series(node="n1", component="tke-installer")
    assert list(_by_node(rule, [two, nobody, one])) == [(("n1",), [nobody, one]), (("n2",), [two, nobody])]
    assert list(_by_node(rule, [one, nobody])) == [(("n1",), [one, nobody])]
    assert list(_by_node(rule, [nobody])) == [((), [nobody])]
    assert list(_by_node(SimpleNamespace(cluster=True), [one, two])) == [(("n1", "n2"), [one, two])]


def test_series_by_their_signal():
    a, b, c = series(signal="x"), series(signal="y"), series(signal="x")
    assert by_signal([a, b, c]) == {"x": [a, c], "y": [b]}


@pytest.mark.parametrize(
    ("truths", "together"),
    [([True, None], True), ([None, True], True), ([False, None], None), ([None, False], False), ([False, True], True),
     ([True, False], True), ([False, False], False), ([None, None], None)],
)  # fmt: skip
def test_a_fact_of_several_nodes_is_true_where_it_is_of_one(truths, together):
    groups = [G(SimpleNamespace(id="r"), {}, (), {"f": truth}) for truth in truths]
    assert _together(groups).facts == {"f": together}

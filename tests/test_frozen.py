"""Values are what frozen dataclasses are to those that use them."""

import copy
import dataclasses
import pickle

import pytest

from loganalyzer.frozen import frozen
from loganalyzer.model import Text


@frozen
class Point:
    """Two numbers and what is at them."""

    x: int
    y: int = 0
    tags: dict[str, str] = dataclasses.field(default_factory=dict)


def test_equal_where_all_that_they_hold_is():
    assert Point(1, 2) == Point(1, y=2)
    assert Point(1, 2) != Point(1, 3)
    assert Point(1, 2) != (1, 2, {})
    assert {Text("a", "b"): 1}[Text("a", "b")] == 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1))


def test_dataclasses_know_them():
    assert repr(Point(1, 2)) == "Point(x=1, y=2, tags={})"
    assert dataclasses.replace(Point(1, 2), y=5) == Point(1, 5)
    assert [field.name for field in dataclasses.fields(Point)] == ["x", "y", "tags"]
    assert Point(1).tags is not Point(1).tags
    assert copy.deepcopy(Text("a", "b")) == pickle.loads(pickle.dumps(Text("a", "b"))) == Text("a", "b")


def test_nothing_else_can_be_put_into_them():
    with pytest.raises(AttributeError):
        Point(1).z = 3

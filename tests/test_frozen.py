"""Values are what frozen dataclasses are to those that use them."""

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from contextlib import suppress

import pytest

import loganalyzer
from loganalyzer.frozen import frozen, names_of, slotted
from loganalyzer.model import Text


@frozen
class Point:
    """Two numbers and what is at them."""

    x: int
    y: int = 0
    tags: dict[str, str] = dataclasses.field(default_factory=dict)


@slotted
class Tally:
    """What is counted."""

    name: str
    seen: list[int] = dataclasses.field(default_factory=list)


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


def test_what_may_change_is_equal_but_not_hashable():
    one, other = Tally("a"), Tally("a")
    assert one == other
    one.seen.append(1)
    one.name = "b"
    assert repr(one) == "Tally(name='b', seen=[1])"
    assert one != other == Tally("a", [])
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


@pytest.mark.parametrize("arguments", [(), (1, 2, {}, 3)])
def test_wrong_arguments_are_told_from_the_first_value_on(arguments):
    @frozen
    class Other:
        """Never made rightly."""

        x: int
        y: int = 0

    for _ in range(2):
        with pytest.raises(TypeError, match=r"Other\.__init__\(\)"):
            Other(*arguments)


def test_constructors_are_those_of_dataclasses():
    found = {
        value
        for module in pkgutil.walk_packages(loganalyzer.__path__, "loganalyzer.")
        if not module.name.endswith("__main__")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value) and hasattr(value, "__slots__")
    }
    assert len(found) > 80
    for value in found:
        assert tuple(field.name for field in dataclasses.fields(value)) == names_of(value)
        with suppress(TypeError):
            value()  # makes its constructor
        said = inspect.signature(value.__init__).parameters.values()
        required = [one.name for one in said if one.default is one.empty]
        fields = dataclasses.fields(value)
        without = [f.name for f in fields if f.default is f.default_factory is dataclasses.MISSING]
        assert [one.name for one in said] == ["self", *names_of(value)]
        assert required == ["self", *without]

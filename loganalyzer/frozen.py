"""Values: dataclasses with slots, at less than `dataclasses` takes for each of them at every start.

A short run made a hundred and spent a fifth of its time on it. Here they share what is the same for all, a constructor
is made when the first value is (of most kinds a run makes none), and the fields when somebody asks for them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def frozen(cls: type[T]) -> type[T]:
    """The class made from its fields, equal where they are, hashable where they are. That none is changed once it is
    made is left to the type checker."""
    content = attrgetter(*cls.__annotations__)

    def digest(self: object) -> int:
        return hash(content(self))

    return _made(cls, content, digest)


@dataclass_transform(field_specifiers=(dataclasses.field,))
def slotted(cls: type[T]) -> type[T]:
    """The class made from its fields, equal where they are; not hashable, because they may change."""
    return _made(cls, attrgetter(*cls.__annotations__), None)


def names_of(cls: type) -> tuple[str, ...]:
    """The names of the fields, in order."""
    names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]
    return names


def _made(cls: type[T], content: attrgetter[Any], digest: Callable[[object], int] | None) -> type[T]:
    names = tuple(cls.__annotations__)

    def equal(self: object, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return content(self) == content(other)

    def show(self: object) -> str:
        return f"{self.__class__.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def first(self: object, *args: object, **kwargs: object) -> None:
        made.__init__ = _constructor(cls)
        made.__init__(self, *args, **kwargs)

    own = {name: value for name, value in vars(cls).items() if name not in (*names, "__dict__", "__weakref__")}
    if own.get("__hash__") is None:
        own["__hash__"] = digest
    shared = {"__eq__": equal, "__repr__": show, "__init__": first, "__dataclass_fields__": _Fields(cls)}
    named = {"__slots__": names, "__match_args__": names, "__qualname__": cls.__qualname__}
    made: Any = type(cls.__name__, cls.__bases__, shared | own | named)
    return made  # type: ignore[no-any-return]


def _constructor(cls: type) -> Callable[..., None]:
    """`__init__` of the fields, compiled like those of `dataclasses`: as fast as one written by hand."""
    head, body, values = ["self"], [], {}
    for name in cls.__annotations__:
        value = name
        if name in cls.__dict__:
            given = values[f"_{name}"] = cls.__dict__[name]
            head.append(f"{name}=_{name}")
            if isinstance(given, dataclasses.Field):
                values[f"_make_{name}"] = given.default_factory
                value = f"_make_{name}() if {name} is _{name} else {name}"
        else:
            head.append(name)
        body.append(f" self.{name} = {value}")
    exec("\n".join([f"def __init__({', '.join(head)}):", *body]), values)  # noqa: S102  # of our own names
    made: Callable[..., None] = values["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


class _Fields:
    """What `dataclasses` looks for in a class: made by itself, when it does."""

    def __init__(self, cls: type) -> None:
        self._cls = cls

    def __get__(self, _instance: object, owner: type) -> object:
        own = {name: value for name, value in vars(self._cls).items() if name in self._cls.__annotations__}
        named = {name: getattr(self._cls, name) for name in ("__module__", "__doc__", "__annotations__")}
        twin = type(self._cls.__name__, (), named | own)  # `dataclass` takes the defaults out of what it is given
        made: object = vars(dataclasses.dataclass(init=False, eq=False, repr=False)(twin))["__dataclass_fields__"]
        owner.__dataclass_fields__ = made  # type: ignore[attr-defined]
        return made

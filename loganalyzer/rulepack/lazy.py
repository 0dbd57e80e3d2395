"""Rules of a cached pack: a field is decoded when it is first asked for, because a run needs few rules whole."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import orjson

from loganalyzer.frozen import names_of
from loganalyzer.rulepack.codec import decoder, field_type
from loganalyzer.rulepack.rule import Rule

_NAMES = names_of(Rule)


class LazyRule(Rule):
    """A rule whose fields stand in a line of JSON. Python asks `__getattr__` where a slot is empty."""

    __slots__ = ("_json", "_values")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name not in _NAMES:
            raise AttributeError(name)
        try:
            values = object.__getattribute__(self, "_values")
        except AttributeError:
            values = orjson.loads(object.__getattribute__(self, "_json"))
            object.__setattr__(self, "_values", values)
        at, decode = _decoder(name)
        value = decode(values[at]) if decode else values[at]
        object.__setattr__(self, name, value)
        return value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rule):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _NAMES)

    __hash__ = Rule.__hash__


def lazy(id_: str, json: memoryview) -> Rule:
    """The rule of that id whose encoded fields are `json`."""
    rule = object.__new__(LazyRule)
    object.__setattr__(rule, "id", id_)
    object.__setattr__(rule, "_json", json)
    return rule


@functools.cache
def _decoder(name: str) -> tuple[int, Callable[[Any], Any] | None]:
    return _NAMES.index(name), decoder(field_type(Rule, name))

"""A Ruleset as plain JSON values and back, driven by the annotations of `rule`: no pickle, no second schema.

A value is the list of its fields; where several classes may stand, its name comes first.
"""

from __future__ import annotations

import functools
import sys
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from loganalyzer.frozen import names_of

Decoder = Callable[[Any], Any]


def encode(value: Any, annotation: Any) -> Any:  # noqa: ANN401
    """`value` of this annotated type as JSON values."""
    if value is None:
        return None
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        classes = [arg for arg in args if _is_class(arg)]
        if len(classes) > 1 or (classes and len(args) > 2):
            return [type(value).__name__, encode(value, type(value))] if _is_class(type(value)) else value
        return encode(value, next(arg for arg in args if arg is not types.NoneType))
    if origin is tuple:
        return [encode(item, args[0]) for item in value]
    if origin is Mapping:
        return {key: encode(item, args[1]) for key, item in value.items()}
    if _is_class(annotation):
        return [encode(getattr(value, name), field_type(annotation, name)) for name in names_of(annotation)]
    if isinstance(value, Enum):
        return value.value
    return value.decode() if isinstance(value, bytes) else value


@functools.cache
def decoder(annotation: Any) -> Decoder | None:  # noqa: ANN401
    """What makes a value of this type of JSON values; None: they are the same."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        return _union(args)
    if origin is tuple:
        item = decoder(args[0])
        return _tuple(item) if item else tuple
    if origin is Mapping:
        item = decoder(args[1])
        return _mapping(item) if item else None
    if _is_class(annotation):
        return _class(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return {member.value: member for member in annotation}.__getitem__
    return str.encode if annotation is bytes else None


def _is_class(annotation: Any) -> bool:  # noqa: ANN401
    return hasattr(annotation, "__match_args__")


def _tuple(item: Decoder) -> Decoder:
    return lambda values: tuple(map(item, values))


def _mapping(item: Decoder) -> Decoder:
    return lambda values: {key: item(value) for key, value in values.items()}


def _union(args: tuple[Any, ...]) -> Decoder | None:
    classes = [arg for arg in args if _is_class(arg)]
    if len(classes) > 1 or (classes and len(args) > 2):
        by_name = {arg.__name__: arg for arg in classes}

        def tagged(value: Any) -> Any:  # noqa: ANN401
            if not isinstance(value, list):
                return value
            one = decoder(by_name[value[0]])
            assert one  # classes have a decoder
            return one(value[1])

        return tagged
    inner = decoder(next(arg for arg in args if arg is not types.NoneType))
    return (lambda value: None if value is None else inner(value)) if inner else None


def _class(cls: Any) -> Decoder:  # noqa: ANN401
    # Looked up at the first value: conditions hold conditions.
    decoders: list[tuple[int, Decoder]] | None = None

    def make(values: list[Any]) -> Any:  # noqa: ANN401
        nonlocal decoders
        if decoders is None:
            types_of = [field_type(cls, name) for name in names_of(cls)]
            decoders = [(i, one) for i, type_ in enumerate(types_of) if (one := decoder(type_))]
        for i, one in decoders:
            values[i] = one(values[i])
        return cls(*values)

    return make


@functools.cache
def field_type(cls: type, name: str) -> Any:  # noqa: ANN401
    """The type of a field: one at a time, because of most rules few fields are asked for."""
    return eval(cls.__annotations__[name], vars(sys.modules[cls.__module__]))  # noqa: S307  # what stands in `rule`

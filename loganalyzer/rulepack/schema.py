"""A small declarative schema over YAML nodes: it reads values with their positions and can print itself as JSON Schema.

Every type reads one node. A mistake is noted in the file and gives None, so that reading goes on to the next.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from enum import Enum
from typing import Any, Protocol

import yaml

from loganalyzer.errors import Location
from loganalyzer.frozen import frozen
from loganalyzer.model import Text
from loganalyzer.rulepack.nodes import RuleFile


@frozen
class Scalar:
    """A scalar as it stands in the file."""

    text: str
    file: RuleFile
    node: yaml.ScalarNode

    def at(self, offset: int = 0) -> Location:
        """The place of one of its characters."""
        return self.file.inside(self.node, offset)


@frozen
class Table:
    """A mapping that was read: values by key, and where each key stands."""

    where: Location
    values: Mapping[str, Any]
    keys: Mapping[str, Location] = field(default_factory=dict)

    def get(self, key: str) -> Any:  # noqa: ANN401 - what it is stands in the field table
        """The value, or None where it is missing or wrong."""
        return self.values.get(key)

    def text(self, key: str) -> str:
        """A scalar's text; empty where missing."""
        value = self.values.get(key)
        return value.text if isinstance(value, Scalar) else ""

    def at(self, key: str) -> Location:
        """Where the key stands, else the table."""
        return self.keys.get(key, self.where)


class Type(Protocol):
    """What a value may be."""

    def read(self, file: RuleFile, node: yaml.Node) -> Any:  # noqa: ANN401
        """The value, or None with a mistake noted."""
        ...

    def json_schema(self) -> dict[str, object]:
        """The same as JSON Schema."""
        ...


def _wrong(file: RuleFile, node: yaml.Node, want: str) -> None:
    kinds = {yaml.ScalarNode: "a text", yaml.SequenceNode: "a list", yaml.MappingNode: "a mapping"}
    file.mistake(f"expected {want}, not {kinds[type(node)]}", file.at(node.start_mark))


@frozen
class Str:
    """A text that is not empty (unless `empty`)."""

    pattern: str | None = None
    says: str = "a text"
    """What the pattern means, for messages."""
    empty: bool = False
    longest: int | None = None
    """Characters."""

    def read(self, file: RuleFile, node: yaml.Node) -> Scalar | None:
        """The text with its position."""
        if not isinstance(node, yaml.ScalarNode):
            _wrong(file, node, self.says)
            return None
        if not self.empty and not node.value.strip():
            file.mistake(f"expected {self.says}, it is empty", file.at(node.start_mark))
            return None
        if self.longest and len(node.value) > self.longest:
            file.mistake(f"{self.says} of more than {self.longest} characters", file.at(node.start_mark))
            return None
        if self.pattern and not re.fullmatch(self.pattern, node.value):
            file.mistake(f"expected {self.says}, not {_short(node.value)}", file.at(node.start_mark))
            return None
        return Scalar(node.value, file, node)

    def json_schema(self) -> dict[str, object]:
        """A string; YAML's own numbers and booleans are texts to us."""
        schema: dict[str, object] = {"type": ["string", "number", "boolean"]}
        return {**schema, "type": "string", "pattern": f"^(?:{self.pattern})$"} if self.pattern else schema


@frozen
class Choice:
    """One of some words; read as the value that stands for it."""

    values: Mapping[str, object]

    def read(self, file: RuleFile, node: yaml.Node) -> Any:  # noqa: ANN401
        """The value of the word."""
        want = f"one of {', '.join(self.values)}"
        if not isinstance(node, yaml.ScalarNode):
            _wrong(file, node, want)
            return None
        if node.value not in self.values:
            file.mistake(f"expected {want}, not {_short(node.value)}", file.at(node.start_mark))
            return None
        return self.values[node.value]

    def json_schema(self) -> dict[str, object]:
        """An enumeration."""
        if set(self.values) == {"true", "false"}:
            return {"type": "boolean"}
        return {"enum": list(self.values)}


def choice(kind: type[Enum]) -> Choice:
    """The members of an enumeration by their lower-case names."""
    return Choice({member.name.lower(): member for member in kind})


BOOL = Choice({"true": True, "false": False})


@frozen
class List:
    """A list of one type."""

    item: Type
    least: int = 0

    def read(self, file: RuleFile, node: yaml.Node) -> list[Any] | None:
        """The items that could be read."""
        if not isinstance(node, yaml.SequenceNode):
            _wrong(file, node, "a list")
            return None
        if len(node.value) < self.least:
            file.mistake("an empty list", file.at(node.start_mark))
            return None
        return [value for child in node.value if (value := self.item.read(file, child)) is not None]

    def json_schema(self) -> dict[str, object]:
        """An array."""
        return {"type": "array", "items": self.item.json_schema(), "minItems": self.least}


def _pairs(file: RuleFile, node: yaml.MappingNode) -> dict[str, tuple[Location, yaml.Node]]:
    """The entries of a mapping; duplicate, merge and non-text keys are mistakes."""
    pairs: dict[str, tuple[Location, yaml.Node]] = {}
    for key, value in node.value:
        where = file.at(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            file.mistake("a key must be a text", where)
        elif key.value == "<<" and not key.style:
            file.mistake("a merge key (<<); write the keys out", where)
        elif key.value in pairs:
            file.mistake(f"the key {_short(key.value)} is here twice, first in line {pairs[key.value][0].line}", where)
        else:
            pairs[key.value] = (where, value)
    return pairs


@frozen
class Map:
    """Free keys of one pattern to values of one type."""

    value: Type
    key: str = r".+"
    says: str = "a name"
    least: int = 0

    def read(self, file: RuleFile, node: yaml.Node) -> Table | None:
        """The entries that could be read."""
        if not isinstance(node, yaml.MappingNode):
            _wrong(file, node, "a mapping")
            return None
        if len(node.value) < self.least:
            file.mistake("an empty mapping", file.at(node.start_mark))
            return None
        values, keys = {}, {}
        for key, (where, child) in _pairs(file, node).items():
            if not re.fullmatch(self.key, key):
                file.mistake(f"expected {self.says}, not {_short(key)}", where)
            elif (value := self.value.read(file, child)) is not None:
                values[key], keys[key] = value, where
        return Table(file.at(node.start_mark), values, keys)

    def json_schema(self) -> dict[str, object]:
        """An object with free keys."""
        return {
            "type": "object",
            "patternProperties": {f"^(?:{self.key})$": self.value.json_schema()},
            "additionalProperties": False,
            "minProperties": self.least,
        }


@frozen
class Field:
    """One key of an object."""

    type: Type
    about: str
    needed: bool = False


@frozen
class Object:
    """A mapping with known keys."""

    fields: Mapping[str, Field]

    def read(self, file: RuleFile, node: yaml.Node) -> Table | None:
        """The values of the known keys."""
        if not isinstance(node, yaml.MappingNode):
            _wrong(file, node, "a mapping" + (f" with {', '.join(self.fields)}" if len(self.fields) < 9 else ""))
            return None
        values, keys = {}, {}
        pairs = _pairs(file, node)
        for key, (where, child) in pairs.items():
            if key not in self.fields:
                cut = node.flow_style and isinstance(child, yaml.ScalarNode) and child.value == "" and not child.style
                why = "; in {...} a comma ends a text: quote it" if cut else suggest(key, self.fields)
                file.mistake(f"unknown key {_short(key)}{why}", where)
                continue
            keys[key] = where
            if (value := self.fields[key].type.read(file, child)) is not None:
                values[key] = value
        for key, known in self.fields.items():
            if known.needed and key not in pairs:
                file.mistake(f"the key {key!r} is missing: {known.about}", file.at(node.start_mark))
        return Table(file.at(node.start_mark), values, keys)

    def json_schema(self) -> dict[str, object]:
        """An object with described properties."""
        return {
            "type": "object",
            "properties": {
                key: {**known.type.json_schema(), "description": known.about} for key, known in self.fields.items()
            },
            "required": [key for key, known in self.fields.items() if known.needed],
            "additionalProperties": False,
        }


@frozen
class Either:
    """One type where a text stands, another where a mapping or a list stands."""

    scalar: Type | None = None
    mapping: Type | None = None
    sequence: Type | None = None

    def read(self, file: RuleFile, node: yaml.Node) -> Any:  # noqa: ANN401
        """What the type for this shape reads."""
        shapes = {yaml.ScalarNode: self.scalar, yaml.MappingNode: self.mapping, yaml.SequenceNode: self.sequence}
        type_ = shapes[type(node)]
        if type_ is None:
            names = (("a text", self.scalar), ("a mapping", self.mapping), ("a list", self.sequence))
            _wrong(file, node, " or ".join(name for name, known in names if known))
            return None
        return type_.read(file, node)

    def json_schema(self) -> dict[str, object]:
        """Any of them."""
        return {"anyOf": [type_.json_schema() for type_ in (self.scalar, self.mapping, self.sequence) if type_]}


@frozen
class Converted:
    """What another type reads, made into something else."""

    type: Type
    make: Callable[[Any], Any]

    def read(self, file: RuleFile, node: yaml.Node) -> Any:  # noqa: ANN401
        """The made value."""
        value = self.type.read(file, node)
        return None if value is None else self.make(value)

    def json_schema(self) -> dict[str, object]:
        """That of the other type."""
        return self.type.json_schema()


TEXT = Converted(
    Object(
        {"en": Field(Str(), "the text in English", needed=True), "zh": Field(Str(), "the text in Chinese", needed=True)}
    ),
    lambda table: Text(table.text("en"), table.text("zh")),
)
"""A sentence in both languages."""


def suggest(word: str, known: Collection[str]) -> str:
    """`; did you mean x?` where something near is known, else what there is."""
    near = difflib.get_close_matches(word, known, 1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known are {', '.join(sorted(known))}" if 0 < len(known) <= 30 else ""


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")

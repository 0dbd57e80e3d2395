"""One YAML file as nodes with positions; everything that is not plain data is refused before it can do harm."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from loganalyzer.errors import Location, Mistake

LARGEST = 1 << 20
"""Bytes of one rule file."""
DEEPEST = 20
"""Levels of nesting."""


@dataclass(slots=True)
class RuleFile:
    """A file that is being read: its text, and every mistake that was found in it so far."""

    path: str
    text: str = ""
    mistakes: list[Mistake] = field(default_factory=list)

    def mistake(self, message: str, where: Location | None = None) -> None:
        """Note a mistake; without a place it is one of the whole file."""
        self.mistakes.append(Mistake(where or Location(self.path, 1, 1), message))

    def at(self, mark: Any) -> Location:  # noqa: ANN401
        """The place of a YAML mark (PyYAML's C and Python parsers have a class each)."""
        return Location(self.path, mark.line + 1, mark.column + 1)

    def inside(self, node: yaml.ScalarNode, offset: int) -> Location:
        """The place of the `offset`-th character of a scalar's value; its first where folding hides it."""
        line, column = node.start_mark.line, node.start_mark.column
        lines = self.text.splitlines()
        value = node.value[:offset]
        if node.style == "|":
            row = line + 1 + value.count("\n")
            if row < len(lines):
                indent = len(lines[line + 1]) - len(lines[line + 1].lstrip(" "))
                return Location(self.path, row + 1, indent + len(value.rpartition("\n")[2]) + 1)
        elif node.start_mark.line == node.end_mark.line:
            if node.style == "'":
                column += 1 + value.count("'")
            elif node.style == '"':
                column += 1 + value.count('"') + value.count("\\")
            return Location(self.path, line + 1, column + len(value) + 1)
        return Location(self.path, line + 1, column + 1)


def compose(path: Path, shown: str) -> tuple[RuleFile, yaml.Node | None]:
    """Read a file into its root node; None (and mistakes) where there is none to be had."""
    file = RuleFile(shown)
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        file.mistake(f"cannot be read: {error.strerror or error}")
        return file, None
    return file, compose_bytes(file, data)


def compose_bytes(file: RuleFile, data: bytes) -> yaml.Node | None:
    """The root node of a rule file's bytes."""
    if len(data) > LARGEST:
        file.mistake(f"larger than {LARGEST >> 20} MiB")
        return None
    try:
        file.text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        file.mistake("not UTF-8", Location(file.path, line, column))
        return None
    if file.text.startswith("\ufeff"):
        file.mistake("begins with a byte order mark")
        return None
    try:
        if not _is_plain(file):
            return None
        return yaml.compose(file.text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        file.mistake(f"not YAML: {error.problem or error.context}", file.at(mark) if mark else None)
    except yaml.reader.ReaderError as error:
        file.mistake(f"not YAML: {error.reason}", _place(file, error.position))
    except yaml.YAMLError as error:
        file.mistake(f"not YAML: {error}")
    return None


def _place(file: RuleFile, position: int) -> Location:
    before = file.text.encode()[:position]
    line = before.count(b"\n") + 1
    return Location(file.path, line, len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1)


def _is_plain(file: RuleFile) -> bool:
    """Whether there are no aliases, anchors, tags, second documents or deep nests; looks at events only."""
    before = len(file.mistakes)
    documents = depth = 0
    for event in yaml.parse(file.text, Loader=yaml.CSafeLoader):
        where = file.at(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                file.mistake("a second document; one file is one rule", where)
                break
        elif isinstance(event, yaml.AliasEvent):
            file.mistake(f"an alias (*{event.anchor}); write the value out", where)
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.anchor:
                file.mistake(f"an anchor (&{event.anchor}); rules have none", where)
            if event.tag:
                file.mistake(f"a tag ({event.tag}); rules have none", where)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    file.mistake(f"nested deeper than {DEEPEST} levels", where)
                    break
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    if not documents:
        file.mistake("empty; one file is one rule")
    return len(file.mistakes) == before


def locate(path: str, keys: tuple[str | int, ...]) -> Location:
    """Where the value under these keys and indices begins; as deep as they lead."""
    try:
        node = yaml.compose(Path(path).read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return Location(path)
    mark = node.start_mark if node else None
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if pair[0].value == key]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            found = [(node.value[key], node.value[key])]
        else:
            found = []
        if not found:
            break
        mark, node = found[0][0].start_mark, found[0][1]
    return Location(path, mark.line + 1, mark.column + 1) if mark else Location(path)


def values(path: str) -> dict[str, Any]:
    """What a rule file says, as it stands there: mappings, lists and texts."""
    plain = _plain(yaml.compose(Path(path).read_text("utf-8"), Loader=yaml.CSafeLoader))
    return plain if isinstance(plain, dict) else {}


def _plain(node: yaml.Node | None) -> object:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    return node.value if node else None

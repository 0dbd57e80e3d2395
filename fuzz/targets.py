"""The doors by which foreign bytes come in, each as a function of bytes that may raise nothing.

The same functions run under atheris (`make fuzz`) and, over the kept inputs, in tests/promises/test_fuzz.py.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

from fuzz.oracles import archives_agree, wrapped_agrees
from loganalyzer.errors import NoInputError
from loganalyzer.ingest import open_inputs
from loganalyzer.ingest.formats import peel
from loganalyzer.ingest.normalize import normalize
from loganalyzer.ingest.unwrap import unwrap
from loganalyzer.limits import DEFAULT, KIB, MIB
from loganalyzer.model import iso
from loganalyzer.rulepack import condition, template
from loganalyzer.rulepack.build import build
from loganalyzer.rulepack.fields import CONDITION, RULE, TEMPLATE
from loganalyzer.rulepack.nodes import RuleFile, compose_bytes
from loganalyzer.rulepack.patterns import PatternError, compile_pattern
from loganalyzer.rulepack.regex import read_regex, unanchored
from loganalyzer.safe import Redactor, visible

SMALL = replace(DEFAULT, read_ahead=0, block=4 * KIB, context=KIB, total=8 * MIB, ratio_floor=MIB, members=1000)
"""Limits that are reached by small inputs."""


def archive(data: bytes) -> None:
    """The byte side: any bytes, as a pipe, to the last line; what was read and what is said of it are consistent."""
    archives_agree(data, SMALL)
    inputs = open_inputs(["-"], SMALL, io.BytesIO(data))
    read = 0
    try:
        for source in inputs.sources():
            lines, end = 0, b"\n"
            for block in source.blocks():
                assert 0 <= block.start <= len(block.data)
                read += len(block.data) - block.start
                if not block.joined and (new := block.data[block.start :]):
                    lines, end = lines + new.count(b"\n"), new[-1:]
            info = source.summary()
            assert info.lines == lines + (end != b"\n"), (info.lines, lines)
            for when in (info.first, info.last):
                assert when is None or iso(when)
    except NoInputError:
        pass
    assert read <= 4 * SMALL.total
    for problem in inputs.problems:
        assert problem.kind
        assert problem.detail.en
        assert problem.detail.zh


def dialects(data: bytes) -> None:
    """One line through every layer of dialects, and as the engine normalises it."""
    wrapped_agrees(data)
    text = data.decode("utf-8", "backslashreplace")
    entry = peel(text)
    if entry is not None:
        assert entry.dialects
        assert entry.node is None or isinstance(entry.node, str)
        assert entry.level in (None, "debug", "info", "warn", "error", "fatal")
        assert entry.when is None or iso(entry.when)
    # A line feed was one before, or an escape, or a value in an array of bytes.
    inner = unwrap(data)
    assert b"\n" not in inner or b"\n" in data or b"\\" in data or 10 in json.loads(data)["MESSAGE"]
    assert b"\n" not in normalize(inner) or b"\n" in inner or b"\\" in inner


def safe(data: bytes) -> None:
    """Redaction and visible controls: idempotent, and nothing of what it forbids is left."""
    text = data.decode("utf-8", "backslashreplace")
    shown = visible(Redactor().text(text))
    assert shown == visible(shown)
    assert not any(ord(char) < 32 and char != "\t" for char in shown)
    shown.encode()


def templates(data: bytes) -> None:
    """The grammar of templates: a pattern with anchors, or a mistake with its place. No rule has a longer one."""
    text = data.decode("utf-8", "replace")[: TEMPLATE.longest]
    try:
        made = template.parse(text)
        compile_pattern(made.pattern)
        assert made.fill({}) is not None
    except template.TemplateError as error:
        assert 0 <= error.offset <= len(text)
    except PatternError as error:
        assert str(error)  # too large for RE2
    try:
        pattern, _ = read_regex(text)
        unanchored(text, [text[:8]])
        assert pattern.isascii()
    except PatternError as error:
        assert str(error)


def conditions(data: bytes) -> None:
    """The grammar of conditions: a tree, or a mistake with its place."""
    text = data.decode("utf-8", "replace")[: CONDITION.longest]
    scope = condition.Scope(
        {"a": frozenset({"ip"}), "b_1": frozenset(), "b_2": frozenset({"x"})}, {"f": frozenset({"ip"})}
    )
    made = condition.parse(text, scope)
    assert made is not None or scope.complaints
    for one in scope.complaints:
        assert one.message
        assert 0 <= one.offset <= len(text)


def rule_files(data: bytes) -> None:
    """The YAML of strangers: a tree of nodes, or mistakes that all have a place."""
    file = RuleFile("fuzz.yaml")
    root = compose_bytes(file, data)
    assert root is not None or file.mistakes
    if root is not None:
        table = RULE.read(file, root)
        rule = build(file, table) if table else None
        assert rule is not None or file.mistakes
    for one in file.mistakes:
        assert one.location.line
        assert one.location.column
        assert one.message


TARGETS: dict[str, Callable[[bytes], None]] = {
    "archive": archive,
    "dialects": dialects,
    "safe": safe,
    "templates": templates,
    "conditions": conditions,
    "rule_files": rule_files,
}

"""Patterns that compile late are no later than the tests: each one of the package compiles and behaves as `re`'s."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import loganalyzer
from loganalyzer import late


def _patterns() -> Iterator[tuple[str, object]]:
    for module in pkgutil.walk_packages(loganalyzer.__path__, "loganalyzer."):
        if module.name.endswith("__main__"):
            continue
        waiting = list(vars(importlib.import_module(module.name)).items())
        while waiting:
            name, value = waiting.pop()
            if isinstance(value, late._Late):
                yield f"{module.name}.{name}", value
            elif isinstance(value, tuple | list):
                waiting += [(name, each) for each in value]


def test_every_pattern_compiles() -> None:
    found = dict(_patterns())
    assert len(found) > 100
    for where, pattern in found.items():
        assert re.compile(pattern.pattern, pattern.flags & ~re.UNICODE), where  # type: ignore[attr-defined]


def test_it_answers_as_a_compiled_pattern_does() -> None:
    pattern = late.pattern(r"(\d+)-x", re.ASCII)
    assert pattern.match("12-x") is not None
    assert pattern.fullmatch("a12-x") is None
    assert pattern.findall("1-x 22-x") == ["1", "22"]
    assert (pattern.pattern, pattern.groups) == (r"(\d+)-x", 1)


def test_a_mistake_is_raised_at_its_first_use() -> None:
    broken = late.pattern("(")
    with pytest.raises(re.error):
        broken.search("x")

"""One alternative of one signal: RE2 alone decides whether a line matches, and captures."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Protocol

import re2

from loganalyzer.diagnose.digits import significant
from loganalyzer.rulepack.rule import Alternative, Rule, Signal

_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
_OPTIONS.log_errors = False

Span = tuple[int, int]
_NONE: Span = (-1, -1)


class _Match(Protocol):
    """What we use of an RE2 match."""

    def start(self) -> int: ...
    def span(self, index: int) -> Span: ...


class _Pattern(Protocol):
    """What we use of an RE2 pattern."""

    @property
    def groupindex(self) -> Mapping[bytes, int]: ...
    def search(self, text: bytes) -> _Match | None: ...


def compile_re2(pattern: str) -> _Pattern:
    """RE2 over bytes, Latin-1. Raises re2.error where the pattern is none."""
    compiled: _Pattern = re2.compile(pattern.encode("latin-1"), _OPTIONS)
    return compiled


class Matcher:
    """Compiled when it is first asked."""

    def __init__(self, order: int, rule: Rule, signal: str, alternative: int) -> None:
        self.order = order
        self.rule = rule
        self.key = (rule.id, signal)
        self._number = alternative

    @cached_property
    def signal(self) -> Signal:
        """What it is one way of."""
        return self.rule.signals[self.key[1]]

    @cached_property
    def alternative(self) -> Alternative:
        """The alternative itself."""
        return self.signal.alternatives[self._number]

    @cached_property
    def _pattern(self) -> _Pattern:
        return compile_re2(self.alternative.pattern)

    @cached_property
    def _groups(self) -> tuple[tuple[str, int], ...]:
        return tuple((name.decode(), index) for name, index in self._pattern.groupindex.items())

    @cached_property
    def _without(self) -> tuple[_Pattern, ...]:
        return tuple(compile_re2(pattern) for pattern in self.signal.without)

    @cached_property
    def digits(self) -> frozenset[bytes] | None:
        """The literals with digits that its patterns hold; None where digits matter to them otherwise, too."""
        found: set[bytes] = set()
        for pattern in (self.alternative.pattern, *self.signal.without):
            literals = significant(pattern)
            if literals is None:
                return None
            found |= literals
        return frozenset(found)

    def match(self, text: bytes) -> _Match | None:
        """The RE2 match in a normalised line or paragraph, or None."""
        found = self._pattern.search(text)
        if found is None or (self._without and any(pattern.search(text) for pattern in self._without)):
            return None
        return found

    def result(self, text: bytes) -> tuple[int, ...] | None:
        """Where the match and its values stand; None: no match."""
        match = self.match(text)
        if match is None:
            return None
        return (match.start(), *[at for _, index in self._groups for at in match.span(index)])

    def captures(self, match: _Match) -> dict[str, Span]:
        """Where the named values of a match stand; groups that did not take part are left out."""
        return {name: span for name, index in self._groups if (span := match.span(index)) != _NONE}


class Matchers(dict[int, Matcher]):
    """The alternatives of all rules by number (see `rulepack.index`), each made when it is first called."""

    def __init__(self, rules: Mapping[str, Rule], firsts: Sequence[int]) -> None:
        super().__init__()
        self._rules, self._firsts = tuple(rules.values()), firsts

    def __missing__(self, number: int) -> Matcher:
        at = bisect_right(self._firsts, number) - 1
        rule, left = self._rules[at], number - self._firsts[at]
        ways = ((signal.name, way) for signal in rule.signals.values() for way in range(len(signal.alternatives)))
        made = self[number] = Matcher(number, rule, *next(islice(ways, left, None)))
        return made

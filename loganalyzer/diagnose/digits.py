"""Which digits matter to a pattern: lines that differ in other digits only are, to it, the same line.

Floods repeat a few lines that differ in times, numbers and addresses. A pattern to which any digit is as good as any
other matches all of them at the same place or none. Where it holds a literal with digits (`x509`, `:6443`), those
places of the line tell lines apart.
"""

from __future__ import annotations

# CPython's own regex parser, as in rulepack/regex.py; RE2 syntax that it does not know is answered with "they matter".
import re
import warnings
from collections.abc import Iterable
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

DIGITS = b"0123456789"
MASK = bytes.maketrans(DIGITS, b"0" * 10)
"""For `bytes.translate`: what is left of a line when every digit is the same."""

_MOST = 32
"""So many texts that choices in a pattern stand for are looked at."""

Token = tuple[Any, Any]

_ANY_DIGIT = frozenset(DIGITS)
_UNIFORM = (sre.ANY, sre.ANY_ALL, sre.AT)


def significant(pattern: str) -> frozenset[bytes] | None:
    """The literals with digits in an RE2 pattern, whole runs of it; None where digits matter in another way, or where
    that cannot be told."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = sre_parser.parse(pattern)
        if parsed.state.flags & re.IGNORECASE:
            return None
        found: set[bytes] = set()
        return frozenset(found) if _walk(parsed, found) else None
    except (re.error, RecursionError, OverflowError, UnicodeEncodeError):
        return None


def _walk(tokens: Iterable[Token], found: set[bytes]) -> bool:
    """Collect the literal runs with digits; False where a digit is told from another in another way."""
    runs = [b""]

    def end_runs() -> None:
        found.update(run for run in runs if _ANY_DIGIT.intersection(run))
        runs[:] = [b""]

    for op, value in tokens:
        texts = _texts(((op, value),))
        if texts and len(runs) * len(texts) <= _MOST:
            runs = [run + text for run in runs for text in texts]
            continue
        end_runs()
        if op in _UNIFORM:
            continue
        if op is sre.NOT_LITERAL:
            good = value not in _ANY_DIGIT
        elif op is sre.IN:
            good = _whole(value)
        elif op is sre.BRANCH:
            good = all(_walk(branch, found) for branch in value[1])
        elif op is sre.SUBPATTERN:
            good = not value[1] & re.IGNORECASE and _walk(value[3], found)
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            good = _walk(value[2], found)
        else:
            good = False
        if not good:
            return False
    end_runs()
    return True


def _texts(tokens: Iterable[Token]) -> list[bytes] | None:
    """All texts that these tokens match, where they are literals and choices between literals only, and few."""
    texts = [b""]
    for op, value in tokens:
        more: list[bytes] | None = None
        if op is sre.LITERAL and value < 256:
            more = [bytes((value,))]
        elif op is sre.SUBPATTERN and not value[1] & re.IGNORECASE:
            more = _texts(value[3])
        elif op is sre.BRANCH:
            ways = [_texts(branch) for branch in value[1]]
            more = None if None in ways else [text for way in ways for text in way or ()]
        elif op is sre.IN and all(one is sre.LITERAL and char < 256 for one, char in value):
            more = [bytes((char,)) for _, char in value]
        if more is None or len(texts) * len(more) > _MOST:
            return None
        texts = [text + tail for text in texts for tail in more]
    return texts


def _whole(items: Iterable[tuple[Any, Any]]) -> bool:
    """Whether a class holds all digits or none."""
    held: set[int] = set()
    for op, value in items:
        if op is sre.LITERAL:
            held |= _ANY_DIGIT & {value}
        elif op is sre.RANGE:
            held |= _ANY_DIGIT.intersection(range(value[0], value[1] + 1))
        elif op is sre.CATEGORY and value in (sre.CATEGORY_DIGIT, sre.CATEGORY_WORD, sre.CATEGORY_NOT_SPACE):
            held |= _ANY_DIGIT
        elif (op is sre.CATEGORY and value is sre.CATEGORY_NOT_DIGIT and held) or op not in (sre.NEGATE, sre.CATEGORY):
            return False
    return not held or held == _ANY_DIGIT


def places(masked: bytes, literals: Iterable[bytes]) -> set[tuple[int, int]]:
    """Where in a masked line a literal stands or would, were its digits others."""
    found: set[tuple[int, int]] = set()
    for literal in literals:
        hidden = literal.translate(MASK)
        at = masked.find(hidden)
        while at >= 0:
            found.add((at, at + len(hidden)))
            at = masked.find(hidden, at + 1)
    return found

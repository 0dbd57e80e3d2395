"""What an author's regex must fulfil: RE2 syntax, ASCII classes, and anchors that every match contains."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence

# CPython's own regex parser: undocumented, and in 3.11 to 3.14 the same. It only proves anchors, it never matches.
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

from loganalyzer import late
from loganalyzer.rulepack.patterns import PatternError, compile_pattern

_GROUP = late.pattern(r"[a-z][a-z0-9_]*\Z")


def read_regex(source: str) -> tuple[str, dict[str, str]]:
    """Author's regex -> RE2 pattern for bytes (ASCII only) and its captures; PatternError says what is wrong."""
    for refused, why in (
        ("[[:", "write the range itself ([a-z]) for a POSIX class"),
        ("\\p", "Unicode classes do not work on bytes"),
        ("\\P", "Unicode classes do not work on bytes"),
        ("\\x{", "write \\xNN"),
        ("\\C", "\\C is not for rules"),
        ("\\Q", "escape the characters one by one"),
    ):
        if refused in source:
            raise PatternError(f"{refused}: {why}")
    pattern = _to_bytes(source)
    groups = [name.decode() for name in compile_pattern(pattern).groupindex]
    for name in groups:
        if not _GROUP.match(name):
            raise PatternError(f"{name!r} is no name for a capture: lower-case letters, digits and _")
    return pattern, dict.fromkeys(groups, "regex")


def _to_bytes(source: str) -> str:
    """Non-ASCII characters as groups of their UTF-8 bytes; refused in classes, where bytes would fall apart."""
    out: list[str] = []
    inside = False
    i = 0
    while i < len(source):
        char = source[i]
        if char == "\\":
            out.append(source[i : i + 2])
            if not source[i : i + 2].isascii():
                raise PatternError("a backslash before a non-ASCII character")
            i += 2
            continue
        if not char.isascii():
            if inside:
                raise PatternError(f"non-ASCII character {char!r} in a class: use (?:a|b)")
            out.append("(?:" + "".join(f"\\x{byte:02x}" for byte in char.encode()) + ")")
        else:
            if char == "[" and not inside:
                inside = True
                opening = re.match(r"\[\^?\]?", source[i:])
                assert opening  # it begins with [
                out.append(opening[0])
                i += len(opening[0])
                continue
            if char == "]":
                inside = False
            out.append(char)
        i += 1
    return "".join(out)


def unanchored(source: str, anchors: Sequence[str]) -> bool:
    """Whether it cannot be shown that every match of the regex contains one of the anchors."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = sre_parser.parse(source)
    except (re.error, RecursionError, OverflowError):
        return True
    if parsed.state.flags & re.IGNORECASE:
        return True
    variants = _variants(list(parsed))
    return variants is None or not all(_contains(variant, anchors) for variant in variants)


_MOST = 256
"""Combinations of branches that are looked at."""

Token = tuple[Any, Any]


def _variants(tokens: Sequence[Token]) -> list[list[Token]] | None:
    """The concatenations that a regex stands for, its groups and branches opened; None: too many."""
    found: list[list[Token]] = [[]]
    for op, value in tokens:
        if op is sre.SUBPATTERN and not value[1] & re.IGNORECASE:
            ways = _variants(list(value[3]))
        elif op is sre.BRANCH:
            each = [_variants(list(branch)) for branch in value[1]]
            ways = None if None in each else [way for one in each if one for way in one]
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT) and value[0] >= 1:
            inner = _variants(list(value[2]))
            # Once for sure; what the repetitions put behind it is not known.
            ways = None if inner is None else [[*way, (sre.ANY, None)] for way in inner]
        else:
            ways = [[(op, value)]]
        if ways is None or len(found) * len(ways) > _MOST:
            return None
        found = [before + way for before in found for way in ways]
    return found


def _contains(tokens: Sequence[Token], anchors: Sequence[str]) -> bool:
    """Whether every text of this concatenation contains an anchor: a run of its literals does."""
    run = ""
    for op, value in tokens:
        if op is sre.LITERAL:
            run += chr(value)
            if any(run.endswith(anchor) for anchor in anchors):
                return True
        elif op is not sre.AT:
            run = ""
    return False

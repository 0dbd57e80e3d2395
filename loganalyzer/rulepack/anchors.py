"""Anchors: the literals that the engine looks for before it runs any pattern.

Each match of an alternative must contain one of its anchors, as bytes, in the raw log as well as in the normalised
line; so an anchor holds nothing that normalising changes.
"""

from __future__ import annotations

import re

from loganalyzer import late
from loganalyzer.rulepack.slots import ANYTHING
from loganalyzer.rulepack.template import Gap, Literal, Template

SHORTEST = 8
"""Bytes; shorter literals are too common in logs."""

CHANGED = "\"'`\\<>&\t\n"
"""Characters that wrapping or escaping may change."""

_COMMON = late.pattern(
    r"connection refused|connection reset by peer|i/o timeout|not found|failed to|unable to|cannot|could not|"
    r"no such file or directory|context deadline exceeded|deadline exceeded|permission denied|already exists|"
    r"timed? ?out|waiting for|the condition|invalid|unknown|unexpected|internal|response|request|"
    r"https?://|kubernetes|kube-system|default|status|server|client|object|dial tcp|code = |desc = |rpc|"
    r"\b(?:is|was|the|to|for|of|in|on|at|with|from|and|by|get|set|err|error|errors|failed|fail|failure|warning|"
    r"node|pod|name|namespace|container|service|start|started|starting|stop|stopped|running|create|created|"
    r"delete|deleted|update|updated|new|no|not|http|https|tcp|level|info|msg|time)\b",
    re.IGNORECASE,
)
_WEAK = late.pattern(
    r"connection refused|connection reset by peer|i/o timeout|not found|failed to|unable to|cannot|could not|"
    r"no such file or directory|context deadline exceeded|permission denied|already exists|https?://|dial tcp|"
    r"\b(?:is|was|the|to|for|of|in|on|at|with|from|and|by|err|error|errors|failed|warning|timeout|rpc|code|desc|"
    r"level|info|msg|time|tcp)\b",
    re.IGNORECASE,
)
_SPLIT = late.pattern(f"[{re.escape(CHANGED)}]")


def rarity(literal: str) -> float:
    """How selective a literal is: its bytes, those of common log phrases counted for little."""
    rest = _COMMON.sub("", literal)
    telling = sum(len(char.encode()) for char in rest if char.isalnum())
    return telling + 0.2 * len(literal.encode())


def is_weak(literal: str) -> bool:
    """Whether it consists of common log phrases only."""
    return sum(len(char.encode()) for char in _WEAK.sub("", literal) if char.isalnum()) < 3


def candidates(template: Template, *, block: bool = False) -> list[str]:
    """The literals of a template that may be anchors, best first. That of a block must lie on its first line."""
    literals: list[str] = []
    for part in template.parts:
        if block and isinstance(part, Gap) and part.pattern == ANYTHING:
            break
        if isinstance(part, Literal):
            literals.append(part.text)
    pieces = [piece for literal in literals for piece in _SPLIT.split(literal)]
    long = [piece for piece in pieces if len(piece.encode()) >= SHORTEST]
    return sorted(long, key=lambda piece: (-rarity(piece), piece))


def why_not(anchor: str) -> str | None:
    """Why a text that an author gives cannot be an anchor; None: it can."""
    if len(anchor.encode()) < SHORTEST:
        return f"an anchor has {SHORTEST} or more bytes, {anchor!r} has {len(anchor.encode())}"
    if bad := _SPLIT.search(anchor):
        return f"an anchor holds no quote, backslash, <, >, & or TAB: {bad[0]!r} in {anchor!r}"
    if is_weak(anchor):
        return f"{anchor!r} stands in too many logs to be an anchor"
    return None

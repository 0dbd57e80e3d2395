"""From a line as it lies in the file straight to what it adds to: the second of a thousand like it is not normalised.

Lines with the same bytes but for their digits are unwrapped and normalised alike, as long as nothing but quotes is
escaped in them. So what tells two of them apart stands at the same places of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Generic, TypeVar

T = TypeVar("T")
Cut = tuple[int, int]

_ROUTES = 2048
"""So many kinds of lines a source are remembered."""
_VALUES = 1024
"""So many values that tell lines of one kind apart are; then it is learnt anew."""
_ALL = 1 << 14
"""So many are, of all kinds together."""
_OTHERS = b"\x1b\r\0#"
"""What normalising looks for besides backslashes."""


def positions(raw: bytes, text: bytes) -> list[int] | None:
    """Where each byte of the normalised `text` stands in the line `raw`, if that is the same for all lines that differ
    from it in digits only; else None."""
    if b"\\" in text or len(raw.translate(None, _OTHERS)) != len(raw):
        return None
    found: list[int] = []
    at = len(raw)
    for byte in reversed(text):
        at -= 1
        while at >= 0 and raw[at] == 92:  # a backslash before a quote
            at -= 1
        if at < 0 or raw[at] != byte:
            return None
        found.append(at)
    found.reverse()
    return found


class Route(Generic[T]):
    """One kind of line: where lines of it may differ, and what those add to."""

    __slots__ = ("cuts", "goals", "key")

    def __init__(self, cuts: tuple[Cut, ...]) -> None:
        self.cuts = cuts
        self.goals: dict[object, T] = {}
        self.key: Callable[[bytes], object] = itemgetter(*[slice(*cut) for cut in cuts or ((0, 0),)])
        """What tells a line from others of its kind."""


class Routes(Generic[T]):
    """The memory of one source."""

    def __init__(self) -> None:
        self.table: dict[bytes, Route[T]] = {}
        """By line with all digits made one. What a line adds to is `goals.get(key(line))`."""
        self._known = 0

    def learn(self, masked: bytes, raw: bytes, text: bytes, cuts: Iterable[slice], goal: T) -> None:
        """The line `raw`, in normal form `text`, adds to `goal`, as do all that differ only outside of these `cuts` of
        the normal form (and in digits)."""
        where = positions(raw, text)
        if where is None:
            return
        wanted = {(where[cut.start], where[cut.stop - 1] + 1) for cut in cuts if cut.start < cut.stop}
        route = self.table.get(masked)
        if route is not None and (len(route.goals) >= _VALUES or not wanted.issubset(route.cuts)):
            if len(route.goals) < _VALUES:
                wanted.update(route.cuts)
            route = None
        if self._known >= _ALL or len(self.table) >= _ROUTES:
            self.table.clear()
            self._known, route = 0, None
        if route is None:
            route = self.table[masked] = Route(tuple(sorted(wanted)))
        route.goals[route.key(raw)] = goal
        self._known += 1

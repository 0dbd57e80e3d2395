"""Lines of one source that differ only in digits that matter to no rule are judged once.

A flood repeats a few lines, each time with another time, number or address. What RE2 says of the first of them holds
for all (`digits`), so the rest costs a look-up, and once their series are saturated they are only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from loganalyzer.diagnose.digits import DIGITS, MASK, places
from loganalyzer.diagnose.matcher import Matcher, Span
from loganalyzer.diagnose.routes import Route, Routes
from loganalyzer.diagnose.series import Series

_LONGEST = 2048
"""Longer lines are not remembered."""
_SHAPES = 2048
"""So many shapes of lines a source are remembered."""
_OFTEN = 8
"""A shape is worth remembering when it was seen so many times."""
_NEW = 1 << 14
"""So many shapes are counted before that."""
_PLACES = 2
"""A pattern whose digits may stand in more places of a line than these is asked about each line."""
_VALUES = 1024
"""So many combinations of captured values a verdict are told apart; then only those that join findings are."""


class Sighting:
    """A signal that a line shows, where its values stand in the normalised text, and the envelope it came through."""

    __slots__ = ("matcher", "spans", "text", "via")

    def __init__(self, matcher: Matcher, text: bytes, spans: dict[str, Span], via: str | None) -> None:
        self.matcher, self.text, self.spans, self.via = matcher, text, spans, via

    def captures(self, text: bytes) -> dict[str, str]:
        """The named values in this text, decoded."""
        return {name: text[a:b].decode("utf-8", "backslashreplace") for name, (a, b) in self.spans.items()}


class Target:
    """What lines of one verdict with the same values add to, and where in the present block they stand."""

    __slots__ = ("parts", "places", "ripe", "verdict")

    def __init__(self, verdict: Verdict, parts: Sequence[tuple[Series, dict[str, str], str | None]]) -> None:
        self.verdict, self.parts = verdict, parts
        self.places: list[tuple[int, int]] = []
        self.ripe = False

    def ripens(self) -> bool:
        """Whether all its series are saturated by now, so that its lines need only be counted."""
        self.ripe = all(series.saturated for series, _, _ in self.parts)
        return self.ripe


class Verdict:
    """What RE2 said of a line, and with it of all lines of its shape with the same digits where they matter."""

    __slots__ = ("candidates", "interest", "sightings", "targets", "varying")

    def __init__(self, text: bytes, candidates: Sequence[str], sightings: Sequence[Sighting], interest: int) -> None:
        self.candidates, self.sightings, self.interest = candidates, sightings, interest
        self.targets: dict[bytes | tuple[bytes, ...], Target] = {}
        spans = {span for one in sightings for span in one.spans.values()}
        self.varying = tuple(slice(a, b) for a, b in sorted(spans) if len(text[a:b].translate(None, DIGITS)) < b - a)

    def coarsen(self) -> None:
        """From now on, tell only values apart that join findings; the others are sampled."""
        joins = {span for s in self.sightings for name, span in s.spans.items() if name in s.matcher.rule.per}
        self.varying = tuple(one for one in self.varying if (one.start, one.stop) in joins)
        self.targets.clear()

    def values(self, text: bytes) -> bytes | tuple[bytes, ...]:
        """What in this line may differ from others with the same verdict."""
        varying = self.varying
        if len(varying) == 1:
            return text[varying[0]]
        return tuple([text[each] for each in varying]) if varying else b""


Numbered = tuple[bytes, bytes, Sequence[Matcher]]
"""An anchor that holds digits, what it is masked, and whom it calls."""
_Key = bytes | tuple[object, ...]


class _Shape:
    """A masked line, and the verdicts by what tells lines of it apart: digits at some places, and what those patterns
    say that may look at any digit."""

    __slots__ = ("checks", "cut", "cuts", "verdicts")

    def __init__(self, cuts: Sequence[slice], checks: Sequence[Matcher]) -> None:
        self.cuts, self.checks = cuts, checks
        self.cut = bool(cuts or checks)
        self.verdicts: dict[_Key, Verdict] = {}

    def key(self, text: bytes) -> _Key:
        """What tells lines of this shape apart."""
        cuts = self.cuts
        if self.checks:
            return (*[text[each] for each in cuts], *[matcher.result(text) for matcher in self.checks])
        if len(cuts) == 1:
            return text[cuts[0]]
        return tuple([text[each] for each in cuts]) if cuts else b""


_NEVER = _Shape((), ())


class Shapes:
    """The memory of one source. `numbered` gives the anchors that hold digits."""

    def __init__(self, numbered: Callable[[], Iterable[Numbered]]) -> None:
        self._numbered = numbered
        self._shapes: dict[bytes, _Shape] = {}
        self._new: Counter[int] = Counter()
        self._touched: list[Target] = []
        self._routes: Routes[Target] = Routes()

    def find(self, text: bytes) -> Verdict | None:
        """What is known of this line."""
        shape = self._shapes.get(text.translate(MASK))
        return shape.verdicts.get(shape.key(text)) if shape is not None else None

    @property
    def counted(self) -> int:
        """Lines of the present block that were only counted, so far."""
        return sum([len(target.places) for target in self._touched])

    def sift(self, text: bytes, at: int) -> tuple[list[bytes], list[int]]:
        """Count the lines of `text`, which begins at `at`, whose like was counted before; the others that are not
        empty, and where they begin."""
        counted = self._counted
        others: list[bytes] = []
        places: list[int] = []
        routes = map(self._routes.table.get, text.translate(MASK).split(b"\n"))
        for line, route in zip(text.split(b"\n"), routes, strict=True):
            start = at
            at += len(line) + 1
            if line and (route is None or not counted(route, line, start, at - 1)):
                others.append(line)
                places.append(start)
        return others, places

    def known(self, line: bytes, masked: bytes, start: int, end: int) -> bool:
        """Count the line at `start`, which is `masked` but for its digits, if its like was counted before."""
        route = self._routes.table.get(masked)
        return route is not None and self._counted(route, line, start, end)

    def passing(self, data: bytes, behind: int, longest: int) -> Callable[[int], int]:
        """What counts a line of `data` like `known`: told an offset behind `behind` in it, where the line ends; the
        complement (`~`) of that where it is not known, or longer than `longest`.

        It is asked about every line that is hit, so it calls nothing of ours.
        """
        find, rfind, route_of, touched = data.find, data.rfind, self._routes.table.get, self._touched

        def passed(to: int) -> int:
            if to <= behind:
                return ~to  # it was read with the block before
            start, end = rfind(b"\n", 0, to - 1) + 1, find(b"\n", to - 1)
            if end < 0:
                end = len(data)
            if end - start <= longest:
                line = data[start:end]
                route = route_of(line.translate(MASK))
                if route is not None:
                    target = route.goals.get(route.key(line))
                    if target is not None:
                        if not target.places:
                            touched.append(target)
                        target.places.append((start, end))
                        return end
            return ~end

        return passed

    def _counted(self, route: Route[Target], line: bytes, start: int, end: int) -> bool:
        target = route.goals.get(route.key(line))
        if target is None:
            return False
        self._place(target, start, end)
        return True

    def count(self, text: bytes, line: bytes, masked: bytes, start: int, end: int) -> bool:
        """Count the same line, whose normal form is `text`, if that is all that is to be done; False: it is to be
        looked at."""
        shape = self._shapes.get(text.translate(MASK))
        if shape is None:
            return False
        verdict = shape.verdicts.get(shape.key(text) if shape.cut else b"")
        if verdict is None:
            return False
        target = verdict.targets.get(verdict.values(text) if verdict.varying else b"")
        if target is None or not (target.ripe or target.ripens()):
            return False
        self._place(target, start, end)
        if not shape.checks and len(line) <= _LONGEST:
            self._routes.learn(masked, line, text, (*shape.cuts, *verdict.varying), target)
        return True

    def _place(self, target: Target, start: int, end: int) -> None:
        if not target.places:
            self._touched.append(target)
        target.places.append((start, end))

    def worth(self, text: bytes) -> bool:
        """Whether a line that is not known is to be learnt: its like was seen before."""
        if len(text) > _LONGEST:
            return False
        masked = text.translate(MASK)
        shape = self._shapes.get(masked)
        if shape is not None:
            return shape is not _NEVER
        if len(self._new) >= _NEW:
            self._new.clear()
        key = hash(masked)
        self._new[key] += 1
        return self._new[key] >= _OFTEN

    def learn(
        self, text: bytes, matchers: Sequence[Matcher], sightings: Sequence[Sighting], interest: int, *, always: bool
    ) -> Verdict | None:
        """Remember what was said of a line, for which `worth` was true; None where it does not hold for others like
        it. `always`: it depends on the line alone."""
        masked = text.translate(MASK)
        shape = self._shapes.get(masked)
        if shape is None:
            if len(self._shapes) >= _SHAPES:
                self._shapes.clear()
            shape = self._shapes[masked] = self._shape(masked, matchers) if always else _NEVER
        if not always or len(shape.verdicts) >= _VALUES:
            shape = self._shapes[masked] = _NEVER
        if shape is _NEVER:
            return None
        verdict = shape.verdicts[shape.key(text)] = Verdict(text, [m.rule.id for m in matchers], sightings, interest)
        return verdict

    def _shape(self, masked: bytes, matchers: Sequence[Matcher]) -> _Shape:
        concerned = list(matchers)
        cuts: set[tuple[int, int]] = set()
        for anchor, hidden, called in self._numbered():
            if hidden in masked:
                cuts.update(places(masked, (anchor,)))
                concerned += called
        if any(matcher.signal.block for matcher in concerned):
            return _NEVER
        checks = []
        for matcher in dict.fromkeys(concerned):
            where = places(masked, matcher.digits) if matcher.digits is not None else None
            if where is None or len(where) > _PLACES:
                checks.append(matcher)
            else:
                cuts |= where
        return _Shape([slice(*span) for span in sorted(cuts)], checks)

    def forget(self) -> None:
        """The source is read: verdicts and their targets hold one another, and would wait for the collector."""
        for shape in self._shapes.values():
            for verdict in shape.verdicts.values():
                verdict.targets.clear()
        self._shapes.clear()

    def end_block(self, flush: Callable[[Target], None]) -> None:
        """Give what was counted in the present block to `flush`, in order of its first lines."""
        for target in self._touched:
            target.places.sort()  # those of a new kind were counted after the others
        for target in sorted(self._touched, key=_first):
            flush(target)
            target.places = []
            if len(target.verdict.targets) > _VALUES:
                target.verdict.coarsen()
        self._touched.clear()


def _first(target: Target) -> int:
    return target.places[0][0]

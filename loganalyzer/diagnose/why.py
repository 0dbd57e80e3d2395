"""Why a rule came out as it did on an input: what it saw, how its conditions were judged, what it nearly saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter

from loganalyzer import late
from loganalyzer.diagnose.clauses import Clause, clause
from loganalyzer.diagnose.correlate import groups
from loganalyzer.diagnose.evaluate import Group
from loganalyzer.diagnose.examine import Examination
from loganalyzer.diagnose.explain import Tree
from loganalyzer.diagnose.matcher import Matcher
from loganalyzer.diagnose.observe import Lookout
from loganalyzer.diagnose.remedy import plain
from loganalyzer.diagnose.scan import Scanner, scan_all
from loganalyzer.diagnose.timeline import Installations
from loganalyzer.frozen import frozen
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Block, Confidence, Source, Text
from loganalyzer.rulepack.rule import Alternative, FactSpec, Rule, Ruleset, Signal
from loganalyzer.safe import Redactor

_CONDITIONS = ("confirmed_by", "likely_by", "possible_by", "refuted_by", "healed_by")
_KEPT = 3
_PLACES = 3
_SLOT = late.pattern(r"<[^<>]*>|[^\w /.:=-]+")


@frozen
class Place:
    """A line that a signal matched, or nearly. The text has passed `safe`."""

    source: str
    line: int
    text: str
    reason: Text | None = None
    """Of a near miss: what kept it from being a match."""


@frozen
class Sight:
    """What became of one signal: matches, near misses, and the logs that would show it."""

    signal: Signal
    count: int
    places: tuple[Place, ...]
    misses: tuple[Place, ...]
    logs: tuple[str, ...]
    """Inputs of its components; empty: none is here, so that its absence proves nothing."""


@frozen
class Said:
    """What collected output says about one fact: rows that it holds of, and where it was looked for."""

    fact: FactSpec
    shows: str
    places: tuple[Place, ...]
    files: tuple[str, ...]
    """Inputs that hold this item; empty: not collected."""


@frozen
class Judgement:
    """One group of matches that belong together, and how each condition was judged."""

    join: tuple[str | None, ...]
    nodes: tuple[str, ...]
    confidence: Confidence | None
    """None: no finding."""
    conditions: Mapping[str, Clause]


@frozen
class Why:
    """The whole answer."""

    rule: Rule
    sights: tuple[Sight, ...]
    facts: tuple[Said, ...]
    judgements: tuple[Judgement, ...]
    rank: int | None
    """1-based among the report's diagnoses; None: it is not one of them."""
    under: tuple[str, ...]
    """Ids above it in the tree, the root first; empty where it is a root itself or not found."""
    above: tuple[tuple[str, Text], ...]
    """Diagnoses ranked higher, each with the first difference that decided it."""


def why(
    ruleset: Ruleset,
    rule: Rule,
    sources: Iterable[Source],
    *,
    limits: Limits = DEFAULT,
    redactor: Redactor | None = None,
) -> Why:
    """Explain what `rule` made of the sources, each of which is read once."""
    redactor = redactor or Redactor()
    near = _NearMisses(rule, redactor)
    installations = Installations()
    lookout = Lookout((installations, installations.inside, near))
    read, series = scan_all(Scanner(ruleset, limits), sources, None, lookout)
    own = [one for one in series if one.key.rule == rule.id]
    every = list(groups(rule, own, read))
    judgements = [Judgement(join, nodes, confidence, _judged(rule, group)) for join, nodes, group, confidence in every]
    facts = tuple(
        _said(rule, fact, [group for _, _, group, _ in every], read, redactor) for fact in rule.facts.values()
    )
    if not every:
        judgements = [Judgement((), (), None, _judged(rule, Group(rule, {}, read)))]
    sights = []
    for name, signal in rule.signals.items():
        many = [one for one in own if one.key.signal == name]
        places = [
            Place(one.source.path, kept.record.line, redactor.text(kept.record.text))
            for one in many
            for kept in one.kept
        ]
        logs = tuple(source.path for source in read if source.component in signal.components)
        misses = () if many else near.nearest(name)
        sights.append(Sight(signal, sum(one.count for one in many), tuple(places[:_PLACES]), misses, logs))
    roots = Examination(ruleset, read, series, installations).roots
    rank = next((i for i, tree in enumerate(roots, 1) if tree.finding.rule.id == rule.id), None)
    way = () if rank else next((path for tree in roots if (path := _way(tree, rule.id))), ())
    above = tuple(_difference(tree, roots[rank - 1]) for tree in roots[: rank - 1]) if rank else ()
    return Why(rule, tuple(sights), facts, tuple(judgements), rank, way[:-1], above)


def _said(rule: Rule, fact: FactSpec, every: Sequence[Group], read: Sequence[Source], redactor: Redactor) -> Said:
    places = {
        (s.source.path, kept.record.line): Place(s.source.path, kept.record.line, redactor.text(kept.record.text))
        for group in every
        for s in group.seen.get(fact.name, ())
        for kept in s.kept
    }
    files = [source.path for source in read if (table := source.table()) is not None and table.item == fact.origin]
    return Said(fact, plain(rule, fact.shows), tuple(places.values())[:_PLACES], tuple(files))


def _judged(rule: Rule, group: Group) -> dict[str, Clause]:
    given = {name: getattr(rule, name) for name in _CONDITIONS}
    return {name: clause(condition, group) for name, condition in given.items() if condition is not None}


def _way(tree: Tree, id_: str) -> tuple[str, ...]:
    """Ids from the root down to the finding of that rule."""
    own = tree.finding.rule.id
    if own == id_:
        return (own,)
    return next(((own, *below) for child in tree.children if (below := _way(child, id_))), ())


def _difference(higher: Tree, lower: Tree) -> tuple[str, Text]:
    """Why `higher` ranks above `lower`: the first thing in which they differ, in the order in which ranks compare."""
    a, b = higher.finding, lower.finding
    sizes = _size(higher), _size(lower)
    moments = [span[1].seconds if (span := each.span[0]) else float("inf") for each in (a, b)]
    reason = Text("it comes first in the alphabet", "按字母顺序在前")
    if a.rule.kind is not b.rule.kind:
        reason = _unlike("a {} stands before a {}", "类别 {} 排在 {} 之前", a.rule.kind, b.rule.kind)
    elif higher.healed != lower.healed:
        reason = Text("this one has recovered", "本诊断已恢复")
    elif a.confidence != b.confidence:
        reason = _unlike(
            "it is {}, this one {}", "其可信度为 {}，本诊断为 {}", a.confidence.name.lower(), b.confidence.name.lower()
        )
    elif sizes[0] != sizes[1]:
        reason = _unlike("it explains {} findings, this one {}", "它解释 {} 个发现，本诊断解释 {} 个", *sizes)
    elif a.rule.severity != b.rule.severity:
        reason = _unlike(
            "it is {}, this one {}",
            "其严重程度为 {}，本诊断为 {}",
            a.rule.severity.name.lower(),
            b.rule.severity.name.lower(),
        )
    elif moments[0] < moments[1]:
        reason = Text("it began earlier", "它开始得更早")
    return a.rule.id, reason


def _unlike(en: str, zh: str, higher: object, lower: object) -> Text:
    return Text(en.format(higher, lower), zh.format(higher, lower))


def _size(tree: Tree) -> int:
    return sum(1 + _size(child) for child in tree.children)


class _NearMisses:
    """The observer of lines that hold an anchor of the rule's signals and are no match."""

    def __init__(self, rule: Rule, redactor: Redactor) -> None:
        self.redactor = redactor
        self.found: dict[str, list[tuple[float, int, Place]]] = {}
        self.matchers: list[tuple[Matcher, Matcher]] = []
        bare = replace(rule, signals={name: replace(one, without=()) for name, one in rule.signals.items()})
        for name, signal in rule.signals.items():
            for number in range(len(signal.alternatives)):
                self.matchers.append((Matcher(0, rule, name, number), Matcher(0, bare, name, number)))
        self.literals: Sequence[bytes] = sorted({a for m, _ in self.matchers for a in m.alternative.anchors})

    def wants(self, source: Source) -> bool:
        """Any log."""
        return True

    def watch(self, source: Source) -> _NearEye:
        """An eye on it."""
        return _NearEye(self, source)

    def take(self, eye: _NearEye) -> None:
        """Nothing: what it saw was noted at once."""

    def note(self, signal: str, score: float, place: Place) -> None:
        """Remember a near miss, if it is one of the nearest of its signal."""
        known = self.found.setdefault(signal, [])
        known.append((-score, len(known), place))
        known.sort(key=itemgetter(0, 1))
        del known[_KEPT:]

    def better(self, signal: str, score: float) -> bool:
        """Whether a miss as near as that is one of the nearest so far."""
        nearest = self.found.get(signal, [])
        return len(nearest) < _KEPT or -score < nearest[-1][0]

    def nearest(self, signal: str) -> tuple[Place, ...]:
        """The near misses of a signal, the nearest first."""
        return tuple(place for _, _, place in self.found.get(signal, ()))


class _NearEye:
    def __init__(self, all_: _NearMisses, source: Source) -> None:
        self._all, self._source = all_, source

    def end(self) -> bool:
        """Nothing is left to be taken."""
        return False

    def line(self, block: Block, start: int, end: int, known: bool) -> None:
        """One line with an anchor."""
        raw = block.data[start:end]
        text = self._source.normal(block, start, end)
        for matcher, bare in self._all.matchers:
            if not any(anchor in raw for anchor in matcher.alternative.anchors):
                continue
            judged = self._source.paragraph(block, start, end)[0] if matcher.signal.block else text
            if matcher.match(judged) is not None:
                reason = self._rejected(matcher.signal, block, start, end)
                if reason is None:
                    continue
            elif bare.match(judged) is not None:
                reason = Text("`without` excludes it", "被 `without` 排除")
            else:
                wanted = matcher.alternative.template or matcher.alternative.pattern
                reason = Text(f"does not match: {wanted}", f"不匹配：{wanted}")
            score = _likeness(matcher.alternative, text)
            if not self._all.better(matcher.signal.name, score):
                continue
            record = self._source.record(block, start, end)
            place = Place(self._source.path, record.line, self._all.redactor.text(record.text), reason)
            self._all.note(matcher.signal.name, score, place)

    def _rejected(self, signal: Signal, block: Block, start: int, end: int) -> Text | None:
        """What besides the pattern kept a line from being a hit; None: nothing did."""
        if not signal.levels and not signal.only:
            return None
        record = self._source.record(block, start, end)
        if signal.levels and record.level is not None and record.level not in signal.levels:
            levels = signal.levels
            return Text(
                f"its level is {record.level}, not {' or '.join(levels)}",
                f"其级别为 {record.level}，不是 {' 或 '.join(levels)}",
            )
        program = record.program or self._source.component
        if signal.only and signal.components and program is not None and program not in signal.components:
            many = signal.components
            return Text(
                f"{program} wrote it, not {' or '.join(many)}", f"由 {program} 写入，而不是 {' 或 '.join(many)}"
            )
        return None


def _likeness(alternative: Alternative, text: bytes) -> float:
    """How much of the fixed text of an alternative stands in a line, 0 to 1."""
    pieces = [piece for piece in _SLOT.split(alternative.template or alternative.pattern) if len(piece) > 2]
    total = sum(map(len, pieces))
    return sum(len(piece) for piece in pieces if piece.encode() in text) / total if total else 0.0

"""The condition language, read by pyparsing into the condition types of `rule`.

docs/rule-language.md, section 4, is its reference. Parsing gives builders; a builder makes the condition in a scope
(the rule's signals and facts), so that each wrong name is reported where it stands.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from loganalyzer.frozen import frozen
from loganalyzer.rulepack.rule import (
    PREDICATES,
    Absent,
    And,
    Compare,
    Condition,
    Count,
    Distinct,
    Fact,
    Not,
    Of,
    Or,
    Predicate,
    Ref,
    SameNode,
    Seen,
    Sequence,
)
from loganalyzer.rulepack.schema import suggest

RESERVED = frozenset(
    ("and", "or", "not", "of", "any", "all", "then", "before", "after", "within", "absent", "count", "distinct", "same")
)
"""Words that cannot name a signal or a fact."""

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@frozen
class Complaint:
    """One mistake in a condition: what, and the 0-based character where."""

    message: str
    offset: int


@dataclass(slots=True)
class Scope:
    """What a condition can speak of: signals with their captures, and facts."""

    signals: Mapping[str, frozenset[str]]
    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fact -> captures that it gives."""
    complaints: list[Complaint] = field(default_factory=list)

    def complain(self, message: str, offset: int) -> None:
        """Note a mistake."""
        self.complaints.append(Complaint(message, offset))

    def signal(self, word: Word) -> str:
        """The signal of this name."""
        if word.text in self.facts:
            self.complain(f"{word.text!r} is a fact; this needs a signal", word.offset)
        elif word.text not in self.signals:
            self.complain(f"unknown signal {word.text!r}{suggest(word.text, self.signals)}", word.offset)
        return word.text


@frozen
class Word:
    """A name and where it stands."""

    text: str
    offset: int


Builder = Callable[[Scope], Condition]


def parse(text: str, scope: Scope) -> Condition | None:
    """The condition, or None; what is wrong is in `scope.complaints`."""
    from pyparsing import ParseBaseException

    before = len(scope.complaints)
    try:
        build: Builder = _grammar().parse_string(text, parse_all=True)[0]
    except ParseBaseException as error:
        scope.complain(_explain(text, error), min(error.loc, len(text)))
        return None
    except RecursionError:
        scope.complain("nested too deeply", 0)
        return None
    condition = build(scope)
    return condition if len(scope.complaints) == before else None


def _explain(text: str, error: Any) -> str:  # noqa: ANN401 - pyparsing is imported only where it is used
    rest = text[error.loc :].split()
    found = repr(rest[0]) if rest else "the end"
    if str(error.msg).startswith("unknown function"):
        return str(error.msg)
    want = str(error.msg).removeprefix("Expected ").strip()
    if want in {"end of text", ""} or want.startswith("{"):
        before = text[: error.loc].replace("(", " ( ").split()
        want = "a condition" if not before or before[-1] in {"and", "or", "not", "("} else "and, or, or the end"
    return f"expected {want}, found {found}"


@functools.cache
def _grammar() -> Any:  # noqa: ANN401
    import pyparsing as pp

    def at(element: Any, make: Callable[..., Any]) -> Any:  # noqa: ANN401
        return element.copy().add_parse_action(lambda _, offset, found: make(offset, *found))

    def word(name: str) -> Any:  # noqa: ANN401
        return pp.Keyword(name).suppress().set_name(name)

    def sign(char: str) -> Any:  # noqa: ANN401
        return pp.Suppress(char)

    def form(head: Any, *rest: Any) -> Any:  # noqa: ANN401
        """Whatever begins with `head` is meant to be this form: what is wrong behind it is a mistake there."""
        return head - pp.And(rest)

    def several(item: Any, joint: Any) -> Any:  # noqa: ANN401
        return pp.And([item, pp.ZeroOrMore(form(joint, item))])

    reserved = "|".join(sorted(RESERVED))
    bare = pp.Regex(rf"(?!(?:{reserved})\b)[a-z][a-z0-9_]*\b(?!\*)").set_name("a signal")
    name = at(bare, lambda offset, text: Word(text, offset))
    capture = at(pp.Regex(r"[a-z][a-z0-9_]*"), lambda offset, text: Word(text, offset)).set_name("a capture")
    dot = pp.Suppress(".").set_name("a capture (signal.capture)").leave_whitespace()
    ref = at(form(name + dot, capture.leave_whitespace()), lambda _, signal, capture: _Ref(signal, capture))
    glob = at(pp.Regex(r"[a-z][a-z0-9_]*\*|\*"), lambda offset, text: Word(text, offset)).set_name("a prefix with *")
    duration = at(pp.Regex(r"(\d{1,6}(\.\d{1,3})?(ms|s|m|h|d))+(?![\w.])"), lambda _, text: _seconds(text))
    within = form(word("within"), duration.set_name("a duration such as 90s, 5m or 1h30m"))
    window = pp.Opt(within, default=None)
    op = pp.one_of("== != <= >= < >").set_name("one of == != < <= > >=")
    number = pp.Regex(r"\d{1,9}(?![\w.])").set_parse_action(lambda found: int(found[0])).set_name("a whole number")
    value = pp.Regex(r"-?\d{1,12}(\.\d{1,9})?(?![\w.])").set_parse_action(lambda found: float(found[0]))
    string = pp.QuotedString('"', esc_char="\\") | pp.QuotedString("'", esc_char="\\")
    right = (ref | value | string).set_name("a capture (signal.capture), a number or a quoted text")

    relation = pp.Keyword("after") | pp.Keyword("before")
    count = at(
        form(word("count"), sign("("), name, sign(")"), op, number, window),
        lambda _, signal, op, n, within: _count(signal, op, n, within),
    )
    distinct = at(
        form(word("distinct"), sign("("), ref, sign(")"), op, number), lambda _, ref, op, n: _distinct(ref, op, n)
    )
    place = (pp.Keyword("node") | pp.Keyword("line")).set_name("node or line")
    same = at(
        form(word("same"), place, sign("("), pp.Group(pp.DelimitedList(name, min=2)), sign(")")),
        lambda _, what, names: _same(what, names),
    )
    many = number | pp.Keyword("any") | pp.Keyword("all")
    some = at(form(many, word("of"), glob), lambda _, how_many, glob: _of(how_many, glob))
    predicate = at(
        form(pp.one_of(sorted(PREDICATES)) + sign("("), ref, sign(")")),
        lambda _, kind, ref: lambda scope: Predicate(kind, ref.build(scope)),
    )
    call = pp.Regex(r"[a-z_]+(?=\()").set_parse_action(_unknown_call)
    compare = at(form(ref + op, right), lambda _, left, op, right: _compare(left, op, right))
    bare_ref = at(ref, _bare_ref)
    other = pp.Group(form(relation, name))
    absent = at(
        form(word("absent"), name, window, pp.Opt(other, default=None)),
        lambda _, signal, within, other: _absent(signal, within, other),
    )
    not_absent = at(
        word("not") + name + window + other, lambda _, signal, within, other: _absent(signal, within, other)
    )
    then = at(
        pp.And([name, pp.OneOrMore(form(word("then"), name)), window]),
        lambda _, *found: _sequence(found[:-1], found[-1]),
    )
    two = at(form(name + window + relation, name, window), lambda _, *found: _two(*found))
    seen = at(name, lambda _, signal: lambda scope: _seen(signal, scope))

    either = pp.Forward()
    inner = form(sign("("), either, sign(")"))
    atom = (
        count | distinct | same | some | predicate | absent | call | compare | bare_ref | then | two | seen | inner
    ).set_name("a condition")
    negated = pp.Forward()
    negated <<= not_absent | at(form(word("not"), negated), lambda _, item: lambda scope: _not(item(scope))) | atom
    both = at(several(negated, word("and")), lambda _, *items: _all_of(And, items))
    either <<= at(several(both, word("or")), lambda _, *items: _all_of(Or, items))
    return either.parse_with_tabs()  # else places behind a tab are wrong


@frozen
class _Ref:
    signal: Word
    capture: Word

    def build(self, scope: Scope) -> Ref:
        known = scope.facts.get(self.signal.text)
        name = self.signal.text if known is not None else scope.signal(self.signal)
        captures = known if known is not None else scope.signals.get(name)
        if captures is not None and self.capture.text not in captures:
            near = suggest(self.capture.text, captures)
            what = "signal" if known is None else "fact"
            scope.complain(f"the {what} {name!r} has no capture {self.capture.text!r}{near}", self.capture.offset)
        return Ref(name, self.capture.text, known is not None)


def _seconds(text: str) -> float:
    import re

    return sum(float(number) * _SECONDS[unit] for number, unit in re.findall(r"([\d.]+)(ms|[smhd])", text))


def _all_of(kind: Callable[[tuple[Condition, ...]], Condition], items: tuple[Builder, ...]) -> Builder:
    if len(items) == 1:
        return items[0]
    return lambda scope: kind(tuple(item(scope) for item in items))


def _seen(signal: Word, scope: Scope) -> Condition:
    return Fact(signal.text) if signal.text in scope.facts else Seen(scope.signal(signal))


def _not(item: Condition) -> Condition:
    return Absent(item.signal) if isinstance(item, Seen) else Not(item)


def _count(signal: Word, op: str, number: int, within: float | None) -> Builder:
    return lambda scope: Count(scope.signal(signal), op, number, within)


def _distinct(ref: _Ref, op: str, number: int) -> Builder:
    return lambda scope: Distinct(ref.build(scope), op, number)


def _same(what: str, names: list[Word]) -> Builder:
    return lambda scope: SameNode(tuple(scope.signal(name) for name in names), what == "line")


def _sequence(names: tuple[Word, ...], within: float | None) -> Builder:
    return lambda scope: Sequence(tuple(scope.signal(name) for name in names), within)


def _two(first: Word, early: float | None, relation: str, second: Word, late: float | None) -> Builder:
    names = (first, second) if relation == "before" else (second, first)

    def build(scope: Scope) -> Condition:
        if early is not None and late is not None:
            scope.complain("two windows; within stands once", second.offset)
        return Sequence(tuple(scope.signal(name) for name in names), early if early is not None else late)

    return build


def _absent(signal: Word, within: float | None, other: tuple[str, Word] | None) -> Builder:
    def build(scope: Scope) -> Condition:
        if other is None:
            if within is not None:
                scope.complain("a window needs its other end: absent x within 5m after y", signal.offset)
            return Absent(scope.signal(signal))
        return Absent(scope.signal(signal), within, other[0], scope.signal(other[1]))

    return build


def _of(how_many: int | str, glob: Word) -> Builder:
    def build(scope: Scope) -> Condition:
        prefix = glob.text[:-1]
        names = tuple(name for name in scope.signals if name.startswith(prefix))
        if not names:
            scope.complain(f"no signal begins with {prefix!r}{suggest(prefix, scope.signals)}", glob.offset)
        elif isinstance(how_many, int) and not 1 <= how_many <= len(names):
            scope.complain(f"{how_many} of {len(names)} signals", glob.offset)
        number = how_many if isinstance(how_many, int) else {"any": 1, "all": len(names)}[how_many]
        return Of(number, names)

    return build


def _compare(left: _Ref, op: str, right: _Ref | str | float) -> Builder:
    return lambda scope: Compare(left.build(scope), op, right.build(scope) if isinstance(right, _Ref) else right)


def _bare_ref(offset: int, ref: _Ref) -> Builder:
    def build(scope: Scope) -> Condition:
        scope.complain("a capture alone is no condition; compare it, or name the signal only", offset)
        return Seen(ref.signal.text)

    return build


def _unknown_call(text: str, offset: int, found: Any) -> None:  # noqa: ANN401
    from pyparsing import ParseFatalException

    name = found[0]
    if name in RESERVED:
        raise ParseFatalException(text, offset, "Expected a condition")
    known = ["count", "distinct", *PREDICATES]
    raise ParseFatalException(text, offset, f"unknown function {name!r}{suggest(name, known)}")

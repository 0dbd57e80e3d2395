"""A rule file that was read -> a Rule: templates, conditions, examples, and what one file must say by itself."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from loganalyzer.errors import Location
from loganalyzer.items import ITEMS
from loganalyzer.model import Kind, Risk, Text
from loganalyzer.rulepack import anchors, condition, facttest, template
from loganalyzer.rulepack.nodes import RuleFile
from loganalyzer.rulepack.patterns import PatternError, compile_pattern
from loganalyzer.rulepack.regex import read_regex, unanchored
from loganalyzer.rulepack.rule import (
    Alternative,
    CheckSpec,
    Condition,
    Example,
    Explains,
    FactSpec,
    Of,
    Rule,
    Seen,
    Signal,
    StepSpec,
)
from loganalyzer.rulepack.schema import Scalar, Table, suggest

NOTHING = Text("", "")


def build(file: RuleFile, table: Table) -> Rule | None:
    """The rule; None where the file has mistakes (all are noted)."""
    id_ = table.text("id")
    path = PurePath(file.path)
    if id_ and id_ != path.stem:
        file.mistake(f"the id {id_!r} is not the file's name {path.stem!r}", table.get("id").at())
    signals = {name: _signal(file, name, found) for name, found in _items(table, "signals")}
    broken = {
        name for name, one in _items(table, "signals") if len(signals[name].alternatives) < len(one.get("text") or ())
    }
    scope = _Conditions(file, signals, broken)
    facts = {name: fact for name, one in _items(table, "facts") if (fact := scope.fact(name, one)) is not None}
    _names(file, table)
    steps = tuple(_step(one, scope) for one in table.get("steps") or ())
    conditions = {key: scope.read(table, key) for key in ("confirmed_by", *_OTHERS)}
    if not broken:
        _per(file, table, signals, facts)
    kind = table.get("kind")
    examples = tuple(_example(file, path.stem, one) for one in table.get("examples") or ())
    if kind is not None:
        _of_kind(file, table, kind, examples)
    if file.mistakes:
        return None
    return Rule(
        id=id_,
        family=path.parent.name,
        kind=kind,
        severity=table.get("severity"),
        title=table.get("title"),
        cause=table.get("cause"),
        signals=signals,
        confirmed_by=conditions.pop("confirmed_by") or _any_of(tuple(signals)),
        **conditions,
        per=_texts(table, "per"),
        cluster=bool(table.get("scope")),
        explains=tuple(_explains(one) for one in table.get("explains") or ()),
        excuses=_texts(table, "excuses"),
        facts=facts,
        placeholders=dict(_items(table, "placeholders")),
        steps=steps,
        references=_texts(table, "references"),
        examples=examples,
        path=file.path,
        line=table.where.line or 1,
    )


_OTHERS = ("likely_by", "possible_by", "refuted_by", "healed_by")


def _items(table: Table, key: str) -> list[tuple[str, Any]]:
    inner = table.get(key)
    return list(inner.values.items()) if isinstance(inner, Table) else []


def _texts(table: Table, key: str) -> tuple[str, ...]:
    return tuple(one.text for one in table.get(key) or ())


def _any_of(names: tuple[str, ...]) -> Condition:
    return Seen(names[0]) if len(names) == 1 else Of(1, names)


def _names(file: RuleFile, table: Table) -> None:
    signals, facts = table.get("signals"), table.get("facts")
    for kind, names in (("signal", signals), ("fact", facts)):
        for name in names.keys if names else ():
            if name in condition.RESERVED:
                file.mistake(f"{name!r} is a word of the condition language, not a name for a {kind}", names.at(name))
    if signals and facts:
        for name in facts.keys.keys() & signals.keys.keys():
            file.mistake(f"{name!r} is a signal already", facts.at(name))


# --------------------------------------------------------------------------------------------------- signals


def _signal(file: RuleFile, name: str, table: Table) -> Signal:
    alternatives = [_alternative(file, one, bool(table.get("block"))) for one in table.get("text") or ()]
    without = [_pattern(file, one) for one in table.get("without") or ()]
    return Signal(
        name=name,
        alternatives=tuple(one for one in alternatives if one),
        without=tuple(one.pattern for one in without if one),
        components=_texts(table, "in"),
        only=bool(table.get("only")),
        block=bool(table.get("block")),
        levels=tuple(table.get("level") or ()),
        shows=table.text("shows"),
        source=table.text("source"),
    )


def _pattern(file: RuleFile, source: Scalar) -> template.Template | None:
    try:
        found = template.parse(source.text)
        compile_pattern(found.pattern)
    except template.TemplateError as error:
        file.mistake(error.message, source.at(error.offset))
    except PatternError as error:
        file.mistake(f"RE2 refuses this template: {error}", source.at())
    else:
        return found
    return None


def _alternative(file: RuleFile, one: Scalar | Table, block: bool) -> Alternative | None:
    if isinstance(one, Scalar):
        return _from_template(file, one, {}, block)
    versions = {program: range_.text for program, range_ in _items(one, "versions")}
    text, regex = one.get("text"), one.get("regex")
    if (text is None) == (regex is None):
        if not {"text", "regex"} & one.keys.keys() or text is not None:
            file.mistake("an alternative is either a text or a regex", one.where)
        return None
    if text is not None:
        if "anchor" in one.keys:
            file.mistake("the anchor of a template is found by itself; only a regex needs one", one.at("anchor"))
        return _from_template(file, text, versions, block)
    return _from_regex(file, one, regex, versions)


def _from_template(file: RuleFile, source: Scalar, versions: dict[str, str], block: bool) -> Alternative | None:
    found = _pattern(file, source)
    if found is None:
        return None
    candidates = anchors.candidates(found, block=block)
    anchor = next((piece for piece in candidates if not anchors.is_weak(piece)), None)
    if anchor is None:
        longest = max((piece for piece in candidates), key=len, default=None)
        why = f"; {longest!r} stands in too many logs" if longest else ""
        place = " before the first <*>" if block and "<*>" in source.text else ""
        file.mistake(
            f"no anchor: no literal of {anchors.SHORTEST} or more bytes{place} that is rare in logs{why}", source.at()
        )
        return None
    return Alternative(found.pattern, (anchor.encode(),), found.captures, found.source, versions)


def _from_regex(file: RuleFile, table: Table, source: Scalar, versions: dict[str, str]) -> Alternative | None:
    try:
        pattern, captures = read_regex(source.text)
    except PatternError as error:
        file.mistake(f"RE2 refuses this regex: {error}", source.at())
        return None
    given = table.get("anchor")
    if given is None:
        if "anchor" not in table.keys:
            file.mistake("a regex needs an anchor: text that each match contains", table.where)
        return None
    texts = [given] if isinstance(given, Scalar) else given
    wrong = [(one, why) for one in texts if (why := anchors.why_not(one.text))]
    for one, why in wrong:
        file.mistake(why, one.at())
    if not wrong and unanchored(source.text, [one.text for one in texts]):
        file.mistake("it cannot be shown that each match contains the anchor", table.at("anchor"))
        return None
    return Alternative(pattern, tuple(one.text.encode() for one in texts), captures, None, versions)


def _per(file: RuleFile, table: Table, signals: dict[str, Signal], facts: dict[str, FactSpec]) -> None:
    known = {name for signal in signals.values() for one in signal.alternatives for name in one.captures}
    known |= {name for fact in facts.values() for name in fact.gives}
    for one in table.get("per") or ():
        if one.text not in known:
            file.mistake(f"no signal has the capture {one.text!r}{suggest(one.text, known)}", one.at())


# ------------------------------------------------------------------------------------------------ conditions


class _Unknown(frozenset[str]):
    """The captures of a signal with a mistake in it: nobody can say that one is not there."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return True


class _Conditions:
    """Reads the conditions of one rule."""

    def __init__(self, file: RuleFile, signals: dict[str, Signal], broken: set[str]) -> None:
        self.file = file
        self.captures = {
            name: _Unknown()
            if name in broken
            else frozenset(each for one in signal.alternatives for each in one.captures)
            for name, signal in signals.items()
        }
        self.facts: dict[str, frozenset[str]] = {}

    def fact(self, name: str, table: Table) -> FactSpec | None:
        """The fact; None with its mistakes noted. Conditions that are read later may speak of it."""
        gives = {capture: column.text for capture, column in _items(table, "gives")}
        self.facts[name] = frozenset(gives)
        origin, source = table.get("from"), table.get("test")
        if origin is None or source is None:
            return None
        columns = ITEMS[origin].columns
        for capture, column in gives.items():
            if column not in columns:
                near = suggest(column, columns)
                self.file.mistake(f"{origin} has no column {column!r}{near}", table.get("gives").at(capture))
        test, complaints = facttest.parse(source.text, columns, self.captures)
        for complaint in complaints:
            self.file.mistake(complaint.message, source.at(complaint.offset))
        if test is None:
            return None
        return FactSpec(name, origin, test, table.text("shows"), gives, tuple(dict.fromkeys(facttest.refs(test))))

    def read(self, table: Table, key: str) -> Condition | None:
        """The condition under this key, or None."""
        source = table.get(key)
        if source is None:
            return None
        scope = condition.Scope(self.captures, self.facts)
        found = condition.parse(source.text, scope)
        for complaint in scope.complaints:
            self.file.mistake(complaint.message, source.at(complaint.offset))
        return found


# --------------------------------------------------------------------------------------- steps and examples


def _step(table: Table, scope: _Conditions) -> StepSpec:
    run = table.get("run")
    check = table.get("check")
    runs = {"any": run.text} if isinstance(run, Scalar) else {key: one.text for key, one in _items(table, "run")}
    return StepSpec(
        do=table.get("do") or NOTHING,
        on=table.text("on"),
        risk=table.get("risk") or Risk.READ,
        run=runs,
        undo=table.text("undo") or None,
        check=CheckSpec(check.text("run"), check.get("expect") or NOTHING) if check else None,
        warn=table.get("warn"),
        when=scope.read(table, "when"),
    )


def _explains(one: Scalar | Table) -> Explains:
    return Explains(one.text) if isinstance(one, Scalar) else Explains(one.text("id"), bool(one.get("scope")))


def _example(file: RuleFile, id_: str, table: Table) -> Example:
    top, finds, not_finds = table.text("top"), _texts(table, "finds"), _texts(table, "not_finds")
    positive = id_ == top or id_ in finds
    if positive and id_ in not_finds:
        file.mistake(f"{id_!r} is expected and forbidden at once", table.at("not_finds"))
    return Example(
        name=table.text("name"),
        files={path: text.text for path, text in _items(table, "files")},
        top=None if top == "none" else top,
        positive=positive,
        finds=finds,
        not_finds=not_finds,
        confidence=table.get("confidence"),
        captures={name: value.text for name, value in _items(table, "captures")},
    )


def _of_kind(file: RuleFile, table: Table, kind: Kind, examples: tuple[Example, ...]) -> None:
    """What a rule of this kind needs."""
    if kind is Kind.CAUSE and not table.get("steps") and not ("steps" in table.keys and file.mistakes):
        file.mistake("a cause needs steps", table.at("steps"))
    if kind is not Kind.HARMLESS and "excuses" in table.keys:
        file.mistake("only a harmless rule excuses", table.at("excuses"))
    if "examples" not in table.keys:
        return
    least = 2 if kind is Kind.CAUSE else 1
    positive = sum(example.positive for example in examples)
    for what, number in (("that come out", positive), ("that must not (near misses)", len(examples) - positive)):
        if number < least:
            examples_ = "examples" if least > 1 else "example"
            file.mistake(f"a {kind} needs {least} {examples_} {what}, this has {number}", table.at("examples"))
    names: dict[str, Location] = {}
    for example, one in zip(examples, table.get("examples") or (), strict=True):
        if example.name in names:
            file.mistake(f"two examples are called {example.name!r}", one.where)
        names[example.name] = one.where

"""What a rule that loads may still get wrong. Every check is a small function over one rule or over the pack."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from loganalyzer.errors import Location
from loganalyzer.model import Kind, Risk, Text
from loganalyzer.rulepack import guaranteed, shell, template
from loganalyzer.rulepack.finding import Finding, Key, error, place, warning
from loganalyzer.rulepack.nodes import locate
from loganalyzer.rulepack.patterns import compile_pattern
from loganalyzer.rulepack.rule import Rule, Ruleset
from loganalyzer.rulepack.slots import TYPES

STUB = Text("WRITE ME", "请填写")
"""What `rules new` leaves for the author."""

_CJK = re.compile("[\u3400-\u9fff]")
# Nothing, or words alone: taking a step back with it changes nothing.
_IDLE = re.compile(r"\s*(?:true|:|exit 0|echo\b[^;&|>]*|#.*)?\s*")
# Braces that belong to kubectl's jsonpath.
_FOREIGN = {"end"}


def lint(ruleset: Ruleset, *, unread: Collection[str] = ()) -> list[Finding]:
    """Everything that is wrong or doubtful in the pack, by file and line. Rules need their examples.

    `unread` are ids of rules that exist but have mistakes of their own.
    """
    findings = [found for rule in ruleset.rules.values() for check in _CHECKS for found in check(rule)]
    known = {*ruleset.rules, *unread}
    findings += [*_edges(ruleset, known), *_example_ids(ruleset, known)]
    findings += [*_graph(ruleset), *_twins(ruleset), *_bash(ruleset)]
    return sorted(findings, key=place)


# ---------------------------------------------------------------------------------------------------- signals


def _described(rule: Rule) -> Iterator[Finding]:
    for name, signal in rule.signals.items():
        for key, value in (("shows", signal.shows), ("source", signal.source), ("in", signal.components)):
            if not value:
                yield warning(rule, f"no-{key}", f"the signal {name} does not say {key!r}", "signals", name)


def _used(rule: Rule) -> Iterator[Finding]:
    conditions = [rule.confirmed_by, rule.likely_by, rule.possible_by, rule.refuted_by, rule.healed_by]
    conditions += [step.when for step in rule.steps]
    used = {name for one in conditions for name in guaranteed.mentioned(one)}
    used |= {ref.signal for fact in rule.facts.values() for ref in fact.refs}
    for key, kind in (("signals", "signal"), ("facts", "fact")):
        for name in getattr(rule, key):
            if name not in used:
                yield warning(rule, f"unused-{kind}", f"no condition speaks of the {kind} {name}", key, name)
    for name, fact in rule.facts.items():
        if not fact.shows:
            yield warning(rule, "no-shows", f"the fact {name} does not say 'shows'", "facts", name)
    for name in sorted({name for one in conditions for name in guaranteed.absent(one)}):
        if not rule.signals[name].components:
            text = f"absent {name} is never known: say in which logs it would appear (in)"
            yield error(rule, "absent-where", text, "signals", name)
    never = [key for key in ("likely_by", "possible_by") if getattr(rule, key) is not None]
    top = locate(rule.path, ())
    if never and locate(rule.path, ("confirmed_by",)) == top:
        text = f"without confirmed_by any signal confirms, so {never[0]} is never asked"
        yield error(rule, "never-reached", text, never[0])


def _samples(rule: Rule) -> Iterator[Finding]:
    for name, signal in rule.signals.items():
        for n, one in enumerate(signal.alternatives):
            if one.template is None:
                continue
            sample = template.parse(one.template).fill().encode()
            if not compile_pattern(one.pattern).search(sample) or not any(anchor in sample for anchor in one.anchors):
                text = "the template does not match itself with sample values: " + sample.decode()
                yield error(rule, "self-match", text, "signals", name, "text", n)


# ------------------------------------------------------------------------------------------------------ texts


def _texts(rule: Rule) -> Iterator[tuple[tuple[Key, ...], Text]]:
    yield ("title",), rule.title
    yield ("cause",), rule.cause
    for name, text in rule.placeholders.items():
        yield ("placeholders", name), text
    for n, step in enumerate(rule.steps):
        yield ("steps", n, "do"), step.do
        if step.warn:
            yield ("steps", n, "warn"), step.warn
        if step.check:
            yield ("steps", n, "check", "expect"), step.check.expect


def _languages(rule: Rule) -> Iterator[Finding]:
    for keys, text in _texts(rule):
        if STUB.en in text.en or STUB.zh in text.zh:
            yield error(rule, "stub", "this is still to be written", *keys)
        elif keys[-1] == "expect" and text.en == text.zh:
            continue  # the output itself
        elif not _CJK.search(text.zh) and any(char.isalpha() for char in text.zh):
            yield error(rule, "not-chinese", "the Chinese text has no Chinese character", *keys, "zh")
        if _CJK.search(text.en):
            yield error(rule, "not-english", "the English text has Chinese characters", *keys, "en")


def _names(rule: Rule) -> Iterator[Finding]:
    """`{capture}` and `<placeholder>` have a value or a description."""
    known = guaranteed.captures(rule)
    always = guaranteed.always(rule)
    uses: list[tuple[tuple[Key, ...], str]] = []
    for keys, both in _texts(rule):
        uses += [((*keys, "en"), both.en), ((*keys, "zh"), both.zh)]
    uses += shell.commands(rule)
    used: set[str] = set()
    for keys, text in uses:
        here = always
        if keys[0] == "steps" and (when := rule.steps[int(keys[1])].when) is not None:
            here = always | guaranteed.given(when, rule)
        for name in dict.fromkeys(shell.SLOT.findall(text)):
            used.add(name)
            if name in rule.placeholders or name in here or name in _FOREIGN:
                continue
            if name not in known:
                yield error(rule, "unknown-capture", f"no signal has the capture {{{name}}}", *keys)
            else:
                why = f"not every way to this finding gives {{{name}}}: describe it under placeholders"
                yield error(rule, "capture-not-sure", why, *keys)
    yield from _placeholders(rule, used)


def _placeholders(rule: Rule, used: set[str]) -> Iterator[Finding]:
    reads = next((n for n, step in enumerate(rule.steps) if step.risk is Risk.READ), len(rule.steps))
    for keys, command in shell.commands(rule):
        for name in dict.fromkeys(shell.PLACEHOLDER.findall(command)):
            used.add(name)
            if name not in rule.placeholders:
                yield error(rule, "placeholder", f"<{name}> is not described under placeholders", *keys)
            elif int(keys[1]) < reads:
                yield warning(rule, "placeholder-first", f"no read step before this one finds <{name}>", *keys)
    words = " ".join(part for _, text in _texts(rule) for part in (text.en, text.zh))
    for name in rule.placeholders:
        if name not in used and f"<{name}>" not in words:
            yield warning(rule, "unused-placeholder", f"nothing uses <{name}>", "placeholders", name)


# ------------------------------------------------------------------------------------------------------ steps


def _steps(rule: Rule) -> Iterator[Finding]:
    if rule.kind is Kind.SYMPTOM and not rule.steps:
        yield warning(rule, "no-steps", "a symptom has read steps that find its cause")
    for n, step in enumerate(rule.steps):
        if step.risk is Risk.DESTRUCTIVE and step.warn is None:
            yield error(rule, "no-warn", "a destructive step says what is lost (warn)", "steps", n)
        if step.undo is not None and all(_IDLE.fullmatch(line) for line in step.undo.splitlines()):
            why = f"the undo '{step.undo.strip()}' takes nothing back: give the real one, or leave it out"
            yield error(rule, "idle-undo", why, "steps", n, "undo")
        if step.risk is not Risk.READ and step.check is None:
            yield warning(rule, "no-check", f"a {step.risk} step has a check", "steps", n)


def _quotes(rule: Rule) -> Iterator[Finding]:
    types = guaranteed.captures(rule)
    for keys, command in shell.commands(rule):
        for name in dict.fromkeys(shell.quoted_slots(command)):
            unsafe = [one for one in sorted(types.get(name, ())) if one not in TYPES or not TYPES[one].shell_safe]

            if unsafe:
                text = f"{{{name}}} ({unsafe[0]}) is quoted by itself where it needs to be: take it out of the quotes"
                yield error(rule, "quoted-capture", text, *keys)


def _bash(ruleset: Ruleset) -> Iterator[Finding]:
    every = [(rule, keys, command) for rule in ruleset.rules.values() for keys, command in shell.commands(rule)]
    try:
        wrong = shell.syntax_errors([shell.filled(text, guaranteed.captures(rule)) for rule, _, text in every])
    except FileNotFoundError:
        yield Finding(Location("bash"), "no-bash", "not installed: the commands of steps were not checked", error=False)
        return
    for index, complaint in wrong.items():
        rule, keys, _ = every[index]
        yield error(rule, "bash", f"bash cannot read this command: {complaint}", *keys)


_CHECKS: tuple[Callable[[Rule], Iterator[Finding]], ...] = (
    _described, _used, _samples, _languages, _names, _steps, _quotes,
)  # fmt: skip


# ------------------------------------------------------------------------------------------------------- pack


def _graph(ruleset: Ruleset) -> Iterator[Finding]:
    explained = {edge.id for rule in ruleset.rules.values() for edge in rule.explains}
    for rule in ruleset.rules.values():
        if rule.kind is Kind.SYMPTOM and rule.id not in explained:
            yield error(rule, "unexplained", "no rule explains this symptom", "kind")


def _twins(ruleset: Ruleset) -> Iterator[Finding]:
    """Two rules that the same line confirms, neither of which explains the other: nobody could tell them apart."""
    edges = {(rule.id, edge.id) for rule in ruleset.rules.values() for edge in rule.explains}
    first: dict[object, Rule] = {}
    for rule in ruleset.rules.values():
        for name, signal in rule.signals.items():
            if not guaranteed.suffices(rule.confirmed_by, name):
                continue
            for one in signal.alternatives:
                key = (one.pattern, signal.without, signal.levels, signal.components if signal.only else ())
                other = first.setdefault(key, rule)
                if other.id != rule.id and not {(rule.id, other.id), (other.id, rule.id)} & edges:
                    yield error(rule, "same-signal", f"the same line confirms {other.id}", "signals", name)


def _edges(ruleset: Ruleset, known: Collection[str]) -> Iterator[Finding]:
    for rule in ruleset.rules.values():
        for key, ids in (("explains", [edge.id for edge in rule.explains]), ("excuses", rule.excuses)):
            for n, id_ in enumerate(ids):
                if id_ == rule.id:
                    yield error(rule, "edge", f"{key} itself", key, n)
                elif id_ not in known:
                    yield error(rule, "edge", f"{key} {id_!r}, which does not exist", key, n)


def _example_ids(ruleset: Ruleset, known: Collection[str]) -> Iterator[Finding]:
    for rule in ruleset.rules.values():
        for n, example in enumerate(rule.examples):
            for key, ids in (("top", (example.top,)), ("finds", example.finds), ("not_finds", example.not_finds)):
                for id_ in ids:
                    if id_ is not None and id_ not in known:
                        yield error(rule, "example-id", f"there is no rule {id_!r}", "examples", n, key)


# ------------------------------------------------------------------------------------------------------- cost


def cost(ruleset: Ruleset, log: Path) -> list[tuple[float, int, str, tuple[str, ...]]]:
    """For each anchor that the log contains: candidates per MB, their number, the anchor, ids of its rules."""
    owners: dict[bytes, set[str]] = {}
    for rule in ruleset.rules.values():
        for signal in rule.signals.values():
            for alternative in signal.alternatives:
                for anchor in alternative.anchors:
                    owners.setdefault(anchor, set()).add(rule.id)
    counts = dict.fromkeys(owners, 0)
    longest = max(map(len, owners), default=1)
    size, tail = 0, b""
    with log.open("rb") as stream:
        while chunk := stream.read(1 << 22):
            size += len(chunk)
            data = tail + chunk
            for anchor in counts:
                # What lies wholly in the tail was counted with the chunk before.
                counts[anchor] += data.count(anchor) - tail.count(anchor)
            tail = data[-(longest - 1) :] if longest > 1 else b""
    megabytes = max(size / 1e6, 1e-9)
    rows = [(n / megabytes, n, a.decode(), tuple(sorted(owners[a]))) for a, n in counts.items() if n]
    return sorted(rows, key=lambda row: (-row[0], row[2]))

"""A rule's steps with the log's values in them. A value that no log gave stays a visible `<placeholder>`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from loganalyzer import late
from loganalyzer.diagnose.evaluate import Group, evaluate
from loganalyzer.model import Check, Step, Text
from loganalyzer.rulepack.rule import Rule, StepSpec

_SLOT = late.pattern(r"(?<![$%{])\{([a-z][a-z0-9_]*)\}")
_PLAIN = late.pattern(r"[A-Za-z0-9._:/@%+=,\-]+")
_MOST = 8
"""So many values of one capture are spelled out."""

Values = Mapping[str, Sequence[str]]


def runtimes(components: Sequence[str | None]) -> tuple[str, ...]:
    """The container runtimes whose logs are there; none where nobody knows."""
    return tuple(name for name in ("containerd", "docker") if name in components)


def steps(rule: Rule, group: Group, values: Values, runtime: Sequence[str]) -> tuple[Step, ...]:
    """The steps that apply to this finding, numbered."""
    known = _known(rule)
    shown = [spec for spec in rule.steps if spec.when is None or evaluate(spec.when, group) is not False]
    return tuple(_step(n, spec, values, known, runtime) for n, spec in enumerate(shown, 1))


def sentence(text: Text, rule: Rule, values: Values) -> Text:
    """A sentence with values filled in; several values are listed."""
    known = _known(rule)
    return Text(*(_fill(s, known, lambda name: ", ".join(values.get(name, ())[:_MOST])) for s in (text.en, text.zh)))


def plain(rule: Rule, shows: str) -> str:
    """What a fact shows, with `<name>` for the values that nothing gave yet."""
    return sentence(Text(shows, shows), rule, {}).en


def _known(rule: Rule) -> frozenset[str]:
    """The names that `{...}` may stand for; other braces belong to awk, jsonpath and the shell."""
    captures = {name for s in rule.signals.values() for a in s.alternatives for name in a.captures}
    captures |= {name for fact in rule.facts.values() for name in fact.gives}
    return frozenset(captures | set(rule.placeholders))


def _fill(text: str, known: frozenset[str], value_of: Callable[[str], str]) -> str:
    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        return (value_of(name) or f"<{name}>") if name in known else match.group(0)

    return _SLOT.sub(put, text)


def _quote(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    import shlex  # hardly ever

    return shlex.quote(value)


def _command(text: str, values: Values, known: frozenset[str]) -> str:
    """One command, or one for each value where a capture took several."""
    names = [name for name in dict.fromkeys(_SLOT.findall(text)) if name in known]
    many = next((name for name in names if len(values.get(name, ())) > 1), None)
    lines = []
    for choice in values[many][:_MOST] if many else [None]:
        one = {name: (values.get(name) or [""])[0] for name in names}
        if many is not None and choice is not None:
            one[many] = choice
        lines.append(_fill(text, known, lambda name, one=one: _quote(one[name]) if one[name] else ""))  # type: ignore[misc]
    return "\n".join(dict.fromkeys(lines))


def _step(n: int, spec: StepSpec, values: Values, known: frozenset[str], runtime: Sequence[str]) -> Step:
    def text(one: Text) -> Text:
        return Text(*(_fill(s, known, lambda name: ", ".join(values.get(name, ())[:_MOST])) for s in (one.en, one.zh)))

    return Step(
        n,
        text(spec.do),
        spec.on,
        spec.risk,
        _run(spec.run, values, known, runtime),
        _command(spec.undo, values, known) if spec.undo else None,
        Check(_command(spec.check.run, values, known), text(spec.check.expect)) if spec.check else None,
        text(spec.warn) if spec.warn else None,
    )


def _run(run: Mapping[str, str], values: Values, known: frozenset[str], runtime: Sequence[str]) -> str | None:
    """The command of the runtime in use; all of them, named, where the logs do not tell which."""
    if not run:
        return None
    if "any" in run:
        return _command(run["any"], values, known)
    fitting = {name: command for name, command in run.items() if name in runtime} or dict(run)
    if len(fitting) == 1:
        return _command(next(iter(fitting.values())), values, known)
    return "\n".join(f"# {name}\n{_command(command, values, known)}" for name, command in fitting.items())

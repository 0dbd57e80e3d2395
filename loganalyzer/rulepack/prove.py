"""A rule's proof: its examples through the whole pack, and its templates through every dialect.

The engine is handed in, so that this room knows nothing of reading logs or of judging them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from loganalyzer.errors import Location
from loganalyzer.frozen import frozen
from loganalyzer.model import Confidence, Diagnosis, Report
from loganalyzer.rulepack import template
from loganalyzer.rulepack.finding import Finding, error
from loganalyzer.rulepack.nodes import locate
from loganalyzer.rulepack.rule import Example, Rule, Ruleset, Signal

Analyze = Callable[[Mapping[str, str]], Report]
"""Path -> text of the files; the whole pack's report of them."""


@frozen
class Proof:
    """One example that was run."""

    rule: str
    example: str
    location: Location
    failures: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(f"{self.location}: {self.rule}: {self.example}: {failure}" for failure in self.failures)


def prove(ruleset: Ruleset, analyze: Analyze, only: Callable[[Rule], bool] = lambda _: True) -> Iterator[Proof]:
    """Run the examples of these rules, one after the other."""
    for rule in ruleset.rules.values():
        if not only(rule):
            continue
        for n, example in enumerate(rule.examples):
            failures = tuple(_judge(rule, example, analyze(example.files)))
            where = locate(rule.path, ("examples", n)) if failures else Location(rule.path, rule.line)
            yield Proof(rule.id, example.name, where, failures)


def _judge(rule: Rule, example: Example, report: Report) -> Iterator[str]:
    """What the report gets wrong."""
    found = {one.id: one for one in reversed([*_everywhere(report)])}
    top = report.diagnoses[0] if report.diagnoses else None
    if (top.id if top else None) != example.top:
        yield f"expected {example.top or 'no diagnosis'} at the top; found {_outline(report)}"
    for id_ in example.finds:
        if id_ not in found:
            yield f"expected {id_} in the report; found {_outline(report)}"
    unwanted = example.not_finds if example.positive else (*example.not_finds, rule.id)
    for id_ in dict.fromkeys(unwanted):
        if id_ in found:
            yield f"{id_} must not be in the report: {'; '.join(t.en for t in found[id_].because) or 'it is'}"
    judged = found.get(rule.id) if example.positive else top
    if judged is None:
        return
    if example.confidence is not None and judged.confidence is not example.confidence:
        yield f"expected {judged.id} to be {_name(example.confidence)}; it is {_name(judged.confidence)}"
    for name, value in example.captures.items():
        values = judged.captures.get(name, ())
        if value not in values:
            yield f"expected {name} = {value!r} in {judged.id}; found {', '.join(map(repr, values)) or 'nothing'}"


def _everywhere(report: Report) -> Iterator[Diagnosis]:
    for one in (*report.diagnoses, *report.harmless, *report.healed):
        yield from _tree(one)


def _tree(diagnosis: Diagnosis) -> Iterator[Diagnosis]:
    yield diagnosis
    for child in diagnosis.explains:
        yield from _tree(child)


def _outline(report: Report) -> str:
    def show(one: Diagnosis) -> str:
        inner = ", ".join(map(show, one.explains))
        return f"{one.id} ({_name(one.confidence)})" + (f" > [{inner}]" if inner else "")

    parts = [show(one) for one in report.diagnoses] or ["no diagnosis"]
    parts += [f"{label} {show(one)}" for label in ("harmless", "healed") for one in getattr(report, label)]
    return "; ".join(parts)


def _name(confidence: Confidence) -> str:
    return confidence.name.lower()


# -------------------------------------------------------------------------------------------------- templates

Matches = Callable[[str], set[tuple[str, str]]]
"""A log -> (rule id, signal) of everything that hits in it."""

DIALECTS = 6
"""So many lines `wrapped` gives."""

_LETTERS = {"debug": "I", "info": "I", "warn": "W", "error": "E", "fatal": "F"}


def prove_templates(ruleset: Ruleset, matches: Matches, only: Callable[[Rule], bool] = lambda _: True) -> list[Finding]:
    """Fill each template with sample values; its signal must hit in every dialect."""
    failures: list[Finding] = []
    for rule in ruleset.rules.values():
        for name, signal in rule.signals.items() if only(rule) else ():
            for n, alternative in enumerate(signal.alternatives):
                if alternative.template is None:
                    continue
                text = template.parse(alternative.template).fill() + " end of the sample"
                lost = [(how, line) for how, line in wrapped(text, signal) if (rule.id, name) not in matches(line)]
                if lost:
                    where = "nowhere" if len(lost) == DIALECTS else "not in " + ", ".join(how for how, _ in lost)
                    message = f"the template is found {where}: {lost[0][1]}"
                    failures.append(error(rule, "template", message, "signals", name, "text", n))
    return failures


def wrapped(text: str, signal: Signal) -> Iterator[tuple[str, str]]:
    """(dialect, line) for the ways in which programs and runtimes print a text."""
    level = signal.levels[0] if signal.levels else "error"
    program = signal.components[0] if signal.components else "sample"
    yield "plain text", text
    yield "klog", f"{_LETTERS[level]}0119 14:43:31.123456    1234 sample.go:42] {text}"
    yield "journald", f"Jan 19 14:43:31 node-1 {program}[1234]: {text}"
    yield "CRI", f"2022-01-19T14:43:31.123456789Z stderr F {text}"
    docker = {"log": text + "\n", "stream": "stderr", "time": "2022-01-19T14:43:31.123456789Z"}
    yield "docker json-file", json.dumps(docker, ensure_ascii=False)
    zap = {"level": level, "ts": "2022-01-19T14:43:31.123Z", "caller": "sample/sample.go:42", "msg": text}
    yield "zap JSON", json.dumps(zap, ensure_ascii=False)

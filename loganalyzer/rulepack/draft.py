"""A first rule from one log line: its variable parts become captures, what only the author knows becomes a stub.

The draft loads, and its first example matches its own signal; lint names everything that is still to be written.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import PurePath

from loganalyzer.errors import UsageError
from loganalyzer.rulepack import anchors, template
from loganalyzer.rulepack.lint import STUB
from loganalyzer.rulepack.patterns import compile_pattern

_HEADERS = re.compile(
    r"^(?:\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP] )?"  # CRI
    r"(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S+ [^\s:\[]+(?:\[\d+\])?: )?"  # syslog, journald
    r"(?:[IWEF]\d{4} [\d:.]+ +\d+ [\w.]+:\d+\] )?"  # klog
    r"(?:\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?[ \t]+(?:debug|info|warn|error|fatal|panic)[ \t]+)?",  # zap
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(?P<url>\b[a-z][a-z0-9+.-]*://[^\s\"'`<>\\]*[^\s\"'`<>\\.,:;)\]}])"
    r"|(?P<ip>\b\d{1,3}(?:\.\d{1,3}){3}\b)(?::(?P<port>\d{1,5})\b)?"
    r"|(?P<dur>\b(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+\b)"
    r"|(?P<path>(?<![\w/.])/[\w.@+-]+(?:/[\w.@+-]*\w)*)"
    r"|(?P<hex>\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b)"
    r"|(?P<num>\b\d+\.\d+\b)"
    r"|(?P<int>\b\d+\b)"
)
_LONGEST = 1900


def draft(id_: str, line: str, origin: str) -> str:
    """The YAML of a new rule for this line of the file `origin`."""
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", id_):
        raise UsageError(f"{id_!r} is no id: kebab-case, it says what is wrong")
    text = as_template(line)
    parsed = template.parse(text)
    if not any(not anchors.is_weak(piece) for piece in anchors.candidates(parsed)):
        raise UsageError(
            f"the line has no text of {anchors.SHORTEST} or more bytes that is rare in logs; name a more telling one"
        )
    captures = compile_pattern(parsed.pattern).search(_normal(line).encode())
    per = [name for name in parsed.captures if name == "ip"]
    name = PurePath(origin).name or "sample.log"
    stub = f"{{en: {STUB.en}, zh: {STUB.zh}}}"
    lines = [
        f"id: {id_}",
        "kind: symptom                  # WRITE ME: cause | symptom | envelope | harmless",
        "severity: error                # WRITE ME: info | warning | error | critical",
        *([f"per: [{', '.join(per)}]"] if per else []),
        f"title: {stub}",
        "signals:",
        "  seen:",
        f"    shows: {STUB.en}",
        f"    text: [{_quote(text)}]",
        f"cause: {stub}",
        "steps:",
        f"  - {{do: {stub}, on: node, risk: read}}",
        "examples:",
        "  - name: the line it was made from",
        f"    files: {{{_quote(name)}: {_quote(line)}}}",
        f"    top: {id_}",
        *([f"    captures: {_captures(captures.groupdict())}"] if parsed.captures and captures else []),
        "  - name: WRITE ME, close to it but no match",
        f"    files: {{{_quote(name)}: {STUB.en}}}",
        "    top: none",
        "",
    ]
    return "\n".join(lines)


def as_template(line: str) -> str:
    """The line's message with its variable parts as typed captures."""
    message = _normal(line)
    message = message[_HEADERS.match(message).end() :].split("\n")[0]  # type: ignore[union-attr]
    used: Counter[str] = Counter()
    out: list[str] = []
    at = 0
    for found in _PARTS.finditer(message):
        out.append(_literal(message[at : found.start()]))
        out.append(":".join(_slot(name, used) for name, value in found.groupdict().items() if value))
        at = found.end()
        if sum(map(len, out)) > _LONGEST:
            break
    else:
        out.append(_literal(message[at:]))
    return "".join(out).strip()


def _slot(type_: str, used: Counter[str]) -> str:
    used[type_] += 1
    return f"<{type_}{used[type_] if used[type_] > 1 else ''}:{type_}>"


def _literal(text: str) -> str:
    return text.replace("<", "<<").replace(">", ">>")[:_LONGEST].replace("\t", "<_>")


def _normal(line: str) -> str:
    """The normalised line as far as a draft needs it (docs/rule-language.md, section 2)."""
    line = re.sub(r'\\+"', '"', line)
    for escaped, plain in (("\\u003c", "<"), ("\\u003e", ">"), ("\\u0026", "&"), ("#011", "\t"), ("\\t", "\t")):
        line = line.replace(escaped, plain)
    return line.replace("\\n", "\n")


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _captures(groups: dict[bytes, bytes | None]) -> str:
    pairs = [f"{name.decode()}: {_quote(value.decode())}" for name, value in groups.items() if value]
    return "{" + ", ".join(pairs) + "}"

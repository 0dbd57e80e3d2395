"""Commands of steps: which names stand in them, whether a value may stand in quotes, whether bash reads them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence

from loganalyzer.rulepack.rule import Rule
from loganalyzer.rulepack.slots import TYPES

SLOT = re.compile(r"(?<![{$%])\{([a-z][a-z0-9_]*)\}(?!\})")
"""`{capture}`; `${x}` is the shell's, `%{x}` curl's, `{{x}}` a Go template's."""
PLACEHOLDER = re.compile(r"<([a-z][a-z0-9_-]*)>")
"""`<placeholder>`."""

# A quote that the command before leaves open turns one of these into a syntax error.
_FENCE = "\n: '' ')('\n: \"\" \")(\"\n"


def commands(rule: Rule) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every command of a rule and the keys that lead to it."""
    for n, step in enumerate(rule.steps):
        for runtime, run in step.run.items():
            keys = ("run",) if runtime == "any" else ("run", runtime)
            yield ("steps", n, *keys), run
        if step.undo:
            yield ("steps", n, "undo"), step.undo
        if step.check:
            yield ("steps", n, "check", "run"), step.check.run


def filled(command: str, types: Mapping[str, set[str]]) -> str:
    """The command with sample values, quoted as real ones are."""

    def value(found: re.Match[str]) -> str:
        known = sorted(types.get(found[1], ()))
        if not known:
            return found[0]
        return shlex.quote(TYPES[known[0]].sample if known[0] in TYPES else "sample")

    return PLACEHOLDER.sub("sample", SLOT.sub(value, command))


def quoted_slots(command: str) -> Iterator[str]:
    """The `{names}` that stand inside quotes."""
    quote = ""
    i = 0
    while i < len(command):
        char = command[i]
        if char == "\\" and quote != "'":
            i += 2
            continue
        if quote and (found := SLOT.match(command, i)):
            yield found[1]
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        i += 1


def syntax_errors(texts: Sequence[str]) -> dict[int, str]:
    """Index -> complaint of `bash -n`, for each command that bash cannot read. Nothing is run."""
    bash = shutil.which("bash")
    if bash is None:
        raise FileNotFoundError("bash")
    found: dict[int, str] = {}

    def check(indices: Sequence[int]) -> None:
        complaint = _complaint(bash, [texts[i] for i in indices])
        if complaint and len(indices) == 1:
            found[indices[0]] = complaint
        elif complaint:
            middle = len(indices) // 2
            check(indices[:middle])
            check(indices[middle:])

    if texts:
        check(range(len(texts)))
    return found


def _complaint(bash: str, texts: Sequence[str]) -> str:
    script = "".join(f"f() {{\n{text}\n}}{_FENCE}" for text in texts)
    done = subprocess.run(  # noqa: S603 - -n reads without running
        [bash, "--norc", "-n", "-s"], input=script.encode(), capture_output=True, check=False, timeout=60
    )
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if not lines and done.returncode:
        return f"bash -n ends with {done.returncode}"
    return re.sub(r"^.*?line \d+: ", "", lines[0]) if lines else ""

"""Directories of rule files -> a Ruleset, or every mistake in them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from loganalyzer.errors import Location, Mistake, NoInputError, RulePackError
from loganalyzer.frozen import frozen
from loganalyzer.rulepack.rule import Rule, Ruleset

FORMAT = 6
"""Version of the language and of the cached form; part of every digest."""


def default_rules_dirs() -> list[Path]:
    """Where our own rules are: inside the installed package, else beside it in the repository."""
    package = Path(__file__).resolve().parents[1]
    packaged = package / "rules"
    return [packaged if packaged.is_dir() else package.parent / "rules"]


def pack_dirs(rules_dirs: Sequence[Path] = (), *, builtin: bool = True) -> list[Path]:
    """Our rules' directories and those of `rules_dirs`, in the order in which later rules replace earlier ones."""
    return [*(default_rules_dirs() if builtin else ()), *rules_dirs]


def load_pack(dirs: Sequence[Path]) -> Ruleset:
    """All rules of these directories (or files), later ones replacing earlier; RulePackError with every mistake.

    An edge to a rule that is not loaded is no mistake here (packs can be used alone); lint names it.
    """
    found = read_pack(dirs)
    if found.mistakes:
        raise RulePackError(list(found.mistakes))
    return found.ruleset


@frozen
class Reading:
    """What was read: the rules without mistakes, and the mistakes."""

    ruleset: Ruleset
    mistakes: tuple[Mistake, ...]


def read_pack(dirs: Sequence[Path]) -> Reading:
    """As `load_pack`, but the rules that are right come together with the mistakes of the others."""
    rules: dict[str, Rule] = {}
    mistakes: list[Mistake] = []
    for root in dirs:
        own: dict[str, Rule] = {}
        for path in rule_files(root):
            rule, wrong = read_rule(path)
            mistakes += wrong
            if rule is None:
                continue
            if rule.id in own:
                where = Location(rule.path, rule.line)
                mistakes.append(Mistake(where, f"the id {rule.id!r} is taken by {own[rule.id].path}"))
            else:
                own[rule.id] = rule
        mistakes += [Mistake(Location(str(path)), "a rule file is called .yaml") for path in _misnamed(root)]
        rules |= own
    ordered = dict(sorted(rules.items()))
    cycle = find_cycle({id_: [edge.id for edge in rule.explains] for id_, rule in ordered.items()})
    if cycle:
        first = ordered[cycle[0]]
        mistakes.append(Mistake(Location(first.path, first.line), f"explains in a circle: {' > '.join(cycle)}"))
    return Reading(Ruleset(ordered, digest(dirs)), tuple(mistakes))


def rule_files(root: Path) -> list[Path]:
    """The rule files of a directory, in order; a file is itself."""
    return _files(root, ".yaml")


def _misnamed(root: Path) -> list[Path]:
    return _files(root, ".yml") if root.is_dir() else []


def _files(root: Path, suffix: str) -> list[Path]:
    return sorted(map(Path, _paths(root, suffix)))


def _paths(root: Path, suffix: str) -> list[str]:
    if root.is_file():
        return [str(root)]
    if not root.is_dir():
        raise NoInputError("no such rule directory", Location(str(root)))
    return [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names if name.endswith(suffix)]


def read_rule(path: Path) -> tuple[Rule | None, list[Mistake]]:
    """One rule file."""
    from loganalyzer.rulepack.build import build
    from loganalyzer.rulepack.fields import RULE
    from loganalyzer.rulepack.nodes import compose

    file, root = compose(path, str(path))
    if root is None:
        return None, file.mistakes
    table = RULE.read(file, root)
    rule = build(file, table) if table else None
    return rule, file.mistakes


def digest(dirs: Sequence[Path]) -> str:
    """SHA-256 over the names and contents of all rule files."""
    total = hashlib.sha256(f"tkelog rules {FORMAT}\n".encode())
    for root in dirs:
        total.update(b"pack\n")
        top = os.path.join(os.path.dirname(root) if root.is_file() else root, "")
        for path in sorted(_paths(root, ".yaml")):
            try:
                with open(path, "rb", buffering=0) as file:
                    data = file.read()
            except OSError:
                data = b""
            name = path.removeprefix(top).replace(os.sep, "/").encode("utf-8", "surrogateescape")
            total.update(b"%d %d\n%b%b" % (len(name), len(data), name, data))
    return total.hexdigest()


def find_cycle(edges: Mapping[str, Sequence[str]]) -> list[str]:
    """A cycle of a graph, its first node repeated at the end; empty where there is none."""
    done: set[str] = set()
    for start in edges:
        trail = [start]
        on_trail = {start}
        rest = [iter(edges[start])] if start not in done else []
        while rest:
            following = next(rest[-1], None)
            if following is None:
                rest.pop()
                left = trail.pop()
                on_trail.discard(left)
                done.add(left)
            elif following in on_trail:
                return [*trail[trail.index(following) :], following]
            elif following not in done and following in edges:
                trail.append(following)
                on_trail.add(following)
                rest.append(iter(edges[following]))
    return []

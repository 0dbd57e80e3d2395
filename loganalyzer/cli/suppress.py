"""`--suppress FILE`: diagnoses that somebody has looked at and lives with, each with a reason and an end.

- id: etcd-disk-slow
  reason: old disks, to be replaced in May
  until: 2026-05-31
  fingerprint: 0123456789abcdef   # optional: only this one, not every diagnosis of that id
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import yaml

from loganalyzer.errors import Location, RulePackError
from loganalyzer.frozen import frozen
from loganalyzer.model import Diagnosis, Problem, Report, Suppressed, Text
from loganalyzer.rulepack.nodes import RuleFile, compose

_KEYS = ("id", "reason", "until", "fingerprint")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@frozen
class Suppression:
    """One entry of the file."""

    id: str
    reason: str
    until: date
    fingerprint: str | None
    where: Location

    def covers(self, diagnosis: Diagnosis) -> bool:
        """Whether it is meant."""
        return self.id == diagnosis.id and self.fingerprint in (None, diagnosis.fingerprint)


def read(path: Path) -> list[Suppression]:
    """The entries of a file; RulePackError with all its mistakes."""
    file, root = compose(path, str(path))
    found: list[Suppression] = []
    if root is not None and not isinstance(root, yaml.SequenceNode):
        file.mistake("is no list of entries with id, reason and until", file.at(root.start_mark))
    elif root is not None:
        found = [entry for node in root.value if (entry := _entry(file, node)) is not None]
    if file.mistakes:
        raise RulePackError(file.mistakes)
    return found


def suppress(report: Report, suppressions: list[Suppression], today: date) -> Report:
    """The report without what is suppressed, which stands in `suppressed` instead. An entry that has ended or that
    nothing matches is a Problem: it may hide tomorrow what nobody has looked at."""
    valid = [each for each in suppressions if each.until >= today]
    problems = [_ended(each) for each in suppressions if each.until < today]
    kept: list[Diagnosis] = []
    hidden: list[Suppressed] = []
    used: set[Suppression] = set()
    for diagnosis in report.diagnoses:
        covering = [each for each in valid if each.covers(diagnosis)]
        used.update(covering)
        if covering:
            hidden.append(Suppressed(diagnosis, covering[0].reason, covering[0].until.isoformat()))
        else:
            kept.append(diagnosis)
    below = {each.id for root in report.diagnoses for each in _below(root)}
    problems += [_unused(each, explained=each.id in below) for each in valid if each not in used]
    return replace(
        report, diagnoses=tuple(kept), suppressed=tuple(hidden), problems=(*report.problems, *problems)
    )  # fmt: skip


def _below(diagnosis: Diagnosis) -> Iterator[Diagnosis]:
    for child in diagnosis.explains:
        yield child
        yield from _below(child)


def _entry(file: RuleFile, node: yaml.Node) -> Suppression | None:
    where = file.at(node.start_mark)
    if not isinstance(node, yaml.MappingNode):
        file.mistake("is no entry with id, reason and until", where)
        return None
    values: dict[str, str] = {}
    for key, value in node.value:
        if key.value not in _KEYS or key.value in values or not isinstance(value, yaml.ScalarNode):
            file.mistake(f"{key.value!r}: an entry has only {', '.join(_KEYS)}", file.at(key.start_mark))
        else:
            values[key.value] = value.value.strip()
    missing = [key for key in _KEYS[:3] if not values.get(key)]
    if missing:
        file.mistake(f"has no {' and no '.join(missing)}", where)
        return None
    try:
        if not _DAY.fullmatch(values["until"]):
            raise ValueError
        until = date.fromisoformat(values["until"])
    except ValueError:
        file.mistake(f"until: {values['until']!r} is no day such as 2026-05-31", where)
        return None
    return Suppression(values["id"], values["reason"], until, values.get("fingerprint"), where)


def _ended(entry: Suppression) -> Problem:
    return Problem(
        str(entry.where), "note",
        Text(
            f"the suppression of {entry.id} ended on {entry.until}: it is shown again",
            f"对 {entry.id} 的忽略已于 {entry.until} 到期：重新显示",
        ),
    )  # fmt: skip


def _unused(entry: Suppression, *, explained: bool) -> Problem:
    en, zh = "nothing in this report matches it; remove it", "报告中没有与之匹配的诊断；请删除该条目"
    if explained:
        en = "it hangs below another diagnosis here, which is not suppressed"
        zh = "它在此处归属于另一个未被忽略的诊断"
    return Problem(
        str(entry.where), "unmatched", Text(f"the suppression of {entry.id}: {en}", f"对 {entry.id} 的忽略：{zh}")
    )  # fmt: skip

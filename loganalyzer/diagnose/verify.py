"""An earlier report against new logs: what is gone, still there, new, or cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from loganalyzer.frozen import frozen
from loganalyzer.items import ITEMS
from loganalyzer.model import Diagnosis, InputInfo, Report, Text, iso
from loganalyzer.rulepack.rule import Ruleset


class Verdict(StrEnum):
    """What became of a diagnosis."""

    GONE = "gone"
    STILL_THERE = "still there"
    NEW = "new"
    CANNOT_JUDGE = "cannot judge"


@frozen
class Verified:
    """One diagnosis of the earlier report, or a new one."""

    id: str
    fingerprint: str
    title: Text
    state: Verdict
    why: Text


def verdicts(ruleset: Ruleset, before: Mapping[str, Any], after: Report) -> list[Verified]:
    """Of every diagnosis in the earlier report (a document of `tkelog.report/v1`), and of new ones: roots, and what
    hung below an earlier root and stands alone now."""
    old = list(before.get("diagnoses") or ())
    now = list(_walk(after.diagnoses))
    found = [_verdict(ruleset, each, now, after) for each in old]
    known = {each["id"] for each in _documents(old)}
    found += [
        Verified(each.id, each.fingerprint, each.title, Verdict.NEW, Text("", ""))
        for each in after.diagnoses
        if each.id not in known
    ]
    roots = {each["id"] for each in old}
    found += [
        Verified(each.id, each.fingerprint, each.title, Verdict.STILL_THERE, _LEFT)
        for each in after.diagnoses
        if each.id in known and each.id not in roots
    ]
    return found


_LEFT = Text("it was a consequence of another diagnosis and is still there", "原为其他问题的后果，现在仍然存在")


def _verdict(ruleset: Ruleset, old: Mapping[str, Any], now: Sequence[Diagnosis], after: Report) -> Verified:
    title = Text(str(old["title"]["en"]), str(old["title"]["zh"]))
    id_, print_ = str(old["id"]), str(old["fingerprint"])
    same = [each for each in now if each.id == id_]
    fresh = [each for each in same if not _history(each, old)]
    if fresh:
        other = all(each.fingerprint != print_ for each in fresh)
        why = Text("with other values", "但涉及的值不同") if other else Text("", "")
        return Verified(id_, print_, title, Verdict.STILL_THERE, why)
    reason = _uncovered(ruleset, old, after)
    if reason is not None:
        return Verified(id_, print_, title, Verdict.CANNOT_JUDGE, reason)
    return Verified(id_, print_, title, Verdict.GONE, _HISTORY if same else Text("", ""))


_HISTORY = Text("the new logs hold its old lines and none after them", "新日志中只有之前的记录，此后没有再出现")


def _history(now: Diagnosis, old: Mapping[str, Any]) -> bool:
    """Whether the new logs show only what the earlier report has seen: logs that were collected again hold both."""
    last = old.get("last_seen")
    return (
        isinstance(last, str)
        and now.last_seen is not None
        and _kind(last) == _kind(iso(now.last_seen))
        and not _is_later(iso(now.last_seen), last)
    )


def _uncovered(ruleset: Ruleset, old: Mapping[str, Any], after: Report) -> Text | None:
    """What keeps the new input from showing the diagnosis if it were still there; None: it would show it."""
    rule = ruleset.rules.get(str(old["id"]))
    if rule is None:
        return Text("no rule of that id is in use", "当前规则中没有该规则")
    nodes = set(old.get("nodes") or ())
    told = {str(line["signal"]) for line in old.get("evidence") or ()}
    if told and told <= set(rule.facts):
        items = {rule.facts[name].origin for name in told}
        if not items <= {entry.format for entry in after.inputs}:
            names = "; ".join(ITEMS[item].command for item in sorted(items))
            return Text(f"the new input lacks the output of: {names}", f"新输入中缺少以下命令的输出：{names}")
        return None
    signals = told & set(rule.signals) or set(rule.signals)
    components = {component for name in signals for component in rule.signals[name].components}
    told_by = {str(line["source"]) for line in old.get("evidence") or ()} - {"-"}
    same = {_place(source) for source in told_by}
    fitting = [e for e in after.inputs if e.lines and (e.component in components or _place(e.path) in same)]
    if components and not fitting:
        names = ", ".join(sorted(components))
        return Text(f"no log of {names} is in the new input", f"新输入中没有 {names} 的日志")
    fitting = fitting or [entry for entry in after.inputs if entry.lines]
    if not rule.cluster and nodes:
        there = {entry.node for entry in fitting if entry.node}
        if there and not nodes <= there and not any(_tells_of_others(entry) for entry in fitting):
            names = ", ".join(sorted(nodes - there))
            return Text(f"no such log of {names} is in the new input", f"新输入中没有 {names} 的相应日志")
    last = old.get("last_seen")
    if isinstance(last, str) and not any(_later(entry, last) for entry in fitting):
        return Text(
            f"the new logs are not known to reach beyond {last}, when it was last seen",
            f"新日志的时间不能确定晚于最后一次出现的时间 {last}",
        )
    return None


def _place(path: str) -> tuple[str, ...]:
    """File and directory: where the same log of a later bundle lies."""
    return tuple(path.split("/")[-2:])


def _tells_of_others(entry: InputInfo) -> bool:
    return (entry.component or "").startswith("tke-")


def _later(entry: InputInfo, last: str) -> bool:
    """Whether the log is known to have been written after that moment."""
    return entry.last is not None and _is_later(iso(entry.last), last)


def _kind(time: str) -> str:
    """`+` since a start, `-` without a year, `Z` with a zone, or nothing."""
    return time[:1] if time[:1] in "+-" else "Z" if datetime.fromisoformat(time).tzinfo else ""


def _is_later(one: str, than: str) -> bool:
    """Whether `model.iso` writes a later moment in `one`, as far as the two can be compared."""
    if one.startswith(("+", "-")) or than.startswith(("+", "-")):
        return one > than and one.startswith("--") and than.startswith("--")
    a, b = (datetime.fromisoformat(text) for text in (one, than))
    if (a.tzinfo is None) != (b.tzinfo is None):
        a, b = a.replace(tzinfo=None), b.replace(tzinfo=None)
    return a > b


def _walk(diagnoses: Sequence[Diagnosis]) -> Iterator[Diagnosis]:
    for diagnosis in diagnoses:
        yield diagnosis
        yield from _walk(diagnosis.explains)


def _documents(diagnoses: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for diagnosis in diagnoses:
        yield diagnosis
        yield from _documents(diagnosis.get("explains") or ())

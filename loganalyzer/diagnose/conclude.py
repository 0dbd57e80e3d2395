"""Trees of findings to Diagnoses: evidence, texts, steps. The only place where log text enters a report; it does so
through `safe`."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice

from loganalyzer.diagnose.correlate import Finding
from loganalyzer.diagnose.evaluate import denied
from loganalyzer.diagnose.examine import Examination
from loganalyzer.diagnose.explain import Tree
from loganalyzer.diagnose.facts import Tables
from loganalyzer.diagnose.recovery import judging
from loganalyzer.diagnose.remedy import runtimes, sentence, steps
from loganalyzer.diagnose.series import Kept, Series
from loganalyzer.diagnose.siblings import Siblings
from loganalyzer.items import ITEMS
from loganalyzer.limits import Limits
from loganalyzer.model import Confidence, Diagnosis, Evidence, Kind, Text
from loganalyzer.safe import Redactor, visible

_VALUES = 8
_SHORT = 6
"""Rows of a table that is shown as a whole."""


class Conclusion:
    """Makes Diagnoses of one run."""

    def __init__(self, found: Examination, redactor: Redactor, limits: Limits, siblings: Siblings) -> None:
        self._found, self._redactor, self._limits, self._siblings = found, redactor, limits, siblings
        self._runtime = runtimes([source.component for source in found.sources])

    def diagnosis(self, tree: Tree, *, root: bool = True) -> Diagnosis:
        """A tree as the reader gets it."""
        finding = tree.finding
        rule = finding.rule
        known = values(finding, self._redactor)
        first, last = finding.span
        candidates = self._found.differential.candidates(finding) if root and rule.kind is Kind.SYMPTOM else ()
        return Diagnosis(
            id=rule.id,
            kind=rule.kind,
            severity=rule.severity,
            confidence=finding.confidence,
            title=sentence(rule.title, rule, known),
            cause=sentence(rule.cause, rule, known),
            because=(*self._because(finding), *self._siblings.of(finding)),
            nodes=finding.nodes,
            first_seen=first[1] if first else None,
            last_seen=last[1] if last else None,
            count=finding.count,
            captures=known,
            evidence=self._evidence(finding),
            steps=steps(rule, finding.group, known, self._runtime),
            references=rule.references,
            fingerprint=fingerprint(finding),
            explains=tuple(self.diagnosis(child, root=False) for child in tree.children),
            candidates=candidates,
            healed=tree.healed,
            recovered=tree.recovered[1] if tree.recovered else None,
        )

    def _evidence(self, finding: Finding) -> tuple[Evidence, ...]:
        """For each signal and source the first line, with how often and until when; more of them if there is room."""
        order = {name: i for i, name in enumerate((*finding.rule.signals, *finding.rule.facts))}
        telling = set(judging(finding.group))
        shown = [s for s in finding.group.series() if s.key.signal in telling or finding.healed]
        many = sorted(shown, key=lambda s: (order[s.key.signal], s.source.path, s.kept[0].record.line))
        each = 3 if len(many) == 1 else 1
        places: dict[tuple[str, int], tuple[Series, Kept, bool]] = {}
        for series in many:
            for i, kept in enumerate(series.kept[:each]):
                places.setdefault((series.source.path, kept.record.line), (series, kept, i == 0))
        lines = (self._line(*one) for one in islice(places.values(), self._limits.evidence))
        return (*lines, *self._denials(finding))

    def _denials(self, finding: Finding) -> tuple[Evidence, ...]:
        """The whole of a short table whose lack of a row decides."""
        shown: list[Evidence] = []
        for name in denied(finding.rule.confirmed_by):
            if finding.group.facts.get(name) is False:
                for source, table in Tables(self._found.sources).of(finding.rule.facts[name].origin, finding.nodes):
                    rows = table.rows if len(table.rows) <= _SHORT else ()
                    shown += [
                        Evidence(source.path, row.line, None, self._redactor.text(row.text), name, source.node)
                        for row in rows
                    ]
        return tuple(shown[:_SHORT])

    def _line(self, series: Series, kept: Kept, whole: bool) -> Evidence:
        record = kept.record
        before = record.around.before
        size, lines = len(before), [*before, record.text, *record.around.after]
        shown = [visible(line) for line in self._redactor.lines(lines, in_key=record.around.in_key)]
        last = series.kept[-1].record.when if whole and series.count > 1 else None
        return Evidence(
            source=series.source.path,
            line=record.line,
            when=series.source.settle(record.when) if record.when else None,
            text=shown[size],
            signal=series.key.signal,
            node=record.node or series.source.node,
            via=kept.via,
            count=series.count if whole else 1,
            until=series.source.settle(last) if last else None,
            before=tuple(shown[:size]),
            after=tuple(shown[size + 1 :]),
        )

    def _because(self, finding: Finding) -> tuple[Text, ...]:
        """Why it is as sure as it is: what was seen where, and what is not proved."""
        reasons = []
        speaking = set(judging(finding.group))
        for name, signal in finding.rule.signals.items():
            if name not in speaking:
                continue
            many = finding.group.seen.get(name, ())
            if many:
                where = ", ".join(sorted({s.source.component or s.source.path for s in many}))
                count = sum(s.count for s in many)
                reasons.append(
                    Text(
                        f"{where}: {signal.shows}" + (f" ({count} times)" if count > 1 else ""),
                        f"{where}：{signal.shows}" + (f"（{count} 次）" if count > 1 else ""),
                    )
                )
        reasons += _facts(finding, speaking, values(finding, self._redactor))
        if finding.confidence is not Confidence.CONFIRMED:
            unproved = [
                s for name, s in finding.rule.signals.items() if name not in finding.group.seen and name in speaking
            ]
            reasons += [
                Text(
                    f"not seen, would prove it: {signal.shows}"
                    + (f" ({', '.join(signal.components)})" if signal.components else ""),
                    f"尚未看到，可作为佐证：{signal.shows}"
                    + (f"（{', '.join(signal.components)}）" if signal.components else ""),
                )
                for signal in unproved[:2]
            ]
        return tuple(reasons)


def values(finding: Finding, redactor: Redactor) -> Mapping[str, tuple[str, ...]]:
    """Captured values by name, the most frequent first; join values are the finding's own."""
    counts: dict[str, Counter[str]] = {}
    for series in finding.group.series():
        for name, counter in series.values.items():
            counts.setdefault(name, Counter()).update(counter)
    found = {
        name: tuple(v for v, _ in sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:_VALUES])
        for name, counter in sorted(counts.items())
    }
    for name, value in zip(finding.rule.per, finding.join, strict=True):
        if value is not None and name in found:
            found[name] = (value,)
    return {name: tuple(redactor.text(v) for v in many) for name, many in found.items()}


def _facts(finding: Finding, speaking: set[str], known: Mapping[str, tuple[str, ...]]) -> Iterator[Text]:
    """What collected output says for the finding, by being there or by not being there, and what was not collected."""
    against = set(denied(finding.rule.confirmed_by))
    for name, fact in finding.rule.facts.items():
        truth, what = finding.group.facts.get(name), ITEMS[fact.origin].title
        shows = sentence(Text(fact.shows, fact.shows), finding.rule, known).en
        if name not in speaking and name not in against:
            continue
        if truth is True and name not in against:
            yield Text(f"{what.en}: {shows}", f"{what.zh}：{shows}")
        elif truth is False and name in against:
            yield Text(f"not among {what.en}: {shows}", f"{what.zh}中没有：{shows}")
        elif truth is None and finding.confidence is not Confidence.CONFIRMED:
            yield Text(
                f"not collected, would decide: {what.en} ({shows})", f"尚未采集，可用于判断：{what.zh}（{shows}）"
            )


def fingerprint(finding: Finding) -> str:
    """The same for the same cause with the same join values, in this and in later bundles: 16 hex digits."""
    text = "\0".join([finding.rule.id, *(value or "" for value in finding.join)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]

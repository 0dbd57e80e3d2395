"""Paths as people read them: without the part that all inputs share, and without what only a machine tells apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from loganalyzer import late
from loganalyzer.model import Diagnosis, Report, Timeline

_POD = late.pattern(r"(?:(?<=/)|^)var/log/pods/([^/_]+_[^/_]+)_[0-9a-f-]{8,36}/")


def shortened(report: Report) -> tuple[str, Report]:
    """The directory (or archive) that all inputs lie in, and the report with paths that start below it."""
    paths = [entry.path.split("/") for entry in report.inputs]
    depth = 0
    while len(paths) > 1 and all(len(p) > depth + 1 for p in paths) and len({p[depth] for p in paths}) == 1:
        depth += 1
    if not depth:
        return "", report
    prefix = "/".join(paths[0][:depth]) + "/"
    return prefix.rstrip("/"), _renamed(report, lambda path: path.removeprefix(prefix))


def compact(report: Report) -> Report:
    """The report with pod log paths as `node-1/.../kube-system_etcd-node-1/etcd/0.log`, where they stay distinct."""
    short = {entry.path: _POD.sub(r".../\1/", entry.path) for entry in report.inputs}
    if len(set(short.values())) < len(short):
        return report
    return _renamed(report, lambda path: short.get(path, path))


def _renamed(report: Report, path: Callable[[str], str]) -> Report:
    def diagnosis(one: Diagnosis) -> Diagnosis:
        return replace(
            one,
            evidence=tuple(replace(each, source=path(each.source)) for each in one.evidence),
            explains=tuple(map(diagnosis, one.explains)),
        )

    timeline = report.timeline
    if timeline is not None:
        timeline = Timeline(tuple(replace(run, source=path(run.source)) for run in timeline.runs))
    return replace(
        report,
        inputs=tuple(replace(entry, path=path(entry.path)) for entry in report.inputs),
        diagnoses=tuple(map(diagnosis, report.diagnoses)),
        harmless=tuple(map(diagnosis, report.harmless)),
        healed=tuple(map(diagnosis, report.healed)),
        suppressed=tuple(replace(each, diagnosis=diagnosis(each.diagnosis)) for each in report.suppressed),
        problems=tuple(replace(each, where=path(each.where)) for each in report.problems),
        timeline=timeline,
        unexplained=tuple(replace(one, source=path(one.source)) for one in report.unexplained),
    )

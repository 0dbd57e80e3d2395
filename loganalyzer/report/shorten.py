"""Paths as people read them: without the part that all inputs share."""

from __future__ import annotations

from dataclasses import replace

from loganalyzer.model import Diagnosis, Report, Timeline


def shortened(report: Report) -> tuple[str, Report]:
    """The directory (or archive) that all inputs lie in, and the report with paths that start below it."""
    paths = [entry.path.split("/") for entry in report.inputs]
    if len(paths) < 2:
        return "", report
    depth = 0
    while all(len(path) > depth + 1 for path in paths) and len({path[depth] for path in paths}) == 1:
        depth += 1
    if not depth:
        return "", report
    prefix = "/".join(paths[0][:depth]) + "/"

    def diagnosis(one: Diagnosis) -> Diagnosis:
        return replace(
            one,
            evidence=tuple(replace(each, source=each.source.removeprefix(prefix)) for each in one.evidence),
            explains=tuple(map(diagnosis, one.explains)),
        )

    timeline = report.timeline
    if timeline is not None:
        timeline = Timeline(tuple(replace(run, source=run.source.removeprefix(prefix)) for run in timeline.runs))
    return prefix.rstrip("/"), replace(
        report,
        inputs=tuple(replace(entry, path=entry.path.removeprefix(prefix)) for entry in report.inputs),
        diagnoses=tuple(map(diagnosis, report.diagnoses)),
        harmless=tuple(map(diagnosis, report.harmless)),
        healed=tuple(map(diagnosis, report.healed)),
        timeline=timeline,
        unexplained=tuple(replace(one, source=one.source.removeprefix(prefix)) for one in report.unexplained),
    )

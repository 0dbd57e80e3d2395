"""`--stats`: where the time went, on standard error; never part of a report, whose bytes depend on its input alone."""

from __future__ import annotations

import click

from loganalyzer.diagnose import Cost
from loganalyzer.model import Report

_MOST = 15
"""Rules that are listed."""
_TEXTS = {
    "en": (
        "rules    {rules} loaded in {loading:.0f} ms",
        "read     {mb:,.1f} MB in {seconds:.2f} s ({speed:,.0f} MB/s), processes: {processes}",
        "time     {opening:.2f} s opening and unpacking, {scanning:.2f} s scanning, {judging:.2f} s judging lines, "
        "{concluding:.2f} s concluding",
        "lines    {candidates:,} candidates ({per:,.1f} per MB), {matches:,} matches",
        "         candidates    matches  rule",
    ),
    "zh": (
        "规则     {rules} 条，加载用时 {loading:.0f} 毫秒",
        "读取     {mb:,.1f} MB，用时 {seconds:.2f} 秒（{speed:,.0f} MB/s），进程数 {processes}",
        "用时     打开与解压 {opening:.2f} 秒，扫描 {scanning:.2f} 秒，判定日志行 {judging:.2f} 秒，"
        "得出结论 {concluding:.2f} 秒",
        "日志行   候选 {candidates:,} 个（每 MB {per:,.1f} 个），命中 {matches:,} 个",
        "         候选          命中     规则",
    ),
}


def say(report: Report, cost: Cost, loading: float, lang: str) -> None:
    """The figures of one run. `loading`: seconds for the rules."""
    seconds, megabytes = report.stats.seconds, cost.bytes / 1e6
    candidates, matches = cost.candidates.total(), cost.matches.total()
    values = {
        "rules": report.rules,
        "loading": loading * 1000,
        "mb": megabytes,
        "seconds": seconds,
        "speed": megabytes / max(seconds, 1e-9),
        "opening": max(0.0, cost.reading - cost.scanning - cost.judging),
        "scanning": cost.scanning,
        "judging": cost.judging,
        "concluding": max(0.0, seconds - loading - cost.reading),
        "processes": cost.processes,
        "candidates": candidates,
        "per": candidates / megabytes if megabytes else 0.0,
        "matches": matches,
    }
    *lines, head = _TEXTS[lang if lang in _TEXTS else "en"]
    for line in lines:
        click.echo(line.format_map(values), err=True)
    listed = sorted(cost.candidates.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]
    if listed:
        click.echo(head, err=True)
    for rule, number in listed:
        click.echo(f"         {number:>10,} {cost.matches[rule]:>10,}  {rule}", err=True)

"""`tkelog timeline`: the course of an installation."""

from __future__ import annotations

from pathlib import Path

import click

from loganalyzer.cli.common import colour, columns, lang_option, paths_or_pipe, report_on, rule_options
from loganalyzer.errors import Exit


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=str, allow_dash=True))
@click.option(
    "--format", "-f", "format_", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True
)
@click.option("--brief", is_flag=True, help="Only the stages that failed or took long.")
@lang_option
@rule_options
def timeline(
    paths: tuple[str, ...],
    format_: str,
    brief: bool,
    lang: str | None,
    rules_dirs: tuple[Path, ...],
    no_default_rules: bool,
) -> int:
    """Show how an installation went: its steps, how long each took, how often it was tried, where it stopped.

    PATHS hold logs of tke-installer (tke.log), of a TKE platform controller, or what kubeadm printed; `-` is standard
    input. A stage that failed shows its first error and the diagnosis that the error is evidence of
    (`tkelog analyze` says more about it). The bar shows when a stage ran; + ended well, x failed, ~ the log ends in it.

    \b
    Exit codes: 0 also where something failed, 3 no readable input.
    """
    from loganalyzer import rulepack
    from loganalyzer.cli.tongue import language
    from loganalyzer.report import timeline_json, timeline_view
    from loganalyzer.report.page import Page
    from loganalyzer.report.phrases import Speech
    from loganalyzer.report.shorten import compact

    ruleset = rulepack.load(rules_dirs, builtin=not no_default_rules)
    report = report_on(ruleset, paths_or_pipe(paths))
    if format_ == "json":
        import orjson

        document = {"schema": "tkelog.timeline/v1", "timeline": timeline_json.timeline(report.timeline)}
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        return int(Exit.OK)
    speech = Speech(language(lang))
    report = compact(report)
    if report.timeline is None:
        click.echo(speech.text(timeline_view.NOTHING))
        return int(Exit.OK)
    page = Page(columns(), color=colour(), column=13)
    timeline_view.show(page, speech, report.timeline, full=not brief)
    click.echo(page.text().lstrip("\n"), nl=False)
    return int(Exit.OK)

"""`tkelog verify`: what of an earlier report is gone, and what is not."""

from __future__ import annotations

from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from loganalyzer.cli.common import lang_option, paths_or_pipe, report_on, rule_options
from loganalyzer.errors import Exit, Location, UsageError
from loganalyzer.model import Text
from loganalyzer.safe import visible

_WORDS = {
    "gone": Text("gone", "已消失"),
    "still there": Text("still there", "仍然存在"),
    "new": Text("new", "新出现"),
    "cannot judge": Text("cannot judge", "无法判断"),
}
_NOTHING = Text("The earlier report found nothing, and nothing is new.", "此前报告没有问题，也没有新问题。")


@click.command()
@click.argument("earlier", metavar="REPORT.json", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("paths", nargs=-1, type=click.Path(path_type=str, allow_dash=True))
@click.option("--format", "-f", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@lang_option
@rule_options
def verify(
    earlier: Path,
    paths: tuple[str, ...],
    format_: str,
    lang: str | None,
    rules_dirs: tuple[Path, ...],
    no_default_rules: bool,
) -> int:
    """Tell whether what an earlier report found is fixed.

    REPORT.json was written by `tkelog analyze --format json` before the repair; PATHS are logs collected after it.
    A diagnosis is gone only where the new logs would show it: logs of the same programs (and node), written after
    the failure was last seen. A diagnosis of the same kind with other values (another address, say) is still there.

    \b
    Exit codes: 0 everything is gone, 10 something is still there or new,
                11 nothing of that, but something cannot be judged, 2 usage, 3 no readable input.
    """
    from loganalyzer import rulepack
    from loganalyzer.cli.tongue import language
    from loganalyzer.diagnose.verify import Verdict, verdicts

    before = _read(earlier)
    ruleset = rulepack.load(rules_dirs, builtin=not no_default_rules)
    found = verdicts(ruleset, before, report_on(ruleset, paths_or_pipe(paths)))
    tongue = language(lang)
    if format_ == "json":
        import orjson

        rows = [
            {
                "id": each.id, "fingerprint": each.fingerprint, "state": each.state.value,
                "title": {"en": visible(each.title.en), "zh": visible(each.title.zh)},
                "why": {"en": visible(each.why.en), "zh": visible(each.why.zh)},
            }
            for each in found
        ]  # fmt: skip
        click.echo(orjson.dumps({"schema": "tkelog.verify/v1", "verdicts": rows}, option=orjson.OPT_INDENT_2))
    else:
        from rich.cells import cell_len

        for each in found:
            word = _WORDS[each.state.value].get(tongue)
            click.echo(f"{word}{' ' * (14 - cell_len(word))} {each.id}  {visible(each.title.get(tongue))}")
            if each.why.en:
                click.echo(f"{'':14} {visible(each.why.get(tongue))}")
        if not found:
            click.echo(_NOTHING.get(tongue))
    states = {each.state for each in found}
    if states & {Verdict.STILL_THERE, Verdict.NEW}:
        return int(Exit.FOUND)
    return int(Exit.UNDECIDED if Verdict.CANNOT_JUDGE in states else Exit.OK)


def _read(path: Path) -> dict[str, Any]:
    import orjson

    try:
        document = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(_("is no JSON report: {error}").format(error=error), Location(str(path))) from None
    if not isinstance(document, dict) or document.get("schema") != "tkelog.report/v1":
        raise UsageError("is no report of `tkelog analyze --format json`", Location(str(path)))
    return document

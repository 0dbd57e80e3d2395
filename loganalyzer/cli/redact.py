"""`tkelog redact`: logs made fit to be sent to a stranger."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from loganalyzer.cli.common import lang_option
from loganalyzer.cli.private import (
    anonymize_options,
    batches,
    identities,
    keep,
    learn,
    readable_twice,
    shown_path,
    whole_lines,
)
from loganalyzer.errors import Exit, Location, OutputError, UsageError
from loganalyzer.model import Text
from loganalyzer.safe import Identities, Redactor, visible

if TYPE_CHECKING:
    from loganalyzer.ingest.rewrite import Rewriter

_DONE = Text("{n} logs written to {where}", "已写入 {n} 份日志到 {where}")
_MASKED = Text("secrets masked: {kinds}", "已遮盖的敏感信息：{kinds}")
_NONE = Text("no secret was found", "未发现敏感信息")
_REPLACED = Text("names replaced: {kinds}", "已替换的名称：{kinds}")
_NAMES = {
    "address": Text("addresses", "IP 地址"),
    "host": Text("hosts", "主机"),
    "domain": Text("domains", "域名"),
    "user": Text("users", "用户"),
    "tenant": Text("tenants", "租户"),
}


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=str, allow_dash=True))
@click.option("-o", "--output", default="-", metavar="OUT", help="Write there; default: standard output.")
@anonymize_options
@click.option(
    "--report", "report_file", metavar="FILE", help="Write what was masked in which file, as JSON, to FILE."
)  # fmt: skip
@lang_option
def redact(
    source: str, output: str, anonymize: bool, map_file: Path | None, report_file: str | None, lang: str | None
) -> int:
    """Copy logs with their secrets masked, to send them to somebody.

    IN is a log, a directory or an archive (or `-`); OUT becomes the same: an archive keeps its kind, its compression
    and its members, in order. Each secret is replaced by <redacted:kind#n>, wherever it stands and however it is
    encoded; equal secrets get equal numbers. `tkelog analyze OUT` finds what it finds in IN. What is no text is left
    out. Nothing is written unless everything is: OUT appears as a whole.

    \b
    With --anonymize  10.244.1.7 and 10.244.1.9 stay in one subnet, private stays private, public stays public
    Exit codes: 0 written, 1 not written, 2 usage, 3 no readable input.
    """
    from loganalyzer.cli.tongue import language
    from loganalyzer.ingest.rewrite import Rewriter

    names = identities(anonymize, map_file)
    directory = source != "-" and os.path.isdir(source)
    _refuse(source, output, directory=directory)
    redactor = Redactor()
    found: dict[str, dict[str, int]] = {}
    with readable_twice([source]) as stdin:
        learn([source], stdin, redactor, names)
        copy = _Copy(redactor, names, found)
        rewriter = Rewriter(copy.text, copy.name)
        if directory:
            _directory(rewriter, source, output)
        else:
            _file(rewriter, source, stdin, output)
    if names is not None:
        keep(names, map_file)
    document = _report(rewriter, redactor, names, found, copy.shown)
    if report_file is not None:
        import orjson

        from loganalyzer.report import write

        write(report_file, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    _say(document, output, language(lang))
    return int(Exit.OK)


class _Copy:
    """What happens to each log and to each name of a member."""

    def __init__(self, redactor: Redactor, names: Identities | None, found: dict[str, dict[str, int]]) -> None:
        self._redactor = redactor
        self._names = names
        self._found = found

    def text(self, path: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
        before = dict(self._redactor.counts)
        for text in batches(whole_lines(chunks), self._redactor):
            yield self._redactor.sweep(self._renamed(text)).encode("utf-8", "surrogateescape")
        new = {kind: number - before.get(kind, 0) for kind, number in sorted(self._redactor.counts.items())}
        self._found[self.shown(path)] = {kind: number for kind, number in new.items() if number}

    def name(self, name: str) -> str:
        return self._redactor.sweep(self._renamed(self._redactor.redact(name))).replace("/", "_")

    def shown(self, path: str) -> str:
        return visible("/".join(map(self.name, shown_path(path).split("/"))))

    def _renamed(self, text: str) -> str:
        return self._names.text(text) if self._names else text


def _refuse(source: str, output: str, *, directory: bool) -> None:
    """UsageError where OUT would take the place of something that may still be needed."""
    if directory and output == "-":
        raise UsageError("IN is a directory: name the new one with -o")
    if output != "-" and source != "-" and os.path.exists(output) and os.path.samefile(source, output):
        raise UsageError("OUT is IN; name another place, so that the original stays", Location(output))
    if directory and os.path.exists(output) and (not os.path.isdir(output) or os.listdir(output)):
        raise UsageError("is there already; name a new directory", Location(output))
    if not directory and os.path.isdir(output):
        raise UsageError("is a directory, and IN is a file", Location(output))


def _file(rewriter: Rewriter, source: str, stdin: BinaryIO | None, output: str) -> None:
    from loganalyzer.report import whole

    with whole(output) as out:
        if stdin is not None:
            rewriter.file(source, stdin, out)
        else:
            with open(source, "rb") as file:
                rewriter.file(source, file, out)


def _directory(rewriter: Rewriter, source: str, output: str) -> None:
    target = os.path.realpath(output)
    try:
        temporary = tempfile.mkdtemp(prefix=".tkelog-", dir=os.path.dirname(target))
        try:
            rewriter.directory(source, temporary)
            with contextlib.suppress(OSError):
                os.rmdir(target)
            shutil.copymode(source, temporary)
            os.replace(temporary, target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    except OSError as error:
        raise OutputError(
            _("cannot be written: {reason}").format(reason=error.strerror or error), Location(output)
        ) from error


def _report(
    rewriter: Rewriter,
    redactor: Redactor,
    names: Identities | None,
    found: Mapping[str, Mapping[str, int]],
    shown: Callable[[str], str],
) -> dict[str, Any]:
    replaced = {kind: len(pairs) for kind, pairs in names.mapping().items() if pairs} if names else {}
    problems = [
        {"where": shown(p.where), "kind": p.kind, "detail": {"en": shown(p.detail.en), "zh": shown(p.detail.zh)}}
        for p in rewriter.problems
    ]
    return {
        "schema": "tkelog.redaction/v1",
        "redactions": dict(sorted(redactor.counts.items())),
        "replaced": replaced,
        "files": [{"path": path, "redactions": kinds} for path, kinds in found.items()],
        "left_out": list(map(shown, rewriter.left_out)),
        "problems": problems,
    }


def _say(document: Mapping[str, Any], output: str, tongue: str) -> None:
    def say(text: Text, **values: object) -> None:
        click.echo(text.get(tongue).format(**values), err=True)

    def numbers(found: Mapping[str, int], words: Mapping[str, Text]) -> str:
        return ", ".join(f"{words[kind].get(tongue) if kind in words else kind} {n:,}" for kind, n in found.items())

    say(_DONE, n=f"{len(document['files']):,}", where=visible(output))
    say(_MASKED if document["redactions"] else _NONE, kinds=numbers(document["redactions"], {}))
    if document["replaced"]:
        say(_REPLACED, kinds=numbers(document["replaced"], _NAMES))
    for problem in document["problems"]:
        click.echo(f"{problem['where']}: {problem['detail'][tongue]}", err=True)

"""`kubectl tkelog analyze -n NAMESPACE`: logs through the user's own kubectl; options, and where they are held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import click

from loganalyzer.errors import UsageError


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`-n`, `--since`, `-l` and `--context`, as kubectl has them."""
    for option in (
        click.option("--context", metavar="NAME", help="With -n: kubectl's context."),
        click.option("-l", "--selector", metavar="LABELS", help="With -n: only pods with these labels."),
        click.option("--since", metavar="D", help="With -n: only what is newer, such as 1h."),
        click.option(
            "-n", "--namespace", "namespaces", multiple=True, metavar="NS",
            help="Analyze the logs of this namespace's pods, fetched with your kubectl. Repeatable.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@contextmanager
def fetched(
    namespaces: Sequence[str], since: str | None, selector: str | None, context: str | None
) -> Iterator[BinaryIO | None]:
    """A tar of the namespaces' logs in a temporary file; None where no namespace is named."""
    if not namespaces:
        if since or selector or context:
            raise UsageError("--since, --selector and --context go with -n NAMESPACE")
        yield None
        return
    from tempfile import TemporaryFile

    from loganalyzer.cli.kubectl_logs import Kubectl, gather

    with TemporaryFile(buffering=0) as held:
        for complaint in gather(Kubectl(context), namespaces, since, selector, cast(BinaryIO, held)):
            click.echo(f"tkelog: not fetched: {complaint}", err=True)
        held.seek(0)
        yield cast(BinaryIO, held)

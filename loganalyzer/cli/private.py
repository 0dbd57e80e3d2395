"""What `analyze` and `redact` share about names and secrets: a first look over the inputs, and the map of names."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from loganalyzer.errors import Location, UsageError
from loganalyzer.limits import MIB
from loganalyzer.safe import Identities, Redactor

_SCHEMA = "tkelog.map/v1"


def anonymize_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--anonymize` and `--map FILE`."""
    command = click.option(
        "--map", "map_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="Keep what was replaced by what in FILE, for you alone; names in it are replaced the same way again.",
    )(command)  # fmt: skip
    return click.option(
        "--anonymize", is_flag=True, help="Replace host names, addresses, users and tenants, too."
    )(command)  # fmt: skip


@contextmanager
def readable_twice(paths: Sequence[str]) -> Iterator[BinaryIO | None]:
    """Standard input as a file, where it is among the paths: it lies in an unnamed temporary file meanwhile."""
    if "-" not in paths:
        yield None
        return
    import shutil
    from tempfile import TemporaryFile

    with TemporaryFile(buffering=0) as held:
        shutil.copyfileobj(sys.stdin.buffer, held, MIB)
        held.seek(0)
        yield cast(BinaryIO, held)
        held.seek(0)


def identities(anonymize: bool, map_file: Path | None) -> Identities | None:
    """Where names are to be replaced: by those of the map, if there is one. UsageError where FILE is no map."""
    if not anonymize:
        if map_file is not None:
            raise UsageError("--map needs --anonymize")
        return None
    if map_file is None or not map_file.exists():
        return Identities()
    try:
        import json

        known = json.loads(map_file.read_bytes())
        if known.pop("schema", None) != _SCHEMA:
            raise ValueError(f"its schema is not {_SCHEMA}")
        return Identities(known)
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(_("is no map of names: {error}").format(error=error), Location(str(map_file))) from None


def keep(names: Identities, map_file: Path | None) -> None:
    """Write the map, readable by its owner alone."""
    from loganalyzer.report import whole

    if map_file is not None:
        import json

        text = json.dumps({"schema": _SCHEMA, **names.mapping()}, indent=2, ensure_ascii=False) + "\n"
        with whole(str(map_file), mode=0o600) as file:
            file.write(text.encode("utf-8", "backslashreplace"))


def learn(paths: Sequence[str], stdin: BinaryIO | None, redactor: Redactor | None, names: Identities | None) -> None:
    """The first look: which secrets and which names there are, in all texts of the inputs. NoInputError for none."""
    from loganalyzer import ingest
    from loganalyzer.ingest.encoding import to_utf8

    for stream in ingest.open_inputs(tuple(paths), stdin=stdin).streams():
        if names is not None and (node := ingest.by_path(stream.path).node):
            names.hosts([node])
        for text in batches(whole_lines(to_utf8(stream.chunks, lambda _: None)), redactor):
            if names is not None:
                names.learn(text)
    if stdin is not None:
        stdin.seek(0)
    if redactor is not None:
        redactor.counts.clear()


def batches(lines: Iterable[str], redactor: Redactor | None) -> Iterator[str]:
    """Lines, redacted, in texts of about a megabyte."""
    held: list[str] = []
    size = 0
    for line in lines if redactor is None else redactor.lines(lines):
        held.append(line)
        size += len(line)
        if size >= MIB:
            yield "".join(held)
            held.clear()
            size = 0
    if held:
        yield "".join(held)


def whole_lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """UTF-8 text line by line, with line ends; invalid bytes survive. A line of more than a megabyte is cut."""
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        end = data.rfind(b"\n") + 1
        if not end and len(data) >= MIB:
            end = max(data.rfind(b" "), data.rfind(b",")) + 1 or len(data)
        rest = data[end:]
        for line in data[:end].splitlines(keepends=True) if b"\r" not in data else _lines(data[:end]):
            yield line.decode("utf-8", "surrogateescape")
    if rest:
        yield rest.decode("utf-8", "surrogateescape")


def _lines(data: bytes) -> Iterator[bytes]:
    """As `splitlines`, but at newlines alone."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        yield data[at:end]
        at = end


def shown_path(path: str) -> str:
    """A path as the reports name it."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")

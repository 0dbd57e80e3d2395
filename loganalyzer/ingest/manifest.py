"""`meta/collect.json` of a bundle: which host, and when it was collected."""

from __future__ import annotations

import orjson

from loganalyzer.frozen import frozen
from loganalyzer.ingest import clock

NAME = "meta/collect.json"


@frozen
class Manifest:
    """What a bundle says about itself."""

    prefix: str
    """Path of the bundle, `/` at its end: all sources below it were collected at `seconds`."""
    host: str | None
    seconds: float | None


HOSTS = "meta/hosts.json"
"""What became of each host of a bundle of several."""


def is_one(path: str) -> bool:
    """Whether the collector wrote this about its own work."""
    return path in (NAME, HOSTS) or path.endswith(("/" + NAME, "/" + HOSTS))


def read(path: str, content: bytes) -> Manifest | None:
    """The manifest in `content`; None where `path` is no manifest's or the content is none."""
    if path != NAME and not path.endswith("/" + NAME):
        return None
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    host = found.get("host")
    when = next((value for key in ("time", "collected_at", "date") if (value := found.get(key))), None)
    return Manifest(path.removesuffix(NAME), host if isinstance(host, str) else None, _seconds(when))


def _seconds(value: object) -> float | None:
    when = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        when = clock.epoch(value)
    elif isinstance(value, str):
        when = clock.parse(value.strip())
    return when.seconds if when else None

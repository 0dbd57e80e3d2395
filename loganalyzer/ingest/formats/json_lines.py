"""JSON lines with level and time: zap JSON (etcd 3.5, TKE `--log-format json`), logrus JSON; and klog's JSON."""

from __future__ import annotations

import orjson

from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level
from loganalyzer.model import Instant

_TIMES = ("ts", "time", "timestamp", "@timestamp")


def _object(line: str) -> dict[str, object] | None:
    if not line.startswith("{") or not line.rstrip().endswith("}"):
        return None
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return entry if isinstance(entry, dict) else None


def _first(entry: dict[str, object], *keys: str) -> str | None:
    for key in keys:
        if isinstance(value := entry.get(key), str):
            return value
    return None


def _when(value: object) -> Instant | None:
    """RFC 3339 text, or seconds, milliseconds, microseconds or nanoseconds since 1970."""
    if isinstance(value, str):
        return clock.parse(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    seconds, digits = float(value), 3 if isinstance(value, float) else 0
    while seconds > 1e11:
        seconds, digits = seconds / 1000, digits + 3
    return clock.epoch(seconds, min(digits, 9))


def _message(entry: dict[str, object]) -> str:
    text = _first(entry, "msg", "message") or ""
    error = _first(entry, "error", "err")
    return f"{text}: {error}" if error else text


def _zap(line: str) -> Parsed | None:
    entry = _object(line)
    if entry is None:
        return None
    severity = _first(entry, "level", "severity", "lvl")
    if severity is None or not ("msg" in entry or "message" in entry):
        return None
    time = next(filter(entry.__contains__, _TIMES), None)
    when = _when(entry[time]) if time else None
    return Parsed(_message(entry), when, level(severity), _first(entry, "logger", "caller"), carries=True)


def _klog(line: str) -> Parsed | None:
    entry = _object(line)
    if entry is None or "ts" not in entry or "msg" not in entry or "level" in entry:
        return None
    return Parsed(
        _message(entry),
        _when(entry["ts"]),
        "error" if "err" in entry or entry.get("severity") == "error" else "info",
        (_first(entry, "logger", "caller") or "").partition(":")[0] or None,
    )


ZAP_JSON = Dialect(
    "zap-json",
    _zap,
    (
        Sample(
            '{"level":"warn","ts":"2022-01-19T06:43:32.225Z","caller":"etcdserver/util.go:166",'
            '"msg":"apply request took too long","error":"timeout"}',
            "2022-01-19T06:43:32.225Z", "warn", "etcdserver/util.go:166", "apply request took too long: timeout",
        ),
        Sample('{"level":"info","ts":"2022-01-19T14:43:32.225+0800","caller":"a/b.go:1","msg":"x"}',
               "2022-01-19T14:43:32.225+08:00", "info", "a/b.go:1", "x"),
        Sample('{"level":"error","ts":1642574612.25,"logger":"setup","msg":"x"}', "2022-01-19T06:43:32.250Z", "error",
               "setup", "x"),
        Sample('{"time":"2022-01-19T06:43:32Z","level":"fatal","msg":"bye"}', "2022-01-19T06:43:32Z", "fatal", None,
               "bye"),
    ),
    begins="{",
)  # fmt: skip

KLOG_JSON = Dialect(
    "klog-json",
    _klog,
    (
        Sample('{"ts":1642574612225.123,"caller":"app/server.go:155","msg":"Starting","v":0}',
               "2022-01-19T06:43:32.225123Z", "info", "app/server.go", "Starting"),
        Sample('{"ts":1642574612225,"caller":"a/b.go:9","msg":"Failed to x","err":"no route to host"}',
               "2022-01-19T06:43:32.225Z", "error", "a/b.go", "Failed to x: no route to host"),
    ),
    begins="{",
)  # fmt: skip

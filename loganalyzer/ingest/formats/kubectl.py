"""What kubectl prints: `logs --prefix`, rows of events in their layouts, tables, Events as JSON."""

from __future__ import annotations

import orjson

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.components import of_pod
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level

_PREFIX = late.pattern(r"\[pod/([a-z0-9.-]{1,253})/([a-z0-9.-]{1,253})\] ")
_AGE = r"(?:<unknown>|<invalid>|(?:\d+(?:y|d|h|m|s)){1,4})"
_DESCRIBED = late.pattern(
    rf"\s{{0,8}}(Normal|Warning)\s{{1,20}}([A-Z]\w{{1,60}})\s{{1,60}}{_AGE}(?: \(x\d+ over {_AGE}\))?\s{{1,20}}"
    r"[^\s,]{1,100}(?:, (?P<node>\S{1,253}))?\s{1,40}"
)
_OLD_DESCRIBED = late.pattern(
    rf"\s{{0,8}}{_AGE}\s{{1,20}}{_AGE}\s{{1,20}}\d{{1,9}}\s{{1,20}}"
    rf"[^\s,]{{1,100}}(?:, (?P<node>\S{{1,253}}))?\s{{1,60}}"
    r"(?:\S{1,200}\s{1,60})?(Normal|Warning)\s{1,20}([A-Z]\w{1,60})\s{1,60}"
)
_LISTED = late.pattern(
    rf"(?:\S{{1,63}}\s{{1,30}})?{_AGE}\s{{1,30}}(Normal|Warning)\s{{1,30}}([A-Z]\w{{1,60}})\s{{1,60}}"
    r"([a-zA-Z.]{2,60}/\S{1,253})\s{1,60}"
)
_TABLE = late.pattern(
    r"(?:NAMESPACE\s+)?(?:NAME\s+(?:READY|STATUS|AGE|TYPE|DESIRED|CLUSTER|SERVICE|DATA|CAPACITY|COMPLETIONS|ENDPOINTS)"
    r"|LAST SEEN\s+|LASTSEEN\s+|FIRSTSEEN\s+)|\s{2,}(?:Type\s+Reason\s+Age|----\s+------)|Events:(?:\s|$)"
)
_POD_ROW = late.pattern(
    r"(?:[a-z0-9-]{1,63}\s{1,60})?[a-z0-9][a-z0-9.-]{1,253}\s{1,60}\d{1,3}/\d{1,3}\s{1,30}([A-Z]\S{2,60}|Init:\S{1,60})"
    r"\s{1,30}\d{1,9}\s"
)
_EVENTS = ((_DESCRIBED, 1, 2), (_OLD_DESCRIBED, 2, 3), (_LISTED, 1, 2))
"""Rows of events, and the groups of their type and reason."""
_WELL = frozenset({"Running", "Completed", "Succeeded"})


def _parse(line: str) -> Parsed | None:
    if found := _PREFIX.match(line):
        component, node = of_pod(found[1])
        return Parsed(line[found.end() :], None, program=component or found[2], node=node, carries=True)
    for pattern, kind, reason in _EVENTS if "Normal" in line or "Warning" in line else ():
        if found := pattern.match(line):
            node = found.groupdict().get("node")
            return Parsed(line[found.end() :], None, _level(found[kind]), found[reason], "events", node)
    if _TABLE.match(line):
        return Parsed(line, None, "info")
    if found := _POD_ROW.match(line):
        return Parsed(line, None, "info" if found[1] in _WELL else "warn")
    return _event(line) if line.startswith("{") and '"involvedObject"' in line else None


def _event(line: str) -> Parsed | None:
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(entry, dict) or entry.get("kind") != "Event":
        return None
    time = entry.get("lastTimestamp") or entry.get("eventTime") or entry.get("firstTimestamp")
    when = clock.parse(time) if isinstance(time, str) else None
    return Parsed(str(entry.get("message", "")), when, _level(entry.get("type")), entry.get("reason"), "events")


def _level(kind: object) -> str | None:
    return level("warn" if kind == "Warning" else "info")


KUBECTL = Dialect(
    "kubectl",
    _parse,
    (
        Sample("[pod/etcd-master-1/etcd] 2019-10-09 09:02:16.231552 C | etcdmain: bye", "2019-10-09T09:02:16.231552",
               "fatal", "etcdmain", "bye", "etcd", "master-1"),
        Sample("  Warning  FailedScheduling  3m (x4 over 5m)  default-scheduler  0/3 nodes are available", None, "warn",
               "FailedScheduling", "0/3 nodes are available", "events"),
        Sample("  Normal   Pulled            12s                kubelet, node-1    Container image present", None,
               "info", "Pulled", "Container image present", "events", "node-1"),
        Sample("  5m  1m  12  kubelet, node-1  spec.containers{a}  Warning  BackOff  Back-off restarting", None, "warn",
               "BackOff", "Back-off restarting", "events", "node-1"),
        Sample("5m20s       Warning   FailedMount   pod/web-0   Unable to attach", None, "warn", "FailedMount",
               "Unable to attach", "events"),
        Sample("tke   5m20s   Warning   BackOff   pod/web-0   Back-off restarting", None, "warn", "BackOff",
               "Back-off restarting", "events"),
        Sample("NAME      READY   STATUS    RESTARTS   AGE", None, "info"),
        Sample("web-0     0/1     CrashLoopBackOff   7          12m", None, "warn"),
        Sample('{"kind":"Event","involvedObject":{},"type":"Warning","reason":"Failed","message":"x",'
               '"lastTimestamp":"2022-01-19T06:43:32Z"}', "2022-01-19T06:43:32Z", "warn", "Failed", "x", "events"),
    ),
)  # fmt: skip

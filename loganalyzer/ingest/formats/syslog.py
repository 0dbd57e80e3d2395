"""journald and syslog text: `Jan 19 14:43:32 host prog[pid]: text`, with all that may be missing or localised."""

from __future__ import annotations

import re
from string import ascii_letters, digits

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.components import of_program
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample
from loganalyzer.ingest.formats.months import month
from loganalyzer.model import Instant

_PRIORITY = r"(?:<\d{1,3}>)?"
_CLASSIC = late.pattern(
    _PRIORITY + r"([^\W\d_][\w.]{1,11}|[一二三四五六七八九]|十|\d{1,2}月|\d{1,2}(?= +\d{1,2} )) {1,2}(\d{1,2})日? "
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?"
    r"(?: (?:CST|UTC|GMT|[A-Z]{3,4}|[+-]\d{4})(?= \S+ ))? "
)
_ISO = late.pattern(
    _PRIORITY + r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?) (?=\S+ \S+)", re.ASCII
)
_TAG = late.pattern(r"([A-Za-z0-9_.][\w.@-]{0,253}) (\(?[A-Za-z_/][\w./@-]{0,80}\)?)(?:\[(\d+)\])?: ?", re.ASCII)
_NO_HOST = late.pattern(r"(\(?[A-Za-z_/][\w./@-]{0,80}\)?)(?:\[(\d+)\])?: ?", re.ASCII)
_ONLY_TAG = late.pattern(r"([a-z][\w./-]{1,60})\[(\d+)\]: ", re.ASCII)
_BANNER = late.pattern(r"-- (?:Logs begin at|Journal begins at|No entries|Reboot|Boot [0-9a-f]{32}|Journal file) ?")


def _parse(line: str) -> Parsed | None:
    if found := _CLASSIC.match(line):
        when, at = _classic(found), found.end()
    elif found := _ISO.match(line):
        when, at = clock.parse(found[1]), found.end()
    elif found := _ONLY_TAG.match(line):
        return Parsed(line[found.end() :], None, program=of_program(found[1]), carries=True)
    elif _BANNER.match(line):
        return Parsed(line, None, "info")
    else:
        return None
    if when is None:
        return None
    if tag := _TAG.match(line, at):
        return _tagged(line[tag.end() :], when, tag[2], tag[1])
    if tag := _NO_HOST.match(line, at):
        return _tagged(line[tag.end() :], when, tag[1], None)
    return None


def _tagged(text: str, when: Instant, program: str, node: str | None) -> Parsed:
    text = text.removesuffix("…")
    # A message of several lines comes with a header on each: its later lines are indented.
    return Parsed(text, when, program=of_program(program), node=node, head=text[:1] not in (" ", "\t"), carries=True)


def _classic(found: re.Match[str]) -> Instant | None:
    name, day, hour, minute, second, fraction = found.groups()
    number = month(name)
    if number is None:
        return None
    return clock.moment(None, number, day, hour, minute, second, fraction or "")


_INNER = "E0119 14:43:32.123456    1234 kubelet.go:2291] node not found"
_TIME = "--01-19T14:43:32.123456"

SYSLOG = Dialect(
    "syslog",
    _parse,
    (
        Sample(f"Jan 19 14:43:32 master-1 kubelet[1234]: {_INNER}", _TIME, "error", "kubelet.go", "node not found",
               "kubelet", "master-1"),
        Sample("Jan  9 04:03:02 master-1 systemd: Started x.", "--01-09T04:03:02", None, None, "Started x.",
               "systemd", "master-1"),
        Sample("Jan 19 14:43:32 kubelet[1234]: up", "--01-19T14:43:32", None, None, "up", "kubelet", None),
        Sample(f"kubelet[1495]: {_INNER}", _TIME, "error", "kubelet.go", "node not found", "kubelet", None),
        Sample("2022-01-19T14:43:32+0800 node-2 dockerd[99]: up", "2022-01-19T14:43:32+08:00", None, None, "up",
               "docker", "node-2"),
        Sample("2022-01-19T14:43:32.123456+08:00 node-2 containerd[99]: time=\"2022-01-19T14:43:32.2+08:00\" "
               'level=error msg="failed"', "2022-01-19T14:43:32.2+08:00", "error", None, "failed", "containerd",
               "node-2"),
        Sample("Jan 19 14:43:32.123456 master-1 kubelet[1]: up", _TIME, None, None, "up", "kubelet", "master-1"),
        Sample("十二 24 14:43:32 master-1 kubelet[1]: up", "--12-24T14:43:32", None, None, "up", "kubelet", "master-1"),
        Sample("9月 13 14:43:32 master-1 kubelet[1]: up", "--09-13T14:43:32", None, None, "up", "kubelet", "master-1"),
        Sample("6月 24 14:43:32 master-1 kubelet[1]: up", "--06-24T14:43:32", None, None, "up", "kubelet", "master-1"),
        Sample("févr. 28 14:43:32 master-1 kubelet[1]: up", "--02-28T14:43:32", None, None, "up", "kubelet",
               "master-1"),
        Sample("dez 28 14:43:32 master-1 kubelet[1]: up", "--12-28T14:43:32", None, None, "up", "kubelet", "master-1"),
        Sample("يناير 28 14:43:32 master-1 kubelet[1]: up", "--01-28T14:43:32", None, None, "up", "kubelet",
               "master-1"),
        Sample('Jan 19 14:43:32 m1 etcd[7]: {"level":"warn","ts":"2022-01-19T06:43:32.225Z","caller":"a/b.go:1",'
               '"msg":"slow"}', "2022-01-19T06:43:32.225Z", "warn", "a/b.go:1", "slow", "etcd", "m1"),
        Sample("-- Logs begin at Wed 2022-01-19 14:43:32 CST, end at Thu 2022-01-20 14:43:32 CST. --", None, "info"),
        Sample("Jan 19 14:43:32 m1 kubelet[1]: Flag --x has been depre…", "--01-19T14:43:32", None, None,
               "Flag --x has been depre", "kubelet", "m1"),
    ),
    begins=ascii_letters + digits + "<-",
)  # fmt: skip

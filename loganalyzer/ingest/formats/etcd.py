"""etcd before 3.5 (capnslog) and its raft library: `2019-10-09 09:02:16.231552 C | etcdserver: text`."""

from __future__ import annotations

import re
from string import digits

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample, level

_CAPNSLOG = late.pattern(
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) ([TDINWEC]) \| (?:([\w/.-]{1,80}): )?", re.ASCII
)
_RAFT = late.pattern(r"raft(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) ([A-Z]{4,7}): ", re.ASCII)


def _parse(line: str) -> Parsed | None:
    if found := _CAPNSLOG.match(line):
        return Parsed(line[found.end() :], clock.parse(found[1]), level(found[2]), found[3])
    if found := _RAFT.match(line):
        return Parsed(line[found.end() :], clock.parse(found[1]), level(found[2]), "raft")
    return None


ETCD = Dialect(
    "etcd",
    _parse,
    (
        Sample("2019-10-09 09:02:16.231552 C | etcdserver: cannot bind", "2019-10-09T09:02:16.231552", "fatal",
               "etcdserver", "cannot bind"),
        Sample("2019-10-09 09:02:16.231552 N | etcdserver/membership: set", "2019-10-09T09:02:16.231552", "info",
               "etcdserver/membership", "set"),
        Sample("2019-10-09 09:02:16.231552 E | rafthttp: failed to dial", "2019-10-09T09:02:16.231552", "error",
               "rafthttp", "failed to dial"),
        Sample("raft2020/04/24 03:15:04 INFO: newRaft a1 [peers: []]", "2020-04-24T03:15:04", "info", "raft",
               "newRaft a1 [peers: []]"),
    ),
    begins=digits + "r",
)  # fmt: skip

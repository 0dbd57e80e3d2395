"""The dialects, one file each, in order of precedence, and how a line is taken apart by them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from loganalyzer import late
from loganalyzer.ingest import clock
from loganalyzer.ingest.formats.ansible import ANSIBLE
from loganalyzer.ingest.formats.balancers import HAPROXY, KEEPALIVED
from loganalyzer.ingest.formats.coredns import COREDNS
from loganalyzer.ingest.formats.cri import CRI
from loganalyzer.ingest.formats.dialect import Dialect, Parsed, Sample
from loganalyzer.ingest.formats.docker_json import DOCKER_JSON
from loganalyzer.ingest.formats.etcd import ETCD
from loganalyzer.ingest.formats.go_panic import GO_PANIC
from loganalyzer.ingest.formats.go_std import GO_STD
from loganalyzer.ingest.formats.installer import INSTALLER_RUN, INSTALLER_STEPS
from loganalyzer.ingest.formats.journald_json import JOURNALD_JSON
from loganalyzer.ingest.formats.json_lines import KLOG_JSON, ZAP_JSON
from loganalyzer.ingest.formats.kernel import AUDIT, KERNEL
from loganalyzer.ingest.formats.klog import KLOG
from loganalyzer.ingest.formats.kubeadm import KUBEADM
from loganalyzer.ingest.formats.kubectl import KUBECTL
from loganalyzer.ingest.formats.logfmt import LOGFMT
from loganalyzer.ingest.formats.logrus import LOGRUS
from loganalyzer.ingest.formats.logrus_tty import LOGRUS_TTY
from loganalyzer.ingest.formats.nginx import NGINX
from loganalyzer.ingest.formats.syslog import SYSLOG
from loganalyzer.ingest.formats.systemctl import SYSTEMCTL
from loganalyzer.ingest.formats.timestamped import TIMESTAMPED
from loganalyzer.ingest.formats.zap_console import ZAP_CONSOLE
from loganalyzer.model import Instant

__all__ = ["DIALECTS", "WRAPPERS", "Dialect", "Entry", "Parsed", "Sample", "peel", "recognise"]

DIALECTS: tuple[Dialect, ...] = (
    CRI,
    DOCKER_JSON,
    JOURNALD_JSON,
    KLOG,
    ZAP_CONSOLE,
    ETCD,
    KERNEL,  # before syslog: `dmesg --time-format iso` differs by its comma
    SYSLOG,
    LOGRUS,
    LOGFMT,
    ZAP_JSON,
    KLOG_JSON,
    NGINX,  # before Go's logger: the same time, then a level in brackets
    AUDIT,
    HAPROXY,
    ANSIBLE,
    COREDNS,
    GO_STD,
    KUBEADM,
    INSTALLER_RUN,
    INSTALLER_STEPS,
    KEEPALIVED,
    SYSTEMCTL,
    GO_PANIC,
    KUBECTL,
    TIMESTAMPED,
    LOGRUS_TTY,  # last: it looks behind other text, too
)
WRAPPERS = frozenset({"cri", "docker-json", "journald-json"})
"""Dialects whose every line is wrapped, even one that continues a message."""

_DEPTH = 4
_ANSI = late.pattern(r"\x1b\[[0-9;:?]*[@-~]")


class Entry(NamedTuple):
    """What all layers of one line say together."""

    dialects: tuple[str, ...]
    """Outermost first."""
    message: str
    when: Instant | None
    level: str | None
    logger: str | None
    program: str | None
    node: str | None
    head: bool
    """The innermost text begins a record."""


def recognise(line: str) -> tuple[Dialect, Parsed] | None:
    """The first dialect that knows the line, and what it reads there."""
    for dialect in _beginning(line[:1]):
        parsed = dialect.parse(line)
        if parsed is not None:
            return dialect, parsed
    return None


@lru_cache(1024)
def _beginning(first: str) -> tuple[Dialect, ...]:
    """The dialects of which a line that begins with this character may be."""
    if not first.isascii():
        return DIALECTS
    return tuple([dialect for dialect in DIALECTS if not dialect.begins or first in dialect.begins])


def peel(line: str) -> Entry | None:
    """The line, layer by layer: level and logger from the innermost that has them, the time from the one that says
    most. None where no dialect knows the line.
    """
    found = recognise(_plain(line).strip("\0\r\n"))
    if found is None:
        return None
    dialect, (text, when, level, logger, program, node, head, carries) = found
    names: tuple[str, ...] = (dialect.name,)
    while carries:
        text = _plain(text)
        if len(names) == _DEPTH:
            break
        wrapped = names[-1] in WRAPPERS  # else the header round it begins the record
        found = recognise(text)
        if found is None:
            head = head and not wrapped
            break
        dialect, inner = found
        names = (*names, dialect.name)
        text, carries = inner.message, inner.carries
        head = inner.head if wrapped else head
        when = clock.better(when, inner.when)
        level, logger = inner.level or level, inner.logger or logger
        program, node = inner.program or program, inner.node or node
    return Entry(names, text, when, level, logger, program, node, head)


def _plain(text: str) -> str:
    """Without colours."""
    return _ANSI.sub("", text) if "\x1b" in text else text

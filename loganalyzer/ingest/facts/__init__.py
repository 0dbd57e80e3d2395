"""Collected command output -> typed tables. One dialect a command; the file's name proposes, its text decides."""

from __future__ import annotations

from functools import lru_cache

from loganalyzer.ingest.facts import cluster, files, host, network
from loganalyzer.ingest.facts.dialect import FactDialect, plain
from loganalyzer.model import FactTable

DIALECTS: tuple[FactDialect, ...] = (
    network.ADDRESSES, network.LISTENERS, network.HOSTS,
    host.FILESYSTEMS, host.INODES, host.CLOCK, host.SWAP, host.SYSCTL, host.MODULES, host.KERNEL, host.SELINUX,
    host.UNITS,
    files.CERTIFICATES, files.STATIC_PODS, files.RESIDUE,
    cluster.PODS, cluster.NODES, cluster.CONDITIONS, cluster.CONTAINERS, cluster.ETCD,
)  # fmt: skip


def dialects_of(path: str) -> tuple[FactDialect, ...]:
    """The commands whose output a file of this name may hold; none for a log."""
    return _of_name(path.replace("\\", "/").rsplit("/", 1)[-1])


@lru_cache(1024)
def _of_name(file: str) -> tuple[FactDialect, ...]:
    name = plain(file)
    return tuple(dialect for dialect in DIALECTS if dialect.names.fullmatch(name))


def read(dialects: tuple[FactDialect, ...], text: str, *, complete: bool = True) -> FactTable | None:
    """The table that a file's text is; None where no command is recognised in it."""
    lines = text.splitlines()
    for dialect in dialects:
        rows = dialect.parse(lines)
        if rows is not None:
            return FactTable(dialect.item, tuple(rows), complete)
    return None

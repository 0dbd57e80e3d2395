"""What the byte side of the room hands to the line side: one file's bytes, forward only."""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.frozen import slotted


@slotted
class Stream:
    """One file's bytes, forward only."""

    path: str
    """Display path, `/`-joined across nesting: `bundle.tgz/node-1/kubelet.log`; `-` for standard input."""
    chunks: Iterator[bytes]
    """About `Limits.block` bytes each, never empty. It ends quietly: damage is reported as a Problem."""
    modified: float | None = None
    """Time of an archive member, in seconds since the epoch; None for plain files (their mtime says when they were
    copied, not when they were written)."""
    size: int | None = None
    """Length in bytes where it is known beforehand."""
    ours: bool = True
    """False where another process reads it: it has no chunks here."""

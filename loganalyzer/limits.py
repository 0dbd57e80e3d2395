"""Every cap in one frozen value."""

from __future__ import annotations

from loganalyzer.frozen import frozen

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@frozen
class Limits:
    """How much of anything is accepted; sizes in bytes. What goes over becomes a Problem, never a crash."""

    block: int = 1 * MIB
    """Size of the blocks that are read and scanned; also where an over-long line is cut."""
    context: int = 64 * KIB
    """How much of the text before a block stays with it, and the overlap of the pieces of an over-long line."""
    line: int = 32 * KIB
    """How much of one line around a hit is normalised, matched and kept as evidence."""
    depth: int = 4
    """How deep archives may lie in archives."""
    members: int = 100_000
    """Members of all archives together."""
    total: int = 50 * GIB
    """Decompressed bytes of all inputs together."""
    ratio: int = 1000
    """Decompressed to compressed size, judged after the first `ratio_floor` bytes."""
    ratio_floor: int = 64 * MIB
    header: int = 1 * MIB
    """Metadata (long names, pax records) of one archive member."""
    seekable: int = 64 * MIB
    """A zip that is not a plain file must be held in memory; this is how large it may be."""
    read_ahead: int = 4
    """Blocks that wait between the reader and the scanner; 0 reads in the scanner's own thread."""
    early: int = 1 * MIB
    """How much of one log is searched whole for events that other logs tell of, too, so that clocks can be compared."""
    sample: int = 64
    """Behind that, one block in so many is."""
    join_values: int = 256
    """Different join values that are told apart for one signal in one source; further ones count as `other`."""
    keep_first: int = 3
    keep_last: int = 3
    keep_between: int = 4
    """Full records that are kept for one signal, source and join value."""
    table: int = 2 * MIB
    """How much of one file of collected command output is read as a table."""
    evidence: int = 12
    """Evidence lines of one diagnosis."""


DEFAULT = Limits()

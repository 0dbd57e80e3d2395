"""What is left of one source once it is read: small, and the same whichever process has read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from loganalyzer.diagnose.observe import Watcher
from loganalyzer.diagnose.series import Series
from loganalyzer.model import Source


class Seen(NamedTuple):
    """What was seen in a source, which holds nothing of its text any more but records."""

    source: Source
    series: Sequence[Series]
    eyes: Sequence[tuple[int, Watcher]]
    """Those that have something to say to their observers, each with its bit in the Lookout."""

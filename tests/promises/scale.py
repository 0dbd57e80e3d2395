"""How much of a promise's full figure a run tries: a tenth in `make test`, all of it in `make prove`."""

from __future__ import annotations

import os

PROVE = float(os.environ.get("PROVE") or 0)
"""Factor of the full figures: 1 in `make prove`, more by `make prove PROVE=10`; 0 in the ordinary suite."""


def amount(full: int, quick: int | None = None) -> int:
    """How many cases to try: `full` times PROVE, and in the ordinary suite `quick` (a tenth if not given)."""
    if PROVE:
        return max(1, round(full * PROVE))
    return max(1, full // 10) if quick is None else quick

"""`tkelog`, also as `python -m loganalyzer`: ends at an interrupt without a word, from its first moment on."""

# The builtin part of `signal`: the rest of it makes enumerations, and takes longer than an impatient hand.
import _signal  # type: ignore[import-not-found]

_OURS = _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # while all that we need is imported

import gc  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from contextlib import suppress  # noqa: E402

_YOUNG = 1_000_000
"""Objects after which the collector looks for garbage: nearly all that a run makes is kept to its end, or goes without
the collector."""


def main() -> None:
    """The program."""
    gc.set_threshold(_YOUNG)
    from loganalyzer.cli import main as run

    _signal.signal(_signal.SIGINT, _OURS)
    try:
        run()
    except SystemExit as end:
        # All is written. Taking a run's objects apart, one by one, would be a tenth of a short one.
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 0)


if __name__ == "__main__":
    main()

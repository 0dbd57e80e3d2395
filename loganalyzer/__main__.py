"""`tkelog`, also as `python -m loganalyzer`: ends at an interrupt without a word, from its first moment on."""

import gc
import signal

_YOUNG = 50_000
"""Objects after which the collector looks for garbage: nearly all that a run makes is kept to its end, or goes without
the collector."""


def main() -> None:
    """The program."""
    gc.set_threshold(_YOUNG)
    ours = signal.signal(signal.SIGINT, signal.SIG_DFL)  # importing takes longer than an impatient hand
    from loganalyzer.cli import main as run

    signal.signal(signal.SIGINT, ours)
    run()


if __name__ == "__main__":
    main()

"""`tkelog`, also as `python -m loganalyzer`: ends at an interrupt without a word, from its first moment on."""

import signal


def main() -> None:
    """The program."""
    ours = signal.signal(signal.SIGINT, signal.SIG_DFL)  # importing takes longer than an impatient hand
    from loganalyzer.cli import main as run

    signal.signal(signal.SIGINT, ours)
    run()


if __name__ == "__main__":
    main()

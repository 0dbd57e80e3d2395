"""`python -m loganalyzer` is `tkelog`."""

from loganalyzer.cli import main

if __name__ == "__main__":
    main()

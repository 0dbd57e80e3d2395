"""One error root that carries a location, and the exit codes.

What can be named and survived is not an error but a `model.Problem`; see docs/exceptions.md.
"""

from __future__ import annotations

from enum import IntEnum

from loganalyzer.frozen import frozen


class Exit(IntEnum):
    """Exit codes of every command; a versioned contract (docs/cli.md)."""

    OK = 0
    """Nothing found, or the work is done."""
    FAILED = 1
    """Internal error, or the output could not be written."""
    USAGE = 2
    """The command line is wrong."""
    NO_INPUT = 3
    """No input could be read."""
    FOUND = 10
    """`analyze` diagnosed something; `rules lint|test` found mistakes; `verify`: still there or new."""
    UNDECIDED = 11
    """`verify` cannot judge: the new input does not cover the source."""
    INTERRUPTED = 130
    """Ctrl-C."""


@frozen
class Location:
    """Where something stands: a file (or archive member), 1-based line and column where they are known."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)


class TkelogError(Exception):
    """The root of our errors: a sentence for the user, where it is, and the exit code that it ends in."""

    exit_code = Exit.FAILED

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.location = location

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message


class NoInputError(TkelogError):
    """Nothing that was named could be read."""

    exit_code = Exit.NO_INPUT


class OutputError(TkelogError):
    """A report could not be written."""


class LeakError(TkelogError):
    """A secret would have been written; the message names its kind, never its value."""


class UsageError(TkelogError):
    """The command line asks for something that does not exist or does not fit together."""

    exit_code = Exit.USAGE


@frozen
class Mistake:
    """One mistake in a rule file: all of a file are collected, none stops the reading."""

    location: Location
    message: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


class RulePackError(TkelogError):
    """A rule pack that cannot be used, with every mistake in it, in order of file and line."""

    exit_code = Exit.USAGE

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(
            mistakes, key=lambda m: (m.location.path, m.location.line or 0, m.location.column or 0, m.message)
        )
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))

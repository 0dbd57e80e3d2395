"""RE2 as the whole engine uses it: bytes, LATIN1, silent. Never `re` for what a rule brings."""

from __future__ import annotations

import functools
from typing import Any

import re2


class PatternError(ValueError):
    """RE2 refuses the pattern; the message says why."""


def compile_pattern(pattern: str) -> Any:  # noqa: ANN401 - google-re2 has no types
    """The compiled pattern, to be searched in normalised bytes."""
    try:
        return re2.compile(pattern.encode("ascii"), _options())
    except re2.error as error:
        reason = error.args[0]
        raise PatternError(reason.decode("latin-1") if isinstance(reason, bytes) else str(reason)) from None


@functools.cache
def _options() -> Any:  # noqa: ANN401
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    return options

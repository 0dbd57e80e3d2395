"""Regular expressions that are compiled when they are first used: a run needs a few of our hundreds, and compiling them
all took a third of the time of a small one."""

from __future__ import annotations

import re
from typing import AnyStr, cast


class _Late:
    """A pattern that compiles at the first use of any of its methods and keeps them: later uses cost nothing more."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # copy and pickle ask for what a pattern does not have
            raise AttributeError(name)
        value: object = getattr(re.compile(self._source, self._flags), name)  # `re` keeps compiled ones
        setattr(self, name, value)
        return value


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, later; a mistake in it is raised at its first use."""
    return cast("re.Pattern[AnyStr]", _Late(source, flags))

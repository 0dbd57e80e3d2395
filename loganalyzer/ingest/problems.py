"""A bounded collector of what could not be read."""

from __future__ import annotations

from loganalyzer.model import Problem, Text

MOST = 200
"""Problems that are kept one by one; further ones are only counted."""


class Problems:
    """Problems in the order in which they came, each once, bounded in number."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[Problem, None] = {}
        self._more = 0

    def add(self, where: str, kind: str, en: str, zh: str) -> None:
        """Keep one problem; `kind` is one of those that `model.Problem` names."""
        self.take(Problem(where, kind, Text(en, zh)))

    def take(self, problem: Problem) -> None:
        """Keep a problem that exists already."""
        if problem in self._kept:
            return
        if len(self._kept) < self._most:
            self._kept[problem] = None
        else:
            self._more += 1

    def join(self, others: Problems) -> None:
        """What was collected elsewhere, behind what is here."""
        for problem in others._kept:
            self.take(problem)
        self._more += others._more

    def all(self) -> tuple[Problem, ...]:
        """What was kept, and at the end how many more there were."""
        if not self._more:
            return tuple(self._kept)
        more = Text(f"and {self._more} more problems like these", f"另有 {self._more} 个类似问题")
        return (*self._kept, Problem("", "note", more))

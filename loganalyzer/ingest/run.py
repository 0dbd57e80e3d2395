"""What one reading of all inputs shares: limits, budgets, and what there is to report."""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.frozen import frozen, slotted
from loganalyzer.ingest.problems import Problems
from loganalyzer.ingest.share import Share
from loganalyzer.limits import Limits
from loganalyzer.model import Problem, Text

NAMED = 3
"""Names that a note about many files gives."""


@frozen
class Opened:
    """A file begins; the bytes that follow are its own until the next one begins."""

    path: str
    modified: float | None
    size: int | None
    ours: bool = True
    """False where another process reads it: no bytes follow."""


Event = Opened | bytes | Problem
"""What the reading of the inputs consists of, in order."""


class OverLimit(Exception):
    """The input goes over a limit and is given up; what was read of it counts."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.text = Text(en, zh)


@slotted
class _Note:
    """Files that have the same thing to be said about them."""

    kind: str
    en: str
    zh: str
    count: int
    names: list[str]


class Run:
    """Budgets and reports of one reading of all inputs; lives on the reading side only."""

    def __init__(self, limits: Limits, share: Share | None = None) -> None:
        self.limits = limits
        self._share = share
        self._mail = Problems()
        self._waiting = False
        self._notes: dict[str, _Note] = {}
        self._members = 0
        self._total = 0
        self._input_raw = 0
        self._input_total = 0

    def opened(self, path: str, modified: float | None, size: int | None) -> Opened:
        """The beginning of one more file."""
        return Opened(path, modified, size, self._share is None or self._share.takes(size))

    def passed(self) -> None:
        """A piece of the present file is passed on."""
        if self._share is not None:
            self._share.unpacked()

    def report(self, where: str, kind: str, en: str, zh: str) -> None:
        """Say one thing about one place."""
        self._mail.add(where, kind, en, zh)
        self._waiting = True

    def said(self, where: str) -> bool:
        """Whether something was just reported about this place."""
        return self._waiting and any(problem.where == where for problem in self._mail.all())

    def note(self, where: str, kind: str, en: str, zh: str) -> None:
        """Say one thing that holds for many files: it is reported once, at the end, with a few names."""
        note = self._notes.setdefault(en, _Note(kind, en, zh, 0, []))
        note.count += 1
        if len(note.names) < NAMED:
            note.names.append(where)

    def mail(self) -> Iterator[Problem]:
        """What was reported since the last time."""
        if self._waiting:
            self._waiting = False
            yield from self._mail.all()
            self._mail = Problems()

    def notes(self) -> Iterator[Problem]:
        """What there is to say at the end."""
        for note in self._notes.values():
            if note.count == 1:
                yield Problem(note.names[0], note.kind, Text(note.en, note.zh))
                continue
            more = note.count - len(note.names)
            names = ", ".join(note.names)
            yield Problem(
                note.names[0],
                note.kind,
                Text(
                    f"{note.en}: {note.count} files, {names}" + (f" and {more} more" if more else ""),
                    f"{note.zh}：{note.count} 个文件，{names}" + (" 等" if more else ""),
                ),
            )

    def begin_input(self) -> None:
        """A new input: its own ratio of decompressed to read bytes."""
        self._input_raw = self._input_total = 0

    def took(self, size: int) -> None:
        """`size` bytes of the input itself were read."""
        self._input_raw += size

    def spend(self, size: int) -> None:
        """`size` bytes were decompressed; raises OverLimit where it becomes too much."""
        self._total += size
        self._input_total += size
        limits = self.limits
        if self._input_total > limits.ratio_floor and self._input_total > limits.ratio * self._input_raw:
            raise OverLimit(
                f"it decompresses to more than {limits.ratio} times its size and was given up after "
                f"{self._input_total} bytes; unpack it yourself if you trust it",
                f"解压后超过原大小的 {limits.ratio} 倍，读取 {self._input_total} 字节后放弃；如确认可信，请自行解压",
            )
        if self._total > limits.total:
            raise OverLimit(
                f"more than {limits.total} bytes decompressed in all; analyze fewer inputs at a time",
                f"解压总量超过 {limits.total} 字节；请减少一次分析的输入",
            )

    def member(self) -> None:
        """One more member of an archive; raises OverLimit where there are too many."""
        self._members += 1
        if self._members > self.limits.members:
            raise OverLimit(
                f"more than {self.limits.members} archive members in all; analyze fewer inputs at a time",
                f"归档成员总数超过 {self.limits.members}；请减少一次分析的输入",
            )

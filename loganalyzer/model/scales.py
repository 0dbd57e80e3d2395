"""What a finding, a diagnosis and a step are measured by, and a sentence in both languages."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from loganalyzer.frozen import frozen


class Severity(IntEnum):
    """How much it hurts."""

    INFO = 0
    WARNING = 1
    ERROR = 2
    CRITICAL = 3


class Kind(StrEnum):
    """What a rule's finding is (docs/rule-language.md)."""

    CAUSE = "cause"
    SYMPTOM = "symptom"
    ENVELOPE = "envelope"
    HARMLESS = "harmless"


class Confidence(IntEnum):
    """How sure a diagnosis is; `because` says why."""

    POSSIBLE = 0
    LIKELY = 1
    CONFIRMED = 2


class Risk(StrEnum):
    """What a step does to the system."""

    READ = "read"
    CHANGE = "change"
    RESTART = "restart"
    DESTRUCTIVE = "destructive"


@frozen
class Text:
    """One sentence in both languages."""

    en: str
    zh: str

    def get(self, lang: str) -> str:
        """The sentence in `lang` (`en` or `zh`)."""
        return self.zh if lang == "zh" else self.en

"""What lint and prove say about a rule."""

from __future__ import annotations

from loganalyzer.errors import Location
from loganalyzer.frozen import frozen
from loganalyzer.rulepack.nodes import locate
from loganalyzer.rulepack.rule import Rule

Key = str | int


@frozen
class Finding:
    """One thing that is wrong (`error`) or doubtful (`warning`) in a rule."""

    location: Location
    code: str
    """Stable name of the check."""
    message: str
    error: bool = True

    def __str__(self) -> str:
        return f"{self.location}: {'error' if self.error else 'warning'}: {self.message} [{self.code}]"


def place(finding: Finding) -> tuple[str, int, int, str]:
    """What findings are ordered by."""
    where = finding.location
    return where.path, where.line or 0, where.column or 0, finding.message


def error(rule: Rule, code: str, message: str, *keys: Key) -> Finding:
    """A mistake at the value that these keys lead to."""
    return Finding(locate(rule.path, keys), code, message)


def warning(rule: Rule, code: str, message: str, *keys: Key) -> Finding:
    """A doubt at the value that these keys lead to."""
    return Finding(locate(rule.path, keys), code, message, error=False)

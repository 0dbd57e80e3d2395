"""A report under other names."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, cast

from loganalyzer.model import Diagnosis, Report

_OURS = frozenset({"id", "signal", "via", "kind", "component", "format", "tool", "rules_digest", "references"})
"""Fields that hold words of the program and its rules."""


def anonymous(report: Report, change: Callable[[str], str]) -> Report:
    """The report with `change` over every text that a log or a path can have reached.

    Fingerprints are made anew, from the changed values: the original ones could be tried out, address by address.
    """
    return cast(Report, _changed(report, change))


def _changed(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401  # any part of a report
    if isinstance(value, str) and not isinstance(value, Enum):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(each, change) for each in value)
    if isinstance(value, Mapping):
        return {name: _changed(each, change) for name, each in value.items()}
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    fields = [field.name for field in dataclasses.fields(value) if field.name not in _OURS]
    made = dataclasses.replace(value, **{name: _changed(getattr(value, name), change) for name in fields})
    return dataclasses.replace(made, fingerprint=_fingerprint(made)) if isinstance(made, Diagnosis) else made


def _fingerprint(diagnosis: Diagnosis) -> str:
    return hashlib.sha256("\0".join((diagnosis.id, diagnosis.title.en)).encode()).hexdigest()[:16]

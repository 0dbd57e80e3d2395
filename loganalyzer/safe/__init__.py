"""Untrusted text made safe to show: secrets are redacted, control characters become visible.

Every text that comes from an input (lines, paths, names, captured values) passes here before it is written anywhere.
The order is: redact, then make visible; each output format then escapes for itself.
"""

from loganalyzer.safe.controls import visible
from loganalyzer.safe.identities import Identities
from loganalyzer.safe.redactor import Redactor

__all__ = ["Identities", "Redactor", "visible"]

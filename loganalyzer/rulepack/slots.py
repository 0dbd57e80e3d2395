"""The types of template captures: what each matches, as RE2, and a value that tests fill in.

Patterns are for bytes (RE2's LATIN1 mode) and ASCII only; bytes of non-ASCII text are spelled `\\xNN`.
"""

from __future__ import annotations

from loganalyzer.frozen import frozen

GAP = r"[^\n]*?"
ANYTHING = r"(?s:.*?)"
BLANKS = r"[ \t]+"

_V4 = r"\b\d{1,3}(?:\.\d{1,3}){3}"
_GROUPS = r"[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})"
# Either all eight groups or a `::` somewhere: `12:30:45` is a time of day, not an address.
_V6 = (
    rf"(?:\b{_GROUPS}{{7}}|(?:\b{_GROUPS}{{0,6}}|\B)::(?:(?:[0-9A-Fa-f]{{1,4}}:)*(?:{_V4}|[0-9A-Fa-f]{{1,4}}))?)"
    r"(?:%[0-9A-Za-z.]+)?"
)
_NAME = r"[0-9A-Za-z](?:[-0-9A-Za-z._]*[0-9A-Za-z])?"
_STOP = r"\s\"'`,;()\[\]{}<>"


@frozen
class SlotType:
    """One type of capture."""

    pattern: str
    """RE2."""
    sample: str
    """A value that it matches whole."""
    shell_safe: bool = False
    """No value of it needs quoting in a shell."""
    before: str = ""
    """RE2 of what may precede the value without being part of it."""
    after: str = ""


TYPES: dict[str, SlotType] = {
    "ip": SlotType(rf"(?:{_V4}|{_V6})", "192.0.2.7", True, before=r"\[?", after=r"\]?"),
    "port": SlotType(r"\d{1,5}", "6443", True),
    "int": SlotType(r"\d+", "42", True),
    "num": SlotType(r"\d+(?:\.\d+)?", "4.2", True),
    "word": SlotType(r"[^\s\"'`,)\]}]+", "sample-word"),
    "name": SlotType(_NAME, "sample-name", True),
    "host": SlotType(rf"(?:{_V6}|{_NAME})", "node-1.example.com", True, before=r"\[?", after=r"\]?"),
    "image": SlotType(
        r"[0-9A-Za-z](?:[-0-9A-Za-z._/:@+]*[0-9A-Za-z])?", "registry.example.com/library/pause:3.9", True
    ),
    "path": SlotType(rf"/(?:[^{_STOP}]*[^{_STOP}.:])?", "/var/lib/sample/file"),
    "url": SlotType(r"[a-z][a-z0-9+.-]*://[^\s\"'`<>\\]*[^\s\"'`<>\\.,:;)\]}]", "https://192.0.2.7:6443/healthz"),
    "hex": SlotType(r"[0-9A-Fa-f]+", "c0ffee42", True),
    "dur": SlotType(r"-?(?:\d+(?:\.\d+)?(?:ns|us|\xc2\xb5s|\xce\xbcs|ms|s|m|h))+", "5m0s"),
    "quoted": SlotType("", "sample text"),
    "rest": SlotType(r"[^\n]*", "sample rest of the line"),
}
"""Name -> type; `quoted` depends on the quote before it, see `quoted`."""


def quoted(quote: str) -> str:
    """RE2 of what stands between two of these quotes, escapes included."""
    return rf"(?:[^{quote}\\\n]|\\.)*"

"""The text inside a CRI, docker json-file or journald JSON line. Works on windows of a line, too."""

from __future__ import annotations

import re

import orjson

from loganalyzer import late

CRI = late.pattern(
    rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([PF])(?::[^ ]*)?(?: |$)"
)
"""Head of a CRI line: time, stream, P (partial) or F (full)."""
DOCKER = b'{"log":"'
DOCKER_END = b'","stream":"'
_JOURNAL = late.pattern(rb'"MESSAGE" ?: ?')
_JSON_ESCAPE = late.pattern(rb"\\(?:u([0-9a-fA-F]{4})|(.))")
_SHORT = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f"}


def unwrap(line: bytes) -> bytes:
    """The text that `line` wraps, or `line` where it wraps none."""
    if line[:1] == b"{":
        if line.startswith(DOCKER):
            return docker(line)
        if _JOURNAL.search(line):
            return journal(line)
    elif line[10:11] == b"T":  # RFC 3339
        head = CRI.match(line)
        if head:
            return line[head.end() :]
    return line


def docker(line: bytes) -> bytes:
    """The `log` value of a docker json-file line, without its newline; also of a line that is cut off."""
    try:
        text: bytes = orjson.loads(line)["log"].encode()
    except (orjson.JSONDecodeError, KeyError, AttributeError, TypeError):
        end = line.rfind(DOCKER_END)
        text = _unescape(line[len(DOCKER) : end if end >= 0 else len(line)])
    return text[:-1] if text.endswith(b"\n") else text


def journal(line: bytes) -> bytes:
    """The MESSAGE of a `journalctl -o json` line, which may be text or an array of bytes; also of one cut off."""
    try:
        return message(orjson.loads(line).get("MESSAGE"))
    except (orjson.JSONDecodeError, AttributeError):
        found = _JOURNAL.search(line)
        rest = line[found.end() :] if found else line
        return _unescape(rest[1:].partition(b'","')[0])


def message(value: object) -> bytes:
    """A MESSAGE field as bytes: text, an array of byte values, or nothing (too long for the journal to give)."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, list) and all(isinstance(item, int) and 0 <= item < 256 for item in value):
        return bytes(value)
    return b""


def _unescape(text: bytes) -> bytes:
    return _JSON_ESCAPE.sub(_character, text)


def _character(found: re.Match[bytes]) -> bytes:
    if found.group(1):
        return chr(int(found.group(1), 16)).encode("utf-8", "replace")
    return _SHORT.get(found.group(2), found.group(2))

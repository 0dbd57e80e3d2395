"""A line as rules are written for: without colours, with every depth of quoting made one.

docs/rule-language.md, section 2, is the contract.
"""

from __future__ import annotations

import re

from loganalyzer import late

_ANSI = late.pattern(
    rb"(?:\x1b|\\{1,64}u001[bB]|\\{1,64}x1[bB]|\\{1,64}033|#033)\[[0-9;:?]*[@-~]"  # colours, raw or escaped
    rb"|\x1b\][^\x07\x1b\n]{0,512}(?:\x07|\x1b\\)"  # window titles, links
    rb"|\x1b[@-Z\\^_=>]"
)
# Always matches a whole run of backslashes, so that a long run costs no more than its length.
_ESCAPE = late.pattern(rb'\\+(?:("|u0022)|(n)|(t)|(r(?=\\+n))|u00(3[cC]|3[eE]|26|27))?')
_SPECIAL = b"\x1b\\\r\0#"
_BY_HEX = {b"3c": b"<", b"3e": b">", b"26": b"&", b"27": b"'"}
_BY_GROUP = (b"", b'"', b"\n", b"\t", b"")


def _plain(found: re.Match[bytes]) -> bytes:
    group = found.lastindex
    if group is None:
        return found.group()
    return _BY_HEX[found.group(5).lower()] if group == 5 else _BY_GROUP[group]


def normalize(line: bytes) -> bytes:
    """`line` (unwrapped already) in the normal form that RE2 patterns see."""
    if len(line.translate(None, _SPECIAL)) == len(line):  # nearly every line: one pass instead of a search for each
        return line
    if b"\x1b" in line or b"#033[" in line:
        line = _ANSI.sub(b"", line)
    if b"\\" in line:
        line = _plain_quotes(line)
    if b"#011" in line:
        line = line.replace(b"#011", b"\t")
    if b"\r" in line or b"\0" in line:
        line = line.translate(None, b"\r\0")
    return line


def _plain_quotes(line: bytes) -> bytes:
    """Escapes of any depth undone; most lines hold none but quotes, one or two deep."""
    for _ in range(3):
        line = line.replace(b'\\"', b'"')
        if b"\\" not in line:
            return line
    if b"u001" in line or b"x1" in line or b"033[" in line:
        line = _ANSI.sub(b"", line)
    return _ESCAPE.sub(_plain, line)

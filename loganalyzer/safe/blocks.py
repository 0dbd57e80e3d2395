"""Secrets that span lines: private keys, base64 of them, Secret manifests, block scalars, name and value on two lines.

`BlockState` sees the lines of one text in order and says which part of each is secret because of the lines before it.
"""

from __future__ import annotations

import base64
import binascii
import re

from loganalyzer import late
from loganalyzer.frozen import frozen
from loganalyzer.safe.shapes import BEGIN_KEY, holds_private_key

_BEGIN = late.pattern(BEGIN_KEY)
_END = late.pattern(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY")
_BASE64_KEY = late.pattern(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{16,}$")
_LAST_TOKEN = late.pattern(r"(?P<mask>[A-Za-z0-9+/]+={0,2})\s*$")
_WRAPPED_TOKEN = late.pattern(r"[\"\s](?P<mask>[A-Za-z0-9+/]{4,}={0,2})\\+n\\*\"")
"""A line of a key in the JSON of docker's log driver, or in another one's message."""
_KEY_HEADER = late.pattern(r"\s*$|.*(?:Proc-Type|DEK-Info|Version|Comment): ")
_HEX_ONLY = late.pattern(r"[0-9a-f]+")
_FULL = 60
"""Characters that a line of a key's body has at least, unless it is the last one."""
_LONGEST_KEY = 300
"""Lines; a 16,384 bit key has about 200."""

_DATA = late.pattern(r"(?P<indent>\s*(?:- )?)(?P<name>data|stringData):\s*$")
_KIND = late.pattern(r"\s*(?:- )?kind:\s*[\"']?(?P<kind>\w+)")
_ENTRY = late.pattern(r"(?P<indent>\s*)[\"']?[\w.\-]+[\"']?:\s+[\"']?(?P<mask>[^\s\"'|>][^\"'\n]*?)[\"']?\s*$")
_BLOCK_SCALAR = late.pattern(r"(?P<indent>\s*(?:- )*)[\"']?[\w.\-]+[\"']?:\s*[|>][+-]?\d?\s*$")
_SECRET_SCALAR = late.pattern(
    r"(?i)\s*(?:- )*[\"']?[\w.\-]*(?:password|passwd|secret|token|private[_-]?key)[\"']?:\s*[|>][+-]?\d?\s*$"
)
_SECRET_NAME = late.pattern(
    r"(?i)\s*(?:- )?name:\s*[\"']?\w*(?:password|passwd|secret|token|secret_?key|api_?key)[\"']?\s*$"
)
_VALUE = late.pattern(r"\s*(?:- )?value:\s*[\"']?(?P<mask>[^\s\"'$][^\"'\n]*?)[\"']?\s*$")
_CERTIFICATE_KEY = late.pattern(r"(?i)certificate[ -]key:?\s*$")
_HEX = late.pattern(r".*?(?P<mask>[0-9a-f]{64})\s*$")


@frozen
class Part:
    """A secret part of a line."""

    kind: str
    start: int
    end: int


def _part(kind: str, match: re.Match[str] | None) -> Part | None:
    return Part(kind, *match.span("mask")) if match else None


class BlockState:
    """What the lines so far say about the next one."""

    def __init__(self, *, in_key: bool = False) -> None:
        self._key_lines = _LONGEST_KEY if in_key else 0
        """Lines of a private key that may still come."""
        self._doubtful = False
        """The last line was none of the key's body, or a short one. The key may go on all the same: programs that
        write to one log at a time put their lines between those of a key."""
        self._manifest_kind: str | None = None
        self._data_indent: int | None = None
        self._data_name = ""
        self._scalar_indent: int | None = None
        self._scalar_secret = False
        self._value_follows = False
        self._hex_follows = False

    def see(self, line: str) -> Part | None:
        """The part of `line` (without newline) that is secret because of the lines before it; then remembers it."""
        part = self._in_key(line) or self._in_manifest(line) or self._after_name(line)
        self._remember(line)
        return part

    def _in_key(self, line: str) -> Part | None:
        if not self._key_lines:
            return None
        self._key_lines -= 1
        if _END.search(line):
            self._key_lines = 0
            return None
        if not self._doubtful and _KEY_HEADER.match(line):
            return None
        start, end = _key_text(line)
        if start == end or (self._doubtful and not _is_surely_key(line, line[start:end])):
            self._doubtful = True
            return None
        self._doubtful = end - start < _FULL
        return Part("private-key", start, end)

    def _in_manifest(self, line: str) -> Part | None:
        indent = len(line) - len(line.lstrip())
        if self._scalar_indent is not None:
            if line.strip() and indent <= self._scalar_indent:
                self._scalar_indent = None
            elif self._scalar_secret and line.strip():
                return Part("secret-data", indent, len(line.rstrip()))
            else:
                return None
        if self._data_indent is None:
            return None
        if line.strip() and indent <= self._data_indent:
            self._data_indent = None
            return None
        part = _part("secret-data", _ENTRY.match(line))
        if part is None:
            return None
        value = line[part.start : part.end]
        secret = self._manifest_kind == "Secret" or self._data_name == "stringData"
        return part if secret or (self._manifest_kind is None and _is_base64(value)) else None

    def _after_name(self, line: str) -> Part | None:
        if self._hex_follows and line.strip():
            self._hex_follows = False
            return _part("certificate-key", _HEX.match(line[:4096]))
        return _part("secret-data", _VALUE.match(line)) if self._value_follows else None

    def _remember(self, line: str) -> None:
        self._value_follows = ":" in line and _SECRET_NAME.match(line) is not None
        if "key" in line and _CERTIFICATE_KEY.search(line[-40:]):
            self._hex_follows = True
        if _opens_key(line):
            self._key_lines, self._doubtful = _LONGEST_KEY, False
        if line.startswith("---"):
            self._manifest_kind = self._data_indent = None
        if ":" not in line or self._scalar_indent is not None:
            return
        if kind := _KIND.match(line):
            self._manifest_kind = kind["kind"]
        elif data := _DATA.match(line):
            self._data_indent, self._data_name = len(data["indent"]), data["name"]
        elif scalar := _BLOCK_SCALAR.match(line):
            inside = self._data_indent is not None
            in_secret = inside and (self._manifest_kind == "Secret" or self._data_name == "stringData")
            self._scalar_indent = len(scalar["indent"])
            self._scalar_secret = in_secret or _SECRET_SCALAR.match(line) is not None


def _key_text(line: str) -> tuple[int, int]:
    """Where a line of a key's body has its text, whatever a log puts in front of it; an empty span: nowhere."""
    shift = max(0, len(line) - 200)
    body = _LAST_TOKEN.search(line[shift:])
    if body is None:
        body, shift = _WRAPPED_TOKEN.search(line), 0
    return (body.start("mask") + shift, body.end("mask") + shift) if body else (0, 0)


def _is_surely_key(line: str, text: str) -> bool:
    """Whether `text`, which ends a line that may be of a key, can hardly be anything else: identifiers are in
    hexadecimal digits, and other words neither that long nor alone nor padded."""
    if _HEX_ONLY.fullmatch(text):
        return False
    return len(text) >= _FULL or text.endswith("=") or (len(text) >= 16 and text == line.strip())


def _opens_key(line: str) -> bool:
    if "-----BEGIN" in line:
        return _BEGIN.search(line) is not None and _END.search(line) is None
    key = _BASE64_KEY.search(line) if "LS0tLS1CRUdJTi" in line else None
    return key is not None and holds_private_key(key[0])


def _is_base64(value: str) -> bool:
    if len(value) < 8 or len(value) % 4:
        return False
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True

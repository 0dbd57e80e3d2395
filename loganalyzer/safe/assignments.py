"""Secrets that are known by the name in front of them: `password=...`, `"token": "..."`, `--secret-key ...`.

Covers JSON at any depth of escaping, YAML, flags, environment variables, Go structs, Go argument lists, header dumps
and `{"name": "X_PASSWORD", "value": "..."}` pairs. One pass of one pattern finds the names; the value behind a name
is cut out by hand, so that quotes of any depth close where they should and the work stays linear.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

from loganalyzer import late
from loganalyzer.frozen import frozen
from loganalyzer.safe.shapes import is_random

HINTS = ("pass", "pwd", "secret", "token", "key", "auth", "credential", "docker", "密")
"""Lower-case literals; without any of them no name of a secret is in the text."""

_KINDS = {
    "pass": "password",
    "pwd": "password",
    "密码": "password",
    "secret": "secret",
    "密钥": "secret",
    "token": "token",
    "certificate": "certificate-key",
    "authorization": "authorization",
    "auth": "registry-auth",
    ".docker": "registry-auth",
    "credential": "credential",
    "": "key",
}
"""How a name begins -> kind."""
_COLOUR = r"(?:\x1b\[[0-9;]{0,16}m)?"
# Each alternative begins with a literal, so that the search skips quickly over what cannot begin a name.
_ASSIGNED = late.pattern(
    r"(?P<name>pass(?:word|wd|phrase)?|pwd|密码|secret(?:[_-]?(?:access)?[_-]?key)?|密钥|token|authorization|auth"
    r"|credentials?|certificate[_-]?key|client[_-]?key[_-]?data|private[ _-]?key|api[ _-]?key|access[ _-]?key"
    r"|encryption[ _-]?key|signing[ _-]?key|\.dockerconfigjson|\.dockercfg)"
    rf"{_COLOUR}(?:"
    r"(?P<pair>\\*[\"'],\s{0,8}\\*[\"']value\\*[\"']:\s{0,8})"
    r"|(?:\\*[\"'`])?[ \t]{0,8}(?P<sep>=>|:=|[:=：])[ \t]{0,8}"
    r"|(?P<next>\\*[\"']?,?[ \t]{1,8})(?=[^\s{=:])"
    rf"){_COLOUR}"
)
_QUOTE = late.pattern(r"(\\*)([\"'`])")
_UNQUOTED = late.pattern(r"(?:[^\s\"'\\&,;]|\\(?![nrt\"'\\])|[&,;](?![\w.-]{1,64}\\*[\"']?[=:]))+")
_PUBLIC = ("initial-cluster-", "initial_cluster_")
"""A name with this in front is no secret: etcd's cluster token is a label."""
_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789_.-"
_SCHEME = late.pattern(r"\[?(?:bearer|basic|token|negotiate|digest)\b\s*", re.IGNORECASE)
_KEY_OF_LINE = late.pattern(r"[\s\-\"'{]*[\w.\-]*$")
_DONE = late.pattern(
    r"(?:[a-z0-9]{6}\.|(?:bearer|basic|token)\s+|(?:-----BEGIN [A-Z0-9 ]+-----))?<redacted:[a-z0-9-]+#\d+>"
    r"(?:-----END [A-Z0-9 ]+-----)?(?:\\+n)?",
    re.IGNORECASE,
)
_NOT_A_VALUE = late.pattern(
    r"[*x•.]+|<[a-z][^<>]*>|<set|\$\{?[A-Z_][A-Z0-9_]*\}?|\$\(.*|\{\{.*|%[+#]?[a-z]|%!\w\(.*|[{}\[\]()|>+-]*"
    r"|/(?:etc|var|run|opt|root|home|usr|tmp|data|srv|mnt|proc|sys|dev)(?:/.*)?"
)
_K8S_NAME = late.pattern(r"(?:[a-z0-9][a-z0-9.-]*/)?[a-z0-9][a-z0-9.]*-[a-z0-9.-]+|[a-z0-9.-]+/[a-z0-9.-]+")
_UUID = late.pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORDS = frozenset(
    word
    for line in (
        "null nil none true false yes no on off undefined unset empty set unknown missing invalid incorrect wrong",
        "required is was are be not the a an and or for from in of to with must should cannot can't could unable",
        "failed failure error expired denied permission authentication authenticate rejected mismatch mismatched",
        "too string strings bytes value values file flag option hidden masked redacted yaml json files flags options",
        "deprecated",
    )
    for word in line.split()
)


@frozen
class Assigned:
    """A secret value and where it stands."""

    kind: str
    start: int
    end: int


def assignments(text: str, lower: str) -> Iterator[Assigned]:
    """The secrets in `text` that a name announces, in order; `lower` is `text` in lower case, of the same length."""
    at = 0
    while match := _ASSIGNED.search(lower, at):
        at = match.end()
        kind = _kind(match["name"])
        if match["next"] is not None and not _takes_next(lower, match.start()):
            at = match.start("next")
            continue
        start, end, quoted = _value(text, match.end())
        if kind == "authorization":
            start = _behind_scheme(text, start, end)
        if lower.endswith(_PUBLIC, 0, match.start()):
            continue
        if start < end and _is_secret(kind, text, match, start, end, quoted=quoted):
            yield Assigned(kind, start, end)
            at = end


def _kind(name: str) -> str:
    return next(kind for start, kind in _KINDS.items() if name.startswith(start))


def _takes_next(lower: str, start: int) -> bool:
    """Whether the value is simply the next word: behind a flag (`--password x`), and keepalived's `auth_pass x`."""
    before = lower[max(0, start - 64) : start]
    head = before.rstrip(_NAME_CHARACTERS)
    name = before[len(head) :]
    return name == "auth_" or (name.startswith("-") and (not head or head[-1] in " \t\"'[,(`"))


def _value(text: str, at: int) -> tuple[int, int, bool]:
    """Where the value that begins at `at` starts and ends, and whether it is quoted."""
    if text[at : at + 1] == "[":
        at += 1
    quote = _QUOTE.match(text, at)
    if quote is None:
        found = _UNQUOTED.match(text, at)
        end = found.end() if found else at
        while end > at and text[end - 1] in ")]},;":
            end -= 1
        return at, end, False
    depth, mark, start = len(quote[1]), quote[2], quote.end()
    for close in _QUOTE.finditer(text, start):
        if close[2] == mark and len(close[1]) <= depth:
            return start, close.start(), True
    newline = text.find("\n", start)
    return start, len(text) if newline < 0 else newline, True


def _behind_scheme(text: str, start: int, end: int) -> int:
    scheme = _SCHEME.match(text, start, end + 2)
    return min(scheme.end(), end) if scheme else start


def _is_secret(kind: str, text: str, match: re.Match[str], start: int, end: int, *, quoted: bool) -> bool:
    value = text[start:end].strip()
    plain = value.lower().rstrip(".!?:")
    if not value or plain in _WORDS or _DONE.fullmatch(value) or _NOT_A_VALUE.fullmatch(value):
        return False
    if match["next"] is not None and value.startswith("-"):
        return False
    if kind == "registry-auth":
        return match["name"] != "auth" or _is_user_and_password(value)
    if value.isdigit() and (kind != "password" or text.startswith(" bytes", end)):
        return False
    if kind == "password":
        return not (
            text[max(0, match.start() - 5) : match.start()] == "/etc/" or _is_prose(match, value, quoted=quoted)
        )
    if _is_bare_secret(text, match) and _K8S_NAME.fullmatch(value) and not _UUID.fullmatch(value):
        return False  # the name of a Secret object, not its content
    if quoted:
        return value.count(" ") < 2 or is_random(value.split()[0])
    if value.endswith(":"):
        return False
    if match["sep"] in ("=", "=>", ":=") or is_random(value):
        return is_random(value) or match["sep"] is not None
    return _is_line(text, match.start(), end)


def _is_bare_secret(text: str, match: re.Match[str]) -> bool:
    """Whether the name is `secret` itself, as in klog's `secret="kube-system/x"`, and no `client_secret`."""
    before = text[match.start() - 1 : match.start()]
    return match["name"] == "secret" and not (before.isalnum() or before in ("_", "-", "."))


def _is_prose(match: re.Match[str], value: str, *, quoted: bool) -> bool:
    return not quoted and match["sep"] == ":" and (value.endswith(":") or value.lower() in _WORDS)


def _is_line(text: str, start: int, end: int) -> bool:
    """Whether name and value are all of their line, as in YAML."""
    line_start = text.rfind("\n", 0, start) + 1
    rest = text[end : end + 80].split("\n", 1)[0]
    return start - line_start < 120 and bool(_KEY_OF_LINE.fullmatch(text[line_start:start])) and not rest.strip("\r \t")


def _is_user_and_password(value: str) -> bool:
    value = unquote(value).rstrip("=")
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False

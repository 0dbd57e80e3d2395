"""Secrets that are known by their own shape or by a fixed phrase around them.

A shape's pattern has the group `mask`; what else it matches is context and stays. A shape is tried only where one of
its `hints` (lower-case literals) occurs. Every pattern is linear: repeats are bounded or cannot overlap.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from loganalyzer import late
from loganalyzer.frozen import frozen

BEGIN_KEY = r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
END_KEY = r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_START = r"(?:(?<![A-Za-z0-9_+/=.-])|(?<=\\[nrt])|(?<==))"
"""Where a run of token characters begins; also after `=` and after an escaped newline."""


_KEY_TEXT = late.pattern(r"[A-Za-z0-9+/]{8}")
"""Something of a key's body; of a key over several lines its first line has none."""


@frozen
class Shape:
    """One kind of secret: when to look (`hints`), what to look for, and a last judgement over the match."""

    kind: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool] = lambda match: True


def is_random(value: str) -> bool:
    """Whether `value` looks generated rather than written: letters with digits, mixed case inside, or very long."""
    letters = any(c.isalpha() for c in value)
    digits = any(c.isdigit() for c in value)
    mixed = any(c.isupper() for c in value[1:]) and any(c.islower() for c in value)
    return len(value) >= 24 or (len(value) >= 6 and ((letters and digits) or mixed))


def _header_value(match: re.Match[str]) -> bool:
    value = match["mask"]
    return value.endswith("=") or is_random(value)


def _bootstrap_context(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 80) : match.start()].lower()
    return ("token" in before or "join" in before) and (
        before.rstrip(" \"'=:\\").endswith("token") or any(c.isdigit() for c in match["mask"])
    )


def _is_argument_of(match: re.Match[str], *commands: str) -> bool:
    """Whether one of `commands` stands in front of the match, in the same command."""
    before = match.string[max(0, match.start() - 300) : match.end()]
    for end in "\n;|":
        before = before[before.rfind(end) + 1 :]
    return any(command in before for command in commands)


def holds_private_key(base64_text: str) -> bool:
    """Whether the start of a base64 text decodes to the first line of a private key; certificates may stay."""
    head = base64_text[:80]
    try:
        return b"PRIVATE KEY" in base64.b64decode(head[: len(head) // 4 * 4])
    except (binascii.Error, ValueError):
        return True


SHAPES: tuple[Shape, ...] = (
    Shape(
        "private-key",
        ("private key",),
        late.pattern(
            rf"{BEGIN_KEY}(?P<mask>(?:(?!-----)[\s\S])+(?=-----END)|(?:[A-Za-z0-9+/=\s:,.]|\\+[nrt]|-(?!----))+)"
        ),
        lambda match: _KEY_TEXT.search(match["mask"]) is not None,
    ),
    Shape(
        "private-key",
        ("ls0tls1crudjti",),
        late.pattern(r"(?P<mask>LS0tLS1CRUdJTi[A-Za-z0-9+/_-]{16,}={0,2})"),
        lambda match: holds_private_key(match["mask"]),
    ),
    Shape(
        "registry-auth",
        ("eyjhdxrocyi6", "eyiijoiu", "eyjhdxro"),
        late.pattern(rf"{_START}(?P<mask>eyJhdXRo[A-Za-z0-9+/_-]{{8,}}={{0,2}})"),
    ),
    Shape(
        "jwt",
        ("eyj",),
        late.pattern(rf"{_START}(?P<mask>eyJ[A-Za-z0-9_-]{{8,}}(?:\.[A-Za-z0-9_-]*){{1,4}})"),
    ),
    Shape(
        "kubeadm-token",
        ("token", "join"),
        late.pattern(r"(?<![A-Za-z0-9.])[a-z0-9]{6}\.(?P<mask>[a-z0-9]{16})(?![A-Za-z0-9.])"),
        _bootstrap_context,
    ),
    Shape(
        "certificate-key",
        ("certificate-key", "certificate key", "certificatekey"),
        late.pattern(
            r"certificate[ -]?key(?:\\*[\"'])?[ \t]{0,8}[:= ][ \t\r\n]{0,8}(?:\\*[\"'])?"
            r"(?P<mask>[0-9a-f]{32,128})(?![0-9a-f])",
            re.IGNORECASE,
        ),
    ),
    Shape(
        "authorization",
        ("bearer", "basic"),
        late.pattern(r"\b(?:bearer|basic)\s{1,4}(?P<mask>[A-Za-z0-9._~+/-]{8,8192}={0,2})", re.IGNORECASE),
        _header_value,
    ),
    Shape(
        "cookie",
        ("cookie",),
        late.pattern(
            r"\bcookie(?:\\*[\"'])?\s{0,4}[:=]\s{0,4}(?:\[?\\*[\"']?)(?P<mask>[^\s\"'\\\[\]][^\n\"'\\\]]{7,})", re.I
        ),
        lambda match: "=" in match["mask"],
    ),
    Shape(
        "url-password",
        ("@",),
        late.pattern(r"://[^\s/:@\"'?#\\]{0,128}:(?P<mask>[^\s/\"'<>\\]{1,256})@"),
    ),
    Shape(
        "url-password",
        ("@",),
        late.pattern(r"://(?P<mask>[^\s/:@\"'?#\\.]{20,256})@"),
    ),
    Shape(
        "url-password",
        ("@tcp(", "@unix("),
        late.pattern(r"(?<![\w.-])[\w.-]{1,64}:(?P<mask>[^\s@/\"']{1,128})@(?:tcp|unix)\("),
    ),
    Shape(
        "tencent-secret-id",
        ("akid",),
        late.pattern(r"(?<![A-Za-z0-9])(?P<mask>AKID[A-Za-z0-9]{13,40})(?![A-Za-z0-9])"),
    ),
    Shape(
        "access-key",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "akia", "xoxb-", "xoxp-", "ltai"),
        late.pattern(
            r"(?<![A-Za-z0-9])(?P<mask>gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{30,255}|glpat-[\w-]{20,64}"
            r"|AKIA[0-9A-Z]{16}|xox[bp]-[\w-]{10,255}|LTAI[A-Za-z0-9]{12,30})(?![A-Za-z0-9])"
        ),
    ),
    Shape(
        "oauth-code",
        ("code=",),
        late.pattern(r"(?<![a-z])code=(?P<mask>[A-Za-z0-9._~-]{10,512})(?=[&\s\"'\\#]|$)"),
        lambda match: is_random(match["mask"]),
    ),
    Shape(
        "oauth-code",
        ("oauth", "given code"),
        late.pattern(r"\\*\"code\\*\":\s{0,4}\\*\"(?P<mask>[A-Za-z0-9._~-]{8,512})"),
    ),
    Shape(
        "password",
        (" -p",),
        late.pattern(r"\s-p[= ]?[\"']?(?P<mask>[^\s\"'|;]{1,256})"),
        lambda match: _is_argument_of(
            match, "docker login", "nerdctl login", "podman login", "registry login", "sshpass"
        ),
    ),
    Shape(
        "password",
        (" -u", " --user"),
        late.pattern(r"\s(?:-u|--user)[= ]{0,2}[\"']?[^\s:\"']{1,128}:(?P<mask>[^\s\"']{1,256})"),
        lambda match: _is_argument_of(match, "curl ", "etcdctl "),
    ),
    Shape(
        "password",
        ("echo ",),
        late.pattern(
            r"\becho\s{1,4}(?:-n\s{1,4})?[\"']?(?:[\w.-]{1,64}:)?(?P<mask>[^\s\"'|]{1,256})[\"']?\s{0,4}\|\s{0,4}"
            r"(?:sudo -S|passwd --stdin|chpasswd|(?:docker|nerdctl|podman) login)"
        ),
    ),
    Shape(
        "token",
        ("system:masters",),
        late.pattern(r"(?:^|[\s\"'])(?P<mask>[A-Za-z0-9._-]{8,128}),[\w.:@-]{1,128},[^,\s]{1,128},\"?system:masters"),
    ),
)
"""In the order in which they are applied: the more exact shape first."""

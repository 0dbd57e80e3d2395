"""The last look over finished output: secrets that are known by now, in every form that a format may give them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from gettext import gettext as _
from typing import Any
from urllib.parse import quote

from loganalyzer.errors import LeakError

_SHORTEST = 8
"""Bytes of a form that is looked for."""


class Sweeper:
    """Replaces known secrets in bytes; what it looks for is compiled once for as long as nothing new is known."""

    def __init__(self) -> None:
        self._known = 0
        self._forms: dict[bytes, str] = {}
        self._pattern: Any = None

    def replace(self, output: bytes, secrets: Mapping[str, str], escape: Callable[[str], str]) -> bytes:
        """`output` with every form of a secret replaced by its placeholder, itself where there is none.

        Raises LeakError where a form remains: when what stands round a placeholder makes one up again.
        """
        if len(secrets) != self._known:
            self._learn(secrets)
        if self._pattern is None or self._pattern.search(output) is None:
            return output
        swept: bytes = self._pattern.sub(lambda match: escape(self._forms[match[0]]).encode(), output)
        if left := self._pattern.search(swept):
            kind = self._forms[left[0]].removeprefix("<redacted:").partition("#")[0]
            raise LeakError(
                _("nothing was written: a secret of kind {kind} would still have been in the output").format(kind=kind)
            )
        return swept

    def _learn(self, secrets: Mapping[str, str]) -> None:
        import re2  # only where there is a secret at all

        self._known = len(secrets)
        self._forms = {form: shown for secret, shown in reversed(list(secrets.items())) for form in _forms(secret)}
        longest = sorted(self._forms, key=lambda form: (-len(form), form))
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.max_mem = 1 << 28
        options.log_errors = False
        self._pattern = re2.compile(b"|".join(map(re2.escape, longest)), options) if longest else None


def _forms(secret: str) -> list[bytes]:
    import json  # most runs see no secret
    from html import escape as html_escape

    raw = secret.encode("utf-8", "surrogateescape")
    texts = (
        quote(raw, safe=""),
        json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html_escape(secret),
    )
    forms = [raw, *(text.encode("utf-8", "surrogateescape") for text in texts)]
    for shift in range(3):  # inside a longer base64 text it may begin at any of three positions
        encoded = base64.b64encode(b"\0" * shift + raw)
        inner = encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        forms += [inner, inner.replace(b"+", b"-").replace(b"/", b"_")]
    return [form for form in dict.fromkeys(forms) if len(form) >= _SHORTEST]

"""The redactor of one run: what a secret is replaced by, how often, and the last look over the finished output."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from os import urandom

from loganalyzer import late
from loganalyzer.safe import assignments
from loganalyzer.safe.blocks import BlockState
from loganalyzer.safe.controls import visible
from loganalyzer.safe.shapes import SHAPES
from loganalyzer.safe.sweeper import Sweeper

_ALL_HINTS = sorted({*assignments.HINTS, *(hint for shape in SHAPES for hint in shape.hints)})
_HINTS = tuple(hint for hint in _ALL_HINTS if not any(other in hint for other in _ALL_HINTS if other != hint))
"""The fewest literals of which each secret has one around it; a line without them is done after this look."""
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_SECRET_MANIFEST = late.pattern(r"\\*\"kind\\*\":\s{0,4}\\*\"Secret\\*\"")
_JSON_DATA = late.pattern(r"\\*\"(?:data|stringData)\\*\":\s{0,4}\{")
_JSON_ENTRY = late.pattern(
    r"\s{0,8},?\s{0,8}\\*\"[^\"\\]{1,256}\\*\":\s{0,4}(?P<quote>\\*\")(?P<mask>(?:[^\"\\]|\\+[^\"\\])*)\\*\""
)
_SWEPT = 8
"""Secrets of so many characters are looked for again in the finished output."""
_REMEMBERED = 4096
"""So many secrets at most."""
_WORDS = late.pattern(r"[A-Za-z]+(?:[-_./ ][A-Za-z]+)*")


class Redactor:
    """Replaces secrets by `<redacted:kind#n>`; one for a whole run, so that equal secrets get equal placeholders.

    Numbers count the different secrets of a kind in the order of their first appearance. Secrets are known by a keyed
    hash; their text is kept, in memory only and for this run, where `sweep` needs it.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        """Redactions by kind (not different secrets)."""
        self._key = urandom(16)
        self._placeholders: dict[bytes, str] = {}
        self._different: dict[str, int] = {}
        self._secrets: dict[str, str] = {}
        self._spared: set[str] = set()
        self._sweeper = Sweeper()

    def text(self, text: str) -> str:
        """`text` with secrets replaced and control characters visible: what may be shown."""
        return visible(self.redact(text))

    def redact(self, text: str) -> str:
        """`text` with secrets replaced; everything else stays as it is."""
        lower = text.lower()
        for hint in _HINTS:
            if hint in lower:
                return self._redact(text, lower)
        return text

    def lines(self, lines: Iterable[str], *, in_key: bool = False) -> Iterator[str]:
        """The lines of one text with secrets replaced, those that span lines too. Line ends stay. `in_key`: they begin
        within a private key."""
        state = BlockState(in_key=in_key)
        for line in lines:
            body = line.rstrip("\r\n")
            part = state.see(body)
            if part is None:
                yield self.redact(body) + line[len(body) :]
                continue
            before, after = self.redact(body[: part.start]), self.redact(body[part.end :])
            yield before + self._placeholder(part.kind, body[part.start : part.end]) + after + line[len(body) :]

    def spare(self, names: Iterable[str]) -> None:
        """Names of hosts and programs: whoever has one as a password must not take it from the report."""
        self._spared.update(names)

    def sweep(self, output: str, escape: Callable[[str], str] = str) -> str:
        """The finished `output` without any secret that this run has seen, however it got there: plain, in base64,
        URL-encoded, or escaped for JSON or HTML. `escape` fits the placeholder to the output's format.

        Raises LeakError where one remains all the same: then nothing may be written.
        """
        data = output.encode("utf-8", "surrogateescape")
        found = self._sweeper.replace(data, self._swept(), escape)
        return output if found is data else found.decode("utf-8", "surrogateescape")

    def _swept(self) -> Mapping[str, str]:
        if not self._spared:
            return self._secrets
        return {secret: shown for secret, shown in self._secrets.items() if secret not in self._spared}

    def _redact(self, text: str, lower: str) -> str:
        for shape in SHAPES:
            if any(hint in lower for hint in shape.hints):
                spans = [(shape.kind, *m.span("mask")) for m in shape.pattern.finditer(text) if shape.accept(m)]
                text = self._replace(text, spans)
        if '"kind' in lower:
            text = self._replace(text, _manifest_values(text))
        if any(hint in lower for hint in assignments.HINTS):
            lower = text.lower()
            if len(lower) != len(text):  # a letter whose lower case has another length: ASCII alone keeps positions
                lower = text.translate(_ASCII_LOWER)
            text = self._replace(text, [(a.kind, a.start, a.end) for a in assignments.assignments(text, lower)])
        return text

    def _replace(self, text: str, spans: list[tuple[str, int, int]]) -> str:
        if not spans:
            return text
        parts: list[str] = []
        at = 0
        for kind, start, end in spans:
            parts += (text[at:start], self._placeholder(kind, text[start:end]))
            at = end
        return "".join((*parts, text[at:]))

    def _placeholder(self, kind: str, secret: str) -> str:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        digest = hashlib.blake2b(secret.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
        placeholder = self._placeholders.get(digest)
        if placeholder is None:
            number = self._different[kind] = self._different.get(kind, 0) + 1
            placeholder = self._placeholders[digest] = f"<redacted:{kind}#{number}>"
            if _is_sweepable(secret) and len(self._secrets) < _REMEMBERED:
                self._secrets[secret] = placeholder
        return placeholder


def _is_sweepable(secret: str) -> bool:
    """Long enough, and no plain words: a password `evidence` or `kube-system` must not take them from the report."""
    return _SWEPT <= len(secret) <= 4096 and not _WORDS.fullmatch(secret) and "<redacted:" not in secret


def _manifest_values(text: str) -> list[tuple[str, int, int]]:
    """The values of `data` and `stringData` of Secrets written as JSON, also inside annotations."""
    spans: list[tuple[str, int, int]] = []
    if not _SECRET_MANIFEST.search(text):
        return spans
    at = 0
    while data := _JSON_DATA.search(text, at):
        at = data.end()
        while entry := _JSON_ENTRY.match(text, at):
            at = entry.end()
            if entry["mask"] and not entry["mask"].startswith("<redacted:"):
                spans.append(("secret-data", *entry.span("mask")))
    return spans

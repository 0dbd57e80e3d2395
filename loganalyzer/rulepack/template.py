"""The template language of signals: text with `<slots>`, read by pyparsing, compiled to RE2.

docs/rule-language.md, section 2, is its reference.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Mapping

from loganalyzer import late
from loganalyzer.frozen import frozen
from loganalyzer.rulepack import slots


class TemplateError(ValueError):
    """A template that cannot be read; `offset` is the 0-based character at which it stops."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@frozen
class Literal:
    """Text that stands in the line as it is."""

    text: str


@frozen
class Gap:
    """`<...>`, `<*>` or `<_>`."""

    pattern: str
    sample: str


@frozen
class Maybe:
    """`<?text>`."""

    text: str


@frozen
class Capture:
    """`<name:type>`; without a name it is matched and forgotten."""

    name: str | None
    type: str
    offset: int = 0


@frozen
class Words:
    """`<name:one|two>`."""

    name: str | None
    words: tuple[str, ...]
    offset: int = 0


Part = Literal | Gap | Maybe | Capture | Words

_GAPS = {
    "...": Gap(slots.GAP, " ... "),
    "*": Gap(slots.ANYTHING, " ... "),
    "_": Gap(slots.BLANKS, " "),
}
_IDENTIFIER = late.pattern(r"[a-z][a-z0-9_]*\Z")
_SPECIAL = frozenset("\\.+*?()|[]{}^$")
_QUOTES = "\"'`"
_NEVER = late.pattern(r'\\+"|\\u003[ce]|\\u0026|\\t|#011|\\n')


@frozen
class Template:
    """A template that was read."""

    source: str
    parts: tuple[Part, ...]

    @property
    def captures(self) -> dict[str, str]:
        """Capture name -> type; `words` for an enumeration."""
        return {
            part.name: part.type if isinstance(part, Capture) else "words"
            for part in self.parts
            if isinstance(part, Capture | Words) and part.name
        }

    @property
    def literals(self) -> tuple[str, ...]:
        """The texts that every match contains, in order."""
        return tuple(part.text for part in self.parts if isinstance(part, Literal))

    @property
    def pattern(self) -> str:
        """RE2 for bytes (LATIN1); ASCII only."""
        return "".join(_pattern(part, self._quote(i)) for i, part in enumerate(self.parts))

    def fill(self, values: Mapping[str, str] | None = None) -> str:
        """A text that the pattern matches, with these captures (samples for the others)."""
        values = values or {}
        return "".join(_fill(part, values) for part in self.parts)

    def _quote(self, index: int) -> str:
        before = self.parts[index - 1] if index else None
        return before.text[-1] if isinstance(before, Literal) and before.text[-1] in _QUOTES else '"'


def escape(text: str) -> str:
    """RE2 that matches exactly the UTF-8 bytes of this text."""
    return "".join(
        "".join(f"\\x{byte:02x}" for byte in char.encode()) if not 32 <= ord(char) < 127
        else "\\" + char if char in _SPECIAL
        else char
        for char in text
    )  # fmt: skip


def parse(source: str) -> Template:
    """Read a template; raise TemplateError at the first character that does not fit."""
    from pyparsing import ParseBaseException

    if "\n" in source:
        raise TemplateError("a template is one line; <*> crosses lines in a block", source.index("\n"))
    if bad := _NEVER.search(source):
        raise TemplateError(f"{bad[0]} never matches, the line is normalised: write the plain character", bad.start())
    try:
        parts = _grammar().parse_string(source, parse_all=True).as_list()
    except ParseBaseException as error:
        char = source[error.loc : error.loc + 1]
        if char == ">":
            raise TemplateError("a > on its own: write >> for the character", error.loc) from None
        raise TemplateError("this slot is not closed: write << for the character <", error.loc) from None
    except _Refused as error:
        raise TemplateError(*error.args) from None
    template = Template(source, _merge(parts))
    _check(template)
    return template


class _Refused(Exception):
    """What a parse action raises: pyparsing leaves it alone and stops."""


@functools.cache
def _grammar():  # type: ignore[no-untyped-def]  # noqa: ANN202 - pyparsing is imported only here
    import pyparsing as pp

    text = pp.Regex(r"(?:[^<>]|<<|>>)+").set_parse_action(lambda found: Literal(_plain(found[0])))
    maybe = pp.Regex(r"<\?((?:[^<>]|<<|>>)+)>(?!>)").set_parse_action(_maybe)
    slot = pp.Regex(r"<([^<>]*)>").set_parse_action(_slot)
    grammar = pp.ZeroOrMore(text | maybe | slot)
    return grammar.leave_whitespace().parse_with_tabs()


def _plain(text: str) -> str:
    return text.replace("<<", "<").replace(">>", ">")


def _maybe(_: str, __: int, found) -> Maybe:  # type: ignore[no-untyped-def]  # noqa: ANN001
    return Maybe(_plain(found[0][2:-1]))


def _slot(_: str, at: int, found) -> Part:  # type: ignore[no-untyped-def]  # noqa: ANN001
    inside: str = found[0][1:-1]
    if gap := _GAPS.get(inside):
        return gap
    head, colon, tail = inside.partition(":")
    if not colon or ("|" in head):
        head, tail = "", inside
    name = head or None
    if name and not _IDENTIFIER.match(name):
        raise _Refused(f"{name!r} is no name for a capture: lower-case letters, digits and _", at)
    if "|" in tail or (colon and not tail.isalpha()):
        words = tuple(tail.split("|"))
        if "" in words:
            raise _Refused("an empty word in an enumeration; <?text> makes a text optional", at)
        return Words(name, words, at)
    if not colon:
        raise _Refused(f"<{inside}> is no slot: write <name:type>, or << for the character <", at)
    if tail not in slots.TYPES:
        near = difflib.get_close_matches(tail, slots.TYPES, 1)
        hint = f"; did you mean {near[0]}?" if near else f": one of {' '.join(slots.TYPES)}"
        raise _Refused(f"unknown type {tail!r}{hint}", at)
    return Capture(name, tail, at)


def _merge(parts: list[Part]) -> tuple[Part, ...]:
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, Literal) and merged and isinstance(merged[-1], Literal):
            part = Literal(merged.pop().text + part.text)  # type: ignore[union-attr]
        merged.append(part)
    return tuple(merged)


def _check(template: Template) -> None:
    seen: set[str] = set()
    for index, part in enumerate(template.parts):
        if not isinstance(part, Capture | Words):
            continue
        if part.name in seen:
            raise TemplateError(f"the capture {part.name!r} stands here twice", part.offset)
        if part.name:
            seen.add(part.name)
        if isinstance(part, Capture) and part.type == "quoted":
            around = [*template.parts[max(index - 1, 0) : index], *template.parts[index + 1 : index + 2]]
            texts = [near.text for near in around if isinstance(near, Literal)]
            if len(texts) != 2 or texts[0][-1] not in _QUOTES or texts[1][0] != texts[0][-1]:
                raise TemplateError('quoted stands between two quotes: "<x:quoted>"', part.offset)


def _pattern(part: Part, quote: str) -> str:
    match part:
        case Literal(text):
            return escape(text)
        case Gap(pattern):
            return pattern
        case Maybe(text):
            return f"(?:{escape(text)})?"
        case Words(name, words):
            inner, before, after = "|".join(map(escape, words)), "", ""
        case Capture(name, type_):
            slot = slots.TYPES[type_]
            inner, before, after = slot.pattern or slots.quoted(quote), slot.before, slot.after
    group = f"(?P<{name}>{inner})" if name else f"(?:{inner})"
    return before + group + after


def _fill(part: Part, values: Mapping[str, str]) -> str:
    match part:
        case Literal(text) | Maybe(text):
            return text
        case Gap(_, sample):
            return sample
        case Words(name, words):
            return values.get(name or "", words[0])
        case Capture(name, type_):
            return values.get(name or "", slots.TYPES[type_].sample)

"""Rules of ours that no line can make slow, and rules of strangers that can do no harm."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

from loganalyzer.diagnose.scan import Matcher
from loganalyzer.errors import RulePackError
from loganalyzer.rulepack import load_pack
from loganalyzer.rulepack.pack import read_rule
from loganalyzer.rulepack.rule import Alternative
from tests.kit import rule
from tests.promises import small
from tests.promises.scale import amount

LINE = 32 * 1024
"""No more of a line is ever matched (Limits.line)."""


# ------------------------------------------------------------------------------------- P10: our rules against any line


def _attacks(alternative: Alternative, count: int, dice: random.Random) -> Iterator[bytes]:
    """Lines made of the pattern's own parts: repeats pumped up, pieces over and over, all but the end of a match."""
    parts = _pieces(alternative.pattern)
    anchors = list(alternative.anchors) or [b"x"]
    whole = b"".join(parts)
    for n in range(count):
        match n % 6:
            case 0:  # one part pumped up
                at = dice.randrange(len(parts))
                line = b"".join(parts[:at]) + parts[at] * (LINE // max(1, len(parts[at]))) + b"".join(parts[at + 1 :])
            case 1:  # all that matches but the end, again and again
                line = (whole[: -dice.randrange(1, 9)] or b"x") * LINE
            case 2:  # the anchor everywhere, and nothing else of it
                line = (dice.choice(anchors) + dice.choice((b"", b" ", b'"', b":", b"=", b"0"))) * LINE
            case 3:  # its parts in any order
                line = b"".join(dice.choices(parts, k=4000))
            case 4:  # the beginning over and over
                line = whole[: dice.randrange(1, len(whole) + 1)] * LINE
            case _:  # what gaps and captures swallow
                line = (
                    whole[: dice.randrange(len(whole) + 1)]
                    + dice.choice((b"a", b"1", b".", b" ", b"/", b"\\", b'"', b"1.", b"a: ")) * LINE
                )
        line = line[:LINE]
        yield line if any(anchor in line for anchor in anchors) else line[: -len(anchors[0])] + anchors[0]


def _pieces(pattern: str) -> list[bytes]:
    """A text that the pattern matches, as the pieces that its parts give."""
    try:
        tree = parser.parse(pattern)
    except (re.error, OverflowError):
        return [piece.encode("latin-1") for piece in re.findall(r"\w+|[^\w\\]", pattern)] or [b"x"]
    return [piece for token in tree for piece in _of(token)] or [b"x"]


def _of(token) -> list[bytes]:
    op, value = token
    if op is sre.LITERAL:
        return [bytes([value])] if value < 256 else [chr(value).encode()]
    if op in (sre.ANY, sre.NOT_LITERAL):
        return [b"a"]
    if op is sre.IN:
        return [next((bytes([char]) for char in b"a1/.:-_ x" if _holds(value, char)), b"~")]
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return [piece for inner in value[2] for piece in _of(inner)] * max(1, min(value[0], 20))
    if op is sre.SUBPATTERN:
        return [piece for inner in value[3] for piece in _of(inner)]
    if op is sre.BRANCH:
        return [piece for inner in value[1][-1] for piece in _of(inner)]
    return []


def _holds(items, char: int) -> bool:
    return bool(re.match(parser_class(items), chr(char)))


def parser_class(items) -> str:
    """An `IN` token as the class that it was read from."""
    out = []
    for op, value in items:
        if op is sre.NEGATE:
            out.append("^")
        elif op is sre.LITERAL:
            out.append(re.escape(chr(value)))
        elif op is sre.RANGE:
            out.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif op is sre.CATEGORY:
            name = str(value).rpartition("_")[2].lower()
            letter = {"digit": "d", "space": "s", "word": "w"}[name]
            out.append("\\" + (letter.upper() if "NOT" in str(value) else letter))
    return f"[{''.join(out)}]"


@pytest.mark.promise("P10")
@pytest.mark.parametrize("part", range(2))
def test_no_line_makes_a_rule_slow(part, figure):
    """Every signal of the pack against lines made of its own pattern; the best of three, by processor time."""
    rules = [one for n, one in enumerate(small.rules().rules.values()) if n % 2 == part]
    count, dice, slowest, pairs = amount(200, quick=2), random.Random(10), (0.0, ""), 0
    for one in rules:
        matchers = [
            Matcher(0, one, name, n) for name, signal in one.signals.items() for n in range(len(signal.alternatives))
        ]
        for matcher in matchers:
            matcher.match(b"compiled when it is first used")
        for n, matcher in enumerate(matchers):
            for line in _attacks(
                matcher.alternative, max(1, count // len(matchers) + (n < count % len(matchers))), dice
            ):
                pairs += 1
                seconds = _cost(matcher, line)
                if seconds > 0.01:
                    seconds = min(seconds, _cost(matcher, line), _cost(matcher, line))
                if seconds > slowest[0]:
                    slowest = seconds, f"{one.id}.{matcher.signal.name}"
    assert slowest[0] < 0.01, slowest
    figure(f"{len(rules)} rules, {pairs} attacks of 32 KiB: slowest {slowest[0] * 1000:.2f} ms ({slowest[1]})")


def _cost(matcher: Matcher, line: bytes) -> float:
    started = time.thread_time()
    found = matcher.match(line)
    if found is not None:
        matcher.captures(found)
    return time.thread_time() - started


# ------------------------------------------------------------------------------------------- P11: patterns of strangers

BASES = (
    "(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*a){12}", "a*a*a*a*a*b", "(x+x+)+y", "(a*)*b", "((a+)b?)+c", "([a-z]+)*[0-9]", "(.*)*=.*",
    "^(([a-z])+.)+[A-Z]([a-z])+$", r"(\w+\s?)*!", "(a?){60}a{60}", r"(\d+)*x", "(?:a{1,30}){1,30}", "(.|\\s)*?end", "(foo|foobar)*baz",
    r"^[\w.]+@([\w]+\.)+\w+$", "(error.*)*timeout", "error.*error.*error.*timeout", "((((a*)*)*)*)*b", "(a{0,100}b{0,100}){0,10}c",
    "[^,]*,[^,]*,[^,]*,[^,]*,;", "(ab|a)*(b|ba)*c", "(?i)(e+r+o+)+x",
)  # fmt: skip
REFUSED = (r"(?<=a)b", r"(a)\1", "a{1001}", "a++b", "(?>a+)b", "(?=a)b", r"a\Z", "(((a{1,100}){1,100}){1,100})", "(a", "a)", "[a", "*a",
           "a**", r"\p{Han}", "(?P<a>x)(?P<a>y)", "(?P<A>x)", r"\C", "(?(1)a|b)")  # fmt: skip


@pytest.mark.promise("P11")
def test_hostile_patterns_are_refused_with_their_place_or_linear(tmp_path, figure):
    count, refused, slowest = amount(500, quick=60), 0, 0.0
    for n in range(count):
        dice = random.Random(n)
        base = dice.choice(REFUSED) if n % 4 == 0 else dice.choice(BASES)
        pattern = f"hostile anchor {'(?:' * (n % 5)}{base.replace('a', dice.choice('aexr'))}{')' * (n % 5)}"
        text = rule(
            "hostile",
            f"signals:\n  s: {{text: [{{regex: '{pattern}', anchor: 'hostile anchor '}}]}}\nconfirmed_by: s\n",
        )
        path = tmp_path / "hostile.yaml"
        path.write_text(text, "utf-8")
        started = time.thread_time()
        found, mistakes = read_rule(path)
        assert time.thread_time() - started < 0.5, pattern
        wrong = [one for one in mistakes if "regex" in one.message or one.location.column]
        if found is None or any(not one.signals["s"].alternatives for one in [found]):
            refused += 1
            assert wrong, pattern
            assert all(one.location.line and one.location.column for one in wrong), pattern
            continue
        matcher = Matcher(0, found, "s", 0)
        for unit in (b"a", b"e", b"x", b"error ", b"1", b"a,", b"foo", b"ab"):
            line = (b"hostile anchor " + unit * LINE)[:LINE]
            matcher.match(line)
            seconds = min(_cost(matcher, line) for _ in range(2))
            slowest = max(slowest, seconds)
            assert seconds < 0.1, (pattern, unit, seconds)
    assert refused
    figure(
        f"{count} patterns: {refused} refused with their place, the others at most {slowest * 1000:.2f} ms on 32 KiB"
    )


# -------------------------------------------------------------------------------------------------- P17: hostile files

GOOD = rule("good", "signals:\n  s: {text: ['a quite unusual message']}\nconfirmed_by: s\n")
TAGS = ("!!python/object/apply:os.system [id]", "!!python/name:os.system ''", "!!binary aGk=", "!!set {a}", "!!omap [a: b]", "!local x",
        "!!str x", "!<tag:yaml.org,2002:str> x", "!!timestamp 2001-01-01", "!!null x", "!!merge x", "!!float .inf")  # fmt: skip
VALUES = ("&a x", "*a", "[" * 3000, "{a: " * 3000, "9" * 5000, "\t", "\0", '"\\ud800"', "'never closed", '"never closed', "[1, 2", "{a: 1",
          "%TAG ! x", "@x", "`x`", "? [a]\n: b", "|\n\tx", ">9\n x", "\x07", "\ufeffx", "- - - x", "{<<: {a: 1}}", "~", "[]", "{}", "1e999",
          "0x10", "\u2028", "x\r\ry", "!!map", "a: b: c", "[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]")  # fmt: skip


def _hostile_files() -> Iterator[tuple[str, bytes]]:
    """Name and content; every one of them is to be refused."""
    lines = GOOD.splitlines()
    keys = [n for n, line in enumerate(lines) if re.match(r"(\w+):", line)]
    for value in (*TAGS, *VALUES):
        for at in keys:
            name = lines[at].partition(":")[0]
            rest = next((n for n in keys if n > at), len(lines))
            yield (
                f"{name} is {value[:20]!r}",
                "\n".join([*lines[:at], f"{name}: {value}", *lines[rest:]]).encode("utf-8", "surrogatepass"),
            )
    for at in keys:
        yield f"{lines[at]} twice", "\n".join([*lines[: at + 1], *lines[at:]]).encode()
        yield f"{lines[at]} unknown", GOOD.replace(lines[at], "x" + lines[at], 1).encode()
        yield (
            f"{lines[at]} missing",
            "\n".join(lines[:at] + lines[next((n for n in keys if n > at), len(lines)) :]).encode(),
        )
    laughs = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
    )
    yield "laughs", (GOOD + laughs).encode()
    yield "cycle", (GOOD + "x: &x [*x]\n").encode()
    yield "two documents", (GOOD + "---\n" + GOOD).encode()
    yield "mark", b"\xef\xbb\xbf" + GOOD.encode()
    for encoding in ("utf-16", "utf-16-le", "utf-32"):
        yield encoding, GOOD.encode(encoding)
    yield "latin-1", GOOD.encode().replace(b"because", b"caf\xe9")
    yield "large", GOOD.encode() + b"#" * (1 << 20)
    yield "nothing", b""
    yield "only a comment", b"# nothing\n"
    yield "only a number", b"5"
    yield "noise", random.Random(17).randbytes(5000)


@pytest.mark.promise("P17")
def test_hostile_rule_files_are_refused_with_their_place(tmp_path, figure):
    files = list(_hostile_files())
    files = random.Random(17).sample(files, amount(len(files), quick=60)) if amount(2, quick=1) == 1 else files
    path, slowest, refused = tmp_path / "good.yaml", 0.0, 0
    path.write_text(GOOD, "utf-8")
    assert read_rule(path)[1] == []
    for name, data in files:
        path.write_bytes(data)
        started = time.thread_time()
        _, mistakes = read_rule(path)
        slowest = max(slowest, time.thread_time() - started)
        if not mistakes:
            assert _is_harmless(name), name
            continue
        refused += 1
        for one in mistakes:
            assert one.location.path == str(path)
            assert one.location.line, (name, str(one))
            assert one.location.column, (name, str(one))
            assert str(one).startswith(f"{path}:{one.location.line}:{one.location.column}: ")
    path.write_bytes(b"!!python/object/apply:os.system [id]")
    with pytest.raises(RulePackError):
        load_pack([tmp_path])
    assert slowest < 0.1
    assert refused >= len(files) * 0.9
    figure(
        f"{len(files)} files: {refused} refused with file:line:column (the others are plain text where text is wanted), slowest {slowest * 1000:.0f} ms"
    )


def _is_harmless(name: str) -> bool:
    """Scalars that are plain text, where any text is right."""
    return name.startswith(("cause is", "title is")) or any(
        word in name for word in ("1e999", "0x10", "u2028", "999999", "confirmed_by: s missing")
    )


# ------------------------------------------------------------------------------------------------------ P12: visible


@pytest.mark.promise("P12")
def test_stats_show_what_each_rule_costs(tmp_path, figure):
    from tests.promises.process import tkelog

    log = tmp_path / "kubelet.log"
    log.write_bytes(small.files()["master-1/kubelet.log"] * 20)
    got = tkelog("analyze", log, "--stats", "-f", "json")
    shown = got.err.decode()
    per_rule = re.findall(r"^ *([\d,]+) +[\d,]+ +([a-z0-9-]+)$", shown, re.MULTILINE)
    assert re.search(r"^lines +[\d,]+ candidates", shown, re.MULTILINE), shown
    assert [rule_id for _, rule_id in per_rule if rule_id in small.rules().rules]
    numbers = [int(number.replace(",", "")) for number, _ in per_rule]
    assert numbers == sorted(numbers, reverse=True)
    figure(f"--stats names the {len(per_rule)} rules with the most candidates, most first")

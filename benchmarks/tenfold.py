"""The pack times N, the added rules with other words of the same shape: `python -m benchmarks.tenfold N BUNDLE`.

Prints the seconds from the compilation of the literals to the report; reading the pack is not part of it.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import replace

from loganalyzer import rulepack
from loganalyzer.diagnose import analyze
from loganalyzer.ingest import open_inputs
from loganalyzer.rulepack.index import IndexedRules, index_of
from loganalyzer.rulepack.rule import Alternative, Rule, Ruleset

_VOWELS, _OTHERS = "aeiou", "bcdfghjklmnpqrstvwxyz"


def exchanged(text: str, by: int) -> str:
    """The text with each letter moved on among the vowels or the consonants."""
    moved = {}
    for letters in (_VOWELS, _OTHERS, _VOWELS.upper(), _OTHERS.upper()):
        moved |= {letter: letters[(i + by) % len(letters)] for i, letter in enumerate(letters)}
    return text.translate(str.maketrans(moved))


def _copy(rule: Rule, by: int) -> Rule:
    def other(one: Alternative) -> Alternative:
        anchors = [exchanged(anchor.decode(), by) for anchor in one.anchors]
        pattern = "|".join(re.escape(anchor.encode().decode("latin-1")) for anchor in anchors)
        return Alternative(pattern, tuple(anchor.encode() for anchor in anchors))

    signals = {
        name: replace(signal, alternatives=tuple(map(other, signal.alternatives)), without=())
        for name, signal in rule.signals.items()
    }
    return replace(rule, id=f"{rule.id}-{by}", signals=signals, explains=(), excuses=(), per=())


def main() -> None:
    """See the module's text."""
    pack = rulepack.load()
    rules = dict(pack.rules)
    for by in range(1, int(sys.argv[1])):
        rules |= {copy.id: copy for rule in pack.rules.values() for copy in [_copy(rule, by)]}
    ruleset = Ruleset(IndexedRules(rules, index_of(rules)), pack.digest)
    inputs = open_inputs([sys.argv[2]])
    started = time.perf_counter()
    analyze(ruleset, inputs.sources(), problems=lambda: inputs.problems)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()

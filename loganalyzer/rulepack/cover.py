"""A few short texts that stand for thousands of anchors: where none of them is, no anchor is.

Failures speak few words (`ailed to`, `not found`, `refused`). A scan for some hundred of these is several times faster
than one for all anchors, and lines of a healthy log hold none. Texts that ordinary lines (`ordinary.txt`) hold are
avoided: they cost nothing but time, because what they find is compared with the anchors themselves.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

_SIZE = 8
"""Characters of a text that stands for longer ones: Hyperscan tells literals apart by so many bytes."""
_PRICE = 3.0
"""What a text costs for each ordinary line that holds it, in texts."""
_AGAIN = 0.1
"""What it costs for each anchor that it lies in and another stands for: lines with that anchor hold both."""


@lru_cache(maxsize=8)
def cover(anchors: tuple[str, ...]) -> Mapping[str, Sequence[int]]:
    """Texts -> the anchors (by index) that each stands for: it lies in them, and in no other text's. Greedy set cover,
    the same on every run."""
    held: dict[str, list[int]] = defaultdict(list)
    for i, anchor in enumerate(anchors):
        for text in set(_pieces(anchor)):
            held[text].append(i)
    ordinary = _ordinary()
    price = {text: 1 + _PRICE * ordinary[text] for text in held}
    left = set(range(len(anchors)))

    def worth(text: str) -> float:
        new = sum([i in left for i in held[text]])
        return new / (price[text] + _AGAIN * (len(held[text]) - new))

    heap = [(-worth(text), text) for text in held]
    heapq.heapify(heap)
    chosen: dict[str, list[int]] = {}
    while left:
        before, text = heapq.heappop(heap)
        now = -worth(text)
        if not now:
            continue
        if now > before and heap and now > heap[0][0]:
            heapq.heappush(heap, (now, text))
            continue
        chosen[text] = [i for i in held[text] if i in left]
        left.difference_update(chosen[text])
    return dict(sorted(chosen.items()))


def _pieces(text: str) -> Iterator[str]:
    """The parts of a text that may stand for it; the text itself where it is short."""
    if len(text) <= _SIZE:
        yield text
    for at in range(len(text) - _SIZE + 1):
        yield text[at : at + _SIZE]


@lru_cache(maxsize=1)
def _ordinary() -> Counter[str]:
    """How many ordinary lines hold each short text."""
    found: Counter[str] = Counter()
    for line in Path(__file__).with_name("ordinary.txt").read_text("utf-8").splitlines():
        found.update(set(_pieces(line)))
    return found

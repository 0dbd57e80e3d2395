"""Another mutator than `mangle`: it works on what formats have in common (lengths, blocks, tokens), and beneath the
compression, where every checksum is right again afterwards."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Callable, Mapping

from tests.ingest.bundles import SQUEEZE, tar

_TOKENS = (b"ustar  \0", b"PK\x06\x06", b"\x1f\x9d", b"%d " % (1 << 63), b"././@LongLink", b"GNU.sparse.map=", b"\x00\x00\x00\x7f", b"\r\n\r\n",
           b"\xef\xbb\xbf", b"\xff\xfe\x00\x00", b"<script>", b"{\"", b"\\u0000", b"-----BEGIN EC PRIVATE KEY-----\n", b"\x9b31m")  # fmt: skip
_NUMBER = re.compile(rb"[0-7]{6,11}[ \0]|[0-9]{1,20}")


def _arithmetic(data: bytes, dice: random.Random) -> bytes:
    """One little or big number a little or absurdly larger or smaller."""
    size, code = dice.choice(((1, "B"), (2, "H"), (4, "I"), (8, "Q")))
    if len(data) < size:
        return data
    at, order = dice.randrange(len(data) - size + 1), dice.choice("<>")
    (number,) = struct.unpack_from(order + code, data, at)
    number = dice.choice((number + 1, number - 1, number + 35, number ^ 1 << 8 * size - 1, ~number, number << 1))
    return data[:at] + struct.pack(order + code, number % (1 << 8 * size)) + data[at + size :]


def _written_number(data: bytes, dice: random.Random) -> bytes:
    """The same for a number in digits, octal or decimal."""
    found = _NUMBER.search(data, dice.randrange(len(data) + 1))
    if found is None:
        return _arithmetic(data, dice)
    digits = found[0].rstrip(b" \0")
    new = dice.choice((b"0" * len(digits), b"7" * len(digits), digits[::-1], digits[1:] + b"7", b"-" + digits[1:]))
    return data[: found.start()] + new[: len(digits)].ljust(len(digits), b"0") + data[found.start() + len(digits) :]


def _swap_blocks(data: bytes, dice: random.Random) -> bytes:
    size = dice.choice((16, 512, 512, 4096))
    blocks = [data[at : at + size] for at in range(0, len(data), size)]
    if len(blocks) > 1:
        a, b = dice.sample(range(len(blocks)), 2)
        blocks[a], blocks[b] = blocks[b], blocks[a]
    return b"".join(blocks)


def _drop_every(data: bytes, dice: random.Random) -> bytes:
    """What a transfer in text mode does: one byte is gone everywhere, or became two."""
    part = slice(dice.randrange(len(data) + 1), None)
    old, new = dice.choice(
        ((b"\r", b""), (b"\n", b"\r\n"), (b"\0", b""), (b"\0", b" "), (b"\x1a", b""), (b"\xff", b"\xff\xff"))
    )
    return data[: part.start] + data[part].replace(old, new, dice.choice((1, 20, -1)))  # fmt: skip


def _high_bits(data: bytes, dice: random.Random) -> bytes:
    """A burst, as a bad cable or a bad disk gives it."""
    at, size = dice.randrange(len(data) + 1), dice.choice((2, 9, 130, 2048))
    mask = dice.choice((0x7F, 0xF0, 0x00, 0xDF))
    return data[:at] + bytes(byte & mask for byte in data[at : at + size]) + data[at + size :]


def _token(data: bytes, dice: random.Random) -> bytes:
    at, token = dice.randrange(len(data) + 1), dice.choice(_TOKENS)
    return data[:at] + token + data[at + dice.choice((0, len(token))) :]


def _shuffle(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    some = list(data[at : at + dice.choice((4, 40, 700))])
    dice.shuffle(some)
    return data[:at] + bytes(some) + data[at + len(some) :]


def _torn(data: bytes, dice: random.Random) -> bytes:
    """The end of it twice, its middle missing: two interrupted copies in one file."""
    a, b = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return dice.choice((data[:b] + data[a:], data[:a] + data[b:], data[a:b]))


_MOVES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _arithmetic, _arithmetic, _written_number, _written_number, _swap_blocks, _drop_every, _high_bits, _token, _shuffle, _torn,
)  # fmt: skip


def splice(data: bytes, other: bytes, dice: random.Random) -> bytes:
    """`data` after one to four moves; now and then its rest comes from `other`."""
    for _ in range(dice.choice((1, 1, 2, 4))):
        data = dice.choice(_MOVES)(data, dice)
    if dice.random() < 0.1:
        data = data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]
    return data


def beneath(files: Mapping[str, bytes], dice: random.Random) -> bytes:
    """A compressed tar of these files that was spliced before it was compressed."""
    made = tar(files)
    return dice.choice(list(SQUEEZE.values()))(splice(made, made, dice))

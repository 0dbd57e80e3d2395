"""A gzip file that decompresses to itself: whoever unpacks until nothing is packed never ends.

The program of literals (L) and repetitions (R), each five bytes long, is Russ Cox's ("Zip Files All The Way Down");
the checksum, which stands in the text that it is the checksum of, is a linear equation over its 32 bits.
"""

from __future__ import annotations

import zlib


def gzip_quine() -> bytes:
    """The file; found by trying time stamps until the equation has a solution."""
    for stamp in range(64):
        made = _with_checksum(stamp)
        if made is not None:
            return made
    raise AssertionError("no time stamp gives a solution")


def _program(stamp: int, checksum: int) -> bytes:
    head = b"\x1f\x8b\x08\x08" + stamp.to_bytes(4, "little") + b"\0\x03self\0"
    tail = b"\x01\0\0\xff\xff" + checksum.to_bytes(4, "little")
    whole = 2 * len(head) + 30 * 5 + 2 * (len(tail) + 4)
    tail += whole.to_bytes(4, "little")
    r4, rs = _repeat(20, (10, 10)), _repeat(len(tail) + 5, (9, 9))
    l0, l1, l4, ls, lp = _literal(0), _literal(5), _literal(20), _literal(len(tail) + 5), _literal(20)
    rp = r4  # the head and a literal's mark are 20 bytes, too
    assert (len(head), len(tail)) == (15, 13)
    made = b"".join(
        (head, lp, head, lp, rp, l1, rp, l1, l1, l4, rp, l1, l1, l4, r4, l4, r4, l4, r4, l4, r4,
         l4, r4, l0, l0, ls, r4, l0, l0, ls, rs, tail, rs, tail)
    )  # fmt: skip
    assert len(made) == whole, (len(made), whole)
    return made


def _literal(size: int) -> bytes:
    return b"\0" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")


def _repeat(distance: int, lengths: tuple[int, int]) -> bytes:
    """Two matches at this distance, in one block of fixed codes that is exactly five bytes."""
    bits = "010"  # BFINAL 0, BTYPE 01, least bit first
    for length in lengths:
        bits += f"{length - 2:07b}"  # codes 257 + length - 3, of seven bits
        bits += f"{8:05b}" + f"{distance - 17:03b}"[::-1]
    bits += "0" * 7
    assert len(bits) == 40
    return bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, 40, 8))


def _with_checksum(stamp: int) -> bytes | None:
    """Solve crc(program(x)) = x, which is affine in the bits of x; None where it has no solution."""

    def error(x: int) -> int:
        return zlib.crc32(_program(stamp, x)) ^ x

    constant = error(0)
    rows = [(error(1 << bit) ^ constant, 1 << bit) for bit in range(32)]
    wanted, solution = constant, 0
    for bit in range(31, -1, -1):
        pivot = next((row for row in rows if row[0] >> bit & 1), None)
        if pivot is None:
            if wanted >> bit & 1:
                return None
            continue
        rows = [(a ^ pivot[0], b ^ pivot[1]) if a >> bit & 1 else (a, b) for a, b in rows if (a, b) != pivot]
        if wanted >> bit & 1:
            wanted, solution = wanted ^ pivot[0], solution ^ pivot[1]
    return _program(stamp, solution)

"""IP addresses under other numbers: what is one subnet stays one, public stays public, private stays private.

Loopback, unspecified, link-local, multicast and netmask addresses mean the same everywhere and stay. Of the others the
network part changes and the last octet stays: two addresses share exactly as many leading bits after as before (below
/8 for public ones). Numbers are given in order of appearance, never computed from the address: without the map there
is no way back.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from types import MappingProxyType

from loganalyzer import late

IPV4 = late.pattern(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\w]|\.\d)"
    r"(?:/(?P<bits>[12]?\d|3[0-2])(?![\d/.]))?"
)
"""Not within a longer number with dots (a version); with the length of a prefix where it is written as one."""
IPV6 = late.pattern(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){1,7}(?::?[0-9a-fA-F]{1,4}){0,6}:?(?![\w:])")
_MIXED = {100, 169, 172, 192}
"""First octets of which a part is not public."""
_FIRST = [first for first in range(11, 224) if first not in _MIXED and first != 127]


class Addresses:
    """The other number of every address; `known` are pairs of an earlier run, which hold again."""

    def __init__(self, known: Mapping[str, str] = MappingProxyType({})) -> None:
        self.pairs: dict[str, str] = {}
        """Real address -> the one that is shown."""
        self._seen: set[str] = set()
        """Networks (`10.244.3`) and first octets (`118`) of real addresses: none of them is given away."""
        self._flips: dict[str, int] = {}
        """Network (`10`, `10.244`) -> what its next octet is combined with."""
        self._firsts: dict[int, int] = {}
        self._hosts6: dict[str, int] = {}
        for real, shown in known.items():
            self._recall(real, shown)

    def learn(self, text: str) -> None:
        """Remember the addresses in a text, so that none of them is given to another one."""
        for match in IPV4.finditer(text):
            address = match[0].partition("/")[0]
            if address not in self._seen and not _same_everywhere(address):
                octets = address.split(".")
                self._seen.update((address, octets[0], ".".join(octets[:2]), ".".join(octets[:3])))

    def text(self, text: str) -> str:
        """`text` with every address under its other number."""
        if text.count(".") >= 3:
            text = IPV4.sub(lambda match: self._v4(match[0], match["bits"]), text)
        return IPV6.sub(lambda match: self._v6(match[0]), text) if text.count(":") >= 2 else text

    def _v4(self, written: str, bits: str | None) -> str:
        address = written.partition("/")[0]
        if _same_everywhere(address):
            return written
        shown = self.pairs.get(address)
        if shown is None:
            shown = self.pairs[address] = self._shown(address)
        if bits is None:
            return shown
        if int(ipaddress.IPv4Address(address)) & (1 << 32 - int(bits)) - 1 == 0:  # a network, no host in it
            return str(ipaddress.IPv4Network((shown, int(bits)), strict=False))
        return f"{shown}/{bits}"

    def _shown(self, address: str) -> str:
        a, b, c, d = map(int, address.split("."))
        low, size = _second(a, b)
        first = a if _is_inside(a, b) else self._first(a)
        second = b if size == 1 else low + ((b - low) ^ self._flip(str(a), b, low, size))
        third = c ^ self._flip(f"{a}.{b}", c, 0, 256)
        return f"{first}.{second}.{third}.{d}"

    def _first(self, a: int) -> int:
        """The first octet that is shown for a public one."""
        if a not in self._firsts:
            taken = set(self._firsts.values())
            free = (each for each in _FIRST if each not in taken and str(each) not in self._seen)
            self._firsts[a] = next(free, a)
        return self._firsts[a]

    def _flip(self, network: str, octet: int, low: int, size: int) -> int:
        """What the next octet below `network` (one of `size` from `low` on) is combined with: chosen when the first
        address of it appears, so that no real network comes out, where that is possible."""
        key = f"{network}.{low}"
        if key not in self._flips:
            octets = {int(each.rpartition(".")[2]) for each in self._seen if each.rpartition(".")[0] == network}
            real = {each - low for each in octets | {octet} if low <= each < low + size}
            wanted = [octet - low ^ number for number in range(size)]
            new = (each for each in wanted if not {one ^ each for one in real} & real)
            self._flips[key] = next(new, wanted[1])
        return self._flips[key]

    def _recall(self, real: str, shown: str) -> None:
        self.pairs[real] = shown
        if ":" in real:
            network, _ = _halves(real)
            self._hosts6.setdefault(network, len(self._hosts6) + 1)
            return
        a, b, c, _ = map(int, real.split("."))
        first, second, third, _ = map(int, shown.split("."))
        low, _ = _second(a, b)
        if not _is_inside(a, b):
            self._firsts[a] = first
        self._flips[f"{a}.{low}"] = (b - low) ^ (second - low)
        self._flips[f"{a}.{b}.0"] = c ^ third

    def _v6(self, written: str) -> str:
        if _is_short(written):
            return written
        try:
            address = ipaddress.IPv6Address(written)
        except ValueError:
            return written
        if address.is_loopback or address.is_unspecified or address.is_multicast:
            return written
        real = str(address)
        if real not in self.pairs:
            network, host = _halves(real)
            number = self._hosts6.setdefault(network, len(self._hosts6) + 1)
            inside = sum(1 for each in self.pairs if ":" in each and _halves(each)[0] == network) + 1
            prefix = "fe80:0:0" if address.is_link_local else "fd00:0:0" if address.is_private else "2001:db8:0"
            self.pairs[real] = str(ipaddress.IPv6Address(f"{prefix}:{number:x}::{0 if host == '0' else inside:x}"))
        return self.pairs[real]


def _same_everywhere(address: str) -> bool:
    a, b, *_ = map(int, address.split("."))
    return a in (0, 127) or a >= 224 or (a, b) == (169, 254)


def _is_inside(a: int, b: int) -> bool:
    """Whether it lies in a range that its first octet tells: private, or shared with the provider."""
    return a == 10 or (a, b) == (192, 168) or (a == 172 and 16 <= b < 32) or (a == 100 and 64 <= b < 128)


def _second(a: int, b: int) -> tuple[int, int]:
    """Where the second octets of its class begin, and how many there are."""
    if (a, b) == (192, 168):
        return 168, 1
    if a == 172 and 16 <= b < 32:
        return 16, 16
    if a == 100 and 64 <= b < 128:
        return 64, 64
    return 0, 256


def _is_short(written: str) -> bool:
    """What looks like an IPv6 address and is a time, a MAC address or a part of a C++ or Rust name."""
    return ("::" not in written and written.count(":") < 7) or len(written.split(":", 1)[0]) < 3


def _halves(address: str) -> tuple[str, str]:
    """The /64 network and the number in it."""
    number = int(ipaddress.IPv6Address(address))
    return f"{number >> 64:x}", f"{number & (1 << 64) - 1:x}"

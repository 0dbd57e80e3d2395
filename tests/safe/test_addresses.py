"""Other numbers for addresses: the same shape, the same subnets, nothing real."""

from __future__ import annotations

import ipaddress
import random
from itertools import combinations

import pytest

from loganalyzer.safe.addresses import Addresses


def shown(*texts: str) -> list[str]:
    addresses = Addresses()
    for text in texts:
        addresses.learn(text)
    return [addresses.text(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1 127.255.0.9", "0.0.0.0:443 0.1.2.3", "224.0.0.1 239.1.2.3 255.255.255.0", "169.254.169.254",
        "v1.2.3.4.5", "1.2.3.4.5", "a1.2.3.4", "256.1.2.3", "1.2.3.256", "::1", "[::]:6443", "ff02::1", "12:34:56", "00:16:3e:ab:cd:ef",
        "std::vector::push", "no address", "2022-01-19T14:43:31.123", "a:b:c", "1.2.3", "ab::cd",
    ],
)  # fmt: skip
def test_what_means_the_same_everywhere_or_is_no_address_stays(text):
    assert shown(text) == [text]


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", "10.0.0.0/8"), ("192.168.3.4", "192.168.0.0/16"), ("172.16.0.9", "172.16.0.0/12"), ("172.31.255.1", "172.16.0.0/12"),
        ("100.64.0.7", "100.64.0.0/10"), ("100.127.9.7", "100.64.0.0/10"),
    ],
)  # fmt: skip
def test_private_stays_private_of_its_kind(address, inside):
    (other,) = shown(address)
    assert other != address
    assert ipaddress.ip_address(other) in ipaddress.ip_network(inside)
    assert other.rpartition(".")[2] == address.rpartition(".")[2]


@pytest.mark.parametrize("address", ["118.25.10.9", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.167.0.1", "192.169.0.1", "223.1.1.1", "1.2.3.4"])  # fmt: skip
def test_public_stays_public(address):
    (other,) = shown(address)
    assert other.partition(".")[0] != address.partition(".")[0]
    assert other.rpartition(".")[2] == address.rpartition(".")[2]
    assert ipaddress.ip_address(other).is_global


def test_public_first_octets_differ_for_different_ones_and_are_not_real_ones():
    real = [f"{first}.7.7.7" for first in (11, 12, 13, 44, 118)]
    others = shown(*real)
    firsts = [other.partition(".")[0] for other in others]
    assert len(set(firsts)) == len(real)
    assert not set(firsts) & {"11", "12", "13", "44", "118"}


def test_two_addresses_share_as_many_leading_bits_as_before():
    dice = random.Random(1)
    real = [f"10.{dice.choice((0, 1, 244, 245))}.{dice.randrange(8)}.{dice.randrange(1, 255)}" for _ in range(40)]
    real += [f"172.{dice.randrange(16, 32)}.{dice.randrange(4)}.{dice.randrange(1, 255)}" for _ in range(20)]
    others = shown(*real)
    for (a, x), (b, y) in combinations(zip(real, others, strict=True), 2):
        assert _shared(a, b) == _shared(x, y), (a, b, x, y)
    assert len(set(others)) == len(set(real))
    networks = {address.rpartition(".")[0] for address in real}
    given = {other.rpartition(".")[0] for other in others}
    assert len(networks & given) < len(networks) / 2  # 10.x with few of 256 has room enough


def test_no_real_network_is_given_where_there_is_room():
    real = [f"192.168.{n}.5" for n in (0, 1, 2, 3)]
    others = shown(*real)
    assert not {a.rpartition(".")[0] for a in real} & {b.rpartition(".")[0] for b in others}


def _shared(a: str, b: str) -> int:
    return 32 - (int(ipaddress.ip_address(a)) ^ int(ipaddress.ip_address(b))).bit_length()


def test_ports_prefixes_and_neighbours():
    text = "tcp 10.0.0.1:6443 10.244.3.0/24 10.244.3.7/24 (10.0.0.1) 10.0.0.1/32, 10.0.0.1."
    (other,) = shown(text)
    one = other.split()[1].partition(":")[0]
    assert other == f"tcp {one}:6443 {other.split()[2]} {other.split()[3]} ({one}) {one}/32, {one}."
    network, host = other.split()[2], other.split()[3]
    assert network.endswith(".0/24")
    assert host.endswith(".7/24")
    assert ipaddress.ip_address(host.partition("/")[0]) in ipaddress.ip_network(network)
    (wide,) = shown("10.0.0.0/8 10.244.0.0/16 10.96.0.0/12")
    assert [str(ipaddress.ip_network(each)) for each in wide.split()] == wide.split()


def test_an_address_keeps_its_number_and_a_map_can_be_used_again():
    first = Addresses()
    texts = [
        "10.0.0.1",
        "10.0.0.2 118.25.10.9",
        "172.20.1.1 192.168.9.9 100.64.3.3",
        "2001:db8:85a3::8a2e:370:7334 fd12:3456::9",
    ]
    for text in texts:
        first.learn(text)
    before = [first.text(text) for text in texts]
    assert [first.text(text) for text in texts] == before
    again = Addresses(first.pairs)
    assert [again.text(text) for text in texts] == before
    for text in ("10.0.0.99", "118.25.10.77", "172.20.1.44", "192.168.9.1", "100.64.3.99"):
        old = next(old for real, old in first.pairs.items() if real.rpartition(".")[0] == text.rpartition(".")[0])
        assert again.text(text).rpartition(".")[0] == old.rpartition(".")[0]


def test_the_shape_of_the_address_tells_nothing_but_the_map():
    assert shown("10.0.0.1 10.9.9.9") == shown("10.0.0.1 10.9.9.9")


@pytest.mark.parametrize(
    ("real", "inside"),
    [("2001:db8:85a3::8a2e:370:7334", "2001:db8::/32"), ("2a02:26f0:1::5", "2001:db8::/32"), ("fe80::1ff:fe23:4567:890a", "fe80::/10"),
     ("fd12:3456:789a::1", "fd00::/8")],
)  # fmt: skip
def test_ipv6_of_its_kind(real, inside):
    addresses = Addresses()
    text = addresses.text(f"dial [{real}]:6443 from {real}")
    other = text.partition("[")[2].partition("]")[0]
    assert text == f"dial [{other}]:6443 from {other}"
    assert other != real
    assert addresses.pairs[str(ipaddress.ip_address(real))] == other
    if real.startswith("2001:db8"):
        inside = "fd00::/8"  # documentation addresses count as private
    assert ipaddress.ip_address(other) in ipaddress.ip_network(inside)


def test_ipv6_networks_stay_together_and_apart():
    addresses = Addresses()
    a, b, c, net = (addresses.text(each) for each in ("2a02:1::1", "2a02:1::2", "2a02:2::1", "2a02:1::"))

    def half(text):
        return int(ipaddress.ip_address(text)) >> 64

    assert half(a) == half(b) == half(net) != half(c)
    assert len({a, b, c, net}) == 4
    assert int(ipaddress.ip_address(net)) & (1 << 64) - 1 == 0
    assert int(ipaddress.ip_address(a)) & (1 << 64) - 1 == 1
    again = Addresses(addresses.pairs)
    assert half(again.text("2a02:2::77")) == half(c)
    assert half(again.text("2a02:3::1")) not in (half(a), half(c))


def test_a_map_that_is_used_again_keeps_new_addresses_as_near_as_they_were():
    """The same first octets and the same flips go on: what shares n leading bits with a known address still does."""
    known, fresh = ["118.25.10.9", "10.1.2.3", "172.20.1.1"], ["118.99.1.1", "118.25.77.1", "10.7.2.3", "172.23.9.9"]
    first = Addresses()
    for text in known:
        first.learn(text)
        first.text(text)
    again = Addresses(first.pairs)
    pairs = dict(first.pairs) | {text: again.text(text) for text in fresh}
    for (a, x), (b, y) in combinations(pairs.items(), 2):
        if a.partition(".")[0] == b.partition(".")[0]:
            assert _shared(a, b) == _shared(x, y), (a, b, x, y)


def test_public_first_octets_are_all_given_away_before_any_repeats():
    """Each of those that are public as a whole; none of which a part is private, reserved, or the same everywhere."""
    addresses = Addresses()
    real = [first for first in range(1, 224) if first not in (10, 127)]
    given = [int(addresses.text(f"{first}.7.7.7").partition(".")[0]) for first in real]
    whole = set(range(11, 224)) - {100, 127, 169, 172, 192}
    assert set(given[: len(whole)]) == whole
    assert given[len(whole) :] == real[len(whole) :]  # none is left: they keep their own


@pytest.mark.parametrize(
    "real",
    [
        [f"10.{n}.1.1" for n in range(4)],
        [f"118.{n}.1.1" for n in range(4)],
        [f"172.{n}.1.1" for n in range(16, 20)],
        [f"100.{n}.1.1" for n in range(64, 68)],
        ["172.31.1.1", "172.30.1.1"],
        ["100.127.1.1", "100.126.1.1"],
    ],
)
def test_no_real_second_octet_is_given_where_there_is_room(real):
    others = Addresses()
    for address in real:
        others.learn(address)
    seconds = [others.text(address).split(".")[1] for address in real]
    assert not set(seconds) & {address.split(".")[1] for address in real}
    assert len(set(seconds)) == len(real)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("10.244.3.1/24", "1"), ("10.244.3.2/24", "2"), ("10.244.3.255/24", "255"), ("10.96.16.1/20", "1"), ("10.0.0.2/30", "2"),
        ("10.244.3.0/24", None), ("10.96.16.0/20", None), ("10.0.128.0/17", None), ("172.16.0.0/12", None), ("10.0.0.4/30", None),
        ("10.0.0.6/31", None), ("10.0.0.7/32", None),
    ],
)  # fmt: skip
def test_a_prefix_with_a_host_keeps_it_and_a_network_stays_one(text, host):
    (other,) = shown(text)
    assert other != text or text.endswith("/12")
    assert other.partition("/")[2] == text.partition("/")[2]
    if host is None:
        ipaddress.ip_network(other)  # strict: it has no bits of a host
    else:
        assert other.partition("/")[0].rpartition(".")[2] == host


def test_a_prefix_longer_than_an_address_is_none():
    (other,) = shown("10.0.0.1/33 10.0.0.1")
    assert other == f"{other.split()[1]}/33 {other.split()[1]}"


def test_the_pairs_of_an_earlier_run_hold_as_they_are():
    """Also where their owner has changed them by hand."""
    addresses = Addresses({"10.0.0.1": "10.7.8.9", "2a02:1::1": "2001:db8::77"})
    assert addresses.text("10.0.0.1 2a02:1::1") == "10.7.8.9 2001:db8::77"


def test_a_map_that_is_used_again_gives_nothing_to_two():
    known = (
        [f"{first}.25.10.9" for first in (118, 119, 8)]
        + [f"10.{n}.2.3" for n in (9, 5)]
        + ["192.168.1.1", "192.168.2.1"]
    )
    first = Addresses()
    for text in known:
        first.text(text)
    again = Addresses(first.pairs)
    fresh = [
        "119.25.10.8",
        "8.25.10.8",
        "118.1.1.1",
        "9.9.9.9",
        "10.5.2.9",
        "10.6.2.9",
        "10.9.3.3",
        "192.168.2.5",
        "192.168.3.5",
    ]
    pairs = dict(first.pairs) | {text: again.text(text) for text in fresh}
    assert len(set(pairs.values())) == len(pairs)
    for (a, x), (b, y) in combinations(pairs.items(), 2):
        assert (a.partition(".")[0] == b.partition(".")[0]) == (x.partition(".")[0] == y.partition(".")[0])
        if a.partition(".")[0] == b.partition(".")[0]:
            assert _shared(a, b) == _shared(x, y), (a, b, x, y)


@pytest.mark.parametrize("text", ["2a02::5", "fd0::1", "2a02:26f0:0:0:0:0:0:5", "2a02:26f0:1:2:3:4:5:6", "2A02::5"])
def test_an_ipv6_address_alone_is_found_however_it_is_written(text):
    other = Addresses().text(text)
    assert ipaddress.ip_address(other) != ipaddress.ip_address(text)


@pytest.mark.parametrize("text", ["fd::1", "12:34:56:78:9a:bc:de", "2a02:26f0:1:2:3:4:5", "::1", "abc:1", "1:2", "2a02::5::6", "2a02:1:2:3:4:5:6:7:8"])  # fmt: skip
def test_what_is_written_like_one_and_is_none_stays(text):
    assert Addresses().text(text) == text


def test_both_ways_of_writing_an_ipv6_address_are_one():
    addresses = Addresses()
    assert addresses.text("2a02::0005") == addresses.text("2a02::5") == addresses.text("2a02:0:0:0:0:0:0:5")


def test_hosts_of_a_network_are_numbered_within_it():
    addresses = Addresses()
    texts = ("2a02:1::99", "10.0.0.1", "2a02:2::98", "2a02:1::97")
    assert [addresses.text(text).rpartition("::")[2] for text in texts if ":" in text] == ["1", "1", "2"]
    assert addresses.text("2a02:1::99 2a02:2::98") == "2001:db8:0:1::1 2001:db8:0:2::1"


@pytest.mark.parametrize(("private", "public"), [("172.16.1.1", "172.15.0.1"), ("100.64.1.1", "100.63.0.1"), ("192.168.1.1", "192.167.0.1")])  # fmt: skip
def test_public_stays_public_beside_a_known_private_one_of_the_same_first_octet(private, public):
    first = Addresses()
    first.text(private)
    other = Addresses(first.pairs).text(public)
    assert other.partition(".")[0] != public.partition(".")[0]
    assert ipaddress.ip_address(other).is_global


@pytest.mark.parametrize(
    "seconds",
    [
        ("172", 0, 1, 8, 15), ("172", 16, 17, 24, 31), ("172", 32, 33, 48, 255),
        ("100", 0, 32, 62, 63), ("100", 64, 65, 96, 127), ("100", 128, 129, 192, 255), ("192", 0, 1, 167, 169), ("10", 0, 1, 128, 255),
    ],
)  # fmt: skip
def test_leading_bits_are_shared_up_to_the_border_of_each_range(seconds):
    first, *rest = seconds
    real = [f"{first}.{second}.0.9" for second in rest]
    others = shown(" ".join(real))[0].split()
    for (a, x), (b, y) in combinations(zip(real, others, strict=True), 2):
        assert _shared(a, b) == _shared(x, y), (a, b, x, y)
    assert {ipaddress.ip_address(x).is_global for x in others} == {ipaddress.ip_address(real[0]).is_global}

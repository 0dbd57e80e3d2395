"""Addresses, listening sockets and the hosts file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loganalyzer import late
from loganalyzer.ingest.facts.dialect import FactDialect, Sample, numbered, row
from loganalyzer.model import Row

_LINK = late.pattern(r"\d+: ([\w.-]+)(?:@[\w.-]+)?:? ")
_IFCONFIG = late.pattern(r"([\w.-]+):? +(?:flags=|Link encap:)")
_INET = late.pattern(r"\binet6? (?:addr:)?\s?([0-9a-fA-F.:]+)(?:%\S+)?(?:/(\d+))?\b")


def _addresses(lines: Sequence[str]) -> list[Row] | None:
    rows, interface, known = [], "", False
    for n, line in numbered(lines):
        link = _LINK.match(line) or _IFCONFIG.match(line)
        if link:
            interface, known = link[1], True
        found = _INET.search(line)
        if found and known:
            rows.append(row(n, line, interface=interface, address=found[1], prefix=found[2] or ""))
    return rows if known else None


def _trie(lines: Sequence[str]) -> list[Row] | None:
    """`/proc/net/fib_trie`: an address stands above its `host LOCAL`."""
    rows: list[Row] = []
    address = ""
    for n, line in numbered(lines):
        if found := re.search(r"\|-- (\d+\.\d+\.\d+\.\d+)$", line):
            address = found[1]
        elif address and line.strip() == "/32 host LOCAL" and address not in (r.cells["address"] for r in rows):
            rows.append(row(n, line, address=address, prefix="32"))
    return rows or None


def _interfaces(lines: Sequence[str]) -> list[Row] | None:
    return _addresses(lines) or _trie(lines) or _addresses(lines)


_STATE = late.pattern(r"(?:(tcp|udp|tcp6|udp6)\s+)?(LISTEN|UNCONN)\s+\d+\s+\d+\s+(\S+):(\d+|\*)\s+\S+(?:\s+(.*))?$")
_USERS = late.pattern(r'\(\("([^"]+)",(?:pid=)?(\d+)')
_NETSTAT = late.pattern(r"(tcp|udp)6?\s+\d+\s+\d+\s+(\S+):(\d+)\s+\S+:\*\s+(?:LISTEN\s+)?(?:(\d+)/(\S+)|-)?")
_PROC = late.pattern(r"\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A ")
_HEADS = ("State ", "Netid", "Active Internet", "Proto", "  sl ")


def _listeners(lines: Sequence[str]) -> list[Row] | None:
    rows: list[Row] = []
    known = False
    for n, line in numbered(lines):
        known = known or line.startswith(_HEADS)
        if found := _STATE.match(line):
            user = _USERS.search(found[5] or "")
            protocol = (found[1] or ("tcp" if found[2] == "LISTEN" else "udp")).rstrip("6")
            address = found[3].split("%")[0].strip("[]")
            process, pid = (user[1], user[2]) if user else ("", "")
            rows.append(row(n, line, protocol=protocol, address=address, port=found[4], process=process, pid=pid))
        elif found := _NETSTAT.match(line):
            process = (found[5] or "").rstrip(":")
            rows.append(
                row(n, line, protocol=found[1], address=found[2], port=found[3], process=process, pid=found[4] or "")
            )
        elif found := _PROC.match(line):
            rows.append(row(n, line, protocol="tcp", address=_dotted(found[1]), port=str(int(found[2], 16))))
    return rows if known or rows else None


def _dotted(address: str) -> str:
    """An address of /proc/net/tcp: IPv4 as four little-endian bytes."""
    if len(address) == 32:
        return "*" if not int(address, 16) else address.lower()
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(address)))


def _hosts(lines: Sequence[str]) -> list[Row] | None:
    rows = []
    for n, line in numbered(lines):
        words = line.partition("#")[0].split()
        if len(words) >= 2 and re.fullmatch(r"[0-9a-fA-F.:]+(?:%\S+)?", words[0]):
            rows += [row(n, line, address=words[0], name=name) for name in words[1:]]
    return rows or None


ADDRESSES = FactDialect(
    "ip-addr",
    late.pattern(r"ip(?:-[46od]){0,3}-a(?:ddr|ddress)?(?:-show)?|ipaddr|ifconfig(?:-a)?|proc-net-fib-trie"),
    _interfaces,
    (
        Sample(
            "2: eth0    inet 10.0.0.4/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever",
            ({"interface": "eth0", "address": "10.0.0.4", "prefix": "24"},),
        ),
        Sample(
            "2: eth0@if7: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UP\n"
            "    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n"
            "    inet 10.0.0.4/24 scope global eth0\n    inet6 fe80::1/64 scope link",
            (
                {"interface": "eth0", "address": "10.0.0.4", "prefix": "24"},
                {"interface": "eth0", "address": "fe80::1", "prefix": "64"},
            ),
        ),
        Sample(
            "eth0: flags=4163<UP,BROADCAST>  mtu 1500\n        inet 10.0.0.4  netmask 255.255.255.0",
            ({"interface": "eth0", "address": "10.0.0.4"},),
        ),
        Sample(
            "Local:\n  +-- 0.0.0.0/0 3 0 5\n        |-- 10.0.0.4\n           /32 host LOCAL",
            ({"address": "10.0.0.4", "prefix": "32"},),
        ),
    ),
)
LISTENERS = FactDialect(
    "listeners",
    late.pattern(r"(?:ss|netstat)(?:-[a-z0-9]{1,12}){0,2}|listen(?:er|ing)s?(?:-ports)?|proc-net-tcp"),
    _listeners,
    (
        Sample(
            "State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
            'LISTEN 0      4096   127.0.0.53%lo:53   0.0.0.0:*    users:(("systemd-resolve",pid=612,fd=14))\n'
            'LISTEN 0      4096   *:443              *:*    users:(("registry",pid=4790,fd=3))\n'
            "LISTEN 0      128    [::]:22            [::]:*",
            (
                {"protocol": "tcp", "address": "127.0.0.53", "port": "53", "process": "systemd-resolve", "pid": "612"},
                {"protocol": "tcp", "address": "*", "port": "443", "process": "registry", "pid": "4790"},
                {"protocol": "tcp", "address": "::", "port": "22"},
            ),
        ),
        Sample(
            "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
            'udp   UNCONN 0      0      10.0.0.4:8472      0.0.0.0:*    users:(("flanneld",10,3))',
            ({"protocol": "udp", "address": "10.0.0.4", "port": "8472", "process": "flanneld", "pid": "10"},),
        ),
        Sample(
            "Active Internet connections (only servers)\n"
            "tcp        0      0 10.0.0.4:80       0.0.0.0:*    LISTEN      1234/nginx: master",
            ({"protocol": "tcp", "address": "10.0.0.4", "port": "80", "process": "nginx", "pid": "1234"},),
        ),
        Sample(
            "  sl  local_address rem_address   st tx_queue\n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000",
            ({"protocol": "tcp", "address": "127.0.0.1", "port": "8080"},),
        ),
        Sample("State  Recv-Q Send-Q Local Address:Port Peer Address:Port", ()),
    ),
)
HOSTS = FactDialect(
    "hosts",
    late.pattern(r"hosts|etc-hosts"),
    _hosts,
    (
        Sample(
            "# local\n127.0.0.1 localhost registry.tke.com # ours",
            ({"address": "127.0.0.1", "name": "localhost"}, {"address": "127.0.0.1", "name": "registry.tke.com"}),
        ),
    ),
)

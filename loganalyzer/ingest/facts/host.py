"""Disks, clock, swap, kernel and services of a host."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from loganalyzer import late
from loganalyzer.ingest.facts.dialect import FactDialect, Sample, numbered, row
from loganalyzer.model import Row

_DF_HEAD = late.pattern(r"Filesystem\s.*\s(I?Use%|Capacity)\s+Mounted on")
_DF_ROW = late.pattern(r"(\S+)\s.*?\s(\S+)\s+(\d{1,3})%\s+(/.*)$")


def _df(inodes: bool) -> Callable[[Sequence[str]], list[Row] | None]:
    def parse(lines: Sequence[str]) -> list[Row] | None:
        rows, known = [], False
        for n, line in numbered(lines):
            head = _DF_HEAD.match(line)
            if head:
                known = (head[1] == "IUse%") is inodes
            elif known and (found := _DF_ROW.match(line)):
                rows.append(row(n, line, device=found[1], free=found[2], used=found[3], mount=found[4]))
        return rows or None

    return parse


_CLOCK = (
    (late.pattern(r"\s*(?:System clock synchronized|NTP synchronized): (yes|no)"), "synchronized"),
    (
        late.pattern(r"\s*(?:NTP service|systemd-timesyncd\.service active|NTP enabled|Network time on): (\S+)"),
        "service",
    ),
    (late.pattern(r"\s*Time zone: (\S+)"), "zone"),
    (late.pattern(r"Leap status\s+: (Normal|Not synchronised)"), "synchronized"),
    (late.pattern(r"System time\s+: ([\d.]+) seconds"), "offset"),
)
_SAID = {"Normal": "yes", "Not synchronised": "no"}


def _clock(lines: Sequence[str]) -> list[Row] | None:
    """One row: what the lines say together, told by the line that decides."""
    cells: dict[str, str] = {}
    line, text = 1, ""
    for n, here in numbered(lines):
        for pattern, name in _CLOCK:
            if (found := pattern.match(here)) and name not in cells:
                cells[name] = _SAID.get(found[1], found[1])
                if name == "synchronized" or not text:
                    line, text = n, here
    if "service" in cells:
        cells["service"] = {"yes": "active", "no": "inactive"}.get(cells["service"], cells["service"])
    return [Row(line, text, cells)] if "synchronized" in cells else None


def _swaps(lines: Sequence[str]) -> list[Row] | None:
    rows, known = [], False
    for n, line in numbered(lines):
        words = line.split()
        if words[:2] in (["Filename", "Type"], ["NAME", "TYPE"]):
            known = True
        elif known and len(words) >= 3 and words[1] in ("file", "partition"):
            rows.append(row(n, line, device=words[0], kind=words[1], size=words[2]))
    return rows if known else None


def _sysctl(lines: Sequence[str]) -> list[Row] | None:
    pairs = [
        (n, line, re.match(r"([a-z0-9_]+(?:[./][A-Za-z0-9_/-]+)+) ?= ?(.*)$", line)) for n, line in numbered(lines)
    ]
    return [row(n, line, key=found[1], value=found[2].strip()) for n, line, found in pairs if found] or None


def _lsmod(lines: Sequence[str]) -> list[Row] | None:
    """`lsmod`, or `/proc/modules` without its header."""
    found = [(n, line, re.match(r"(\w+)\s+\d+\s+-?\d+", line)) for n, line in numbered(lines)]
    return [row(n, line, name=m[1]) for n, line, m in found if m] or None


def _uname(lines: Sequence[str]) -> list[Row] | None:
    for n, line in numbered(lines):
        if found := re.match(r"Linux \S+ ((\d+\.\d+)\S*) .*?\b(x86_64|aarch64|arm64|mips64|loongarch64)\b", line):
            return [row(n, line, release=found[1], version=found[2], machine=found[3])]
    return None


def _getenforce(lines: Sequence[str]) -> list[Row] | None:
    for n, line in numbered(lines):
        if found := re.fullmatch(
            r"(?:SELinux status:\s+|Current mode:\s+)?(Enforcing|Permissive|Disabled)", line, re.I
        ):
            return [row(n, line, mode=found[1].lower())]
    return None


_UNIT = late.pattern(
    r"[●*x\s]*([\w@.\\-]+)\.(?:service|socket)\s+(loaded|not-found|masked|error|bad-setting)\s+(\S+)\s+(\S+)"
)


def _units(lines: Sequence[str]) -> list[Row] | None:
    found = [(n, line, _UNIT.match(line)) for n, line in numbered(lines)]
    return [row(n, line, unit=m[1], load=m[2], active=m[3], sub=m[4]) for n, line, m in found if m] or None


FILESYSTEMS = FactDialect(
    "filesystems",
    late.pattern(r"df(?:-(?!i|.*i)[a-z]{1,5}){0,3}(?:-autofs)?|diskusage"),
    _df(inodes=False),
    (
        Sample(
            "Filesystem     Type     1024-blocks     Used Available Capacity Mounted on\n"
            "/dev/vda1      ext4        41151808 41151804         4     100% /",
            ({"device": "/dev/vda1", "free": "4", "used": "100", "mount": "/"},),
        ),
        Sample(
            "Filesystem      Size  Used Avail Use% Mounted on\ntmpfs           1.9G     0  1.9G   0% /run",
            ({"device": "tmpfs", "free": "1.9G", "used": "0", "mount": "/run"},),
        ),
    ),
)
INODES = FactDialect(
    "inodes",
    late.pattern(r"df-[a-z]*i[a-z]*(?:-x-autofs)?|inodes"),
    _df(inodes=True),
    (
        Sample(
            "Filesystem      Inodes   IUsed   IFree IUse% Mounted on\n/dev/vda1      2621440 2621440       0  100% /",
            ({"device": "/dev/vda1", "free": "0", "used": "100", "mount": "/"},),
        ),
    ),
)
CLOCK = FactDialect(
    "clock",
    late.pattern(r"timedatectl(?:-status)?|chronyc-tracking|chronyc"),
    _clock,
    (
        Sample(
            "                Time zone: Asia/Shanghai (CST, +0800)\nSystem clock synchronized: no\n"
            "              NTP service: inactive",
            ({"zone": "Asia/Shanghai", "synchronized": "no", "service": "inactive"},),
        ),
        Sample("     NTP enabled: yes\nNTP synchronized: yes", ({"service": "active", "synchronized": "yes"},)),
        Sample(
            "System time     : 0.000021 seconds fast of NTP time\nLeap status     : Normal",
            ({"offset": "0.000021", "synchronized": "yes"},),
        ),
    ),
)
SWAP = FactDialect(
    "swap",
    late.pattern(r"swaps|proc-swaps|swapon(?:-s|-show|-bytes-show)?"),
    _swaps,
    (
        Sample(
            "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/swapfile file 2097148 0 -2",
            ({"device": "/swapfile", "kind": "file", "size": "2097148"},),
        ),
        Sample("Filename\t\t\t\tType\t\tSize\tUsed\tPriority", ()),
    ),
)
SYSCTL = FactDialect(
    "sysctl",
    late.pattern(r"sysctl(?:-a)?"),
    _sysctl,
    (Sample("net.ipv4.ip_forward = 0", ({"key": "net.ipv4.ip_forward", "value": "0"},)),),
)
MODULES = FactDialect(
    "modules",
    late.pattern(r"lsmod|modules|proc-modules"),
    _lsmod,
    (
        Sample("Module                  Size  Used by\nbr_netfilter           32768  0", ({"name": "br_netfilter"},)),
        Sample("overlay 151552 12 - Live 0x0000000000000000", ({"name": "overlay"},)),
    ),
)
KERNEL = FactDialect(
    "kernel",
    late.pattern(r"uname(?:-a)?"),
    _uname,
    (
        Sample(
            "Linux node-1 3.10.0-957.el7.x86_64 #1 SMP Thu Nov 8 23:39:32 UTC 2018 x86_64 x86_64 x86_64 GNU/Linux",
            ({"release": "3.10.0-957.el7.x86_64", "version": "3.10", "machine": "x86_64"},),
        ),
    ),
)
SELINUX = FactDialect(
    "selinux", late.pattern(r"getenforce|sestatus"), _getenforce, (Sample("Enforcing", ({"mode": "enforcing"},)),)
)
UNITS = FactDialect(
    "units",
    late.pattern(r"units|systemctl(?:-list-units(?:-all)?)?"),
    _units,
    (
        Sample(
            "kubelet.service    loaded    activating auto-restart kubelet: The Kubernetes Node Agent\n"
            "  docker.service   not-found inactive   dead         docker.service",
            (
                {"unit": "kubelet", "load": "loaded", "active": "activating", "sub": "auto-restart"},
                {"unit": "docker", "load": "not-found", "active": "inactive", "sub": "dead"},
            ),
        ),
    ),
)

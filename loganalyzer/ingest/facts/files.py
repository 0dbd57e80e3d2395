"""Certificates, static pods and what an earlier installation left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from loganalyzer import late
from loganalyzer.ingest.facts.dialect import FactDialect, Sample, numbered, row
from loganalyzer.model import Row

_OPENSSL = "%b %d %H:%M:%S %Y"
_CHECKED = late.pattern(
    r"(\S+)\s+([A-Z][a-z]{2} \d\d, \d{4} \d\d:\d\d UTC)\s+(<invalid>|\d+[ydhm])\s+(?:\S+\s+)?(?:yes|no)\s*$"
)
_FIELDS = (("subject=", "subject"), ("issuer=", "issuer"), ("notBefore=", "not_before"), ("notAfter=", "not_after"))


def _certificates(lines: Sequence[str]) -> list[Row] | None:
    """What `openssl x509` says under `== FILE` lines; `now=` above tells when, without it no state is known."""
    rows: list[Row] = []
    now: datetime | None = None
    cells: dict[str, str] = {}
    at = (1, "")

    def done() -> None:
        if "not_after" in cells:
            state = _state(cells, now)
            rows.append(Row(*at, {**cells, **({"state": state} if state else {})}))

    for n, line in numbered(lines):
        if line.startswith("now="):
            now = _when(line.removeprefix("now="))
        elif line.startswith("== "):
            done()
            cells = {"path": line.removeprefix("== ").strip()}
            at = n, line
        else:
            for prefix, name in _FIELDS:
                if line.startswith(prefix):
                    cells[name] = line.removeprefix(prefix).strip()
                    if name == "not_after":
                        at = n, line
            if re.match(r"\s+(?:DNS|IP Address):", line):
                cells["names"] = " ".join(re.findall(r"(?:DNS|IP Address):([^\s,]+)", line))
            elif found := _CHECKED.match(line.strip()):
                state = "expired" if found[3] == "<invalid>" else "valid"
                rows.append(row(n, line, path=found[1], not_after=found[2], state=state))
    done()
    return rows or None


def _when(text: str) -> datetime | None:
    try:
        return datetime.strptime(" ".join(text.strip().removesuffix("GMT").split()), _OPENSSL)
    except ValueError:
        return None


def _state(cells: dict[str, str], now: datetime | None) -> str:
    begins, ends = _when(cells.get("not_before", "")), _when(cells["not_after"])
    if now is None or ends is None:
        return ""
    if now > ends:
        return "expired"
    return "not-yet-valid" if begins is not None and now < begins else "valid"


_FLAG = late.pattern(r"(?:(\S+?)[:-])?\s*- --([a-z0-9-]+)=(.*?)\s*$")
_IP = late.pattern(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


def _flags(lines: Sequence[str]) -> list[Row] | None:
    """`grep -H -- '- --' /etc/kubernetes/manifests/*.yaml`; a row for each address of a value, else one."""
    rows = []
    for n, line in numbered(lines):
        found = _FLAG.match(line)
        if found:
            pod = (found[1] or "").rsplit("/", 1)[-1].removesuffix(".yaml")
            rows += [
                row(n, line, pod=pod, flag=found[2], value=found[3], address=address)
                for address in dict.fromkeys(_IP.findall(found[3])) or [""]
            ]
    return rows or None


_ENTRY = late.pattern(
    r"([dl-])[rwxsStT-]{9}[.+@]?\s+\d+\s+\S+\s+\S+\s+\S+\s+(?:\S+\s+\S+\s+\S+|\S+ \S+)\s+(/\S+)(?: -> .*)?$"
)
_PROBE = late.pattern(r"(file|directory|link)\t(\S+)(?:\t(\d+) entr(?:y|ies))?$")
_KINDS = {"d": "directory", "-": "file", "l": "link"}


def _residue(lines: Sequence[str]) -> list[Row] | None:
    """The collector's probe (`directory\\t/etc/cni/net.d\\t2 entries`), or `ls -lad` of the same paths."""
    rows: list[Row] = []
    known = False
    for n, line in numbered(lines):
        if found := _PROBE.match(line):
            rows.append(row(n, line, kind=found[1], path=found[2], entries=found[3] or ""))
        elif found := _ENTRY.match(line):
            rows.append(row(n, line, kind=_KINDS[found[1]], path=found[2]))
        known = known or line.startswith(("# looked for", "ls: "))
    return rows if known or rows else None


CERTIFICATES = FactDialect(
    "certificates",
    late.pattern(r"cert(?:ificate)?s?(?:-dates)?|kubeadm-(?:alpha-)?certs-check-expiration"),
    _certificates,
    (
        Sample(
            "now=Nov 25 02:04:23 2026 GMT\n== /etc/kubernetes/pki/apiserver.crt\nsubject=CN = kube-apiserver\n"
            "notBefore=Nov  1 02:04:23 2024 GMT\nnotAfter=Nov  1 02:04:23 2025 GMT\n"
            "    DNS:kubernetes, IP Address:10.96.0.1",
            (
                {"path": "/etc/kubernetes/pki/apiserver.crt", "subject": "CN = kube-apiserver",
                 "not_before": "Nov  1 02:04:23 2024 GMT", "not_after": "Nov  1 02:04:23 2025 GMT",
                 "names": "kubernetes 10.96.0.1", "state": "expired"},
            ),
        ),
        Sample(
            "== /x.crt\nnotAfter=Nov  1 02:04:23 2025 GMT",
            ({"path": "/x.crt", "not_after": "Nov  1 02:04:23 2025 GMT"},),
        ),
        Sample(
            "CERTIFICATE                EXPIRES                  RESIDUAL TIME   CERTIFICATE AUTHORITY   EXTERNALLY\n"
            "apiserver                  Nov 24, 2025 02:04 UTC   <invalid>       ca                      no",
            ({"path": "apiserver", "not_after": "Nov 24, 2025 02:04 UTC", "state": "expired"},),
        ),
    ),
)  # fmt: skip
STATIC_PODS = FactDialect(
    "static-pods",
    late.pattern(r"static-pod-flags|manifests?"),
    _flags,
    (
        Sample(
            "/etc/kubernetes/manifests/etcd.yaml:    - --listen-peer-urls=https://203.0.113.9:2380",
            (
                {"pod": "etcd", "flag": "listen-peer-urls", "value": "https://203.0.113.9:2380",
                 "address": "203.0.113.9"},
            ),
        ),
    ),
)  # fmt: skip
RESIDUE = FactDialect(
    "residue",
    late.pattern(r"residue(?:-probe)?"),
    _residue,
    (
        Sample(
            "# looked for what an earlier installation leaves\ndirectory\t/etc/cni/net.d\t2 entries\nlink\tcni0",
            ({"kind": "directory", "path": "/etc/cni/net.d", "entries": "2"}, {"kind": "link", "path": "cni0"}),
        ),
        Sample(
            "ls: cannot access /var/lib/cni: No such file or directory\n"
            "-rw------- 1 root root 5452 Jan 19 14:43 /root/.kube/config",
            ({"kind": "file", "path": "/root/.kube/config"},),
        ),
        Sample("# looked for what an earlier installation leaves", ()),
    ),
)

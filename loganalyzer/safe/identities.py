"""Names that say whose cluster it is: hosts, outside domains, users and tenants, found by what stands around them.

A first look over everything learns the names; only then are they replaced, wherever they stand, so that a host that
one log introduces is replaced in the log before it, too. Names that every cluster has (`master`, `admin`, `default`,
`system:...`, components, product registries) say nothing and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count
from types import MappingProxyType

from loganalyzer import late
from loganalyzer.safe.addresses import Addresses

KINDS = ("host", "domain", "user", "tenant")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL}){{0,8}}"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL}){{1,8}}"
_Q = r"(?:\\*[\"'`])?"
_FOUND = (
    ("host", ("host", "node"), late.pattern(
        rf"(?i)(?<![a-z])(?:host_?name|node_?name|node|host|hostname-override|nodes)(?:/|{_Q}\s{{0,2}}[=:]\s{{0,2}}{_Q}"
        rf"|\s{{1,2}}\\*[\"'])(?P<name>{_NAME})(?![\w.]*[(:/]|[\w-])"
    )),
    ("host", ("]:", "kernel:"), late.pattern(
        r"(?m)^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.+Z-]{8,27}) "
        rf"(?P<name>{_NAME}) [\w./@-]+(?:\[\d+\])?:"
    )),
    ("host", ("system:node:",), late.pattern(rf"system:node:(?P<name>{_NAME})")),
    ("domain", ("://",), late.pattern(rf"://(?:[^\s/@:\"']{{1,128}}(?::[^\s/@\"']{{1,256}})?@)?(?P<name>{_DOMAIN})")),
    ("domain", ("lookup ",), late.pattern(rf"\blookup (?P<name>{_DOMAIN})\.? ")),
    ("domain", ("is valid for",), late.pattern(rf"is valid for [^\n]{{0,400}}?not (?P<name>{_DOMAIN})")),
    ("user", ("user",), late.pattern(
        rf"(?i)(?<![a-z])(?:user_?name|user|login)(?:{_Q}\s{{0,2}}[=:]\s{{0,2}}{_Q}|\s{{1,2}}\\*[\"'])"
        rf"(?P<name>[A-Za-z][\w.@-]{{1,62}}[A-Za-z0-9])(?![\w:/(-])"
    )),
    ("tenant", ("tenant",), late.pattern(
        rf"(?i)tenant(?:_?id|_?name|-id)?(?:{_Q}\s{{0,2}}[=:]\s{{0,2}}{_Q}|\s{{1,2}}\\*[\"'])"
        rf"(?P<name>[A-Za-z0-9][\w.-]{{1,62}})"
    )),
)  # fmt: skip
"""Kind, lower-case literals without one of which it is not tried, and where the name stands."""
_EVERYWHERE = frozenset(
    word
    for line in (
        "localhost localdomain master masters worker workers node nodes host hosts name names server client installer",
        "admin root system anonymous default public kubernetes kubernetes-admin kube-system kube-public nobody none",
        "null nil true false unknown empty user users username tenant tenants global password token error info debug",
        "kubelet kube-apiserver kube-controller-manager kube-scheduler kube-proxy etcd containerd docker dockerd",
        "runc coredns flannel galaxy calico cilium keepalived haproxy nginx dex registry harbor tke kernel systemd",
        "not for the and was has ready with from status object controlplane control-plane self-signed",
    )
    for word in line.split()
)
_PRODUCTS = late.pattern(
    r"(?i)(?:^|\.)(?:k8s\.io|kubernetes\.io|gcr\.io|quay\.io|docker\.(?:io|com)|ghcr\.io|github\.com"
    r"|githubusercontent\.com|golang\.org|go\.dev|tkestack\.io|tke\.com|tencentyun\.com|cluster\.local|svc"
    r"|example\.(?:com|org|net)|redhat\.com|debian\.org|ubuntu\.com|freedesktop\.org|man7\.org|etcd\.io"
    r"|containerd\.io|coredns\.io|dexidp\.io|helm\.sh|w3\.org|aliyuncs\.com|amazonaws\.com)$"
)
_FILES = late.pattern(r"(?i)\.(?:go|log|yaml|yml|json|conf|sock|service|sh|py|key|crt|pem|txt|gz|tar)$")
_PLAIN = late.pattern(r"[a-z]{1,12}|[\d.]+|[0-9a-f]{12,64}|v\d.*", re.IGNORECASE)
"""No name of a host: one short word, a number, a version, a digest."""
_SHORTEST = 3


class Identities:
    """Other names for the identities of a run; `known` are those of an earlier one: `{"host": {"web-7": "host-1"}}`."""

    def __init__(self, known: Mapping[str, Mapping[str, str]] = MappingProxyType({})) -> None:
        self.addresses = Addresses(known.get("address", {}))
        self._names = {kind: dict(known.get(kind, {})) for kind in KINDS}
        self._new: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self._pattern: re.Pattern[str] | None = None
        self._shown: dict[str, str] = {}

    def learn(self, text: str) -> None:
        """Look for names and addresses in a text."""
        self.addresses.learn(text)
        lower = text.lower()
        for kind, hints, pattern in _FOUND:
            if any(hint in lower for hint in hints):
                for match in pattern.finditer(text):
                    self._take(kind, match["name"])

    def hosts(self, names: Iterable[str]) -> None:
        """These are hosts (from a path, or because the reader of the logs knows)."""
        for name in names:
            self._take("host", name)

    def text(self, text: str) -> str:
        """`text` with every name and address replaced."""
        if any(self._new.values()) or (self._pattern is None and any(self._names.values())):
            self._settle()
        if self._pattern is not None:
            text = self._pattern.sub(lambda match: self._shown[match[0].lower()], text)
        return self.addresses.text(text)

    def mapping(self) -> dict[str, dict[str, str]]:
        """What was replaced by what, by kind: for the owner of the logs."""
        self.text("")
        found = {"address": dict(self.addresses.pairs), **self._names}
        return {kind: dict(sorted(pairs.items())) for kind, pairs in found.items()}

    def _take(self, kind: str, name: str) -> None:
        name = name.rstrip(".-")
        plain = name.lower()
        if len(name) < _SHORTEST or plain in _EVERYWHERE or "redacted" in plain:
            return
        if kind in ("host", "domain"):
            if _PLAIN.fullmatch(name) or _PRODUCTS.search(plain) or _FILES.search(plain):
                return
        elif plain.startswith(("system:", "kube", "tke-")) or (
            _PLAIN.fullmatch(name) and kind == "user" and name.isdigit()
        ):
            return
        if kind == "host" and not any(c.isdigit() or c in "-." for c in name):
            return
        if not any(plain in self._names[each] for each in KINDS):
            self._new[kind].add(plain)

    def _settle(self) -> None:
        """Give the new names their numbers, in the order of the names, and look for all of them from now on."""
        for kind in KINDS:
            for name in sorted(self._new[kind], key=_natural):
                if not any(name in pairs for pairs in self._names.values()):
                    self._names[kind][name] = self._other(kind, name)
        for new in self._new.values():
            new.clear()
        self._shown = {real: shown for kind in reversed(KINDS) for real, shown in self._names[kind].items()}
        longest = sorted(self._shown, key=lambda name: (-len(name), name))
        alternatives = "|".join(map(re.escape, longest))
        self._pattern = re.compile(rf"(?i)(?<![A-Za-z0-9])(?:{alternatives})(?![A-Za-z0-9])") if longest else None

    def _other(self, kind: str, name: str) -> str:
        """A name that nothing else has, really or by this map."""
        ending = ".example.com" if "." in name and kind in ("host", "domain") else ""
        real = {*self._shown, *(each for new in self._new.values() for each in new)}
        taken = real | {shown for pairs in self._names.values() for shown in pairs.values()}
        numbers = count(len(self._names[kind]) + 1)
        return next(shown for n in numbers if (shown := f"{kind}-{n}{ending}") not in taken)


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdecimal() else 0, part) for part in re.findall(r"\d+|\D+", name)]

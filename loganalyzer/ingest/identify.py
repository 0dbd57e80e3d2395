"""Which node a log comes from and which program wrote it: from its path and its first lines together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from loganalyzer import late
from loganalyzer.frozen import frozen
from loganalyzer.ingest.components import known, of_pod
from loganalyzer.ingest.formats import Entry


@frozen
class Identity:
    """Node and component; None where unknown, and for the component also where several write one log."""

    node: str | None = None
    component: str | None = None
    mixed: bool = False
    """Several programs write it: content must not narrow it down to one."""


_SUFFIX = late.pattern(r"(?:[.-](?:log|txt|out|json|previous|current|prev|old|gz|xz|zst|bz2|zip|\d{1,10}))+$")
_JOURNAL_OF = late.pattern(r"^(?:journal(?:ctl|d)?|systemctl|status|logs?)(?:[-_.](?:u|unit|status))*(?:[-_.]|$)")
_ARCHIVE = late.pattern(r"\.(?:tar|tgz|tbz2?|txz|tzst|zip|gz|xz|zst|bz2)(?:\.|$)|\.t(?:gz|bz2|xz|zst)$")
_HOST = late.pattern(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){0,6})?")
_ADDRESS = late.pattern(r"\d{1,3}(?:[.-]\d{1,3}){3}")
_NUMBERS = late.pattern(r"[vV]?[\d.-]+")  # dates, versions, counters
_NO_HOST = frozenset(
    {"bundle", "dump", "logs", "log", "support", "report", "backup", "export", "gather", "archive", "issue", "case"}
    | {"ticket", "test", "pytest", "diagnostics", "collected", "output", "version", "release"}
)
_HOST_WORDS = frozenset({"node", "master", "worker", "host", "vm", "controlplane", "plane", "localdomain", "internal"})
_POD_ID = late.pattern(r"([a-z0-9-]{1,63})_([a-z0-9.-]{1,253})_[0-9a-f-]{8,36}")
_CONTAINER_FILE = late.pattern(r"([a-z0-9.-]{1,253})_([a-z0-9-]{1,63})_([a-z0-9.-]{1,253})-[0-9a-f]{12,64}\.log")
_SOS = late.pattern(r"sosreport-([A-Za-z0-9.-]+?)(?:-\d{5,12})?(?:-\d{4}-\d\d-\d\d(?:-[a-z]{7})?|-\d{8,14})?")
_SYSTEM_LOGS = frozenset({
    "messages", "syslog", "daemon", "journal", "journalctl", "system", "all", "kern-and-daemon", "user", "cron",
    "secure", "auth", "boot", "combined",
})  # fmt: skip
_GENERIC = frozenset({
    "log", "logs", "var", "tmp", "bundle", "bundles", "installer", "k8s", "kube-system", "kubernetes", "data",
    "files", "cmd", "meta", "opt", "home", "root", "usr", "etc", "pods", "containers", "namespaces", "podlogs",
    "cluster-resources", "host-collectors", "output", "out", "backup", "dump", "archive", "journal", "tke", "default",
    "kube-public", "current", "previous", "sos_commands", "sos_logs", "support-bundle", "must-gather", "app", "apps",
    "test", "tests", "example", "examples", "case", "cases", "input", "inputs", "fixtures", "downloads", "desktop",
    "documents", "work", "src", "node", "nodes", "master", "masters", "worker", "workers", "host", "hosts",
    "cluster-info", "all", "misc", "report", "reports", "system", "services", "service", "run", "mnt",
    "srv", "share", "debug", "logs-1", "logs-2", "collected", "collect", "diag", "diagnostics", "nodes-logs",
    "containers-logs", "lib", "local", "varlog", "var-log",
})  # fmt: skip
_COLLECTED = frozenset({"files", "cmd", "k8s", "meta"})
"""What our own collector makes in a node's directory."""
_CLUSTER_WIDE = frozenset({"k8s", "cluster-resources", "namespaces", "podlogs", "cluster-info", "podslogs"})

_NAMING = frozenset({"syslog", "journald-json"})
"""Dialects whose header names the host that wrote the line."""

# Evidence in the lines, where neither the path nor a program name in the line tells.
_BY_FILE = {
    "kubelet": "kubelet.go kubelet_node_status.go pod_workers.go kuberuntime_manager.go kubelet_volumes.go "
    "cadvisor_stats_provider.go container_manager_linux.go eviction_manager.go desired_state_of_world_populator.go "
    "kubelet_getters.go status_manager.go pod_container_deletor.go nodestatus.go kubelet_pods.go "
    "summary_sys_containers.go",
    "kube-apiserver": "genericapiserver.go available_controller.go cacher.go secure_serving.go storage_factory.go",
    "kube-controller-manager": "controllermanager.go node_lifecycle_controller.go replica_set.go gc_controller.go",
    "kube-scheduler": "scheduler.go factory.go scheduling_queue.go",
    "kube-proxy": "proxier.go server_others.go server_linux.go",
}
_COMPONENT_OF_FILE = {file: component for component, files in _BY_FILE.items() for file in files.split()}
_BY_LOGGER = (("tke-installer", "tke-installer"), ("ClusterController", "tke-platform-controller"),
              ("MachineController", "tke-platform-controller"))  # fmt: skip
_BY_TEXT = (
    (late.pattern(r"containerd\.(?:io|services|cri|events)|io\.containerd\.|RunPodSandbox|CreateContainer within"),
     "containerd"),
    (late.pattern(r"etcdmain|etcdserver|\"caller\":\"(?:etcdmain|etcdserver|rafthttp|embed|mvcc|raft)/"), "etcd"),
    (late.pattern(r"dockerd|libcontainerd|moby|docker\.service"), "docker"),
    (late.pattern(r"service=registry|instance\.id="), "registry"),
    (late.pattern(r"plugin/(?:errors|reload|kubernetes|ready|loop|forward)|CoreDNS-"), "coredns"),
    (late.pattern(r"^\[(?:kubelet-start|kubeconfig|control-plane|upload-config|bootstrap-token|certs|init|reset)\] "),
     "kubeadm"),
    (late.pattern(r"^Step\.\d+ "), "install.sh"),
    (late.pattern(r"(?:^|[\s\\t])\d{1,3}\.[A-Z][\w /-]{2,60} (?:doing|\[(?:Success|Failed)\] \[[\d.]+s\])"),
     "tke-installer"),
    (late.pattern(r"VRRP_Instance|Keepalived_vrrp"), "keepalived"),
)  # fmt: skip


def by_path(path: str) -> Identity:
    """What the display path tells; knows node bundles, pod log trees and the common collectors' layouts."""
    above = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if not above or path == "-":
        return Identity()
    name = above.pop()
    node = _node_of(above)
    found = _pod_file(name, above)
    if name == "logs.txt" and found is not None:  # kubectl cluster-info dump: nothing above is a host
        return found
    if found is None:
        found = _named(name)
        if found.component is None and not found.mixed:
            found = Identity(None, next((c for part in reversed(above[-2:]) if (c := _unit(part))), None))
    # The directory goes first: it names the node for all its logs, a static pod's suffix only for its own.
    return Identity(node or found.node, found.component, found.mixed)


def by_content(entries: Sequence[tuple[str, Entry | None]], *, named_only: bool = False) -> Identity:
    """What the first lines tell; `mixed` where their headers name several programs. `named_only`: what a line is about
    does not matter where its header names no program."""
    nodes, named = set(), []
    for _, entry in entries:
        if entry is not None and entry.node and not _NAMING.isdisjoint(entry.dialects):
            nodes.add(entry.node)
        if entry is not None and entry.program:
            named.append(entry.program)
    node = nodes.pop() if len(nodes) == 1 else None
    if len({*named}) > 1:
        named = [program for program in named if program != "systemd"]  # starts and stops are in every unit's journal
    if named:
        program = _majority(named)
        return Identity(node, program, program is None)
    if named_only:
        return Identity(node)
    return Identity(node, _majority([found for line, entry in entries if (found := _of_line(line, entry))]))


def _majority(found: Sequence[str]) -> str | None:
    """What nine of ten say."""
    first = Counter(found).most_common(1)
    return first[0][0] if first and first[0][1] * 10 >= len(found) * 9 else None


def identify(told: Identity, entries: Sequence[tuple[str, Entry | None]]) -> Identity:
    """What the path told and the content together: the path names the component unless its lines name several
    programs."""
    seen = by_content(entries, named_only=told.mixed or told.component is not None)
    node = told.node or seen.node
    if told.mixed or seen.mixed:
        return Identity(node, None, True)
    if told.component:
        return Identity(node, told.component)
    return Identity(node, seen.component)


def _of_line(line: str, entry: Entry | None) -> str | None:
    if entry is not None and entry.logger:
        for prefix, component in _BY_LOGGER:
            if entry.logger.startswith(prefix):
                return component
        if entry.logger in _COMPONENT_OF_FILE:
            return _COMPONENT_OF_FILE[entry.logger]
    return next((component for pattern, component in _BY_TEXT if pattern.search(line[:4096])), None)


@lru_cache(1024)
def _named(file: str) -> Identity:
    """What the name of the file itself tells."""
    stem = _JOURNAL_OF.sub("", _stem(file))
    return Identity(None, known(stem), stem.lower() in _SYSTEM_LOGS or stem == "")


def _stem(name: str) -> str:
    return _SUFFIX.sub("", name)


def _unit(part: str) -> str | None:
    return known(part) if part.lower() not in _GENERIC else None


def _pod_file(name: str, above: list[str]) -> Identity | None:
    """The layouts in which a pod's name is part of the path."""
    if "_" in name and (file := _CONTAINER_FILE.fullmatch(name)):
        return _pod(file[1], file[3])
    for index in range(len(above) - 1, -1, -1):
        part = above[index]
        if "_" not in part and part not in ("podlogs", "pods"):
            continue
        below = above[index + 1 :]
        if "_" in part and (pod := _POD_ID.fullmatch(part)):
            return _pod(pod[2], below[0] if below else None)
        if part == "podlogs" and len(below) == 2:
            return _pod(below[1], _stem(name))
        if part == "pods" and below and index > 1 and above[index - 2] == "namespaces":
            return _pod(below[0], below[1] if len(below) > 1 else None)
    if name == "logs.txt" and above:
        return _pod(above[-1], None)
    return None


def _pod(pod: str, container: str | None) -> Identity:
    component, node = of_pod(pod)
    return Identity(node, (known(container) if container else None) or component or container)


def _node_of(above: list[str]) -> str | None:
    """The host that a directory names: a bundle's or sos report's, else the nearest that looks like a host name."""
    for index, part in enumerate(above):
        if part.startswith("sosreport-") and (sos := _SOS.fullmatch(re.sub(r"\.(?:tar.*|tgz)$", "", part))):
            return sos[1]
        if part in _COLLECTED and index >= 1 and _may_be_host(above[index - 1]):
            return None if "podlogs" in above else above[index - 1]  # kubectl fetched these from any node
    if not _CLUSTER_WIDE.isdisjoint(above):
        return None
    for part in reversed(above[: _tree(above)]):
        if _is_host(part):
            return part
        if part.lower() not in _GENERIC:
            return None
    return None


def _tree(above: list[str]) -> int:
    """Where a node's own directories begin."""
    for index, part in enumerate(above):
        if part in ("pods", "containers"):
            return index
        if part == "log" and index and above[index - 1] == "var":
            return index - 1
    return len(above)


def _may_be_host(part: str) -> bool:
    """Whether a directory that holds a node's bundle is named after it: any name that is no common word."""
    words = re.findall(r"[a-z]+", part.lower())
    plain = part.lower() not in _GENERIC and not known(part) and not _NO_HOST.intersection(words)
    return _is_host(part) or (plain and not _ARCHIVE.search(part.lower()) and bool(_HOST.fullmatch(part)))


@lru_cache(1024)
def _is_host(part: str) -> bool:
    """Whether a directory's name may be a host's: not a component's, an archive's, a date's or a common word."""
    if part.lower() in _GENERIC or _ARCHIVE.search(part.lower()) or known(part):
        return False
    if _ADDRESS.fullmatch(part):
        return True
    if not _HOST.fullmatch(part) or _NUMBERS.fullmatch(part):
        return False
    words = re.findall(r"[a-z]+", part.lower())
    if _NO_HOST.intersection(words):
        return False
    return any(c.isdigit() for c in part) or words[-1] in _HOST_WORDS or (len(words) <= 2 and words[0] in _HOST_WORDS)

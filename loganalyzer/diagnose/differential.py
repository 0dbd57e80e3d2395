"""What else could it be: for a symptom, the causes that would explain it, what would prove each, and where to look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from loganalyzer.diagnose.correlate import Finding
from loganalyzer.diagnose.moments import covers
from loganalyzer.model import Candidate, Kind, Source, Text
from loganalyzer.rulepack.rule import Rule, Ruleset, Signal

_MOST = 8

_COLLECT: Mapping[str, str] = {
    "kubelet": "journalctl -u kubelet --no-pager --since '-2h'",
    "containerd": "journalctl -u containerd --no-pager --since '-2h'",
    "docker": "journalctl -u docker --no-pager --since '-2h'",
    "kernel": "dmesg -T | tail -n 500",
    "systemd": "journalctl -b --no-pager | tail -n 2000",
    "audit": "ausearch -m AVC -ts recent",
    "tke-installer": "tail -n 5000 /opt/tke-installer/data/tke.log",
    "install.sh": "rerun the .run file and keep what it prints",
    "events": "kubectl get events -A --sort-by=.lastTimestamp",
    "kubectl": "kubectl describe pods -A",
    "kubeadm": "kubeadm init phase preflight -v5",
}
_STATIC = frozenset({"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"})


def where_of(component: str) -> str:
    """The file or unit in which a component's log is."""
    if component in _STATIC:
        return f"/var/log/pods/kube-system_{component}-*/{component}/*.log"
    if component.startswith("tke-") and component != "tke-installer":
        return f"/var/log/pods/tke_{component}-*/*/*.log"
    return {
        "tke-installer": "/opt/tke-installer/data/tke.log",
        "kubelet": "journal unit kubelet",
        "containerd": "journal unit containerd",
        "docker": "journal unit docker",
        "kernel": "kernel ring buffer",
    }.get(component, f"{component} log")


def collect_of(component: str) -> str:
    """The command that collects a component's log."""
    if component in _COLLECT:
        return _COLLECT[component]
    if component in _STATIC:
        return f"crictl logs --tail 2000 $(crictl ps -a --name {component} -q | head -n 1)"
    namespace = "tke" if component.startswith("tke-") else "kube-system"
    return (
        f"for p in $(kubectl -n {namespace} get pods -o name | grep {component}); "
        f'do kubectl -n {namespace} logs "$p" --all-containers --tail=5000; done'
    )


class Differential:
    """The inverse of `explains`, over one ruleset and one input."""

    def __init__(self, ruleset: Ruleset, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._rules = ruleset.rules
        self._explained_by: dict[str, list[Rule]] = defaultdict(list)
        for rule in ruleset.rules.values():
            for edge in rule.explains:
                self._explained_by[edge.id].append(rule)

    def candidates(self, finding: Finding) -> tuple[Candidate, ...]:
        """The causes of a symptom, most plausible first: what cannot be judged from this input before what is
        present and silent; among those the more severe."""
        found: list[tuple[tuple[int, int, str], Candidate]] = []
        for rule in self._explained_by.get(finding.rule.id, ()):
            if rule.kind is not Kind.CAUSE:
                continue
            signal = next(iter(rule.signals.values()))
            against = self._against(signal, finding)
            component = signal.components[0] if signal.components else None
            found.append(
                (
                    (len(against), -int(rule.severity), rule.id),
                    Candidate(
                        rule.id,
                        rule.title,
                        signal.shows,
                        where_of(component) if component else "",
                        collect_of(component) if component else "",
                        against,
                    ),
                )
            )
        return tuple(candidate for _, candidate in sorted(found, key=lambda pair: pair[0])[:_MOST])

    def _against(self, signal: Signal, finding: Finding) -> tuple[Text, ...]:
        """What is present, covers the time and does not show it."""
        first, _ = finding.span()
        if first is None:
            return ()
        of, when = first
        return tuple(
            Text(
                f"{source.path} covers the time and does not show it", f"{source.path} 覆盖了该时段，但没有出现这条日志"
            )
            for source in self._sources
            if source.component in signal.components and covers(source, when, of)
        )

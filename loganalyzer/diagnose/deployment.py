"""What the inputs tell of the deployment, and from that where a log lies in it and the command that collects it.

Names are those of the input: pods that it holds, nodes, the container runtime. What it does not tell stays general;
nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from loganalyzer import late
from loganalyzer.diagnose.remedy import runtimes
from loganalyzer.frozen import frozen
from loganalyzer.model import Instant, Source

_POD_DIR = late.pattern(r"([a-z0-9-]{1,63})_([a-z0-9.-]{1,253})_[0-9a-f-]{8,36}/([a-z0-9.-]{1,253})")
_POD_FILE = late.pattern(r"([a-z0-9.-]{1,253})_([a-z0-9-]{1,63})_([a-z0-9.-]{1,253})-[0-9a-f]{12,64}\.log[^/]*")
INSTALLER = "tke-installer"
_UNITS = frozenset({"kubelet", "containerd", "docker", "cri-o", "cri-dockerd", "keepalived", "haproxy", "k3s", "rke2"})
STATIC = frozenset({"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"})
_REGISTRY = ("registry-http", "registry-https")
_FILES: Mapping[str, str] = {"tke-installer": "/opt/tke-installer/data/tke.log"}
_COMMANDS: Mapping[str, str] = {
    "kernel": "dmesg -T | tail -n 500",
    "systemd": "journalctl -b --no-pager | tail -n 2000",
    "audit": "ausearch -m AVC -ts recent",
    "install.sh": "# run the .run file again and keep what it prints",
    "events": "kubectl get events -A --sort-by=.lastTimestamp",
    "kubectl": "kubectl describe pods -A",
    "kubeadm": "kubeadm init phase preflight -v5",
}
_PLACES: Mapping[str, str] = {
    "kernel": "kernel ring buffer", "events": "events of the API server", "install.sh": "the terminal",
    "kubectl": "the terminal", "kubeadm": "the terminal", "helm": "the terminal", "ansible": "the terminal",
    "registry": "containers registry-http and registry-https",
}  # fmt: skip
_RUNTIMES = ("containerd", "docker", "cri-o")
_OF_HOST = frozenset({"kernel", "systemd", "audit"})
_NAMESPACES: Mapping[str, str] = {
    "flannel": "kube-flannel", "ingress-nginx": "ingress-nginx", "harbor": "harbor", "calico": "calico-system",
}  # fmt: skip
_ANY_MASTER = "# on every control-plane node\n"
_ON_INSTALLER = "# on the machine of the installer\n"
_ON_ITS_NODE = "# on the node where it ran\n"
_CLIENTS = frozenset({"kubectl", "kubeadm", "helm", "ansible", "install.sh", "events"})
_AROUND = timedelta(minutes=15)


@frozen
class Pod:
    """A pod whose log is in the input."""

    namespace: str
    name: str
    container: str
    node: str | None


class Deployment:
    """Names and habits of one deployment."""

    def __init__(self, inputs: Sequence[Source], *, without_api: bool = False) -> None:
        """`without_api`: the API server does not answer, so that kubectl is of no use."""
        self._without_api = without_api
        self.runtime = next(iter(runtimes([each.component for each in inputs])), None)
        self.nodes = tuple(sorted({each.node for each in inputs if each.node}))
        self.masters = tuple(sorted({each.node for each in inputs if each.node and each.component in STATIC}))
        self._installers = tuple(sorted({each.node for each in inputs if each.node and each.component == INSTALLER}))
        self._pods: dict[str, dict[Pod, None]] = {}
        for each in inputs:
            if each.component and (pod := _pod(each)):
                self._pods.setdefault(each.component, {})[pod] = None

    def pods(self, component: str) -> tuple[Pod, ...]:
        """The component's pods that the input names, one for each name."""
        by_name = {pod.name: pod for pod in self._pods.get(component, ())}
        return tuple(by_name[name] for name in sorted(by_name))

    def choose(self, components: Sequence[str]) -> str:
        """Of several components whose logs may show something, the one to ask for: the container runtime in use
        rather than another one, else the first."""
        if self.runtime is not None and self.runtime in components and components[0] in _RUNTIMES:
            return self.runtime
        return components[0]

    def fits(self, component: str) -> bool:
        """Whether there can be such a log: not of another container runtime than the one in use."""
        return component not in _RUNTIMES or self.runtime in (None, component)

    def nodes_of(self, component: str, nodes: Sequence[str]) -> tuple[str, ...]:
        """The nodes on which to collect it, for something seen on `nodes`; none where nobody knows, or where kubectl
        collects it from anywhere."""
        if component in STATIC and self.masters:
            return self.masters
        if component == INSTALLER or component == "registry":
            return self._installers
        if component in STATIC or component in _UNITS or component in _OF_HOST or component == "kubeadm":
            return tuple(nodes)
        if self._without_api:
            return tuple(sorted({pod.node for pod in self.pods(component) if pod.node}))
        return ()

    def where(self, component: str) -> str:
        """The file, unit or container in which a component's log is."""
        if component in _FILES or component in _PLACES:
            return _FILES.get(component) or _PLACES[component]
        if component in _UNITS:
            return f"journal unit {component}"
        pods = self.pods(component)
        if len(pods) == 1:
            return f"/var/log/pods/{pods[0].namespace}_{pods[0].name}_*/{pods[0].container}/*.log"
        namespace = pods[0].namespace if pods else self._namespace(component)
        return f"/var/log/pods/{namespace}_{component}-*/*/*.log"

    def collect(self, component: str, nodes: Sequence[str] = (), around: Instant | None = None) -> str:
        """The command that collects its log; `around` narrows journals down to a quarter of an hour on either side,
        `nodes` are said in a comment where the command must run on them."""
        if component in _CLIENTS and component != "kubeadm":
            return _COMMANDS.get(component, f"# run {component} again and keep what it prints")
        on = f"# on {', '.join(nodes)}\n" if nodes else _ANY_MASTER if component in STATIC else ""
        if component in _COMMANDS:
            return on + _COMMANDS[component]
        if component in _FILES:
            return f"{on or _ON_INSTALLER}tail -n 5000 {_FILES[component]}"
        if component in _UNITS:
            return f"{on}journalctl -u {component} --no-pager {_window(around)}"
        if component == "registry":
            return (on or _ON_INSTALLER) + self._registry()
        if component in STATIC:
            return on + self._container(component)
        if self._without_api:
            return f"{on or _ON_ITS_NODE}tail -n 2000 {self.where(component)}"
        return self._kubectl(component)

    def _registry(self) -> str:
        # nerdctl and docker see other containers than crictl: TKE's registries live in nerdctl's default namespace.
        tool = {"containerd": "nerdctl -n default", "docker": "docker"}.get(self.runtime or "")
        tools = [tool] if tool else ["nerdctl -n default", "docker"]
        either = " || ".join(f"{each} logs --tail 2000 $c" for each in tools)
        return f"for c in {' '.join(_REGISTRY)}; do {either}; done"

    def _container(self, component: str) -> str:
        """The last three containers of a static pod; works while the API server is away."""
        if self.runtime == "docker":
            found = f"docker ps -aq --filter name=k8s_{component}_"
            return f'for c in $({found} | head -n 3); do docker logs --tail 2000 "$c"; done'
        return f'for c in $(crictl ps -aq --name {component} | head -n 3); do crictl logs --tail 2000 "$c"; done'

    def _kubectl(self, component: str) -> str:
        """All its pods (a controller has two replicas, one of which leads), by name where the input names them."""
        import shlex  # where something is missing

        pods = self.pods(component)
        commands = []
        for pod in pods:
            logs = f"kubectl -n {pod.namespace} logs {shlex.quote(pod.name)} --all-containers --tail=5000"
            commands += [logs, f"{logs} --previous"]
        if len(pods) < 2:
            namespace = pods[0].namespace if pods else self._namespace(component)
            chosen = f"kubectl -n {namespace} get pods -o name | grep {shlex.quote(component)}"
            if pods:  # the other replica, whose log the input does not have
                chosen += f" | grep -v {shlex.quote(pods[0].name)}"
            commands.append(
                f'for p in $({chosen}); do kubectl -n {namespace} logs "$p" --all-containers --tail=5000; done'
            )
        return "\n".join(commands)

    def _namespace(self, component: str) -> str:
        """Where the component's pods are, as far as pods of its kind tell it."""
        if component.startswith("tke-"):
            return next(
                (pod.namespace for c in sorted(self._pods) if c.startswith("tke-") for pod in self._pods[c]), "tke"
            )
        return _NAMESPACES.get(component, "kube-system")


def _pod(entry: Source) -> Pod | None:
    *above, name = entry.path.rsplit("/", 3)
    if name and (found := _POD_DIR.fullmatch("/".join(above[-2:]))):
        return Pod(found[1], found[2], found[3], entry.node)
    if found := _POD_FILE.fullmatch(name):
        return Pod(found[2], found[1], found[3], entry.node)
    return None


def _window(around: Instant | None) -> str:
    """`--since ... --until ...` in the zone that the log has; the last two hours where no date is known."""
    if around is None or not around.has_year:
        return "--since '-2h'"
    moment = datetime(1970, 1, 1) + timedelta(seconds=round(around.seconds))
    zone = " UTC" if around.zone is not None else ""
    since, until = (f"{moment + each:%Y-%m-%d %H:%M:%S}{zone}" for each in (-_AROUND, _AROUND))
    return f"--since '{since}' --until '{until}'"

"""Component names (docs/rule-language.md) for the names that programs, units, files and containers go by."""

from __future__ import annotations

from functools import lru_cache

from loganalyzer import late

_ALIASES = {
    "dockerd": "docker", "docker-containerd": "containerd", "tke": "tke-installer", "messages": "", "crio": "cri-o",
    "apiserver": "kube-apiserver", "scheduler": "kube-scheduler", "controller-manager": "kube-controller-manager",
    "kubeproxy": "kube-proxy", "calico-node": "calico", "calico-kube-controllers": "calico", "calico-typha": "calico",
    "cilium-agent": "cilium", "cilium-operator": "cilium", "galaxy-daemonset": "galaxy", "galaxy-ipam": "galaxy",
    "galaxy-bridge-agent": "galaxy", "kube-flannel": "flannel", "kube-flannel-ds": "flannel", "flanneld": "flannel",
    "keepalived_vrrp": "keepalived", "keepalived_healthcheckers": "keepalived", "registry-http": "registry",
    "registry-https": "registry", "docker-registry": "registry", "nginx-ingress-controller": "ingress-nginx",
    "ingress-nginx-controller": "ingress-nginx", "etcdmain": "etcd", "etcdserver": "etcd", "auditd": "audit",
    "dmesg": "kernel", "containerd-shim": "containerd", "containerd-shim-runc-v2": "containerd",
    "install": "install.sh",
    "rke2-server": "rke2", "rke2-agent": "rke2", "k3s-agent": "k3s", "k3s-server": "k3s", "k0scontroller": "k0s",
    "kubernetes-apiserver": "kube-apiserver", "influxd": "influxdb", "prometheus-server": "prometheus",
    "systemd-logind": "systemd", "systemd-udevd": "systemd", "events": "events", "tke-installer": "tke-installer",
}  # fmt: skip

KNOWN = frozenset({
    "kubelet", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "etcd", "containerd",
    "docker", "runc", "cri-o", "cri-dockerd", "kubeadm", "kubectl", "helm", "coredns", "flannel", "galaxy", "calico",
    "cilium", "cni", "kernel", "systemd", "audit", "keepalived", "haproxy", "nginx", "dex", "registry", "harbor",
    "install.sh", "ansible", "influxdb", "prometheus", "thanos", "elasticsearch", "ingress-nginx", "gpu-manager",
    "nvidia-device-plugin", "events", "k3s", "rke2", "k0s", "minikube", "kube-vip", "metrics-server", "nodelocaldns",
    "node-local-dns", "cluster-autoscaler", "chartmuseum", "alertmanager", "grafana",
})  # fmt: skip
_ID = late.pattern(r"-[a-z0-9]{8,10}-[a-z0-9]{5}$|-[a-z0-9]{5}$|-\d+$")


def of_program(name: str) -> str:
    """The component that a process, unit or container name stands for; the name itself where it is none we know."""
    plain = name.strip("()").rsplit("/", 1)[-1].removesuffix(".service").removesuffix(".scope")
    return _ALIASES.get(plain.lower(), plain) or plain


@lru_cache(4096)
def known(name: str) -> str | None:
    """The component that `name` stands for, if it is one that rules speak of."""
    found = of_program(name.lower())
    return found if found in KNOWN or found.startswith("tke-") else None


def of_pod(pod: str) -> tuple[str | None, str | None]:
    """Component and node of a pod's name: `etcd-master-1` (a static pod) names both, `coredns-5d78c9869d-abcde` one."""
    for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "keepalived", "haproxy"):
        if pod == name:
            return name, None
        if pod.startswith(name + "-"):
            return name, pod.removeprefix(name + "-")
    name = pod
    while name:
        if component := known(name):
            return component, None
        shorter = _ID.sub("", name)
        name = shorter if shorter != name else name.rpartition("-")[0]
    return None, None

"""Faults of containerd, of the registry, and of kubectl's configuration."""

from __future__ import annotations

from tests.e2e import services
from tests.e2e.faults import Fault
from tests.e2e.node import Node

_UP = "ctr --connect-timeout 1s version"


def _cri(node: Node) -> None:
    services.containerd(node, 'disabled_plugins = ["cri"]\n')
    node.bash("systemctl start containerd")
    node.until(_UP, "containerd is up")


def _socket(node: Node) -> None:
    services.containerd(node, "version = 2\n")
    node.bash("ctr --connect-timeout 1s images ls >> /run/e2e/journal/ctr 2>&1", check=False)


def _htpasswd(node: Node) -> None:
    services.registry(
        node,
        ":5000",
        "auth:\n  htpasswd:\n    realm: tke\n    path: /etc/docker/registry/htpasswd\n",
        user=65534,
    )
    node.bash("htpasswd -Bbn admin admin > /etc/docker/registry/htpasswd; chmod 600 /etc/docker/registry/htpasswd")
    node.bash("systemctl start docker-registry")
    node.until("journalctl -u docker-registry | grep -q 'permission denied'", "the registry gives up")


_UPLOAD = "/run/e2e/upload http://127.0.0.1:5000/v2/library/layer/blobs/uploads/"


def _full(node: Node) -> None:
    services.registry(node, ":5000")
    node.bash("mount -t tmpfs -o size=8m none /var/lib/docker-registry; systemctl start docker-registry")
    node.until("curl -fs http://127.0.0.1:5000/v2/", "the registry answers")
    node.write(
        "/run/e2e/upload",
        "#!/bin/bash\nlocation=$(curl -fsi -X POST $1 | tr -d '\\r' | sed -n 's/^Location: //p')\n"
        "head -c 1000000 /dev/zero | curl -fs -H 'Content-Type: application/octet-stream' -T - -X PATCH $location\n",
        0o755,
    )
    node.bash("head -c 8000000 /dev/zero > /var/lib/docker-registry/images-1.7.tar")
    node.bash(_UPLOAD, check=False)
    node.until("journalctl -u docker-registry | grep -q 'no space left'", "the registry cannot write")


def _kubeconfig(node: Node) -> None:
    """kubectl is real; what answers it is a list of one node that nginx serves."""
    services.authority(node, "/etc/kubernetes/pki", "kubernetes")
    services.certificate(node, "/etc/kubernetes/pki/apiserver", "/etc/kubernetes/pki", san=services.SAN)
    services.api(node, "/etc/kubernetes/pki/apiserver")
    node.bash("systemctl start nginx")
    node.write(
        "/etc/kubernetes/admin.conf",
        "apiVersion: v1\nkind: Config\ncurrent-context: admin\n"
        "clusters: [{name: c, cluster: {server: 'https://10.0.8.11:6443', "
        "certificate-authority: /etc/kubernetes/pki/ca.crt}}]\n"
        "users: [{name: admin, user: {token: x}}]\ncontexts: [{name: admin, context: {cluster: c, user: admin}}]\n",
        0o600,
    )
    node.bash("kubectl get nodes >> /run/e2e/journal/kubectl 2>&1", check=False)


FAULTS = [
    Fault(
        name="containerd's CRI plugin is switched off",
        id="cri-api-unavailable",
        needs=("containerd", "ctr"),
        inject=_cri,
        logs={
            "master-1/containerd.log": "journalctl -u containerd",
            "master-1/etc/containerd/config.toml": "cat /etc/containerd/config.toml",
        },
        steps=("whether the CRI plugin", "take cri out of"),
        expect={"take cri out of": r"cri .* ok"},
        works="ctr plugins ls | grep -E 'grpc.* cri .* ok'",
        restart=("containerd",),
    ),
    Fault(
        name="nobody on containerd's socket",
        id="container-runtime-down",
        needs=("containerd", "ctr"),
        inject=_socket,
        logs={"master-1/ctr.log": "journalctl -u ctr", "master-1/containerd.log": "journalctl -u containerd"},
        steps=("which runtime this node", "why it stopped", "Rule out a full disk", "Start the runtime"),
        expect={"Start the runtime": r"active(?s:.*)Server:"},
        works="ctr --connect-timeout 1s images ls",
        restart=("containerd",),
    ),
    Fault(
        name="a password file that the registry may not read",
        id="registry-file-permission",
        needs=("docker-registry", "htpasswd", "setpriv", "curl"),
        inject=_htpasswd,
        logs={"master-1/registry.log": "journalctl -u docker-registry"},
        steps=("as which user the registry runs", "See owner, mode", "Give the file to that user", "by its unit"),
        fill={
            "host_path": "/etc/docker/registry/htpasswd",
            "uid": "65534:65534",
            "unit": "docker-registry",
            "url": "http://127.0.0.1:5000",
        },
        expect={"Give the file to that user": r" 65534 +65534 ", "by its unit": r"^(200|401)$"},
        works="curl -fs -u admin:admin http://127.0.0.1:5000/v2/",
        restart=("docker-registry",),
    ),
    Fault(
        name="the registry's file system is full",
        id="disk-full",
        needs=("docker-registry", "curl", "df"),
        inject=_full,
        logs={"master-1/registry.log": "journalctl -u docker-registry"},
        steps=("Find the full file system", "Find what takes the space", "Move a large file"),
        fill={
            "mount": "/var/lib/docker-registry",
            "file": "/var/lib/docker-registry/images-1.7.tar",
            "roomy-directory": "/root",
        },
        expect={"Move a large file": r"\s[0-7]?\d%\s"},
        works=_UPLOAD,
        restart=("docker-registry",),
    ),
    Fault(
        name="kubectl without a configuration",
        id="kubeconfig-missing",
        needs=("kubectl", "nginx", "openssl"),
        inject=_kubeconfig,
        logs={"master-1/kubectl.log": "journalctl -u kubectl; kubectl get nodes -v=6 2>&1"},
        steps=("See which configuration", "give this user the admin kubeconfig"),
        fill={"path": "/etc/kubernetes/admin.conf"},
        expect={"give this user the admin kubeconfig": r"master-1"},
        works="kubectl get nodes",
        restart=("nginx",),
    ),
]

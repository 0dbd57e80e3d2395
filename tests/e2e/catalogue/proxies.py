"""Faults of nginx and haproxy."""

from __future__ import annotations

from tests.e2e import services
from tests.e2e.faults import Fault
from tests.e2e.node import Node


def _key(node: Node) -> None:
    services.authority(node, "/root/ca", "tke-ca")
    services.certificate(node, "/etc/nginx/gateway", "/root/ca", san="DNS:console.tke.com")
    services.certificate(node, "/root/other", "/root/ca", san="DNS:console.tke.com")
    node.bash("mv /etc/nginx/gateway.key /root/renewed.key; cp /root/other.key /etc/nginx/gateway.key")
    services.nginx(node, "443 ssl; ssl_certificate /etc/nginx/gateway.crt; ssl_certificate_key /etc/nginx/gateway.key")
    node.bash("systemctl start nginx")
    node.until("journalctl -u nginx | grep -q 'key values mismatch'", "nginx gives up")


def _privileged(node: Node) -> None:
    services.nginx(node, "80")
    node.bash("chown -R 65534 /var/lib/nginx /var/log/nginx; chmod 777 /run")
    node.unit("nginx", "nginx -c /etc/nginx/nginx.conf", user=65534)
    node.bash("systemctl start nginx")
    node.until("journalctl -u nginx | grep -q 'Permission denied'", "nginx gives up")


def _backend(node: Node) -> None:
    services.authority(node, "/etc/kubernetes/pki", "kubernetes")
    services.certificate(node, "/etc/kubernetes/pki/apiserver", "/etc/kubernetes/pki", san=services.SAN)
    services.api(node, "/etc/kubernetes/pki/apiserver", "127.0.0.1:6444")
    services.haproxy(node, ":6443", "127.0.0.1:6444")
    node.bash("systemctl start haproxy")
    node.until("journalctl -u haproxy | grep -q 'no server available'", "haproxy sees that the backend is down")


FAULTS = [
    Fault(
        name="a key that belongs to another certificate",
        id="tls-key-cert-mismatch",
        needs=("nginx", "openssl", "curl"),
        inject=_key,
        logs={"master-1/nginx.log": "journalctl -u nginx"},
        steps=("Compare the public keys", "Put the matching pair"),
        fill={
            "cert-file": "/etc/nginx/gateway.crt",
            "key-file": "/etc/nginx/gateway.key",
            "matching-key": "/root/renewed.key",
        },
        expect={"Put the matching pair": r"^([0-9a-f]{64})\s.*\n\1\s"},
        works="systemctl start nginx; sleep 0.3; curl -fskI https://127.0.0.1/",
        restart=("nginx",),
    ),
    Fault(
        name="port 80 for a program without root",
        id="bind-permission-denied",
        needs=("nginx", "setpriv", "curl", "sysctl"),
        inject=_privileged,
        logs={"master-1/nginx.log": "journalctl -u nginx"},
        steps=("SELinux or the kernel's lower bound", "lower the kernel's bound"),
        fill={"unit": "nginx"},
        expect={"lower the kernel's bound": r"LISTEN"},
        works="curl -fsI http://127.0.0.1:80/",
        restart=("nginx",),
    ),
    Fault(
        name="haproxy without a backend",
        id="lb-backend-down",
        needs=("nginx", "haproxy", "curl"),
        inject=_backend,
        logs={"master-1/haproxy.log": "journalctl -u haproxy"},
        steps=("Ask each backend", "why the backend is down", "has merely stopped"),
        fill={"backend": "127.0.0.1:6444", "unit": "nginx", "balancer": "127.0.0.1:6443"},
        expect={"has merely stopped": r"^[1-5]\d\d$"},
        works="curl -fsk https://127.0.0.1:6443/api",
        restart=("haproxy",),
    ),
]

"""Faults: two programs want one port."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.e2e import services
from tests.e2e.faults import Fault
from tests.e2e.node import Node


def _pid(port: int) -> Callable[[Node], str]:
    """What step 1 shows: the process that holds the port."""
    return lambda node: min(re.findall(r"pid=(\d+)", node.bash(f"ss -ntlpH 'sport = :{port}'").stdout), key=int)


def _unit(port: int) -> Callable[[Node], str]:
    """What step 2 shows: its unit."""
    return lambda node: node.bash(f"systemctl status {_pid(port)(node)} --no-pager").stdout.split(".service")[0]


def _owner(port: int) -> dict[str, Callable[[Node], str]]:
    return {"unit": _unit(port), "pid": _pid(port)}


def _listens(node: Node, port: int) -> None:
    node.until(f"ss -ntl 'sport = :{port}' | grep -q LISTEN", f"port {port} is taken")


def _registry(node: Node) -> None:
    services.nginx(node, "80")
    services.registry(node, ":80")
    node.bash("systemctl start nginx")
    _listens(node, 80)
    node.bash("systemctl start docker-registry")
    node.until("journalctl -u docker-registry | grep -q 'address already in use'", "the registry gives up")


def _etcd(node: Node) -> None:
    services.etcd_pki(node)
    services.etcd(node)
    node.unit("etcd-old", "etcd --name=old --data-dir=/var/lib/etcd-old --listen-peer-urls=http://127.0.0.1:2390")
    node.bash("systemctl start etcd-old")
    _listens(node, 2379)
    node.bash("systemctl start etcd")
    node.until("journalctl -u etcd | grep -q 'address already in use'", "etcd gives up")


def _nginx(node: Node) -> None:
    services.haproxy(node, ":80", "127.0.0.1:8000")
    services.nginx(node, "80")
    node.bash("systemctl start haproxy")
    _listens(node, 80)
    node.bash("systemctl start nginx")
    node.until("journalctl -u nginx | grep -q 'still could not bind'", "nginx gives up")


def _haproxy(node: Node) -> None:
    services.nginx(node, "6443")
    services.haproxy(node, ":6443", "127.0.0.1:6444", check="")
    node.bash("systemctl start nginx")
    _listens(node, 6443)
    node.bash("systemctl start haproxy")
    node.until("journalctl -u haproxy | grep -q 'cannot bind socket'", "haproxy gives up")


_STEPS = ("which process holds the port", "who started it", "Stop that owner")


FAULTS = [
    Fault(
        name="the registry and nginx on one port",
        id="host-port-in-use",
        needs=("nginx", "docker-registry", "curl"),
        inject=_registry,
        logs={"master-1/registry.log": "journalctl -u docker-registry"},
        steps=_STEPS,
        fill=_owner(80),
        works="systemctl start docker-registry; sleep 0.5; curl -fs http://127.0.0.1:80/v2/ | grep -F '{}'",
        restart=("docker-registry",),
    ),
    Fault(
        name="another etcd on etcd's port",
        id="host-port-in-use",
        needs=("etcd", "etcdctl", "openssl"),
        inject=_etcd,
        logs={"master-1/etcd.log": "journalctl -u etcd"},
        steps=_STEPS,
        fill=_owner(2379),
        works=f"systemctl start etcd; {services.ETCDCTL} --command-timeout=2s endpoint health",
        restart=("etcd",),
    ),
    Fault(
        name="haproxy on nginx's port",
        id="host-port-in-use",
        needs=("nginx", "haproxy", "curl"),
        inject=_nginx,
        logs={"master-1/nginx.log": "journalctl -u nginx"},
        steps=_STEPS,
        fill=_owner(80),
        works="systemctl start nginx; sleep 0.3; curl -fsI http://127.0.0.1:80/ | grep -i 'server: nginx'",
        restart=("nginx",),
    ),
    Fault(
        name="nginx on haproxy's port",
        id="host-port-in-use",
        needs=("nginx", "haproxy"),
        inject=_haproxy,
        logs={"master-1/haproxy.log": "journalctl -u haproxy"},
        steps=_STEPS,
        fill=_owner(6443),
        works="systemctl start haproxy; sleep 0.3; curl -s -m 3 http://127.0.0.1:6443/; ss -ntlp 'sport = :6443' | grep haproxy",
        restart=("haproxy",),
    ),
]

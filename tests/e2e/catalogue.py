"""The faults."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.e2e import services
from tests.e2e.faults import Fault
from tests.e2e.node import Node


def _registry_against_nginx(node: Node) -> None:
    services.nginx(node, "80")
    services.registry(node, ":80")
    node.bash("systemctl start nginx")
    node.until("ss -ntl 'sport = :80' | grep -q LISTEN", "nginx listens")
    node.bash("systemctl start docker-registry")
    node.until("journalctl -u docker-registry | grep -q 'address already in use'", "the registry gives up")


def _owner_pid(port: int) -> Callable[[Node], str]:
    return lambda node: min(re.findall(r"pid=(\d+)", node.bash(f"ss -ntlpH 'sport = :{port}'").stdout), key=int)


def _owner_unit(port: int) -> Callable[[Node], str]:
    """The unit whose process holds the port, as `systemctl status PID` tells it."""
    return lambda node: node.bash(f"basename $(grep -lx {_owner_pid(port)(node)} /run/e2e/*.pid) .pid").stdout.strip()


def _space(node: Node) -> None:
    services.etcd_pki(node)
    services.etcd(node, "--quota-backend-bytes=16777216")
    node.bash("systemctl start etcd")
    node.until(f"{services.ETCDCTL} endpoint health", "etcd is up")
    node.bash(
        f"for i in $(seq 200); do head -c 200000 /dev/zero | tr '\\0' x | {services.ETCDCTL} put /big "
        ">/dev/null 2>>/run/e2e/journal/writer || break; done; true"
    )
    node.until("grep -q 'database space exceeded' /run/e2e/journal/writer", "the quota is reached")


FAULTS = [
    Fault(
        name="the registry and nginx on one port",
        id="host-port-in-use",
        needs=("nginx", "docker-registry"),
        inject=_registry_against_nginx,
        logs={"master-1/registry.log": "journalctl -u docker-registry"},
        steps=(1, 2, 3),
        fill={"unit": _owner_unit(80), "pid": _owner_pid(80)},
        works="systemctl start docker-registry; sleep 0.5; curl -fs http://127.0.0.1:80/v2/ | grep -F '{}'",
        restart=("docker-registry",),
    ),
    Fault(
        name="etcd database space exceeded",
        id="etcd-db-space-exceeded",
        needs=("etcd", "etcdctl", "openssl"),
        inject=_space,
        logs={"master-1/etcd.log": "journalctl -u etcd"},
        steps=(1, 2, 3, 4),
        expect={4: r"^$"},
        works=f"{services.ETCDCTL} put /small x",
        restart=("etcd",),
    ),
]

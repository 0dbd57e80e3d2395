"""Faults of etcd: its database, its members, its directory, what others store in it."""

from __future__ import annotations

import json

from tests.e2e import services
from tests.e2e.faults import Fault
from tests.e2e.node import Node

NEEDS = ("etcd", "etcdctl", "openssl")
HEALTHY = r"is healthy"
CLIENT = "/tke/auth-api/client/default"
_URI = "http://console.tke.com/callback"
_DELETE = "delete exactly this key"
_LISTENING = 'time="2026-03-04T09:00:00Z" level=info msg="listening (http) on 0.0.0.0:5556"'


def _start(node: Node, *flags: str) -> None:
    services.etcd_pki(node)
    services.etcd(node, *flags)
    node.bash("systemctl start etcd")
    node.until(f"{services.ETCDCTL} --command-timeout=2s endpoint health", "etcd is up")


def _space(node: Node) -> None:
    _start(node, "--quota-backend-bytes=16777216")
    node.bash(
        f"for i in $(seq 200); do head -c 200000 /dev/zero | tr '\\0' x | {services.ETCDCTL} put /big "
        ">/dev/null 2>>/run/e2e/journal/writer || break; done; true"
    )
    node.until("grep -q 'database space exceeded' /run/e2e/journal/writer", "the quota is reached")


def _directory(node: Node) -> None:
    """The member belongs to the user that etcd runs as, the directory above it to root."""
    _start(node)
    node.bash("systemctl stop etcd; chown -R 65534 /var/lib/etcd/member; chmod 700 /var/lib/etcd")
    node.bash(f"chmod -R go+rX /etc/kubernetes; chmod 644 {services.ETCD_PKI}/*.key")
    services.etcd(node, user=65534)
    node.bash(": > /run/e2e/journal/etcd; systemctl start etcd")
    node.until("journalctl -u etcd | grep -q 'permission denied'", "etcd gives up")


def _client(*uris: str) -> str:
    return json.dumps({"id": "default", "redirectURIs": list(uris), "name": "default"})


def _dex(node: Node) -> None:
    """No dex is at hand: etcd and the record are real, dex's line is written from its message template."""
    _start(node)
    node.bash(f"{services.ETCDCTL} put {CLIENT}", stdin=_client("http://192.0.2.10/callback"))
    node.write(
        "/run/e2e/journal/tke-auth-api",
        f'time="2026-03-04T08:00:00Z" level=error msg="Failed to parse authorization request: '
        f'Unregistered redirect_uri (\\"{_URI}\\")."\n',
    )


def _auth_api_starts(node: Node, step: str) -> None:
    """What tke-auth-api does at its start: it writes the client where there is none."""
    if step == _DELETE:
        there = node.bash(f"{services.ETCDCTL} get {CLIENT} --keys-only").stdout.strip()
        if not there:
            node.bash(f"{services.ETCDCTL} put {CLIENT}", stdin=_client(_URI))


FAULTS = [
    Fault(
        name="etcd database space exceeded",
        id="etcd-db-space-exceeded",
        needs=NEEDS,
        inject=_space,
        logs={"master-1/etcd.log": "journalctl -u etcd"},
        steps=("size of the database", "then compact the history", "Defragment", "Clear the alarm"),
        expect={"Clear the alarm": r"^$"},
        works=f"{services.ETCDCTL} put /small x",
        restart=("etcd",),
    ),
    Fault(
        name="etcd may not enter its data directory",
        id="etcd-data-dir-unusable",
        needs=(*NEEDS, "setpriv"),
        inject=_directory,
        logs={"master-1/etcd.log": "journalctl -u etcd"},
        steps=("See owner, mode", "Give the directory to the user"),
        between=lambda node, step: node.bash("systemctl start etcd") and None,
        expect={"Give the directory to the user": HEALTHY},
        works=f"{services.ETCDCTL} --command-timeout=2s endpoint health",
        restart=("etcd",),
    ),
    Fault(
        name="a dex client from before the console had a name",
        id="dex-redirect-uri-unregistered",
        needs=NEEDS,
        inject=_dex,
        logs={"master-1/tke-auth-api.log": f"journalctl -u tke-auth-api; echo '{_LISTENING}'"},
        steps=("See which URIs", _DELETE),
        between=_auth_api_starts,
        works=f"{services.ETCDCTL} get {CLIENT} | grep -F {_URI}",
        restart=("etcd",),
    ),
]

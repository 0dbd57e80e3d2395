"""Faults of certificates, told by the clients that refuse them."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e import services
from tests.e2e.faults import Fault
from tests.e2e.node import REGISTRY, Node
from tests.e2e.services import ETCD_PKI, SAN

_FILL = {
    "cert-file": f"{ETCD_PKI}/server.crt",
    "key-file": f"{ETCD_PKI}/server.key",
    "ca-file": f"{ETCD_PKI}/ca.crt",
    "ca-key": f"{ETCD_PKI}/ca.key",
    "server": "127.0.0.1",
    "port": "2379",
    "unit": "etcd",
    "kubeconfig": "/etc/kubernetes/admin.conf",
    "names": SAN,
}
_ASK = (
    f"curl -sS -m 5 --cacert {ETCD_PKI}/ca.crt --cert {ETCD_PKI}/healthcheck-client.crt "
    f"--key {ETCD_PKI}/healthcheck-client.key https://127.0.0.1:2379/health"
)
_OLD_CA = "/root/old-cluster"


def _etcd(spoil: Callable[[Node], None]) -> Callable[[Node], None]:
    def inject(node: Node) -> None:
        services.etcd_pki(node)
        spoil(node)
        services.etcd(node)
        node.bash("systemctl start etcd")
        node.until("ss -ntl 'sport = :2379' | grep -q LISTEN", "etcd listens")
        node.bash(f"{_ASK} >> /run/e2e/journal/curl 2>&1", check=False)
        node.until("journalctl -u curl | grep -qE 'curl: .(51|60)'", "the client refuses the certificate")

    return inject


def _dated(start: str, end: str) -> Callable[[Node], None]:
    return lambda node: services.certificate(node, f"{ETCD_PKI}/server", ETCD_PKI, san=SAN, start=start, end=end)


def _named(node: Node) -> None:
    services.certificate(node, f"{ETCD_PKI}/server", ETCD_PKI, san="DNS:master-0,IP:10.0.8.10")


def _foreign(node: Node) -> None:
    services.authority(node, _OLD_CA, "etcd-ca")
    services.certificate(node, f"{ETCD_PKI}/server", _OLD_CA, san=SAN)


def _fault(
    name: str,
    rule: str,
    spoil: Callable[[Node], None],
    sign: str = "sign it again",
    look: str = "See which certificate",
    expect: str = r": OK$",
) -> Fault:
    return Fault(
        name=name,
        id=rule,
        needs=("etcd", "curl", "openssl"),
        inject=_etcd(spoil),
        logs={
            "master-1/etcd.log": "journalctl -u etcd",
            "master-1/curl.log": f"journalctl -u curl; {_ASK} 2>&1",
        },
        steps=(look, sign),
        fill=_FILL,
        expect={sign: expect},
        works=_ASK,
        restart=("etcd",),
    )


_PULL = f"ctr images pull --hosts-dir /etc/containerd/certs.d {REGISTRY}/library/pause:1"


def _registry(node: Node) -> None:
    services.authority(node, "/root/ca", "tke-ca")
    services.certificate(node, "/etc/docker/registry/domain", "/root/ca", san=f"DNS:{REGISTRY}")
    services.registry(
        node,
        ":443",
        "  tls:\n    certificate: /etc/docker/registry/domain.crt\n    key: /etc/docker/registry/domain.key\n",
    )
    services.containerd(
        node,
        'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"\n',
    )
    node.bash("systemctl start docker-registry; systemctl start containerd")
    node.until(f"curl -fsk https://{REGISTRY}/v2/", "the registry answers")
    services.push_empty_image(node, f"https://{REGISTRY}", "library/pause", "1")
    node.until("ctr --connect-timeout 1s version", "containerd is up")
    node.bash(f"{_PULL} >> /run/e2e/journal/ctr 2>&1", check=False)


FAULTS = [
    _fault("etcd's certificate is past its date", "certificate-expired", _dated("-2 years", "-1 hour")),
    _fault(
        "a certificate made while the clock ran ahead",
        "clock-skew",
        _dated("1 day", "1 year"),
        sign="while a clock ran ahead",
        look="Compare the clocks",
    ),
    _fault(
        "etcd's certificate names another master",
        "certificate-san-mismatch",
        _named,
        sign="with every name",
        look="See the names",
        expect=r"IP Address:127\.0\.0\.1",
    ),
    _fault(
        "etcd's certificate from the earlier cluster",
        "certificate-unknown-authority",
        _foreign,
        sign="of an earlier cluster (etcd",
        look="Which CA signed",
    ),
    Fault(
        name="a registry whose CA containerd does not know",
        id="image-pull-x509",
        needs=("docker-registry", "containerd", "ctr", "openssl", "curl"),
        inject=_registry,
        logs={"master-1/ctr.log": "journalctl -u ctr", "master-1/containerd.log": "journalctl -u containerd"},
        steps=("See who signed", "Let the puller trust"),
        fill={"registry": REGISTRY, "ca_file": "/root/ca/ca.crt"},
        expect={"Let the puller trust": r"^(200|401)$"},
        works=_PULL,
        restart=("containerd",),
    ),
]

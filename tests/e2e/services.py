"""Real programs on a machine of the tests: certificates, etcd, the registry, nginx."""

from __future__ import annotations

from tests.e2e.node import HOST, Node

ETCD_PKI = "/etc/kubernetes/pki/etcd"
ETCDCTL = (
    f"ETCDCTL_API=3 etcdctl --endpoints=https://127.0.0.1:2379 --cacert={ETCD_PKI}/ca.crt "
    f"--cert={ETCD_PKI}/healthcheck-client.crt --key={ETCD_PKI}/healthcheck-client.key"
)


def authority(node: Node, directory: str, name: str) -> None:
    """A CA in `directory`: ca.crt, ca.key."""
    node.bash(
        f"mkdir -p {directory} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 "
        f"-subj /CN={name} -keyout {directory}/ca.key -out {directory}/ca.crt"
    )


def certificate(node: Node, path: str, authority: str, *, san: str, days: str = "-days 365") -> None:
    """`path`.crt and `path`.key, signed by the CA in `authority`; for servers and clients."""
    node.bash(
        f"mkdir -p $(dirname {path}) && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        f"-subj /CN=$(basename {path}) -keyout {path}.key -out {path}.csr && "
        f"openssl x509 -req -in {path}.csr -CA {authority}/ca.crt -CAkey {authority}/ca.key -CAcreateserial {days} "
        f"-extfile <(printf 'subjectAltName={san}\\nextendedKeyUsage=serverAuth,clientAuth\\n') -out {path}.crt"
    )


def etcd_pki(node: Node, san: str = f"DNS:{HOST},DNS:localhost,IP:127.0.0.1,IP:10.0.8.11") -> None:
    """As kubeadm lays it out."""
    authority(node, ETCD_PKI, "etcd-ca")
    for name in ("server", "peer", "healthcheck-client"):
        certificate(node, f"{ETCD_PKI}/{name}", ETCD_PKI, san=san)
    certificate(node, "/etc/kubernetes/pki/apiserver-etcd-client", ETCD_PKI, san=san)


def etcd(node: Node, *flags: str) -> None:
    """The unit etcd, with the flags that kubeadm gives it and these."""
    node.unit(
        "etcd",
        f"etcd --name={HOST} --data-dir=/var/lib/etcd --logger=zap --client-cert-auth=true "
        "--listen-client-urls=https://127.0.0.1:2379,https://10.0.8.11:2379 "
        "--advertise-client-urls=https://10.0.8.11:2379 --listen-peer-urls=https://10.0.8.11:2380 "
        f"--initial-advertise-peer-urls=https://10.0.8.11:2380 --initial-cluster={HOST}=https://10.0.8.11:2380 "
        f"--cert-file={ETCD_PKI}/server.crt --key-file={ETCD_PKI}/server.key --trusted-ca-file={ETCD_PKI}/ca.crt "
        f"--peer-cert-file={ETCD_PKI}/peer.crt --peer-key-file={ETCD_PKI}/peer.key --peer-client-cert-auth=true "
        f"--peer-trusted-ca-file={ETCD_PKI}/ca.crt " + " ".join(flags),
    )


def nginx(node: Node, listen: str, body: str = "return 204;") -> None:
    """The unit nginx with one server."""
    node.write(
        "/etc/nginx/nginx.conf",
        "daemon off; error_log stderr; pid /run/nginx.pid; events {}\n"
        f"http {{ access_log off; server {{ listen {listen}; location / {{ {body} }} }} }}\n",
    )
    node.bash("mkdir -p /var/log/nginx /var/lib/nginx")
    node.unit("nginx", "nginx -c /etc/nginx/nginx.conf")


def registry(node: Node, address: str, extra: str = "") -> None:
    """The unit docker-registry."""
    node.write(
        "/etc/docker/registry/config.yml",
        "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /var/lib/docker-registry\n"
        f"http:\n  addr: {address}\n{extra}",
    )
    node.unit("docker-registry", "docker-registry serve /etc/docker/registry/config.yml")

"""Real programs on a machine of the tests: certificates, etcd, the registry, nginx, haproxy, containerd."""

from __future__ import annotations

import hashlib
import json

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


def certificate(node: Node, path: str, authority: str, *, san: str, start: str = "-1 day", end: str = "1 year") -> None:
    """`path`.crt and `path`.key, signed by the CA in `authority`; for servers and clients; the times as `date -d`."""
    node.write(
        "/run/e2e/ca/openssl.cnf",
        "[ca]\ndefault_ca = d\n[d]\ndatabase = /run/e2e/ca/index\nnew_certs_dir = /run/e2e/ca\nrand_serial = yes\n"
        "default_md = sha256\npolicy = p\nunique_subject = no\n[p]\ncommonName = supplied\n"
        f"[e]\nsubjectAltName = {san}\nextendedKeyUsage = serverAuth,clientAuth\n",
    )
    node.bash(
        f"mkdir -p $(dirname {path}) && : >> /run/e2e/ca/index && "
        f"openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=$(basename {path}) "
        f"-keyout {path}.key -out /run/e2e/ca/csr && openssl ca -batch -notext -config /run/e2e/ca/openssl.cnf "
        f"-cert {authority}/ca.crt -keyfile {authority}/ca.key -in /run/e2e/ca/csr -extensions e -out {path}.crt "
        f"-startdate $(date -u -d '{start}' +%Y%m%d%H%M%SZ) -enddate $(date -u -d '{end}' +%Y%m%d%H%M%SZ)"
    )


SAN = f"DNS:{HOST},DNS:localhost,IP:127.0.0.1,IP:10.0.8.11"
"""What kubeadm puts into etcd's certificates."""


def etcd_pki(node: Node, san: str = SAN) -> None:
    """As kubeadm lays it out."""
    authority(node, ETCD_PKI, "etcd-ca")
    for name in ("server", "peer", "healthcheck-client"):
        certificate(node, f"{ETCD_PKI}/{name}", ETCD_PKI, san=san)
    certificate(node, "/etc/kubernetes/pki/apiserver-etcd-client", ETCD_PKI, san=san)


def etcd(node: Node, *flags: str, user: int = 0) -> None:
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
        user,
    )


def nginx(node: Node, listen: str, body: str = "return 204;") -> None:
    """The unit nginx with one server."""
    node.write(
        "/etc/nginx/nginx.conf",
        "daemon off; error_log stderr notice; pid /run/nginx.pid; events {}\n"
        f"http {{ access_log off; server {{ listen {listen}; location / {{ {body} }} }} }}\n",
    )
    node.bash("mkdir -p /var/log/nginx /var/lib/nginx")
    node.unit("nginx", "nginx -c /etc/nginx/nginx.conf")


def haproxy(node: Node, bind: str, server: str, check: str = "check inter 300") -> None:
    """The unit haproxy, TCP from `bind` to one server."""
    node.write(
        "/etc/haproxy/haproxy.cfg",
        "global\n  log stdout format raw daemon\ndefaults\n  log global\n  option tcplog\n  retries 0\n  mode tcp\n  timeout connect 1s\n  timeout client 5s\n  timeout server 5s\n"
        f"frontend kube-apiserver\n  bind {bind}\n  default_backend masters\n"
        f"backend masters\n  server {HOST} {server} {check}\n",
    )
    node.unit("haproxy", "haproxy -db -f /etc/haproxy/haproxy.cfg")


def registry(node: Node, address: str, extra: str = "", user: int = 0) -> None:
    """The unit docker-registry; `extra` goes on in the `http` part of its configuration."""
    node.write(
        "/etc/docker/registry/config.yml",
        "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /var/lib/docker-registry\n"
        f"http:\n  addr: {address}\n{extra}",
    )
    node.bash(f"mkdir -p /var/lib/docker-registry && chown {user} /var/lib/docker-registry")
    node.unit("docker-registry", "docker-registry serve /etc/docker/registry/config.yml", user)


def containerd(node: Node, config: str) -> None:
    """The unit containerd."""
    node.write("/etc/containerd/config.toml", config)
    node.unit("containerd", "containerd")


def api(node: Node, pair: str, listen: str = "6443") -> None:
    """The unit nginx in place of an API server that knows one node: enough for `kubectl get nodes`."""
    answers = {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
        "/api/v1": {
            "kind": "APIResourceList",
            "groupVersion": "v1",
            "resources": [
                {"name": "nodes", "singularName": "node", "namespaced": False, "kind": "Node", "verbs": ["get", "list"]}
            ],
        },
        "/api/v1/nodes": {
            "kind": "NodeList",
            "apiVersion": "v1",
            "metadata": {},
            "items": [{"kind": "Node", "apiVersion": "v1", "metadata": {"name": HOST}}],
        },
    }
    for path, answer in answers.items():
        node.write(f"/var/lib/api{path}.json", json.dumps(answer))
    nginx(
        node,
        f"{listen} ssl; ssl_certificate {pair}.crt; ssl_certificate_key {pair}.key; default_type application/json; "
        "root /var/lib/api",
        "try_files $uri.json =404;",
    )


def push_empty_image(node: Node, registry: str, name: str, tag: str) -> None:
    """An image without layers."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}})
    digest = "sha256:" + hashlib.sha256(config.encode()).hexdigest()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {
                "mediaType": "application/vnd.docker.container.image.v1+json",
                "size": len(config),
                "digest": digest,
            },
            "layers": [],
        }
    )
    node.bash(
        f"location=$(curl -fski -X POST {registry}/v2/{name}/blobs/uploads/ | tr -d '\\r' | sed -n 's/^location: //Ip') && "
        "curl -fsk -X PUT -H 'Content-Type: application/octet-stream' --data-binary @- "
        f'"$location&digest={digest}"',
        stdin=config,
    )
    node.bash(
        "curl -fsk -X PUT -H 'Content-Type: application/vnd.docker.distribution.manifest.v2+json' --data-binary @- "
        f"{registry}/v2/{name}/manifests/{tag}",
        stdin=manifest,
    )

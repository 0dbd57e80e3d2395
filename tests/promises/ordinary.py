"""Ordinary cluster logs in which nothing is secret, although much of it looks so: digests, UIDs, pod hashes, names of
Secrets, flags with file names, what programs say about tokens and passwords."""

from __future__ import annotations

import random
from collections.abc import Iterator

from fixtures.generator import dialects as d
from fixtures.generator.noise import COMPONENTS, Words, entries, line

_START = 1642574590.0
_CLOSE_TO_SECRETS = (
    'MountVolume.SetUp succeeded for volume "kube-api-access-{h5}" (UniqueName: "kubernetes.io/projected/{uid}-kube-api-access-{h5}") pod "{pod}"',
    'operationExecutor.MountVolume started for volume "default-token-{h5}" (UniqueName: "kubernetes.io/secret/{uid}-default-token-{h5}") pod "{pod}"',
    '"Secret not found, retrying" secret="tke/registry-pull-{h5}" namespace="tke"',
    'MountVolume.SetUp failed for volume "certs" : secret "tke-auth-api-certs" not found',
    "references non-existent secret key: token-{h5}",
    'Trace: "Get" url:/api/v1/namespaces/tke/secrets/default-token-{h5},user-agent:kubelet/v1.21.4 (linux/amd64) kubernetes/{h7},client:{node}',
    "Created token for service account kube-system/{pod}",
    "Deleted expired bootstrap token secret kube-system/bootstrap-token-{h6}",
    "[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles",
    "[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to get long term certificate credentials",
    "[discovery] Created cluster-info discovery client, requesting info from {node}:6443",
    "--discovery-token-ca-cert-hash sha256:{h64}",
    'FLAG: --tls-private-key-file="/etc/kubernetes/pki/apiserver.key"',
    'FLAG: --service-account-key-file="[/etc/kubernetes/pki/sa.pub]"',
    'FLAG: --token-auth-file=""',
    'FLAG: --authentication-token-webhook-cache-ttl="2m0s"',
    'FLAG: --kubelet-client-key="/etc/kubernetes/pki/apiserver-kubelet-client.key"',
    'FLAG: --requestheader-client-ca-file="/etc/kubernetes/pki/front-proxy-ca.crt"',
    'FLAG: --initial-cluster-token="etcd-cluster"',
    'FLAG: --authorization-mode="[Node,RBAC]"',
    'Unable to authenticate the request err="[invalid bearer token, Token has expired.]"',
    'Unable to authenticate the request err="[invalid bearer token, square/go-jose: error in cryptographic primitive]"',
    "http: TLS handshake error from {node}:{port}: remote error: tls: bad certificate",
    'Reflector ListAndWatch "list *v1.Secret" err="secrets is forbidden: User \\"system:node:{node}\\" cannot list resource \\"secrets\\""',
    'Failed to pull image "registry.tke.com/library/{pod}@sha256:{h64}": rpc error: code = Unknown desc = unauthorized: authentication required',
    'Pulled image "registry.tke.com/library/pause@sha256:{h64}" image id sha256:{h64}',
    'WWW-Authenticate: Bearer realm="https://registry.tke.com/auth/token",service="token-service",scope="repository:library/pause:pull"',
    "authorized request auth.user.name= vars.digest=sha256:{h64} vars.name=library/pause",
    "pam_unix(sshd:session): session opened for user root by (uid=0)",
    "Accepted publickey for root from {node} port {port} ssh2: RSA SHA256:{b43}",
    "Failed password for invalid user oracle from {node} port {port} ssh2",
    "Connection closed by authenticating user root {node} port {port} [preauth]",
    "sudo: pam_unix(sudo:auth): authentication failure; logname= uid=1000 euid=0 tty=/dev/pts/0",
    "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none password], no supported methods remain",
    "(VI_1) received an invalid passwd/ip number count associated with VRID!",
    'oauth2: cannot fetch token: 401 Unauthorized Response: {{"error":"invalid_grant","error_description":"Invalid or expired refresh token."}}',
    "keys rotated, next rotation: 2022-01-19 12:43:32.2 +0000 UTC",
    "access token expires in 24h0m0s, refresh token rotation enabled",
    'level=info msg="config id tokens valid for: 24h0m0s"',
    'audit: type=1400 apparmor="STATUS" operation="profile_load" profile="unconfined" name="cri-containerd.apparmor.d"',
    'annotations: map[kubernetes.io/config.hash:{h32} kubernetes.io/config.seen:2022-01-19T06:43:32.2Z kubernetes.io/config.source:file]',
    "controller-revision-hash:{h10} pod-template-generation:1 pod-template-hash:{h10}",
    "resourceVersion={port} etag={h32} serial=0x{h16} fingerprint SHA256:{b43}",
    'secret "tke-registry-certs" has key ca.crt and key tls.crt, missing key tls.key',
    "encryption-provider-config=/etc/kubernetes/encryption.yaml auth-mode=rbac secret-type=kubernetes.io/tls",
    "curl -fsS https://{node}:6443/healthz?timeout=30s --cacert /etc/kubernetes/pki/ca.crt --key /etc/kubernetes/pki/etcd/server.key",
    "User-Agent: kube-probe/1.21 Accept: */* Authorization header missing",
    "key: /registry/secrets/tke/{pod}-{h5} range_end: count_only:false",
    'cookie_httponly=true cookie_secure=false session_timeout=3600 csrf="on"',
    "basic auth is not configured, token review enabled, password grant disabled",
    "node {pod}.{h10} joined with role worker and provider id qcloud:///100003/ins-{h8}",
    'image: "ccr.ccs.tencentyun.com/tkeimages/hyperkube:v1.18.4-tke.27@sha256:{h64}"',
    "checkpoint {uid} of container {h64} snapshot {h64} layer sha256:{h64} done",
    "mail admin@example.com if https://console.tke.com:8443/login?redirect=/overview does not open",
)  # fmt: skip


def ordinary(seed: int) -> Iterator[str]:
    """Lines for ever: seven of ten from healthy components, the others close to secrets."""
    rnd = random.Random(seed)
    words = Words(rnd)
    streams = {component: entries(component, rnd) for component in COMPONENTS}
    seconds = _START
    while True:
        seconds += rnd.random()
        if rnd.random() < 0.7:
            component = rnd.choice(COMPONENTS)
            yield line(component, seconds, next(streams[component])) + "\n"
            continue
        text = rnd.choice(_CLOSE_TO_SECRETS).format(
            pod=words.pod(), uid=words.uid(), node=words.node(), port=words.n(30000, 60000),
            b43="".join(rnd.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789+/", k=43)),
            **{f"h{n}": words.hex(n) for n in (5, 6, 7, 8, 10, 16, 32, 64)},
        )  # fmt: skip
        shape = rnd.randrange(3)
        if shape == 0:
            yield d.klog(seconds, "I", "x.go:1", text, 1234) + "\n"
        elif shape == 1:
            yield d.logrus(seconds, "info", text) + "\n"
        else:
            yield text + "\n"

"""Taking one piece of evidence away makes a diagnosis less sure and names what is missing; it never makes another cause."""

import pytest

from loganalyzer.items import ITEMS
from loganalyzer.model import Kind
from loganalyzer.rulepack import load
from tests.kit import analyze

TKE = "2022-01-17 06:{:02}:02.225\terror\ttke-installer"
HEALTHZ = "".join(
    TKE.format(20 + i) + ".ClusterProvider.OnCreate.EnsureKubeadmInitPhaseWaitControlPlane\tcheck healthz error"
    '\t{"statusCode": 0, "error": "Get \\"https://203.0.113.9:6443/healthz?timeout=30s\\": TLS handshake timeout"}\n'
    for i in range(5)
)
GATEWAY = "Error: failed to create listener: failed to listen on 0.0.0.0:443: listen tcp 0.0.0.0:443: bind: address already in use\n"
SS = "State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
SCENARIOS = {
    "apiserver-advertise-ip-not-local": {
        "m-1/files/opt/tke-installer/data/tke.log": HEALTHZ,
        "m-1/cmd/ip-addr.txt": "1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet 10.0.0.4/24 scope global eth0\n",
        "m-1/cmd/static-pod-flags.txt": (
            "/etc/kubernetes/manifests/kube-apiserver.yaml:    - --advertise-address=203.0.113.9\n"
        ),
    },
    "gateway-registry-port-conflict": {
        "m-1/files/opt/tke-installer/data/tke.log": TKE.format(20)
        + "\t31.Install tke-gateway [Failed] [600.306831s] error timed out waiting for the condition\n",
        "m-1/files/var/log/pods/tke_tke-gateway-x7k2p_2d0f6a3e-58a1-4b0e-9c55-0a7d6f1b9e21/tke-gateway/0.log": GATEWAY,
        "m-1/cmd/nerdctl-ps-a.txt": (
            "CONTAINER ID    IMAGE             COMMAND     CREATED       STATUS    PORTS    NAMES\n"
            'ab12cd34ef56    registry:2.7.1    "/entry"    2 days ago    Up                 registry-https\n'
        ),
    },
    "host-port-in-use": {
        "m-1/haproxy.log": (
            "[ALERT] 018/064332 (1234) : Starting frontend kube-api: cannot bind socket [0.0.0.0:8443]\n"
        ),
        "m-1/cmd/ss-ntlp.txt": SS + 'LISTEN 0 128 *:8443 *:* users:(("nginx",pid=7,fd=6))\n',
    },
    "certificate-expired": {
        "m-1/kubelet.log": (
            "E0119 06:43:32.000000    1234 reflector.go:127] x509: certificate has expired or is not yet valid\n"
        ),
        "m-1/cmd/certificates.txt": (
            "now=Jan 19 07:00:00 2022 GMT\n== /etc/kubernetes/pki/apiserver.crt\n"
            "notBefore=Jan 10 06:00:00 2021 GMT\nnotAfter=Jan 10 06:00:00 2022 GMT\n"
        ),
    },
}  # fmt: skip
PROOFS = {
    ("certificate-expired", "m-1/kubelet.log"),
    ("gateway-registry-port-conflict", "m-1/files/opt/tke-installer/data/tke.log"),
}
"""What is left proves it as well."""
CASES = [(id_, path) for id_, files in SCENARIOS.items() for path in files]


@pytest.fixture(scope="module")
def pack():
    return load()


@pytest.mark.parametrize("id_", SCENARIOS)
def test_the_whole_bundle_has_its_cause(id_, pack):
    assert analyze(pack, SCENARIOS[id_]).diagnoses[0].id == id_


@pytest.mark.parametrize(("id_", "path"), CASES, ids=[f"{i}-{p.rsplit('/', 1)[-1]}" for i, p in CASES])
def test_one_piece_less(id_, path, pack):
    files = SCENARIOS[id_]
    whole = analyze(pack, files).diagnoses[0]
    report = analyze(pack, {name: text for name, text in files.items() if name != path})
    causes = [one for one in report.diagnoses if one.kind is Kind.CAUSE]
    assert {one.id for one in causes} <= {id_, *(below.id for below in whole.explains)}
    for one in causes:
        if one.id == id_:
            if (id_, path) in PROOFS:
                assert one.confidence is whole.confidence
                continue
            assert one.confidence < whole.confidence
            said = " ".join([text.en for text in one.because] + [need.title.en for need in report.missing]).lower()
            items = [
                item for item in ITEMS.values() if path.endswith(item.file) or item.file in ITEMS["containers"].file
            ]
            assert any(item.title.en in said for item in items) or "not seen, would prove it" in said

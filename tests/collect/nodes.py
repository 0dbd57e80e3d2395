"""A TKEStack master in a directory, with fake commands that speak of it and secrets planted in every file."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import textwrap
from collections.abc import Iterable
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "loganalyzer" / "collect" / "collect.sh"
SHELLS = {"dash": ["dash"], "busybox": ["busybox", "sh"], "bash": ["bash", "--posix"]}
NEEDED = ("tar", "rm", "mkdir", "cat", "sed", "tail", "head", "grep", "tr", "date")
OFTEN = (
    "gzip", "sleep", "mktemp", "readlink", "uname", "hostname", "df", "base64", "openssl", "timeout", "awk", "env",
    "find",
)  # fmt: skip

KEY_BODY = base64.b64encode(b"the body of a planted private key, long enough to be one whole line of it").decode()
SECRETS = (
    "PlantedPassword1", "PlantedPassword2", "PlantedPassword3", "PlantedForm4", "PlantedBearer5xyz", "PlantedSecret6",
    "9a08jv.c0izixklcxtmnze7", "PlantedUrl8", "PlantedVrrp9", KEY_BODY[:60], "PlantedBlock10", "AKIDPlantedExample11",
    "eyJhbGciOiJub25lIn0.eyJwbGFudGVkIjoxfQ.sig", base64.b64encode(b"PlantedClientKey12").decode(), "PlantedMysql13",
)  # fmt: skip
IP = "203.0.113.9"

_TKE_LOG = "".join(
    f"2022-01-17 06:{20 + i}:02.225\terror\ttke-installer.ClusterProvider.OnCreate.EnsureKubeadmInitPhaseWaitControlPlane"
    f'\tcheck healthz error\t{{"statusCode": 0, "error": "Get \\"https://{IP}:6443/healthz?timeout=30s\\": '
    'net/http: TLS handshake timeout"}\n'
    for i in range(6)
) + (
    '2022-01-17 06:30:00.000\terror\ttke-auth\tInvalid password\t{"input password": "PlantedPassword1", '
    '"store password": "PlantedPassword2"}\n'
)
_FILES = {
    "opt/tke-installer/data/tke.log": _TKE_LOG,
    "opt/tke-installer/data/tke.json": '{"Para":{"config":{"basic":{"password":"PlantedForm4"}}},"step":8,'
    '"includeSelf":false,"cluster":{"spec":{"machines":[{"ip":"203.0.113.9","password":"PlantedForm4"}]}}}',
    "etc/hostname": "master-1\n",
    "etc/hosts": "127.0.0.1 localhost\n203.0.113.9 api.tke.com\n",
    "etc/kubernetes/manifests/etcd.yaml": f"""
        spec:
          containers:
          - command:
            - etcd
            - --listen-peer-urls=https://{IP}:2380
            - --initial-cluster-token=PlantedPassword3
        """,
    "etc/kubernetes/manifests/kube-apiserver.yaml": f"""
        spec:
          containers:
          - command:
            - kube-apiserver
            - --advertise-address={IP}
            env:
            - name: MYSQL_PASSWORD
              value: kept
        # MYSQL_PASSWORD=PlantedMysql13
        """,
    "etc/kubernetes/kubeadm-config.yaml": """
        bootstrapTokens:
        - token: 9a08jv.c0izixklcxtmnze7
        kind: InitConfiguration
        password.csv: |
          PlantedBlock10,admin,1
        next: kept
        """,
    "etc/keepalived/keepalived.conf": "vrrp_instance a {\n  authentication {\n    auth_pass PlantedVrrp9\n  }\n}\n",
    "etc/systemd/system/containerd.service.d/proxy.conf": (
        '[Service]\nEnvironment="HTTP_PROXY=http://user:PlantedUrl8@proxy.example.org:3128"\n'
    ),
    "etc/containerd/config.toml": '[plugins]\n  password = "PlantedSecret6"\n  secret_id = "AKIDPlantedExample11"\n',
    "root/.kube/config": "users:\n- user:\n    client-key-data: "
    + base64.b64encode(b"PlantedClientKey12").decode()
    + "\n    token: PlantedBearer5xyz\n",
    "var/log/pods/tke_tke-auth-api-6d9c5b7f4-q8w2z_a4b1c7d2-0e39-4f8d-8f6a-5d3c2b1a0f99/tke-auth-api/0.log": (
        "2022-01-17T06:31:00.000000000Z stdout F 2022-01-17 06:31:00.000\tINFO\tAuthorization: Bearer PlantedBearer5xyz\n"
        "2022-01-17T06:31:01.000000000Z stdout F eyJhbGciOiJub25lIn0.eyJwbGFudGVkIjoxfQ.sig\n"
        "2022-01-17T06:31:02.000000000Z stdout F -----BEGIN RSA PRIVATE KEY-----\n"
        f"2022-01-17T06:31:02.000000000Z stdout F {KEY_BODY}\n"
        "2022-01-17T06:31:02.000000000Z stdout F -----END RSA PRIVATE KEY-----\n"
        "2022-01-17T06:31:03.000000000Z stdout F 2022-01-17 06:31:03.000\tINFO\tafter the key\n"
    ),
}
_ASKED = 'echo "${0##*/} $*" >>"${0%/*}/asked"\n'
COMMANDS = {
    # Only asked, not obeyed: at the lowest priority a busy machine lets a time box of seconds pass before `cat` has run.
    "renice": _ASKED,
    "ionice": _ASKED,
    "ip": """
        case "$*" in
          *addr*) echo '1: lo    inet 127.0.0.1/8 scope host lo'
                  echo '2: eth0    inet 10.0.0.4/24 brd 10.0.0.255 scope global eth0' ;;
          *) echo 'default via 10.0.0.1 dev eth0' ;;
        esac
        """,
    "ss": """
        echo 'State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess'
        echo 'LISTEN 0      4096   *:443              *:*    users:(("registry",pid=4790,fd=3))'
        """,
    "nerdctl": """
        case "$*" in
          'ps -a') echo 'CONTAINER ID    IMAGE             COMMAND     CREATED       STATUS    PORTS    NAMES'
                   echo 'ab12cd34ef56    registry:2.7.1    "/entry"    2 days ago    Up                 registry-http' ;;
          logs*tke-installer) echo 'POST /api/cluster {"password":"PlantedForm4"}' ;;
          *) exit 1 ;;
        esac
        """,
}


def make_root(where: Path) -> Path:
    """The master's files below `where`."""
    for name, text in _FILES.items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return where


def make_path(where: Path, tools: Iterable[str], commands: dict[str, str]) -> Path:
    """A PATH with these tools of the machine, if it has them, and these commands."""
    where.mkdir(parents=True)
    for name in tools:
        if found := shutil.which(name):
            (where / name).symlink_to(os.path.realpath(found) if name != "awk" else found)
    for name, body in commands.items():
        path = where / name
        path.unlink(missing_ok=True)
        path.write_text("#!" + os.path.realpath(shutil.which("sh") or "/bin/sh") + "\n" + textwrap.dedent(body))
        path.chmod(0o755)
    return where


def collect(
    shell: str, path: Path, tmp: Path, *options: str, stdin: bool = False
) -> subprocess.CompletedProcess[bytes]:
    """Run the collector under a shell with nothing but that PATH; its standard output is the bundle."""
    program, *rest = SHELLS[shell]
    found = shutil.which(program)
    assert found, f"{program} is not installed"
    tmp.mkdir(exist_ok=True)
    env = {"PATH": str(path), "TMPDIR": str(tmp), "HOME": "/nonexistent"}
    script = ["-s", "--"] if stdin else [str(SCRIPT)]
    return subprocess.run(
        [found, *rest, *script, *options],
        env=env,
        input=SCRIPT.read_bytes() if stdin else b"",
        capture_output=True,
        timeout=120,
        check=False,
    )

"""What users rely on: no secret leaves, equal secrets stay equal, what is none stays readable, nothing is obeyed."""

from __future__ import annotations

import base64
import json
import random
import string
import time
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.safe import Redactor, visible

ALNUM = string.ascii_letters + string.digits


def some(alphabet: str, length: int, seed: int) -> str:
    """A generated-looking value: letters and digits both."""
    rnd = random.Random(seed)
    value = "".join(rnd.choice(alphabet) for _ in range(length - 2))
    return f"{value[: length // 2]}7{value[length // 2 :]}b"


def jwt(seed: int) -> str:
    return f"eyJhbGciOiJSUzI1NiJ9.eyJ{some(ALNUM, 40, seed)}.{some(ALNUM + '-_', 43, seed + 1)}"


# name -> (secret from a seed, texts with {s}); every text must come out without the secret
PLANTS: dict[str, tuple[object, list[str]]] = {
    "password": (
        lambda seed: some(ALNUM + "!#%+_", 12, seed),
        [
            'Invalid password {{"input password": "{s}", "store password": "x"}}',
            '{{"msg": "login {{\\"password\\":\\"{s}\\",\\"user\\":\\"admin\\"}}"}}',
            '{{\\\\\\"passWord\\\\\\": \\\\\\"{s}\\\\\\"}}',
            "  password: {s}",
            "- passPhrase: '{s}'",
            "docker login --username admin --password {s} default.registry.tke.com",
            "docker login -u admin -p {s} default.registry.tke.com",
            "nerdctl login -u=admin --password={s} registry",
            "echo {s} | docker login -u admin --password-stdin registry",
            "sshpass -p {s} ssh root@192.0.2.1",
            "curl -k -u admin:{s} https://192.0.2.1/v2/",
            "export MYSQL_PASSWORD={s}",
            "POSTGRES_PASSWORD='{s}' up",
            '{{"name":"DB_PASSWORD","value":"{s}"}}',
            "&Machine{{Username:root Password:{s} Port:22}}",
            "map[password:{s} user:root]",
            '["docker" "login" "--password" "{s}"]',
            "auth_pass {s}",
            "time=x level=debug \x1b[36mpassword\x1b[0m={s}",
            "密码：{s} 登录失败",
            "password: {s} was refused",
        ],
    ),
    "url": (
        lambda seed: some(ALNUM, 14, seed),
        [
            "pull https://admin:{s}@registry.tke.com/v2/ failed",
            "redis://:{s}@192.0.2.5:6379/0",
            "root:{s}@tcp(192.0.2.6:3306)/harbor",
            "https%20 postgres://u:{s}@db/x?sslmode=disable",
            "GET /callback?code={s}&state=abc HTTP/1.1",
            'Failed to exchange oauth2 token by given code {{"code": "{s}", "error": "x"}}',
        ],
    ),
    "token": (
        jwt,
        [
            'Failed to authenticate token {{"token": "{s}"}}',
            "Authorization: Bearer {s}",
            "Authorization:[Bearer {s}] Accept:[*/*]",
            "    token: {s}",
            "--token={s}",
            "id_token={s}&x=1",
            "Cookie: a=1; session={s}",
            "the request had {s} in it",
        ],
    ),
    "opaque token": (
        lambda seed: some(ALNUM, 32, seed),
        [
            '{{"api key": "{s}"}}',
            "SecretKey: {s}",
            "TENCENTCLOUD_SECRET_KEY={s}",
            'client_secret = "{s}"',
            '{{"ID":"default","Secret":"{s}","RedirectURIs":null}}',
            "X-Auth-Token:[{s}]",
            "--secret-key {s}",
            "refresh_token: {s}",
            "{s},admin,admin,system:masters",
        ],
    ),
    "bootstrap": (
        lambda seed: some(string.ascii_lowercase + string.digits, 16, seed),
        [
            "kubeadm join 192.0.2.1:6443 --token abcdef.{s} --discovery-token-ca-cert-hash sha256:" + "ab" * 32,
            "[bootstrap-token] Using token: abcdef.{s}",
            '"--token=abcdef.{s}"',
            "  token: abcdef.{s}",
        ],
    ),
    "certificate key": (
        lambda seed: some("0123456789abcdef", 64, seed).replace("b", "a"),
        [
            "kubeadm join x --control-plane --certificate-key {s}",
            "certificateKey: {s}",
            '{{"certificateKey":"{s}"}}',
            "[upload-certs] Using certificate key: {s}",
        ],
    ),
    "tencent id": (lambda seed: "AKID" + some(ALNUM, 32, seed), ["SecretId {s}", 'x "{s}" y', "id={s}"]),
    "registry": (
        lambda seed: base64.b64encode(f"admin:{some(ALNUM, 15, seed)}".encode()).decode(),
        ['{{"auths":{{"r":{{"auth":"{s}"}}}}}}', "Authorization: Basic {s}", '{{\\"auth\\": \\"{s}\\"}}'],
    ),
    "docker config": (
        lambda seed: base64.b64encode(f'{{"auths":{{"r":{{"auth":"{some(ALNUM, 20, seed)}"}}}}}}'.encode()).decode(),
        [".dockerconfigjson: {s}", '"data":{{".dockerconfigjson":"{s}"}}', "wrote {s} to secret"],
    ),
    "manifest": (
        lambda seed: base64.b64encode(some(ALNUM, 21, seed).encode()).decode(),
        [
            '{{"apiVersion":"v1","data":{{"a.b":"eA==","foo":"{s}"}},"kind":"Secret"}}',
            'last-applied: {{\\"data\\":{{\\"foo\\":\\"{s}\\"}},\\"kind\\":\\"Secret\\"}}',
            '{{"kind": "Secret", "stringData": {{"foo": "{s}"}}}}',
        ],
    ),
    "private key": (
        lambda seed: some(ALNUM + "+/", 64, seed),
        [
            "-----BEGIN RSA PRIVATE KEY-----\\n{s}\\n-----END RSA PRIVATE KEY-----",
            'privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\\n{s}\\n',
            "-----BEGIN EC PRIVATE KEY-----\n{s}\n-----END EC PRIVATE KEY-----\n",
        ],
    ),
}


@pytest.mark.parametrize("kind", PLANTS)
def test_planted_secrets_never_leave(kind: str) -> None:
    make, texts = PLANTS[kind]
    for number, text in enumerate(texts):
        for seed in range(20):
            secret = make(1000 * number + seed)  # type: ignore[operator]
            shown = Redactor().text(text.format(s=secret))
            assert secret not in shown, text
            assert "<redacted:" in shown, text


KEPT = [
    "Image sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef pulled",
    "--discovery-token-ca-cert-hash sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    'pod="kube-system/coredns-7d4b9c6f5d-x2x8z" podUID="8f14e45f-ceea-4672-a0c5-d3f3f1a7b1a1"',
    'MountVolume.SetUp failed for volume "x" : secret "default-token-x2x8z" not found',
    '"Couldn\'t get secret" secret="kube-system/bootstrap-token-abcdef" err="not found"',
    "sudo: a password is required",
    "root@192.0.2.1's password: Permission denied, please try again.",
    "Unable to authenticate the request: [invalid bearer token, square/go-jose: error in cryptographic primitive]",
    'WWW-Authenticate: Bearer realm="https://registry/token",service="registry"',
    "oauth2: cannot fetch token: 401 Unauthorized",
    "(VI_1) received an invalid passwd/ip number count associated with VRID!",
    "open /etc/passwd: permission denied",
    "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key --token-auth-file=/etc/kubernetes/known_tokens.csv",
    "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM1",
    "exit code 1: stderr Error: exit status 1",
    "password or privateKey at least one",
    "node node12.compute0internalx did join",
    "ssh: unable to authenticate, attempted methods [none password], no supported methods remain",
    "initial-cluster-token: etcd-cluster",
    "crypto/bcrypt: hashedPassword is not the hash of the given password",
    "token: null, secret: <nil>, password: ''",
    "--token string   The token to use",
    "namespace/pod:8080 user@example.com https://192.0.2.1:6443/healthz?timeout=10s",
]


@pytest.mark.parametrize("line", KEPT)
def test_what_is_no_secret_stays_readable(line: str) -> None:
    assert Redactor().text(line) == line


def test_only_the_secret_part_goes() -> None:
    line = "kubeadm join 192.0.2.1:6443 --token abcdef.0123456789abcdef --certificate-key " + "0f" * 32
    expected = (
        "kubeadm join 192.0.2.1:6443 --token abcdef.<redacted:kubeadm-token#1>"
        " --certificate-key <redacted:certificate-key#1>"
    )
    assert Redactor().text(line) == expected


def test_equal_secrets_get_equal_placeholders_in_order_of_appearance() -> None:
    redactor = Redactor()
    assert (
        redactor.text("password=one1 password=two2") == "password=<redacted:password#1> password=<redacted:password#2>"
    )
    assert redactor.text('{"password":"two2"}') == '{"password":"<redacted:password#2>"}'
    assert redactor.counts == {"password": 3}


def test_what_is_redacted_once_stays_so() -> None:
    for _, texts in PLANTS.values():
        for text in texts:
            once = Redactor().redact(text.format(s=some(ALNUM, 20, 5)))
            redactor = Redactor()
            assert redactor.redact(once) == once


def test_the_same_input_gives_the_same_text() -> None:
    line = 'password="a b" token: ' + jwt(3)
    assert Redactor().text(line) == Redactor().text(line)


KEY_BODY = [some(ALNUM + "+/", 64, seed) for seed in range(5)] + ["MIIEshort7=="]


@pytest.mark.parametrize("prefix", ["", "    ", "2022-01-19T14:43:32.2Z stdout F "])
def test_a_private_key_over_several_lines_is_masked(prefix: str) -> None:
    lines = ["before", "-----BEGIN RSA PRIVATE KEY-----", *KEY_BODY, "-----END RSA PRIVATE KEY-----", "MIIEafter"]
    shown = list(Redactor().lines(f"{prefix}{line}\n" for line in lines))
    assert not [body for body in KEY_BODY if any(body in line for line in shown)]
    assert shown[0] == f"{prefix}before\n"
    assert shown[-1] == f"{prefix}MIIEafter\n"


def test_a_key_that_is_cut_off_does_not_swallow_the_rest_of_the_log() -> None:
    lines = ["-----BEGIN RSA PRIVATE KEY-----", *KEY_BODY[:2], 'level=error msg="disk is full"', "next line here"]
    shown = list(Redactor().lines(lines))
    assert shown[3:] == lines[3:]
    assert KEY_BODY[1] not in shown[2]


def test_certificates_stay() -> None:
    lines = ["-----BEGIN CERTIFICATE-----", *KEY_BODY, "-----END CERTIFICATE-----"]
    assert list(Redactor().lines(lines)) == lines


def test_values_of_secret_manifests_are_masked_in_yaml() -> None:
    text = """\
apiVersion: v1
data:
  ca.crt: aGVsbG8gd29ybGQhIQ==
  anything: c2VjcmV0LXZhbHVl
kind: Secret
metadata:
  name: foo
stringData:
  other: plain words
  more: |
    several lines
    of it
type: Opaque
---
apiVersion: v1
kind: ConfigMap
data:
  level: database
"""
    shown = "".join(Redactor().lines(text.splitlines(keepends=True)))
    for gone in ("aGVsbG8", "c2VjcmV0", "plain words", "several lines", "of it"):
        assert gone not in shown
    for kept in ("kind: Secret", "  name: foo", "type: Opaque", "  level: database"):
        assert kept in shown


def test_names_and_values_on_two_lines() -> None:
    lines = ["- name: DB_PASSWORD", "  value: hunter2", "- name: LEVEL", "  value: debug"]
    shown = list(Redactor().lines(lines))
    assert shown[1] == "  value: <redacted:secret-data#1>"
    assert shown[3] == lines[3]


@pytest.mark.parametrize(
    "form",
    [
        str,
        lambda s: quote(s, safe=""),
        lambda s: json.dumps(s)[1:-1],
        lambda s: base64.b64encode(s.encode()).decode(),
        lambda s: base64.b64encode(f"u:{s}:x".encode()).decode(),
        lambda s: base64.urlsafe_b64encode(f"us:{s}".encode()).decode(),
    ],
)
def test_the_last_sweep_finds_secrets_in_other_forms(form: object) -> None:
    secret = 'p/ss"w0rd<x>+&\\é1'
    redactor = Redactor()
    redactor.text(f"password='{secret}'")
    encoded = form(secret)  # type: ignore[operator]
    swept = redactor.sweep(f"before {encoded} after")
    assert "<redacted:password#1>" in swept
    assert encoded not in swept


def test_the_sweep_leaves_plain_words_alone() -> None:
    redactor = Redactor()
    redactor.text('password="evidence"')
    assert redactor.sweep('{"evidence": []}') == '{"evidence": []}'


# ------------------------------------------------------------------------------------------- control characters

ATTACKS = [
    "\x1b[2J\x1b[H",
    "\x1b]0;title\x07",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31m",
    "over\rwritten",
    "back\x08space",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "line\u2028separator",
    "nul\x00",
    "del\x7f",
    "\ud800",
    "tag\U000e0041",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_control_characters_are_shown_not_obeyed(attack: str) -> None:
    shown = visible(attack)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert visible(shown) == shown
    shown.encode()


def test_how_they_are_shown() -> None:
    assert visible("a\x1b[31mb\tc\nd\x7f\x9b\u202e") == "a␛[31mb\tc␊d␡<U+009B><U+202E>"
    assert visible("普通文本 ok é") == "普通文本 ok é"


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_becomes_safe(text: str) -> None:
    shown = Redactor().text(text)
    assert not [c for c in shown if unicodedata.category(c) == "Cc" and c != "\t"]
    shown.encode()


# ------------------------------------------------------------------------------------------------------- speed

UNITS = [
    "password=", 'password="', 'password=\\"', "password='", "eyJ", "eyJabc.", "token ", "://a:", "://a:b@", "a", "\\",
    "-----BEGIN RSA PRIVATE KEY-----", "docker login ", "docker login -p", "curl -u a:", "code=", "secretkey",
    '"kind":"Secret" "data":{"a":"b"', "certificate-key ", "LS0tLS1CRUdJTi", "--password ", "auth_pass ", "abcdef.",
    "system:masters,a,b,", "a.b:c@tcp(", "AKIDx", "bearer x", "echo a | ", "cookie: ", 'oauth "code":"',
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_hostile_line_costs_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        line = (unit * (size // len(unit) + 1))[:size]
        start = time.perf_counter()
        Redactor().text(line)
        return time.perf_counter() - start

    assert seconds(65536) < 1.0


def test_quotes_of_growing_depth_cost_linear_time() -> None:
    line = "".join("password=" + "\\" * depth + '"' for depth in range(240, 0, -1))
    start = time.perf_counter()
    Redactor().text(line)
    assert time.perf_counter() - start < 0.5

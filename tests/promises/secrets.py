"""Forty shapes of secrets, each with a maker of seeded values, and the six places in which they stand in logs.

All values are made here; none has ever opened anything.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"


def text(alphabet: str, length: int) -> Callable[[random.Random], str]:
    """Values of that length with a letter and a digit in them."""

    def make(rnd: random.Random) -> str:
        body = "".join(rnd.choices(alphabet, k=length - 2))
        letter = next(c for c in rnd.sample(alphabet, len(alphabet)) if c.isalpha())
        return f"{body[: length // 2]}{rnd.randint(0, 9)}{body[length // 2 :]}{letter}"

    return make


def b64(make: Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    return lambda rnd: base64.b64encode(make(rnd).encode()).decode()


def jwt(rnd: random.Random) -> str:
    payload = base64.urlsafe_b64encode(json.dumps({"sub": text(ALNUM, 20)(rnd)}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.{payload}.{text(ALNUM + '-_', 86)(rnd)}"


PASSWORD = text(ALNUM + "!#%+_", 14)
TOKEN = text(ALNUM, 32)


@dataclass(frozen=True)
class Shape:
    """One kind of secret: how a value is made and the names or phrases that stand before it."""

    name: str
    make: Callable[[random.Random], str]
    field: str
    """The name under which JSON and YAML have it."""
    log: str
    """A line of a log; `{s}` is the secret."""
    url: str = "https://203.0.113.9:8443/api?{field}={s}&x=1"
    header: str = "X-{field}: {s}"


SHAPES = (
    Shape("bootstrap token", text(LOWER, 16), "token", "kubeadm join 192.0.2.1:6443 --token abcdef.{s} --discovery-token-ca-cert-hash sha256:" + "0f" * 32,
          "https://192.0.2.1/join?token=abcdef.{s}", "X-Join-Token: abcdef.{s}"),
    Shape("bootstrap token said", text(LOWER, 16), "token", "[bootstrap-token] Using token: abcdef.{s}", "tcp://192.0.2.1/?token=abcdef.{s}", "Token: abcdef.{s}"),
    Shape("certificate key", text(HEX, 64), "certificateKey", "kubeadm join x --control-plane --certificate-key {s}"),
    Shape("certificate key said", text(HEX, 64), "certificate-key", "[upload-certs] Using certificate key: {s}"),
    Shape("service account token", jwt, "token", "the request carried {s} in it", header="Authorization: Bearer {s}"),
    Shape("id token", jwt, "id_token", "Failed to authenticate token: {s}", header="Authorization:[Bearer {s}]"),
    Shape("access token", TOKEN, "access_token", "got access_token={s} from dex"),
    Shape("refresh token", TOKEN, "refresh_token", 'refreshed "refresh_token": "{s}"'),
    Shape("bearer", text(ALNUM + "-._", 40), "bearerToken", "curl -H 'Authorization: Bearer {s}' https://x", header="Authorization: bearer {s}"),
    Shape("basic", b64(lambda rnd: "admin:" + PASSWORD(rnd)), "authorization", "request Authorization: Basic {s} refused", "https://203.0.113.9/?Authorization=Basic%20{s}", "Authorization: Basic {s}"),
    Shape("cookie", text(ALNUM, 32), "cookie_secret", "Cookie: a=1; session={s}", header="Set-Cookie: tke={s}; Path=/"),
    Shape("url password", text(ALNUM, 14), "password", "pull https://admin:{s}@registry.tke.com/v2/ failed", "https://admin:{s}@registry.tke.com/v2/", "Referer: https://u:{s}@192.0.2.1/"),
    Shape("redis url", text(ALNUM, 14), "redis_password", "redis://:{s}@192.0.2.5:6379/0 is away", "redis://:{s}@192.0.2.5:6379/0", "X-Redis: redis://:{s}@192.0.2.5:6379/0"),
    Shape("database url", text(ALNUM, 14), "db_password", "root:{s}@tcp(192.0.2.6:3306)/harbor: refused", "postgres://harbor:{s}@db/x?sslmode=disable", "X-Dsn: root:{s}@unix(/run/x)/y"),
    Shape("token as user", text(ALNUM, 40), "git_token", "clone https://{s}@github.com/a/b failed", "https://{s}@github.com/a/b", "X-Remote: https://{s}@github.com/a/b"),
    Shape("password", PASSWORD, "password", "Invalid password {{\"input password\": \"{s}\"}}"),
    Shape("store password", PASSWORD, "storePassword", "2022 error Invalid password {{\"input password\": \"{s}\", \"store password\": \"x\"}}"),
    Shape("go struct", PASSWORD, "passWord", "&Machine{{Username:root Password:{s} Port:22}}"),
    Shape("passphrase", PASSWORD, "passPhrase", "ssh key passPhrase: '{s}'"),
    Shape("docker login", PASSWORD, "registry_password", "docker login -u admin -p {s} default.registry.tke.com"),
    Shape("nerdctl login", PASSWORD, "passwd", "nerdctl login -u=admin --password={s} registry"),
    Shape("sshpass", PASSWORD, "root_password", "sshpass -p {s} ssh root@192.0.2.1"),
    Shape("curl user", PASSWORD, "user_password", "curl -k -u admin:{s} https://192.0.2.1/v2/"),
    Shape("piped", PASSWORD, "stdin_password", "echo {s} | docker login -u admin --password-stdin registry"),
    Shape("environment", PASSWORD, "MYSQL_ROOT_PASSWORD", "export MYSQL_ROOT_PASSWORD={s}"),
    Shape("keepalived", text(ALNUM, 12), "auth_pass", "    auth_pass {s}"),
    Shape("tencent id", lambda rnd: "AKID" + text(ALNUM, 32)(rnd), "secretId", "SecretId {s} is not valid"),
    Shape("tencent key", TOKEN, "secretKey", "cbs: secretKey={s} wrong"),
    Shape("tencent key in env", TOKEN, "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECRET_KEY={s}"),
    Shape("client secret", text(ALNUM, 24), "client_secret", 'dex: {{"ID":"default","Secret":"{s}","RedirectURIs":null}}'),
    Shape("oauth code", text(ALNUM, 25), "oauth_token", 'Failed to exchange oauth2 token by given code {{"code": "{s}"}}', "http://203.0.113.9:30080/callback?code={s}&state=abc", "Location: /callback?code={s}&state=x"),
    Shape("registry auth", b64(lambda rnd: "robot$ci:" + TOKEN(rnd)), "auth", '{{"auths":{{"r":{{"auth":"{s}"}}}}}}', "https://203.0.113.9/?auth={s}", "X-Registry-Auth: {s}"),
    Shape("docker config", b64(lambda rnd: '{"auths":{"r":{"auth":"' + TOKEN(rnd) + '"}}}'), ".dockerconfigjson", "wrote {s} to the pull secret", "https://203.0.113.9/?x={s}", "X-Config: {s}"),
    Shape("api key", TOKEN, "api key", '{{"api key": "{s}"}}', "https://203.0.113.9/?api_key={s}", "Api-Key: {s}"),
    Shape("encryption key", b64(text(ALNUM, 32)), "encryption_key", "encryption-key={s}"),
    Shape("client key data", b64(lambda rnd: "-----BEGIN RSA PRIVATE KEY-----\n" + text(ALNUM, 64)(rnd)), "client-key-data", "kubeconfig client-key-data: {s}"),
    Shape("github token", lambda rnd: "ghp_" + text(ALNUM, 36)(rnd), "credential", "clone with {s} failed", "https://203.0.113.9/?x={s}", "X: {s}"),
    Shape("gitlab token", lambda rnd: "glpat-" + text(ALNUM, 20)(rnd), "credentials", "using {s} for the mirror", "https://203.0.113.9/?x={s}", "PRIVATE-TOKEN: {s}"),
    Shape("static token file", TOKEN, "admin_token", "{s},admin,admin,system:masters"),
    Shape("private key line", text(ALNUM + "+/", 64), "privateKey", "-----BEGIN RSA PRIVATE KEY-----\\n{s}\\n-----END RSA PRIVATE KEY-----"),
)  # fmt: skip

PLACES = ("log", "json", "yaml", "url", "header", "lines")


def planted(shape: Shape, place: str, secret: str, number: int) -> list[str]:
    """Lines of a log in which the secret stands in that place."""
    head = f"2022-01-19T14:{number % 60:02d}:31.123Z stdout F "
    if place == "log":
        return [head + shape.log.format(s=secret)]
    if place == "json":
        inner = json.dumps({"user": "admin", shape.field: secret})
        outer = inner if number % 2 else json.dumps({"level": "error", "msg": f"request body {inner}"})
        return [head + outer]
    if place == "yaml":
        quoted = ("{}", '"{}"', "'{}'")[number % 3].format(secret)
        return ["config:", "  user: admin", f"  {shape.field}: {quoted}", "  level: info"]
    if place == "url":
        placed = secret if number % 2 else quote(secret, safe="+/=!#%_.-~" if "@" in shape.url else "")
        return [head + "GET " + shape.url.format(s=placed, field=shape.field.replace(" ", "_")) + " 403"]
    if place == "header":
        return [head + shape.header.format(s=secret, field=shape.field.replace(" ", "-").strip("."))]
    if not secret.isalnum():
        secret = base64.b64encode(secret.encode()).decode()
    body = base64.b64encode(random.Random(secret).randbytes(48 * 2)).decode()
    pem = ["-----BEGIN RSA PRIVATE KEY-----", body[:64], body[64:], f"{secret}", "-----END RSA PRIVATE KEY-----"]
    wrapped = {
        0: "{}",
        1: head + "{}",
        2: '{{"log":"{}\\n","stream":"stdout","time":"2022-01-19T14:43:31Z"}}',
        3: "    {}",
    }
    return [wrapped[number % 4].format(line) for line in pem]


def plants(values: int) -> Iterator[tuple[Shape, str, str, list[str]]]:
    """Every shape in every place with so many values: shape, place, secret, lines."""
    for shape in SHAPES:
        rnd = random.Random(shape.name)
        for place in PLACES:
            for number in range(values):
                secret = shape.make(rnd)
                yield shape, place, secret, planted(shape, place, secret, number)


def forms(secret: str) -> set[str]:
    """What a reader could take the secret from."""
    raw = secret.encode()
    found = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], base64.b64encode(raw).decode().rstrip("=")[:-1]}
    found.add(base64.b64encode(b"admin:" + raw + b":x").decode()[8 : 8 + len(raw)])
    return {form for form in found if len(form) >= 8}

"""Reports made by hand: one with everything in it, a small one, an empty one; and one made of any strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loganalyzer.model import (
    Basis,
    Candidate,
    Check,
    Confidence,
    Diagnosis,
    Evidence,
    InputInfo,
    Instant,
    Kind,
    Problem,
    Report,
    Risk,
    Severity,
    Stats,
    Step,
    Suppressed,
    Text,
)

T0 = 1642603412.225  # 2022-01-19 14:43:32.225 UTC


def at(seconds: float, digits: int = 3) -> Instant:
    return Instant(T0 + seconds, Basis.ZONE_ASSUMED, None, digits)


def yearless(seconds: float) -> Instant:
    return Instant(64680211.123456 + seconds, Basis.YEAR_UNKNOWN, None, 6)


NOT_ON_HOST = 'E0119 14:43:31.123456    1234 kubelet_node_status.go:92] node IP: "203.0.113.9" not found in the host\'s network interfaces'
HEALTHZ = (
    "2022-01-19 14:43:32.225\terror\ttke-installer.ClusterProvider.OnCreate.EnsureKubeadmInitPhaseWaitControlPlane\t"
    'cluster/create.go:1022\tcheck healthz error {"statusCode": 0, "error": "Get \\"https://203.0.113.9:6443/healthz\\": '
    'net/http: TLS handshake timeout"}'
)


def symptom(id_: str, en: str, zh: str, *, explains: tuple[Diagnosis, ...] = (), count: int = 1) -> Diagnosis:
    return Diagnosis(
        id=id_,
        kind=Kind.SYMPTOM,
        severity=Severity.ERROR,
        confidence=Confidence.CONFIRMED,
        title=Text(en, zh),
        cause=Text("It is a consequence.", "这是结果。"),
        because=(),
        nodes=("master-1",),
        first_seen=at(10),
        last_seen=at(300),
        count=count,
        captures={},
        evidence=(Evidence("installer/tke.log", 900, at(10), HEALTHZ, "s", "master-1", None, count, at(300)),),
        steps=(),
        references=(),
        fingerprint="f" * 16,
        explains=explains,
    )


PORT_CONFLICT = Diagnosis(
    id="gateway-registry-port-conflict",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    confidence=Confidence.LIKELY,
    title=Text(
        "tke-gateway cannot bind port 443: the installer's local registry still holds it",
        "tke-gateway 无法绑定 443 端口：安装器的本地镜像仓库仍占用该端口",
    ),
    cause=Text("The step list was made while ...", "步骤列表生成时 ……"),
    because=(Text("no step that stops the local registry is listed", "步骤列表中没有停止本地镜像仓库的步骤"),),
    nodes=("master-1",),
    first_seen=at(400),
    last_seen=at(700),
    count=12,
    captures={"port": ("443",)},
    evidence=(
        Evidence(
            "master-1/tke-gateway/0.log",
            3,
            at(400),
            "2022-01-19T14:50:12.225Z stderr F panic: listen tcp 0.0.0.0:443: bind: address already in use",
            "bind",
            "master-1",
            "pod-log",
            12,
            at(700),
        ),
    ),
    steps=(
        Step(
            1,
            Text("Stop the installer's registry containers", "停止安装器的镜像仓库容器"),
            "installer",
            Risk.RESTART,
            run="nerdctl stop registry-https registry-http",
            undo="nerdctl start registry-https registry-http",
        ),
    ),
    references=(),
    fingerprint="0123456789abcdef",
    explains=(
        symptom("gateway-cannot-bind", "tke-gateway restarts again and again", "tke-gateway 反复重启", count=12),
        symptom("dex-redirect-uri-unregistered", "The login redirect is refused", "登录重定向被拒绝"),
    ),
)

PUBLIC_IP = Diagnosis(
    id="apiserver-advertise-ip-not-local",
    kind=Kind.CAUSE,
    severity=Severity.CRITICAL,
    confidence=Confidence.CONFIRMED,
    title=Text(
        "The master is registered under 203.0.113.9, which is on none of its interfaces",
        "Master 注册使用的 IP 203.0.113.9 不在本机任何网卡上",
    ),
    cause=Text(
        "203.0.113.9 is a public address that the cloud translates to the machine. kubelet, etcd and the API server are "
        "told to use it, but no interface carries it: etcd cannot bind, kubelet refuses the node address, and the "
        "installer waits for a health check that can never succeed.",
        "203.0.113.9 是云平台做地址转换的公网 IP。kubelet、etcd 和 API Server 被配置为使用它，但本机没有任何网卡拥有该地址："
        "etcd 无法绑定，kubelet 拒绝该节点地址，安装器一直等待一个永远不会成功的健康检查。",
    ),
    because=(
        Text("kubelet says so itself", "kubelet 自己报告了该问题"),
        Text("the health check goes to the same address", "健康检查访问的是同一个地址"),
    ),
    nodes=("master-1",),
    first_seen=yearless(0),
    last_seen=at(316),
    count=60,
    captures={"ip": ("203.0.113.9",), "port": ("6443",)},
    evidence=(
        Evidence(
            "bundle.tar.gz/master-1/kubelet.log", 40, yearless(0), NOT_ON_HOST, "not_on_host", "master-1", None, 3
        ),
        Evidence(
            "bundle.tar.gz/installer/tke.log",
            812,
            at(0),
            HEALTHZ,
            "healthz",
            "master-1",
            "kubeadm-init-error",
            57,
            at(316),
        ),
    ),
    steps=(
        Step(
            1,
            Text("See which interface carries the default route", "查看默认路由所在的网卡"),
            "master",
            Risk.READ,
            run="ip -o route get 1.1.1.1\nip -4 -o addr show",
        ),
        Step(
            2,
            Text("Put the address on that interface", "把该地址配置到这块网卡上"),
            "master",
            Risk.CHANGE,
            run="ip addr add 203.0.113.9/32 dev <nic>",
            undo="ip addr del 203.0.113.9/32 dev <nic>",
            check=Check(
                "ip -4 -o addr show to 203.0.113.9", Text("one line with 203.0.113.9", "有一行包含 203.0.113.9")
            ),
        ),
        Step(
            3,
            Text("Or start over with the private address", "或者使用内网地址重新安装"),
            "installer",
            Risk.DESTRUCTIVE,
            run="rm -rf /opt/tke-installer/data && nerdctl restart tke-installer",
            warn=Text(
                "All that was entered in the installer is lost; copy /opt/tke-installer/data/tke.json first.",
                "安装器中已填写的内容会全部丢失；请先备份 /opt/tke-installer/data/tke.json。",
            ),
        ),
    ),
    references=("tkestack/tke#1739",),
    fingerprint="0011223344556677",
    explains=(
        symptom(
            "apiserver-unreachable",
            "The API server does not answer",
            "API Server 没有响应",
            explains=(
                symptom(
                    "installer-infinite-retry",
                    "The installer repeats one step for ever",
                    "安装器无限重试同一步骤",
                    count=57,
                ),
            ),
            count=57,
        ),
        PORT_CONFLICT,
    ),
)

CANDIDATE = Candidate(
    id="etcd-disk-slow",
    title=Text("The disk under etcd is too slow", "etcd 所在磁盘太慢"),
    shows='slow fdatasync {"took": "<dur>", "expected-duration": "1s"}',
    where="etcd log on master-1",
    collect="journalctl -u etcd --since -1h",
    against=(Text("etcd.log covers the time and is silent", "etcd.log 覆盖了该时间段，但没有相关记录"),),
)

UNSOLVED = Diagnosis(
    id="etcd-leader-lost",
    kind=Kind.SYMPTOM,
    severity=Severity.ERROR,
    confidence=Confidence.LIKELY,
    title=Text("etcd loses its leader", "etcd 丢失 leader"),
    cause=Text("The members no longer agree on a leader.", "成员之间无法就 leader 达成一致。"),
    because=(),
    nodes=(),
    first_seen=None,
    last_seen=None,
    count=4,
    captures={},
    evidence=(
        Evidence("-", 3, None, "etcdserver: no leader [/var/lib/etcd] :smile: [bold]x[/bold]", "lost", None, None, 4),
    ),
    steps=(),
    references=(),
    fingerprint="8899aabbccddeeff",
    candidates=(CANDIDATE,),
)

HARMLESS = Diagnosis(
    id="aufs-not-found",
    kind=Kind.HARMLESS,
    severity=Severity.INFO,
    confidence=Confidence.CONFIRMED,
    title=Text("aufs is not available", "aufs 不可用"),
    cause=Text("containerd uses overlayfs instead.", "containerd 会改用 overlayfs。"),
    because=(),
    nodes=("master-1",),
    first_seen=None,
    last_seen=None,
    count=1,
    captures={},
    evidence=(Evidence("containerd.log", 3, at(-100), "skip loading plugin aufs", "s"),),
    steps=(),
    references=(),
    fingerprint="aaaa",
)

INPUTS = (
    InputInfo(
        "bundle.tar.gz/installer/tke.log", None, "tke-installer", "zap", 1_200_000, 98_000_000, at(-600), at(900)
    ),
    InputInfo(
        "bundle.tar.gz/master-1/kubelet.log", "master-1", "kubelet", "klog", 4_331, 812_000, yearless(0), yearless(500)
    ),
)

FULL = Report(
    tool="0.1.0",
    rules=214,
    rules_digest="sha256:0f0f",
    inputs=INPUTS,
    diagnoses=(PUBLIC_IP, UNSOLVED),
    harmless=(HARMLESS,),
    healed=(),
    missing=(CANDIDATE,),
    redactions={"jwt": 2, "password": 1},
    problems=(
        Problem(
            "bundle.tar.gz/node-2.tgz",
            "truncated",
            Text("the archive ends inside etcd.log", "归档在 etcd.log 中间结束"),
        ),
        Problem("bundle.tar.gz/x.log", "note", Text("read as GB18030", "按 GB18030 读取")),
    ),
    stats=Stats(seconds=0.94),
)

EMPTY = Report("0.1.0", 214, "sha256:0f0f", INPUTS, (), problems=FULL.problems)
SUPPRESSED = replace(FULL, diagnoses=(UNSOLVED,), suppressed=(Suppressed(PUBLIC_IP, "it moves in May", "2027-05-31"),))
NOTHING = Report("0.1.0", 214, "sha256:0f0f", (), ())


def hostile(strings: Sequence[str]) -> Report:
    """A report in which each text that a log can reach is one of the strings."""
    take = iter(strings * 3)

    def s() -> str:
        return next(take)

    def t() -> Text:
        return Text(s(), s())

    inner = symptom("inner", s(), s())
    diagnosis = Diagnosis(
        "some-id",
        Kind.CAUSE,
        Severity.ERROR,
        Confidence.LIKELY,
        t(),
        t(),
        (t(),),
        (s(),),
        at(0),
        at(9),
        2,
        {"v": (s(),)},
        (Evidence(s(), 3, at(0), s(), "sig", s(), None, 2, at(9), (s(),), (s(),)), Evidence(s(), 4, None, s(), "sig")),
        (Step(1, t(), s(), Risk.CHANGE, s(), s(), Check(s(), t()), t()),),
        (s(),),
        "ff",
        (inner,),
        (Candidate("c", t(), s(), s(), s(), (t(),)),),
    )
    return Report(
        "0.1.0",
        1,
        "x",
        (InputInfo(s(), s(), s(), "text", 1, 1),),
        (diagnosis,),
        (HARMLESS,),
        (),
        (Candidate("c", t(), s(), s(), s()),),
        {"password": 1},
        (Problem(s(), "damaged", t()),),
    )


def with_evidence(evidence: tuple[Evidence, ...]) -> Report:
    """A report of one diagnosis with this evidence."""
    return replace(FULL, diagnoses=(replace(PUBLIC_IP, evidence=evidence),))

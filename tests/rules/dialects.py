"""A printed failure in everything that is printed around it: `wrapped(channel, text)` yields (dialect, log)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from fixtures.generator import dialects as d

AT = 1642574612.225  # 2022-01-19 06:43:32 UTC
Logs = Iterator[tuple[str, str]]


def wrapped(channel: str, text: str, entry: Mapping[str, object] = {}) -> Logs:
    """The logs that hold this text; `entry` may name the handler (`at`), zap's `fields` and the `level`."""
    yield from _CHANNELS[channel](text, entry)


def _blanks(line: str) -> str:
    """A copy from a terminal or a web page: TABs are blanks."""
    return line.replace("\t", "    ")


def _zap(
    level: str, logger: str, text: str, tail: dict[str, object] | None = None, *, first: str | None = None
) -> Logs:
    """zap in the forms that occur: file, pasted, pod, the runtimes' files, JSON."""
    lead = [] if first is None else [first]
    forms = {
        "zap console": "\n".join([*lead, d.zap(AT, level, logger, text, tail)]),
        "zap pasted": _blanks(d.zap(AT, level, logger, text, tail)),
        "zap ANSI": d.zap_pod(AT, level, logger, text, tail),
        "zap ANSI pasted": _blanks(d.zap_pod(AT, level, logger, text, tail)),
    }
    yield from forms.items()
    pod = d.zap_pod(AT, level, logger, text, tail)
    yield "zap ANSI in CRI", _each(pod, lambda line: d.cri(AT, "stdout", line))
    yield "zap ANSI in docker json-file", d.docker_json(AT, "stdout", pod)
    line: dict[str, object] = {"level": level, "time": "2022-01-19 14:43:32.225"}
    line |= {"logger": logger, "msg": text} if logger else {"msg": text}
    yield "zap JSON", json.dumps(line | (tail or {}), ensure_ascii=False, separators=(",", ":"))


def _each(text: str, wrap: Callable[[str], str]) -> str:
    return "\n".join(map(wrap, text.split("\n")))


# -------------------------------------------------------------------------------------------- channels


def _client(text: str, _: Mapping[str, object]) -> Logs:
    yield "as it is", text
    yield "in a terminal", f"[root@node-1 ~]# ./a-command\n{text}\n[root@node-1 ~]# "


def _run(text: str, _: Mapping[str, object]) -> Logs:
    yield "as it is", text
    yield ".run output", f"Step.3 install containerd [in process]\n{text}\n[FAIL] Operation failed.\n"
    yield ".run output of 1.2", f"Step.3 install docker [doing]\n{text}\n[FAIL] Operation failed.\n"
    yield "red", f"\x1b[31m{text}\x1b[0m\n"


def _http(text: str, _: Mapping[str, object]) -> Logs:
    yield "as it is", text
    status = {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": text,
        "reason": "BadRequest", "code": 400,
    }  # fmt: skip
    yield "Status body", json.dumps(status, ensure_ascii=False)
    yield "Status body, indented", json.dumps(status, ensure_ascii=False, indent=2)
    yield "kubectl", f'Error from server (BadRequest): error when creating "a.yaml": {text}'
    yield "ErrorList", f'Cluster.platform.tkestack.io "global" is invalid: [spec.machines[0]: Forbidden: {text}]'
    yield "installer's dump", f"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{json.dumps(status)}"


def _installer(text: str, entry: Mapping[str, object]) -> Logs:
    yield from _zap(str(entry.get("level", "error")), "tke-installer", text)
    yield "progress API", json.dumps({"status": "Retrying", "data": d.zap(AT, "error", "tke-installer", text) + "\n"})


def _step(text: str, _: Mapping[str, object]) -> Logs:
    name = text.split(" [Failed]")[0]
    for number in (4, 17, 41):  # the numbers shift with what is installed
        line = d.zap(AT, "error", "tke-installer", f"{number}.{text}")
        yield f"step {number}", d.zap(AT - 600, "info", "tke-installer", f"{number}.{name} doing") + "\n" + line
    yield from _zap("error", "tke-installer", f"17.{text}")
    yield "Go's log of 1.2", f"2022/01/19 14:43:32 17.{text}"
    yield "progress API", json.dumps({"status": "Retrying", "data": d.zap(AT, "error", "tke-installer", f"17.{text}")})


def _step_error(text: str, entry: Mapping[str, object]) -> Logs:
    yield from _step(f"Prepare front proxy certificates [Failed] [0.1s] error {text}", entry)


def _done(logger: str, text: str, context: dict[str, object]) -> Logs:
    """A handler's end: the error at level INFO."""
    tail = {**context, "error": text, "cost": "1.55s"}
    yield from _zap("info", logger, "Done", tail, first=d.zap(AT - 2, "info", logger, "Doing", context or None))


def _handler(text: str, entry: Mapping[str, object]) -> Logs:
    at = entry.get("at", "EnsurePreflight")
    yield from _done(f"tke-installer.ClusterProvider.OnCreate.{at}", text, {})
    controller = f"ClusterController.ClusterProvider.OnCreate.{at}"
    yield (
        "controller",
        d.zap_pod(AT, "info", controller, "Done", {"cluster": "cls-7xk2p9qv", "error": text, "cost": "1s"}),
    )


def _machine(text: str, entry: Mapping[str, object]) -> Logs:
    at = entry.get("at", "EnsurePreflight")
    logger = f"MachineController.MachineProvider.OnCreate.{at}"
    retry = next(_retry_machine(text, entry))[1]
    for how, log in _done(logger, text, {"machine": "mc-7xk2p9qv", "cluster": "cls-7xk2p9qv"}):
        yield how, log
        if how == "zap ANSI":
            yield f"{how}, and the retry", f"{log}\n{retry}"


def _delete(text: str, _: Mapping[str, object]) -> Logs:
    for name in ("MachineController.Delete", "MachineController"):
        logger = f"{name}.MachineProvider.OnDelete.EnsureRemoveNode"
        for how, log in _done(logger, text, {"machine": "mc-7xk2p9qv", "cluster": "cls-7xk2p9qv"}):
            yield f"{name}, {how}", log


def _retry(kind: str, name: str, text: str) -> Logs:
    line = f"error processing {kind} {name} (will retry): {text}"
    klog = d.klog(AT, "E", f"{kind}_controller.go:219", line)
    yield "klog v2", klog
    yield "klog v2 in CRI", _each(klog, lambda one: d.cri(AT, "stderr", one))
    yield "klog v2 in docker json-file", d.docker_json(AT, "stderr", klog)
    # klog v1, redirected: one error is three lines
    yield "klog v1 in zap", "\n".join(d.zap_pod(AT, level, "", line) for level in ("error", "warn", "info"))
    yield "klog v1 in zap, pasted", "\n".join(_blanks(d.zap(AT, one, "", line)) for one in ("error", "warn", "info"))


def _retry_machine(text: str, _: Mapping[str, object]) -> Logs:
    yield from _retry("machine", "mc-7xk2p9qv", text)


def _retry_cluster(text: str, _: Mapping[str, object]) -> Logs:
    yield from _retry("cluster", "cls-7xk2p9qv", text)


def _check_healthz(text: str, _: Mapping[str, object]) -> Logs:
    for name in ("tke-installer", "ClusterController"):
        logger = f"{name}.ClusterProvider.OnCreate.EnsureKubeadmInitPhaseWaitControlPlane"
        yield from _zap("error", logger, "check healthz error", {"statusCode": 0, "error": text})


def _preflight(text: str, _: Mapping[str, object]) -> Logs:
    head = "[preflight] Some fatal errors occurred:"
    block = f"{head}\n\t{text}\n"
    yield "block", block
    yield "block, pasted", f"{head}\n        {text}\n"
    yield from _done("tke-installer.ClusterProvider.OnCreate.EnsurePreflight", f"10.0.8.11: {block}", {})
    logger = "MachineController.MachineProvider.OnCreate.EnsurePreflight"
    for how, log in _done(logger, block, {"machine": "mc-7xk2p9qv", "cluster": "cls-7xk2p9qv"}):
        yield f"machine, {how}", log
    yield "retry", next(_retry_machine(block, {}))[1]
    yield "docker json-file, a line each", "\n".join(d.docker_json(AT, "stderr", one) for one in block.splitlines())
    condition = {"type": "EnsurePreflight", "status": "False", "reason": "FailedInit", "message": block}
    yield "condition", json.dumps(condition, indent=2)


def _kubeadm_preflight(text: str, _: Mapping[str, object]) -> Logs:
    """kubeadm ends at an ERROR; at a WARNING it goes on."""
    head, tail = (
        "error execution phase preflight: [preflight] Some fatal errors occurred:",
        (
            "[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`"
        ),
    )
    if text.startswith("[WARNING"):
        head, tail = "[preflight] Running pre-flight checks", "[preflight] Pulling images required for the cluster"
    block = f"{head}\n\t{text}\n{tail}\n"
    yield "block", block
    yield "block, pasted", block.replace("\t", "        ")
    yield "docker json-file", "\n".join(d.docker_json(AT, "stderr", one) for one in block.splitlines())
    if text.startswith("[ERROR"):
        result = {"changed": True, "cmd": ["kubeadm", "init"], "rc": 1, "stderr": block, "stdout": ""}
        yield "ansible", f"fatal: [node-1]: FAILED! => {json.dumps(result)}"


def _pod(text: str, entry: Mapping[str, object]) -> Logs:
    yield from _zap(str(entry.get("level", "error")), "", text)


def _pod_fields(text: str, entry: Mapping[str, object]) -> Logs:
    fields = entry["fields"]
    assert isinstance(fields, dict)
    yield from _zap(str(entry.get("level", "error")), "", text, fields)


def _raw_pod(text: str, _: Mapping[str, object]) -> Logs:
    yield "CRI", d.cri(AT, "stderr", text)
    yield "red in CRI", d.cri(AT, "stderr", f"\x1b[31m{text}\x1b[0m")
    yield "docker json-file", d.docker_json(AT, "stderr", text)


def _page(text: str, _: Mapping[str, object]) -> Logs:
    inner = text.split(": ", 1)[1]
    yield "page", f"Bad Request\n{inner}"
    yield "page's source", f'<h2 class="theme-heading">Bad Request</h2>\n<p>{inner.replace(chr(34), "&#34;")}</p>'


def _daemon(text: str, _: Mapping[str, object]) -> Logs:
    klog = d.klog(AT, "E", "main.go:118", text)
    yield "klog", klog
    yield "klog in CRI", d.cri(AT, "stderr", klog)
    yield "klog in docker json-file", d.docker_json(AT, "stderr", klog)


def _kubelet(text: str, _: Mapping[str, object]) -> Logs:
    quoted = json.dumps(text, ensure_ascii=False)
    for kind, inner in {
        "klog text": f"Failed to do it: {text}",
        "klog structured": f'"Failed to do it" err={quoted} node="10.0.8.11"',
        "klog, deeper": f'"Failed to do it" err={json.dumps(f"outer: {quoted}")} pod="kube-system/web"',
    }.items():
        yield from _journalled(kind, d.klog(AT, "E", "kubelet_node_status.go:92", inner, 1234))
    line = {"ts": AT * 1000, "caller": "kubelet/kubelet.go:2211", "msg": "Failed to do it", "err": text}
    yield "klog JSON", json.dumps(line, ensure_ascii=False)


def _kubelet_raw(text: str, _: Mapping[str, object]) -> Logs:
    yield from _journalled("klog", d.klog(AT, "E", "kubelet.go:2291", text, 1234))


def _journalled(kind: str, line: str, program: str = "kubelet") -> Logs:
    yield kind, line
    yield f"{kind} in journald", d.journal(AT, "node-1", program, 1234, line)
    yield f"{kind} in journald, ISO", f"2022-01-19T14:43:32+0800 node-1 {program}[1234]: {line}"
    yield f"{kind} in journald JSON", d.journal_json(AT, "node-1", program, 1234, line)


def _runtime(text: str, _: Mapping[str, object]) -> Logs:
    image = "registry.tke.com/library/pause:3.5"
    failed = f'PullImage "{image}" failed'
    yield "as it is", text
    yield "nerdctl", f"FATA[0030] {text}"
    for how, quoted in {
        "containerd": f'time="2022-01-19T14:43:32.225Z" level=error msg={json.dumps(failed)} error={json.dumps(text)}',
        "docker": f'time="2022-01-19T14:43:32.225Z" level=error msg={json.dumps("Handler for POST /v1.41/images/create returned error: " + text)}',
    }.items():
        yield from _journalled(how, quoted, how + "d" * (how == "docker"))
    error = f'rpc error: code = Unknown desc = failed to pull and unpack image "{image}": {text}'
    yield from _journalled(
        "kubelet",
        d.klog(
            AT,
            "E",
            "remote_image.go:114",
            f'"PullImage from image service failed" err={json.dumps(error)} image="{image}"',
        ),
    )
    yield "event", f'  Warning  Failed  12s (x4 over 2m)  kubelet  Failed to pull image "{image}": {error}'


def _event(text: str, _: Mapping[str, object]) -> Logs:
    yield "describe", f"Events:\n  Warning  FailedScheduling  12s (x4 over 2m)  default-scheduler  {text}"
    yield "get events", f"2m          Warning   FailedScheduling   pod/tke-auth-api-6d9c5b7f4-q8w2z   {text}"
    event = {"kind": "Event", "type": "Warning", "reason": "FailedScheduling", "message": text}
    yield "Event JSON", json.dumps(event, indent=2)
    yield "Pod YAML", f"    message: '{text.replace(chr(39), chr(39) * 2)}'\n    reason: Unschedulable"


def _registry(text: str, _: Mapping[str, object]) -> Logs:
    line = d.logrus(AT, "fatal", text, **{"go.version": "go1.11.2", "service": "registry", "version": "v2.7.1"})
    yield "as it is", text
    yield "logrus", line
    yield "logrus in docker json-file", d.docker_json(AT, "stderr", line)


def _etcd(text: str, _: Mapping[str, object]) -> Logs:
    line = d.capnslog(AT, "C", "etcdmain", text)
    yield "capnslog", line
    yield "capnslog in CRI", d.cri(AT, "stderr", line)
    yield "capnslog in docker json-file", d.docker_json(AT, "stderr", line)
    line = d.zap_json(AT, "fatal", "etcdmain/etcd.go:204", "discovery failed", error=text)
    yield "zap JSON", line
    yield "zap JSON in CRI", d.cri(AT, "stderr", line)
    yield "zap JSON in journald", d.journal(AT, "node-1", "etcd", 77, line)


def _kernel(text: str, _: Mapping[str, object]) -> Logs:
    yield "dmesg", f"[189136.071234] {text}"
    yield "dmesg -T", f"[Wed Jan 19 14:43:32 2022] {text}"
    yield "journald", f"Jan 19 14:43:32 node-1 kernel: {text}"


def _keepalived(text: str, _: Mapping[str, object]) -> Logs:
    yield "as it is", f"Wed Jan 19 14:43:32 2022: {text}"
    yield from _journalled("syslog", text, "Keepalived_vrrp")
    yield "CRI", d.cri(AT, "stderr", f"Wed Jan 19 14:43:32 2022: {text}")


_CHANNELS: dict[str, Callable[[str, Mapping[str, object]], Logs]] = {
    "check-healthz": _check_healthz, "client": _client, "daemon": _daemon, "delete": _delete, "etcd": _etcd,
    "event": _event, "handler": _handler, "http": _http, "installer": _installer, "keepalived": _keepalived,
    "kernel": _kernel, "kubeadm-preflight": _kubeadm_preflight, "kubelet": _kubelet, "kubelet-raw": _kubelet_raw, "machine": _machine, "page": _page,
    "pod": _pod, "pod-fields": _pod_fields, "preflight": _preflight, "raw-pod": _raw_pod, "registry": _registry,
    "retry-cluster": _retry_cluster, "retry-machine": _retry_machine, "run": _run, "runtime": _runtime,
    "step": _step, "step-error": _step_error,
}  # fmt: skip

"""What kubectl, the container tools and etcdctl list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loganalyzer import late
from loganalyzer.ingest.facts.dialect import FactDialect, Sample, headed, numbered, row
from loganalyzer.model import Row


def _pods(lines: Sequence[str]) -> list[Row] | None:
    rows = []
    for n, line, cells in headed(lines, "NAMESPACE", "NAME"):
        if "READY" in cells and "STATUS" in cells:
            restarts = cells.get("RESTARTS", "").split(" ")[0]
            rows.append(
                row(
                    n, line, namespace=cells.get("NAMESPACE", ""), name=cells["NAME"], ready=cells["READY"],
                    status=cells["STATUS"], restarts=restarts, node=cells.get("NODE", ""),
                )
            )  # fmt: skip
    return rows or None


def _nodes(lines: Sequence[str]) -> list[Row] | None:
    rows = [
        row(
            n, line, name=cells["NAME"], status=cells["STATUS"], roles=cells.get("ROLES", ""),
            version=cells["VERSION"], address=cells.get("INTERNAL-IP", ""),
        )
        for n, line, cells in headed(lines, "NAME")
        if "STATUS" in cells and "VERSION" in cells
    ]  # fmt: skip
    return rows or None


_OBJECT = late.pattern(r"# (Node|Cluster|Machine) (\S+)$")
_DESCRIBED = late.pattern(
    r"  ([A-Z]\w+)\s+(True|False|Unknown)\s+\w{3}, \d\d \w{3} \d{4} [\d:]+ \S+\s+\w{3}, \d\d \w{3} \d{4} [\d:]+ \S+\s+"
    r"(\w+)\s+(.*)$"
)


def _conditions(lines: Sequence[str]) -> list[Row] | None:
    rows: list[Row] = []
    kind = name = ""
    for n, line in numbered(lines):
        parts = line.split("\t")
        if found := _OBJECT.match(line):
            kind, name = found[1].lower(), found[2]
        elif found := re.match(r"Name:\s+(\S+)$", line):
            kind, name = "node", found[1]
        elif kind and len(parts) >= 3 and parts[1] in ("True", "False", "Unknown"):
            reason, message = (*parts[2:4], "")[:2]
            rows.append(
                row(n, line, kind=kind, name=name, type=parts[0], status=parts[1], reason=reason, message=message)
            )
        elif kind and (found := _DESCRIBED.match(line)):
            rows.append(
                row(
                    n, line, kind=kind, name=name, type=found[1], status=found[2], reason=found[3], message=found[4]
                )
            )  # fmt: skip
    return rows or None


def _containers(lines: Sequence[str]) -> list[Row] | None:
    """`docker ps`, `nerdctl ps` (header CONTAINER ID) and `crictl ps` (CONTAINER): columns where the header has them,
    as a cell may be empty."""
    rows: list[Row] = []
    header: list[tuple[str, int]] = []
    for n, line in numbered(lines):
        if line.startswith("CONTAINER"):
            header = [(found[0], found.start()) for found in re.finditer(r"\S+(?: \S+)*", line)]
            continue
        ends = [start for _, start in header[1:]] + [len(line)] if header else []
        cells = {name: line[start:end].strip() for (name, start), end in zip(header, ends, strict=True)}
        status = cells.get("STATUS") or cells.get("STATE") or ""
        if status:
            rows.append(
                row(
                    n, line, name=cells.get("NAMES") or cells.get("NAME") or "", image=cells.get("IMAGE", ""),
                    status="running" if status.startswith(("Up", "Running")) else "exited",
                    id=cells.get("CONTAINER ID") or cells.get("CONTAINER") or "",
                )
            )  # fmt: skip
    return rows if header else None


def _etcd(lines: Sequence[str]) -> list[Row] | None:
    rows, known = [], False
    for n, line in numbered(lines):
        if found := re.match(r"memberID:(\d+) alarm:(\w+)", line):
            rows.append(row(n, line, endpoint=found[1], alarm=found[2]))
        elif found := re.match(r"\|\s+(https?://\S+)\s+\|", line):
            alarm = re.search(r"alarm:(\w+)", line)
            rows.append(row(n, line, endpoint=found[1], alarm=alarm[1] if alarm else ""))
        known = known or "ENDPOINT" in line
    return rows if known or rows else None


PODS = FactDialect(
    "pods",
    late.pattern(r"(?:kubectl-)?(?:get-)?(?:pods?|po)(?:-a|-all)?(?:-o)?(?:-wide)?"),
    _pods,
    (
        Sample(
            "NAMESPACE     NAME            READY   STATUS    RESTARTS      AGE   IP         NODE\n"
            "kube-system   etcd-master-1   1/1     Running   7 (5m ago)    3d    10.0.0.4   master-1",
            (
                {"namespace": "kube-system", "name": "etcd-master-1", "ready": "1/1", "status": "Running",
                 "restarts": "7", "node": "master-1"},
            ),
        ),
    ),
)  # fmt: skip
NODES = FactDialect(
    "nodes",
    late.pattern(r"(?:kubectl-)?(?:get-)?nodes?(?:-o)?(?:-wide)?"),
    _nodes,
    (
        Sample(
            "NAME       STATUS     ROLES    AGE   VERSION    INTERNAL-IP   EXTERNAL-IP\n"
            "master-1   NotReady   master   3d    v1.20.4    10.0.0.4      <none>",
            (
                {"name": "master-1", "status": "NotReady", "roles": "master", "version": "v1.20.4",
                 "address": "10.0.0.4"},
            ),
        ),
    ),
)  # fmt: skip
CONDITIONS = FactDialect(
    "conditions",
    late.pattern(r"conditions(?:-[a-z]{1,20})?|(?:kubectl-)?describe-nodes?|nodes-describe"),
    _conditions,
    (
        Sample(
            "# Machine mc-7h2kd\nEnsurePreflight\tFalse\tFailed\t[preflight] Some fatal errors occurred:",
            (
                {"kind": "machine", "name": "mc-7h2kd", "type": "EnsurePreflight", "status": "False",
                 "reason": "Failed", "message": "[preflight] Some fatal errors occurred:"},
            ),
        ),
        Sample(
            "Name:               worker-1\nConditions:\n"
            "  DiskPressure     True    Wed, 19 Jan 2022 14:43:31 +0800   Wed, 19 Jan 2022 14:40:31 +0800"
            "   KubeletHasDiskPressure   kubelet has disk pressure",
            (
                {"kind": "node", "name": "worker-1", "type": "DiskPressure", "status": "True",
                 "reason": "KubeletHasDiskPressure", "message": "kubelet has disk pressure"},
            ),
        ),
    ),
)  # fmt: skip
CONTAINERS = FactDialect(
    "containers",
    late.pattern(r"containers|(?:nerdctl|docker|crictl)(?:-n-k8s\.io|-k8s\.io|-default)?-ps(?:-a)?"),
    _containers,
    (
        Sample(
            "CONTAINER ID    IMAGE                                COMMAND      CREATED       STATUS    PORTS    NAMES\n"
            'ab12cd34ef56    docker.io/library/registry:2.7.1     "/entry"     2 days ago    Up                 '
            "registry-http",
            (
                {
                    "id": "ab12cd34ef56",
                    "image": "docker.io/library/registry:2.7.1",
                    "status": "running",
                    "name": "registry-http",
                },
            ),
        ),
        Sample(
            "CONTAINER       IMAGE           CREATED         STATE     NAME    ATTEMPT   POD ID\n"
            "0a1b2c3d4e5f6   aa11bb22cc33d   2 minutes ago   Exited    etcd    12        99aa88bb77cc6",
            ({"id": "0a1b2c3d4e5f6", "image": "aa11bb22cc33d", "status": "exited", "name": "etcd"},),
        ),
    ),
)
ETCD = FactDialect(
    "etcd-status",
    late.pattern(r"etcd(?:ctl)?-(?:status|endpoint-status|alarms?|alarm-list)(?:-w-table)?"),
    _etcd,
    (
        Sample(
            "memberID:10276657743932975437 alarm:NOSPACE", ({"endpoint": "10276657743932975437", "alarm": "NOSPACE"},)
        ),
        Sample(
            "|        ENDPOINT        |        ID        |\n| https://10.0.0.4:2379 | 8e9e05c52164694d |",
            ({"endpoint": "https://10.0.0.4:2379"},),
        ),
    ),
)

"""What there is to analyze on the machine itself, for `tkelog analyze` without arguments on a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from glob import iglob
from itertools import islice

import click

from loganalyzer.errors import UsageError
from loganalyzer.model import Text
from loganalyzer.safe import visible

PLACES = (
    "/opt/tke-installer/data/tke.log",
    "/var/log/pods/tke_*",
    "/var/log/pods/kube-system_*",
    "/var/log/kubelet.log",
    "/var/log/containers",
)
"""Where TKEStack and Kubernetes keep logs as files, the most telling first."""
_MOST = 200

_FOUND = Text("found {what}, analyze it?", "发现 {what}，是否分析？")
_MANY = Text("the logs of {n} pods in {where}", "{where} 中 {n} 个 Pod 的日志")
_ALL = Text("all of it", "以上全部")
_COLLECT = Text(
    "journals of kubelet and containerd, addresses and ports tell more: tkelog collect -o node.tar.gz",
    "kubelet、containerd 日志以及地址、端口等信息更有助于诊断：tkelog collect -o node.tar.gz",
)
_NOTHING = Text(
    "nothing to analyze: name a file, a directory or an archive, or pipe a log into tkelog; on a cluster node "
    "`tkelog collect` makes a bundle of what is needed",
    "没有可分析的内容：请指定文件、目录或归档，或通过管道输入日志；在集群节点上可用 tkelog collect 采集所需内容",
)


def offered(lang: str) -> tuple[str, ...]:
    """The paths that the user agrees to; UsageError where there are none."""
    agreed: list[str] = []
    for what, paths in _found(lang):
        if click.confirm(_FOUND.get(lang).format(what=visible(what)), default=True, err=True):
            agreed += paths
    if not agreed:
        raise UsageError(_NOTHING.get(lang))
    click.echo(_COLLECT.get(lang), err=True)
    return tuple(agreed)


def _found(lang: str) -> Iterator[tuple[str, list[str]]]:
    """What is there and can be read: how it is called, and its paths."""
    pods: list[str] = []
    for place in PLACES:
        paths = [path for path in sorted(islice(iglob(place), _MOST)) if os.access(path, os.R_OK)]
        if place.endswith("_*"):
            pods += paths
        elif paths and not (pods and place.endswith("containers")):  # links to the same files
            yield paths[0], paths
    if pods:
        where = os.path.commonpath([os.path.dirname(path) for path in pods])
        yield _MANY.get(lang).format(n=len(pods), where=where), pods

"""Fetching the logs of a namespace's containers with kubectl, side by side, into one tar."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

import orjson

from loganalyzer.errors import NoInputError, UsageError
from loganalyzer.frozen import frozen
from loganalyzer.safe import visible

AT_ONCE = 8
_SECONDS = 120
"""After which one call of kubectl is given up."""


@frozen
class Container:
    """A container whose log is fetched; `restarted`: there is one before it."""

    namespace: str
    pod: str
    name: str
    restarted: bool


class Kubectl:
    """kubectl as the user has it: its kubeconfig, context and plugins."""

    def __init__(self, context: str | None = None) -> None:
        """UsageError where there is no kubectl on PATH."""
        found = shutil.which("kubectl")
        if found is None:
            raise UsageError("there is no kubectl on PATH; fetch the logs yourself and name them")
        self._command = [found, *(["--context", context] if context else [])]

    def containers(self, namespace: str, selector: str | None) -> list[Container]:
        """Every container of the namespace's pods; NoInputError with kubectl's own words where it fails."""
        chosen = ["-l", selector] if selector else []
        done = self._run("-n", namespace, "get", "pods", *chosen, "-o", "json")
        if done.returncode:
            raise NoInputError(f"kubectl -n {namespace} get pods: {_last(done.stderr)}")
        try:
            items = orjson.loads(done.stdout)["items"]
            return [container for pod in items for container in _containers(pod)]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise NoInputError(f"kubectl -n {namespace} get pods gave no list of pods: {error}") from error

    def log(self, container: Container, since: str | None, previous: bool) -> tuple[bytes, str | None]:
        """The log, and kubectl's complaint where there is none."""
        options = ["--previous"] if previous else [f"--since={since}"] if since else []
        done = self._run("-n", container.namespace, "logs", container.pod, "-c", container.name, *options)
        return (done.stdout, None) if not done.returncode else (b"", _last(done.stderr))

    def events(self, namespace: str) -> bytes:
        """The namespace's events as kubectl lists them; nothing where it may not."""
        done = self._run("-n", namespace, "get", "events", "--sort-by=.lastTimestamp")
        return b"" if done.returncode else done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - the user's kubectl with names that the API server gave
                [*self._command, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(self._command, 124, b"", f"no answer within {_SECONDS} s".encode())


def gather(
    kubectl: Kubectl, namespaces: Sequence[str], since: str | None, selector: str | None, held: BinaryIO
) -> list[str]:
    """Write a tar of the logs, current and previous, and of the events; what could not be had. NoInputError where
    that is all."""
    containers = [one for namespace in namespaces for one in kubectl.containers(namespace, selector)]
    if not containers:
        raise NoInputError(f"there are no pods in {', '.join(namespaces)}" + (f" with {selector}" if selector else ""))
    wanted = [(one, previous) for one in containers for previous in (False, True) if one.restarted or not previous]
    lost: list[str] = []
    with tarfile.open(fileobj=held, mode="w") as tar, ThreadPoolExecutor(AT_ONCE) as pool:
        logs = pool.map(lambda pair: kubectl.log(pair[0], since, pair[1]), wanted)
        for (one, previous), (data, complaint) in zip(wanted, logs, strict=True):
            if complaint is not None:
                lost.append(f"{one.namespace}/{one.pod}/{one.name}{' (previous)' if previous else ''}: {complaint}")
            else:
                _add(tar, f"podlogs/{one.namespace}/{one.pod}/{one.name}{'.previous' if previous else ''}.log", data)
        for namespace in namespaces:
            if events := kubectl.events(namespace):
                _add(tar, f"podlogs/events-{namespace}.txt", events)
    if len(lost) == len(wanted):
        raise NoInputError(f"kubectl gave no log: {lost[0]}")
    return lost


def _containers(pod: dict[str, Any]) -> Iterator[Container]:
    metadata, status = pod["metadata"], pod.get("status") or {}
    for key in ("initContainerStatuses", "containerStatuses"):
        for one in status.get(key) or ():
            if one.get("state", {}).get("waiting") and not one.get("restartCount"):
                continue  # it has not run yet
            yield Container(metadata["namespace"], metadata["name"], one["name"], bool(one.get("restartCount")))


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def _last(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return visible(lines[-1]) if lines else "no reason given"

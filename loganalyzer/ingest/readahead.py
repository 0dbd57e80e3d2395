"""One thread that reads and decompresses while another one scans."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from queue import Empty, Queue
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 0.5
"""Seconds that an early end waits for the thread; a read that blocks (a silent pipe) is left behind."""
MOST = 256
"""Events in one batch, however small they are."""


def read_ahead(events: Generator[T], batches: int, weight: int) -> Generator[T]:
    """The same events, produced by a thread that is at most `batches` batches of about `weight` bytes ahead.

    Small events travel together, so that thousands of small files do not cost a change of threads each. With 0
    batches everything happens in the caller's thread. An error of the thread is raised here, in its place.
    """
    if batches <= 0:
        return events
    return _ahead(events, batches, weight)


class _Failed:
    """The last thing that comes from a thread that failed."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def _ahead(events: Generator[T], batches: int, weight: int) -> Generator[T]:
    queue: Queue[list[T] | _Failed | None] = Queue(batches)
    stop = threading.Event()
    thread = threading.Thread(
        target=_produce, args=(events, queue, stop, weight), name="tkelog-read-ahead", daemon=True
    )
    thread.start()
    try:
        while (batch := queue.get()) is not None:
            if isinstance(batch, _Failed):
                raise batch.error
            yield from batch
    finally:
        stop.set()
        _empty(queue)  # a put that waits goes through and then sees the stop
        thread.join(PATIENCE)


def _produce(events: Generator[T], queue: Queue[list[T] | _Failed | None], stop: threading.Event, weight: int) -> None:
    last: _Failed | None = None
    try:
        for full in _batches(events, weight):
            queue.put(full)
            if stop.is_set():
                return
    except BaseException as error:
        last = _Failed(error)
    finally:
        events.close()
    queue.put(last)


def _batches(events: Iterator[T], weight: int) -> Iterator[list[T]]:
    """Events that belong together by weight; what was collected before an error comes before the error."""
    batch: list[T] = []
    heavy = 0
    try:
        for event in events:
            batch.append(event)
            heavy += len(event) if isinstance(event, bytes) else 0
            if heavy >= weight or len(batch) >= MOST:
                yield batch
                batch, heavy = [], 0
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _empty(queue: Queue[list[T] | _Failed | None]) -> None:
    try:
        while True:
            queue.get_nowait()
    except Empty:
        pass

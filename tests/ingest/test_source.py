"""A source as `diagnose` uses it: blocks, then normal lines, paragraphs and records of what was hit."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.ingest.blocks import cut
from loganalyzer.ingest.clock import Clocks
from loganalyzer.ingest.problems import Problems
from loganalyzer.ingest.source import LogSource
from loganalyzer.ingest.stream import Stream
from loganalyzer.limits import DEFAULT, Limits
from loganalyzer.model import Block, Record, Source, iso


def source(data: bytes, path: str = "x.log", limits: Limits = DEFAULT, chunk: int = 1 << 20) -> LogSource:
    chunks = (data[i : i + chunk] for i in range(0, len(data), chunk))
    return LogSource(Stream(path, chunks), limits, Clocks(), Problems())


def hits(log: Source, needle: bytes) -> Iterator[tuple[Block, int, int]]:
    """Like the scanner: lines of the new part with the needle in them, whole."""
    for block in log.blocks():
        at = block.start
        while (at := block.data.find(needle, at)) >= 0:
            end = block.data.find(b"\n", at)
            end = len(block.data) if end < 0 else end
            if not any(a <= at < b for a, b in block.covered):
                yield block, block.data.rfind(b"\n", 0, at) + 1, end
            at = end


def records(data: bytes, needle: bytes, **options) -> list[Record]:
    log = source(data, **options)
    return [log.record(*hit) for hit in hits(log, needle)]


@given(st.lists(st.binary(max_size=80).map(lambda b: b.replace(b"x", b"\n")), max_size=30), st.integers(16, 200))
@settings(max_examples=200, deadline=None)
def test_blocks_are_the_file(chunks: list[bytes], size: int):
    limits = Limits(block=size, context=16)
    data = b"".join(chunks)
    blocks = list(cut(chunks, limits))
    assert b"".join(block.data[block.start :] for block in blocks) == data
    seen = 0
    for number, block in enumerate(blocks):
        assert block.line == data.count(b"\n", 0, seen) + 1
        assert block.newlines == block.data.count(b"\n", block.start)
        assert block.data[: block.start] == data[max(0, seen - 16) : seen]
        assert len(block.data) - block.start < 2 * size + 80
        assert block.last == (number == len(blocks) - 1)
        seen += len(block.data) - block.start
        assert block.last or block.data.endswith(b"\n") or b"\n" not in block.data[block.start :]


@pytest.mark.promise("P6")
def test_a_line_of_any_length_keeps_memory():
    limits = Limits(block=4096, context=256)
    endless = (b"x" * 1000 for _ in range(2000))
    sizes = [len(block.data) for block in cut(endless, limits)]
    assert max(sizes) <= 2 * 4096 + 256
    assert sum(sizes) > 2_000_000


def test_summary():
    log = source(b"2022-01-19 14:43:32.225\tinfo\ta\n\tmore\n2022-01-19 15:00:00.000\tinfo\tlast", "master-1/tke.log")
    assert list(log.blocks())
    info = log.summary()
    assert (info.path, info.node, info.component, info.format) == (
        "master-1/tke.log",
        "master-1",
        "tke-installer",
        "zap",
    )
    assert (info.lines, info.bytes) == (3, 70)
    assert info.first is not None
    assert info.last is not None
    assert (iso(info.first), iso(info.last)) == ("2022-01-19T14:43:32.225", "2022-01-19T15:00:00.000")


def test_empty():
    log = source(b"")
    assert list(log.blocks()) == []
    assert (log.format, log.summary().lines, log.summary().first) == ("text", 0, None)


KLOG = b"E0119 14:43:32.123456    1234 kubelet.go:92] "


@pytest.mark.parametrize(
    ("data", "text", "message", "level", "logger", "when", "line", "entry"),
    [
        (KLOG + b"boom", KLOG.decode() + "boom", "boom", "error", "kubelet.go", "--01-19T14:43:32.123456", 1, 1),
        (KLOG + b"boom\r\n", KLOG.decode() + "boom", "boom", "error", "kubelet.go", "--01-19T14:43:32.123456", 1, 1),
        (b"a\n" + KLOG + b"head\n\tmore\n\tboom\nb\n", "\tboom", "\tboom", "error", "kubelet.go",
         "--01-19T14:43:32.123456", 4, 2),
        (b"2022-01-19T06:43:32.5Z stderr F " + KLOG + b"boom\n", None, "boom", "error", "kubelet.go",
         "2022-01-19T06:43:32.5Z", 1, 1),
        (b"2022-01-19T06:43:32.5Z stderr F " + KLOG + b"head\n2022-01-19T06:43:33.5Z stderr F boom\n", None, "boom",
         "error", "kubelet.go", "2022-01-19T06:43:33.5Z", 2, 1),
        (b"boom \xff\n", "boom \\xff", "boom \\xff", None, None, None, 1, 1),
        (b"\0\0\0" + KLOG + b"boom\n", KLOG.decode() + "boom", "boom", "error", "kubelet.go",
         "--01-19T14:43:32.123456", 1, 1),
        (b"\x1b[31m" + KLOG + b"boom\x1b[0m\n", None, "boom", "error", "kubelet.go", "--01-19T14:43:32.123456", 1, 1),
    ],
)  # fmt: skip
def test_record(data, text, message, level, logger, when, line, entry):
    (record,) = records(data, b"boom")
    assert text is None or record.text == text
    assert (record.message, record.level, record.logger) == (message, level, logger)
    assert (record.when and iso(record.when)) == when
    assert (record.line, record.entry) == (line, entry)


def test_header_is_found_across_blocks():
    data = b"x\n" * 50 + KLOG + b"head\n" + b"frame\n" * 40 + b"boom\n"
    (record,) = records(data, b"boom", limits=Limits(block=128, context=512))
    assert (record.level, record.line, record.entry) == ("error", 92, 51)


def test_a_window_of_a_long_line_knows_its_header():
    data = KLOG + b"y" * 50_000 + b"boom" + b"z" * 50_000 + b"\n"
    log = source(data)
    (block,) = log.blocks()
    at = data.index(b"boom")
    record = log.record(block, at - 100, at + 100)
    assert (record.level, record.logger, len(record.text)) == ("error", "kubelet.go", 200)


def test_paragraph_ends_at_the_next_header():
    data = b"[preflight] Some fatal errors occurred:\n\t[ERROR A]: a\n\t[ERROR B]: b\n" + KLOG + b"next\n"
    log = source(data)
    (block,) = log.blocks()
    text, whole = log.paragraph(block, 0, data.index(b"\n"))
    assert text == b"[preflight] Some fatal errors occurred:\n\t[ERROR A]: a\n\t[ERROR B]: b"
    assert whole


def test_paragraph_of_wrapped_lines():
    head = b"2022-01-19T06:43:32.5Z stdout F "
    data = head + b"2022-01-19 14:43:32.225\tinfo\tSteps:\n" + head + b"1.One\n" + head + KLOG + b"next\n"
    log = source(data)
    (block,) = log.blocks()
    text, whole = log.paragraph(block, 0, data.index(b"\n"))
    assert text == b"2022-01-19 14:43:32.225\tinfo\tSteps:\n1.One"
    assert whole


def test_paragraph_may_go_on_in_the_next_block():
    log = source(KLOG + b"head\n" + b"frame\n" * 40, limits=Limits(block=128, context=64), chunk=64)
    first = next(iter(log.blocks()))
    assert not log.paragraph(first, 0, first.data.index(b"\n"))[1]


def test_partial_lines_come_joined_with_the_time_of_their_first_piece():
    data = b"".join(b"2022-01-19T06:43:3%d.5Z stderr %b %b\n" % part for part in ((1, b"P", b"bo"), (2, b"F", b"om")))
    (record,) = records(data, b"boom")
    assert record.when is not None
    assert (record.message, iso(record.when), record.line) == ("boom", "2022-01-19T06:43:31.5Z", 1)


def test_year_comes_from_the_same_source():
    log = source(KLOG + b"boom\n2022-01-19T14:44:00+00:00 n1 kubelet[1]: x\n")
    (when,) = [log.record(*hit).when for hit in hits(log, b"boom")]
    assert when is not None
    assert iso(log.settle(when)) == "2022-01-19T14:43:32.123456"


def test_encoding_is_noted_and_read():
    problems = Problems()
    data = (KLOG.decode() + "启动失败：无法连接镜像仓库\n").encode("gb18030")
    log = LogSource(Stream("x.log", iter([data])), DEFAULT, Clocks(), problems)
    (record,) = [log.record(*hit) for hit in hits(log, "无法连接".encode())]
    assert record.message == "启动失败：无法连接镜像仓库"
    assert [problem.kind for problem in problems.all()] == ["note"]
    assert log.summary().bytes == len(data)


@pytest.mark.promise("P7")
@given(st.binary(max_size=400), st.sampled_from(["x.log", "a/meta/collect.json"]), st.integers(1, 90))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_input(noise: bytes, path: str, chunk: int):
    log = source(noise + b'\n{"log":"' + noise, path, Limits(block=64, context=16), chunk)
    for block in log.blocks():
        at = block.start
        for line in io.BytesIO(block.data[at:]):
            end = at + len(line.rstrip(b"\n"))
            log.normal(block, at, end)
            log.paragraph(block, at, end)
            assert log.record(block, at, end).line >= 1
            at += len(line)
    log.summary()

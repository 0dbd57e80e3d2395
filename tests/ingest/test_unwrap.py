"""A wrapped message is found as if it had never been wrapped, wherever it was cut."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.ingest.blocks import cut
from loganalyzer.ingest.normalize import normalize
from loganalyzer.ingest.partial import PATIENCE, joiner
from loganalyzer.ingest.unwrap import message, unwrap
from loganalyzer.limits import Limits

SMALL = Limits(block=256, context=64)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"2022-01-19T06:43:32.123456789Z stderr F boom", b"boom"),
        (b"2022-01-19T06:43:32+08:00 stdout P half", b"half"),
        (b"2022-01-19T06:43:32Z stdout F ", b""),
        (rb'{"log":"say \"hi\" \u003c\n","stream":"stderr","time":"2022-01-19T06:43:32Z"}', b'say "hi" <'),
        (rb'{"log":"say \"hi\" \u003c cut o', b'say "hi" < cut o'),
        (rb'{"log":"a\n","stream":"stdout","attrs":{"x":"y"},"time":"2022-01-19T06:43:32Z"}', b"a"),
        (b'{"MESSAGE":"boom","_PID":"1"}', b"boom"),
        (b'{"_PID" : "1", "MESSAGE" : [98,111,111,109]}', b"boom"),
        (b'{"MESSAGE":null}', b""),
        (b'{"MESSAGE":"cut o', b"cut o"),
        (b'{"MESSAGE":"boom","_PID":"1', b"boom"),
        (b'{"MESSAGE":"","_PID":"1', b""),
        (b'{"MESSAGE":",","_PID":"1', b","),
        (b'{"level":"info"}', b'{"level":"info"}'),
        (b"2022-01-19 14:43:32.225\tinfo", b"2022-01-19 14:43:32.225\tinfo"),
        (b"", b""),
    ],
)
def test_unwrap(line: bytes, text: bytes):
    assert unwrap(line) == text


def cri(text: bytes, tag: bytes = b"F", stream: bytes = b"stderr") -> bytes:
    return b"2022-01-19T06:43:32.123Z %b %b %b\n" % (stream, tag, text)


def docker(text: bytes, ends: bool = True, stream: str = "stderr") -> bytes:
    log = text.decode() + ("\n" if ends else "")
    return orjson.dumps({"log": log, "stream": stream, "time": "2022-01-19T06:43:32.123Z"}) + b"\n"


def journal(text: bytes) -> bytes:
    return orjson.dumps({"__REALTIME_TIMESTAMP": "1642574612225123", "MESSAGE": list(text)}) + b"\n"


def read(wrapper: str, data: bytes, chunk: int, limits: Limits = SMALL) -> tuple[list[bytes], list[int], bytes]:
    """What a scanner sees: texts of joined lines, their line numbers, and the text that is not covered."""
    joins = joiner(wrapper, limits)
    assert joins is not None
    texts, numbers, rest = [], [], b""
    blocks = cut((data[i : i + chunk] for i in range(0, len(data), chunk)), limits)
    joined = [out for block in blocks for out in joins.read(block)]
    for out in [*joined, *joins.rest()]:
        if out.joined:
            texts.append(normalize(unwrap(out.data.rstrip(b"\n"))))
            numbers.append(out.line)
        else:
            plain = bytearray(out.data)
            for start, end in out.covered:
                plain[start:end] = b"#" * (end - start)
            rest += bytes(plain[out.start :])
    return texts, numbers, rest


@given(
    st.text('abc \\"n<', min_size=2, max_size=60),
    st.lists(st.integers(1, 59), max_size=4),
    st.integers(1, 300),
    st.sampled_from(["cri", "docker-json"]),
    st.integers(0, 12),
)
@settings(max_examples=250, deadline=None)
def test_message_cut_anywhere_is_found_whole(text: str, at: list[int], chunk: int, wrapper: str, before: int):
    message = text.encode()
    cuts = sorted({i for i in at if i < len(message)})
    pieces = [message[a:b] for a, b in zip([0, *cuts], [*cuts, len(message)], strict=True)]
    if wrapper == "cri":
        lines = [cri(piece, b"P") for piece in pieces[:-1]] + [cri(pieces[-1])]
        noise, other = cri(b"noise"), cri(b"other", stream=b"stdout")
    else:
        lines = [docker(piece, ends=False) for piece in pieces[:-1]] + [docker(pieces[-1])]
        noise, other = docker(b"noise"), docker(b"other", stream="stdout")
    data = noise * before + other.join(lines) + noise
    texts, numbers, rest = read(wrapper, data, chunk)
    if len(pieces) == 1:
        assert texts == []
        assert rest == data
    else:
        assert texts == [normalize(message)]
        assert numbers == [before + 1]
        assert rest.count(b"noise") == before + 1
        assert rest.count(b"other") == len(pieces) - 1
        assert rest.count(b"\n") == data.count(b"\n")


@given(st.binary(min_size=1, max_size=50), st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_byte_arrays_come_again_as_text(message: bytes, chunk: int):
    plain = b'{"MESSAGE":"plain"}\n'
    texts, numbers, rest = read(
        "journald-json", plain + journal(message) + plain, chunk, Limits(block=2048, context=64)
    )
    assert texts == [normalize(message.decode("utf-8", "backslashreplace").encode())]
    assert numbers == [2]
    assert rest.count(b"plain") == 2


def test_pieces_without_an_end_are_given_up_but_not_lost():
    assert read("cri", cri(b"half", b"P"), 1000)[0] == [b"half"]
    texts, _, rest = read("cri", cri(b"half", b"P") + cri(b"other", stream=b"stdout") * 1200, 1000)
    assert texts == [b"half"]
    assert rest.count(b"other") == 1200


@pytest.mark.parametrize(("lines", "texts"), [(PATIENCE - 1, [b"halfend"]), (PATIENCE, [b"half"])])
def test_a_piece_waits_for_its_end_so_many_lines(lines: int, texts: list[bytes]):
    data = cri(b"half", b"P") + cri(b"other", stream=b"stdout") * lines + cri(b"end")
    assert read("cri", data, 1000)[0] == texts


def test_an_endless_message_is_cut_with_overlap():
    data = b"".join(cri(b"%04d" % i * 16, b"P") for i in range(100)) + cri(b"end")
    texts, _, _ = read("cri", data, 500)
    assert len(texts) > 5
    assert max(map(len, texts)) < 1000
    for i in range(99):
        assert any(b"%04d%04d" % (i, i + 1) in text for text in texts)


def test_a_literal_backslash_n_does_not_end_a_docker_line():
    data = docker(b"path C:\\n", ends=False) + docker(b"ew") + docker(b"noise")
    assert read("docker-json", data, 1000)[0] == [normalize(b"path C:\\new")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([0, 255], b"\0\xff"), ([256], b""), ([-1], b""), ([65, 256], b""), ([], b""), ([65, "x"], b""), (None, b""), (7, b""), ("x", b"x"),
    ],
)  # fmt: skip
def test_a_message_is_text_or_an_array_of_bytes(value, text):
    assert message(value) == text

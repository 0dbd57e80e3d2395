"""What may be named on the command line, and what is said of what cannot be read."""

from __future__ import annotations

import io
import os
import threading
from dataclasses import replace

import pytest

from loganalyzer.errors import NoInputError
from loganalyzer.ingest import open_inputs
from tests.ingest.bundles import INLINE, SQUEEZE, log, read, tar, zipped

FILES = {"node-1/kubelet.log": log(300, 1), "node-1/.hidden": log(20, 2), "node-2/etcd.log": log(5000, 3)}
PATHS = sorted(FILES)


def lay(root, files):
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def ordered(files=FILES):
    return {name: files[name] for name in sorted(files)}


CONTAINERS = {
    "tar": tar(ordered()),
    "zip": zipped(ordered()),
    "stored.zip": zipped(ordered(), 0),
    "bz2.zip": zipped(ordered(), 12),
    **{f"tar.{name}": squeeze(tar(ordered())) for name, squeeze in SQUEEZE.items()},
    "gz in tar": tar({name: SQUEEZE["gz"](data) for name, data in ordered().items()}),
    "zst in zip": zipped({name: SQUEEZE["zst"](data) for name, data in ordered().items()}),
}


@pytest.mark.parametrize("kind", CONTAINERS)
def test_every_container_gives_the_same_logs(tmp_path, kind):
    bundle = tmp_path / "bundle"  # told by content: no container has a telling name here
    bundle.write_bytes(CONTAINERS[kind])
    got = read(bundle)
    assert got.files == [(f"{bundle}/{name}", FILES[name]) for name in PATHS]
    assert got.problems == ()


@pytest.mark.parametrize("outer", ["tar", "zip", "tar.gz", "tar.zst"])
@pytest.mark.parametrize("inner", ["tar", "zip", "tar.xz", "tar.bz2", "gz in tar"])
def test_containers_in_containers(tmp_path, outer, inner):
    make = {
        "zip": zipped,
        "tar": tar,
        "tar.gz": lambda f: SQUEEZE["gz"](tar(f)),
        "tar.zst": lambda f: SQUEEZE["zst"](tar(f)),
    }
    bundle = tmp_path / "bundle"
    bundle.write_bytes(make[outer]({"inner": CONTAINERS[inner], "more.log": b"more\n"}))
    got = read(bundle)
    assert got.files == [
        *((f"{bundle}/inner/{name}", FILES[name]) for name in PATHS),
        (f"{bundle}/more.log", b"more\n"),
    ]
    assert got.problems == ()


@pytest.mark.parametrize("kind", [*CONTAINERS, "plain"])
def test_standard_input_may_be_any_of_them(kind):
    data = CONTAINERS.get(kind, b"line\n")
    got = read("-", stdin=data)
    assert got.files == ([("-", data)] if kind == "plain" else [(f"-/{name}", FILES[name]) for name in PATHS])
    assert got.problems == ()


def test_a_directory_is_read_in_bytewise_order_with_hidden_files(tmp_path):
    lay(tmp_path, FILES | {"node-1.log": b"x\n"})
    names = [path.removeprefix(f"{tmp_path}/") for path, _ in read(tmp_path).files]
    assert names == ["node-1/.hidden", "node-1/kubelet.log", "node-1.log", "node-2/etcd.log"]


def test_members_carry_their_time_and_plain_files_do_not(tmp_path):
    (tmp_path / "a.log").write_bytes(b"a\n")
    (tmp_path / "b.tar").write_bytes(CONTAINERS["tar"])
    streams = open_inputs([str(tmp_path)], INLINE).streams()
    assert [stream.modified for stream in streams] == [None, *[1_700_000_000] * 3]


def test_links_and_special_files_in_a_directory_are_noted_not_followed(tmp_path):
    lay(tmp_path, {"a.log": b"a\n"})
    (tmp_path / "link").symlink_to(tmp_path / "a.log")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    got = read(tmp_path)
    assert got.files == [(f"{tmp_path}/a.log", b"a\n")]
    assert sorted(got.kinds) == ["skipped", "skipped"]


def test_a_link_that_is_named_is_followed(tmp_path):
    lay(tmp_path, {"a.log": b"a\n"})
    (tmp_path / "link").symlink_to("a.log")
    assert read(tmp_path / "link").files == [(f"{tmp_path}/link", b"a\n")]


def test_a_named_pipe_is_a_stream(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(CONTAINERS["tar.gz"]))
    writer.start()
    got = read(pipe)
    writer.join()
    assert [data for _, data in got.files] == [FILES[name] for name in PATHS]


def test_a_process_substitution_is_a_stream():
    out, into = os.pipe()
    os.write(into, b"from a pipe\n")
    os.close(into)
    got = read(f"/dev/fd/{out}")
    os.close(out)
    assert got.files == [(f"/dev/fd/{out}", b"from a pipe\n")]


def test_what_is_missing_is_a_problem_and_the_rest_is_read(tmp_path):
    lay(tmp_path, {"a.log": b"a\n"})
    got = read(tmp_path / "none.log", tmp_path / "a.log", "/dev/null", "a\0b")
    assert got.files == [(f"{tmp_path}/a.log", b"a\n")]
    assert got.kinds == ["unreadable"] * 3


@pytest.mark.parametrize("make", ["missing", "directory", "empty"])
def test_nothing_to_read_is_an_error_that_names_what_was_tried(tmp_path, make):
    path = tmp_path / "input"
    if make == "directory":
        path.mkdir()
    elif make == "empty":
        path.write_bytes(b"")
    with pytest.raises(NoInputError) as error:
        list(open_inputs([str(path)], INLINE).sources())
    assert str(path) in str(error.value)
    assert "Name log files" in str(error.value)


def test_an_empty_file_is_noted(tmp_path):
    lay(tmp_path, {"a.log": b"a\n", "empty.log": b""})
    got = read(tmp_path)
    assert [(problem.where, problem.kind) for problem in got.problems] == [(f"{tmp_path}/empty.log", "empty")]


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("program", b"\x7fELF\2\1\1" + bytes(range(256)) * 40, "binary"),
        ("db", bytes(16) + b"\xed\xda\x0c\xed" + bytes(5000), "binary"),
        ("core", b"\1\0\2\0\3\0\0\0\xff" * 900, "binary"),
        ("random", __import__("random").Random(1).randbytes(9000), "binary"),
        ("system.journal", b"LPKSHHRH" + bytes(500), "journalctl"),
        ("logs.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100), "unpack"),
    ],
)
def test_what_is_no_text_is_skipped_and_said_so_once(tmp_path, name, data, word):
    lay(tmp_path, {"a.log": b"a\n", **{f"{n}-{name}": data for n in range(5)}})
    got = read(tmp_path)
    assert len(got.files) == 1
    [problem] = got.problems
    assert problem.kind == "skipped"
    assert word in problem.detail.en
    assert "5 files" in problem.detail.en


@pytest.mark.parametrize(
    "data",
    [
        b"Jan 19 14:43:31 host kernel: up\n" * 20 + bytes(9000),
        bytes(9000) + b"Jan 19 14:43:31 host kernel: up\n",
        "\ufeff2024-01-19 启动失败\r\n".encode("utf-16-le") * 300,
        "2024-01-19 started\r\n".encode("utf-16-be") * 300,
        "2024-01-19 启动失败\n".encode("gb18030") * 300,
        b"kubelet\0--config=/var/lib/kubelet/config.yaml\0--node-ip=192.0.2.10\0",
        b"\x1b[31mfailed\x1b[0m\n" * 300,
        b"\xff\xfe\xfd\n",
        b"x",
    ],
)
def test_unusual_text_is_text(tmp_path, data):
    lay(tmp_path, {"a": data})
    assert read(tmp_path).files == [(f"{tmp_path}/a", data)]


@pytest.mark.promise("P5")
def test_a_file_that_shrinks_or_grows_while_it_is_read_is_reported(tmp_path):
    for change in (lambda path: os.truncate(path, 1000), lambda path: path.open("ab").write(b"more\n")):
        path = tmp_path / "a.log"
        path.write_bytes(log(60000))
        inputs = open_inputs([str(path)], INLINE)
        for stream in inputs.streams():
            next(stream.chunks)
            change(path)
            for _ in stream.chunks:
                pass
        assert [problem.kind for problem in inputs.problems] == ["changed-while-read"]


def test_chunks_are_about_a_block_and_a_source_that_is_left_is_passed_over(tmp_path):
    lay(tmp_path, {"a.log": log(60000), "b.log": log(10)})
    bundle = tmp_path / "bundle"
    bundle.write_bytes(SQUEEZE["gz"](tar({"a": log(60000), "b": b"b\n"})))
    sizes = {}
    for stream in open_inputs([str(tmp_path)], INLINE).streams():
        first = next(stream.chunks)
        sizes[stream.path.removeprefix(f"{tmp_path}/")] = len(first)
    assert list(sizes) == ["a.log", "b.log", "bundle/a", "bundle/b"]
    assert INLINE.block / 2 <= sizes["bundle/a"] <= INLINE.block * 2


def test_sources_are_read_to_the_end_in_order(tmp_path):
    (tmp_path / "bundle").write_bytes(CONTAINERS["tar.gz"])
    sources = open_inputs([str(tmp_path)]).sources()
    seen = [(source.path, b"".join(block.data[block.start :] for block in source.blocks())) for source in sources]
    assert seen == [(f"{tmp_path}/bundle/{name}", FILES[name]) for name in PATHS]


def test_one_input_over_its_limit_does_not_stop_the_next(tmp_path):
    lay(tmp_path, {"a": SQUEEZE["gz"](bytes(5_000_000)), "b": b"b\n"})
    limits = replace(INLINE, ratio=10, ratio_floor=1_000_000)
    got = read(tmp_path, limits=limits)
    assert got.files[-1] == (f"{tmp_path}/b", b"b\n")
    assert got.kinds == ["over-limit"]


def test_standard_input_without_a_descriptor_is_read_too():
    inputs = open_inputs(["-"], stdin=io.BytesIO(b"a\n"))
    assert [b"".join(stream.chunks) for stream in inputs.streams()] == [b"a\n"]

"""Each fact dialect reads its samples; all columns are those of the catalogue; a log is no table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loganalyzer.ingest.facts import DIALECTS, dialects_of
from loganalyzer.items import ITEMS
from tests.kit import sources

SAMPLES = [(dialect, sample) for dialect in DIALECTS for sample in dialect.samples]


@pytest.mark.parametrize(("dialect", "sample"), SAMPLES)
def test_samples(dialect, sample):
    rows = dialect.parse(sample.text.splitlines())
    assert [dict(row.cells) for row in rows] == [dict(cells) for cells in sample.rows]
    for row in rows:
        assert row.text == sample.text.splitlines()[row.line - 1]
        assert set(row.cells) <= set(ITEMS[dialect.item].columns)


def test_every_item_has_a_dialect_and_its_file_name_is_one_of_it():
    for name, item in ITEMS.items():
        assert name in {dialect.item for dialect in dialects_of(item.file)}, item.file


NAMES = [
    ("m-1/cmd/ip-addr.txt", "ip-addr"), ("sos_commands/networking/ip_-o_addr", "ip-addr"), ("ip_a.txt", "ip-addr"),
    ("ss.txt", "listeners"), ("ss_-ntlp.log", "listeners"), ("netstat -ntlp.txt", "listeners"),
    ("df_-al_-x_autofs", "filesystems"), ("df-h.txt", "filesystems"), ("df_-ali_-x_autofs", "inodes"),
    ("df -i.txt", "inodes"), ("chronyc_tracking", "clock"), ("proc/swaps", "swap"), ("kubectl get pods -A.txt", "pods"),
    ("kubelet.log", None), ("tke.log", None), ("messages", None), ("etcd.log", None), ("nodes.log", "nodes"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "item"), NAMES)
def test_names(path, item):
    assert [dialect.item for dialect in dialects_of(path)][:1] == ([item] if item else [])


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: f"{d.item}-{d.parse.__name__}")
@pytest.mark.parametrize(
    "text", ["", "bash: line 1: ss: command not found", "Error from server: etcdserver: timed out"]
)
def test_an_error_message_is_no_table(dialect, text):
    assert dialect.parse(text.splitlines()) is None


@given(st.text(max_size=300))
def test_nothing_breaks_a_parser(text):
    for dialect in DIALECTS:
        for row in dialect.parse(text.splitlines()) or ():
            assert set(row.cells) <= set(ITEMS[dialect.item].columns)


def table(files):
    (source,) = sources(files)
    for _ in source.blocks():
        pass
    return source.table()


def test_a_source_is_a_table_once_it_is_read():
    found = table({"m-1/cmd/ss-ntlp.txt": 'State Recv-Q\nLISTEN 0 128 *:80 *:* users:(("nginx",pid=7,fd=6))\n'})
    assert (found.item, found.complete) == ("listeners", True)
    assert found.rows[0].line == 2


def test_a_log_is_none():
    assert table({"m-1/kubelet.log": "E0119 14:43:31.123456 1 a.go:1] State LISTEN\n"}) is None


def test_a_file_that_is_too_long_says_so():
    line = 'LISTEN 0 128 *:80 *:* users:(("nginx",pid=7,fd=6))\n'
    found = table({"ss.txt": "State Recv-Q\n" + line * 60000})
    assert not found.complete

"""`--stats`: where the time went, in both languages, beside the report and never in it."""

import pytest

LINE = 'E0119 06:43:32.225123    1391 kubelet.go:2291] "Error getting node" err="node \\"node-1\\" not found"\n'


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("processes: 1", "opening and unpacking", "judging lines", "5 matches")),
        ("zh", ("进程数 1", "打开与解压", "判定日志行")),
    ],
)
def test_stats_name_the_stages_and_the_rules(run, tmp_path, lang, words):
    log = tmp_path / "kubelet.log"
    log.write_text(LINE * 5)
    plain = run("analyze", "--lang", lang, "--format", "json", log)
    done = run("analyze", "--lang", lang, "--format", "json", "--stats", log)
    said = done.stderr.decode()
    assert all(word in said for word in words)
    assert "kubelet-node-not-found" in said
    assert done.stdout == plain.stdout
    assert not plain.stderr

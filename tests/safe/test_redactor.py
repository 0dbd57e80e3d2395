"""One run's redactor: placeholders, counts, lines, names that are spared."""

from __future__ import annotations

from loganalyzer.safe import Redactor


def test_lines_are_redacted_before_and_behind_what_their_block_makes_secret():
    redactor = Redactor()
    lines = ["[upload-certs] Using certificate key:\r\n", "password=hunter22 " + "0f" * 32 + "\r\n", "plain\n", "last"]
    got = list(redactor.lines(lines))
    assert got[0] == lines[0]
    assert got[1] == "password=<redacted:password#1> <redacted:certificate-key#1>\r\n"
    assert got[2:] == ["plain\n", "last"]
    assert redactor.counts == {"password": 1, "certificate-key": 1}


def test_a_text_that_begins_within_a_key():
    body = "MIIEpAIBAAKCAQEA0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL\n"
    assert list(Redactor().lines([body], in_key=True)) == ["<redacted:private-key#1>\n"]
    assert list(Redactor().lines([body])) == [body]


def test_spared_names_stay_in_the_report():
    redactor = Redactor()
    redactor.text("password=web-server-7")
    assert "web-server-7" not in redactor.sweep("host web-server-7")
    redactor.spare(["web-server-7"])
    assert redactor.sweep("host web-server-7") == "host web-server-7"
    redactor.text("password=other-secret-7")
    assert redactor.sweep("web-server-7 other-secret-7") == "web-server-7 <redacted:password#2>"


def test_the_same_output_comes_back_where_there_is_nothing_to_sweep():
    redactor, output = Redactor(), "nothing \udcff here"
    assert redactor.sweep(output) is output
    redactor.text("password=other-secret-7")
    assert redactor.sweep(output) == output
    assert redactor.sweep("\udcff other-secret-7") == "\udcff <redacted:password#1>"


def test_letters_whose_lower_case_is_longer_move_nothing():
    assert Redactor().text("İİİİ password=hunter22 x") == "İİİİ password=<redacted:password#1> x"


def test_values_of_manifests_in_json():
    text = '{"kind":"Secret","data":{"a":"aGVsbG8gd29ybGQ="}}'
    assert Redactor().text(text) == '{"kind":"Secret","data":{"a":"<redacted:secret-data#1>"}}'
    assert Redactor().text(text.replace("Secret", "ConfigMap")) == text.replace("Secret", "ConfigMap")

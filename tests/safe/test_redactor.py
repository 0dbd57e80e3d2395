"""One run's redactor: placeholders, counts, lines, names that are spared."""

from __future__ import annotations

import pytest

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


def test_letters_whose_lower_case_is_longer_hide_no_capitals():
    assert Redactor().text("İ PASSWORD=hunter22 Z") == "İ PASSWORD=<redacted:password#1> Z"


@pytest.mark.parametrize(
    ("secret", "swept"),
    [
        ("hunter2", False), ("hunter22", True), ("x1" * 2048, True), ("x1" * 2048 + "x", False),
        ("kube-system", False), ("kube-system1", True), ("evidence", False), ("two words_or/three.more", False), ("-evidence", True),
    ],
)  # fmt: skip
def test_secrets_long_enough_that_are_no_words_are_looked_for_in_the_output(secret, swept):
    redactor = Redactor()
    redactor.redact(f'password="{secret}"')
    assert sum(redactor.counts.values()) == 1 or len(secret) > 4000
    redactor._placeholder("password", secret)
    assert (secret not in redactor.sweep(f"x {secret} y")) is swept


def test_the_first_4096_secrets_are_looked_for_in_the_output():
    redactor = Redactor()
    for number in range(4098):
        redactor._placeholder("password", f"secret-{number:05}")
    output = redactor.sweep("secret-00000 secret-04095 secret-04096")
    assert output == "<redacted:password#1> <redacted:password#4096> secret-04096"


def test_numbers_are_of_each_kind_and_counts_are_of_all():
    redactor = Redactor()
    redactor.redact("password=hunter22 password=hunter22 password=hunter33")
    redactor.redact("id AKID0123456789abcdefg")
    assert redactor.redact("password=hunter44") == "password=<redacted:password#3>"
    assert redactor.counts == {"password": 4, "tencent-secret-id": 1}


def test_what_stands_between_several_secrets_stays():
    text = "a password=hunter22, b password=hunter33; c"
    assert Redactor().redact(text) == "a password=<redacted:password#1>, b password=<redacted:password#2>; c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"data":{"a":"eHh4","b":""},"kind":"Secret"}', '{"data":{"a":"<1>","b":""},"kind":"Secret"}'),
        ('{"kind":"Secret","stringData":{"a":"x y","b":"z"},"type":"Opaque"}', '{"kind":"Secret","stringData":{"a":"<1>","b":"<2>"},"type":"Opaque"}'),
        (r'x "{\"kind\":\"Secret\",\"data\":{\"a\":\"eHh4\"}}"', r'x "{\"kind\":\"Secret\",\"data\":{\"a\":\"<1>\"}}"'),
        ('{"data":{"a":"eHh4"}} {"kind":"Secret","data":{"b":"eXl5"}}', '{"data":{"a":"<1>"}} {"kind":"Secret","data":{"b":"<2>"}}'),
        ('{"kind":"Secret","data":{"a":"<redacted:x#1>","b":"eXl5"}}', '{"kind":"Secret","data":{"a":"<redacted:x#1>","b":"<1>"}}'),
        ('{"kind":"Secret","data":{}}', '{"kind":"Secret","data":{}}'),
        ('{"kind":"Secrets","data":{"a":"eHh4"}}', '{"kind":"Secrets","data":{"a":"eHh4"}}'),
        ('{"data":{"a":"eHh4"}}', '{"data":{"a":"eHh4"}}'),
    ],
)  # fmt: skip
def test_each_value_of_a_secret_in_json_is_masked_and_no_other(text, shown):
    for number in (1, 2):
        shown = shown.replace(f"<{number}>", f"<redacted:secret-data#{number}>")
    assert Redactor().redact(text) == shown


def test_values_of_manifests_in_json():
    text = '{"kind":"Secret","data":{"a":"aGVsbG8gd29ybGQ="}}'
    assert Redactor().text(text) == '{"kind":"Secret","data":{"a":"<redacted:secret-data#1>"}}'
    assert Redactor().text(text.replace("Secret", "ConfigMap")) == text.replace("Secret", "ConfigMap")

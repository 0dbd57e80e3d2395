"""Names that say whose cluster it is: found by what stands around them, replaced wherever they stand."""

from __future__ import annotations

import pytest

from loganalyzer.safe.identities import Identities


def shown(*texts: str, known=None) -> list[str]:
    identities = Identities(known or {})
    for text in texts:
        identities.learn(text)
    return [identities.text(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ('node "web-7" not found', 'node "host-1" not found'),
        ("hostname=db-3.corp.lan rest", "hostname=host-1.example.com rest"),
        ("nodes/web-7 is forbidden", "nodes/host-1 is forbidden"),
        ("--hostname-override=web-7", "--hostname-override=host-1"),
        ("Jan 19 14:43:31 web-7 kubelet[123]: up", "Jan 19 14:43:31 host-1 kubelet[123]: up"),
        ("2022-01-19T14:43:31.123+0800 web-7 kernel: up", "2022-01-19T14:43:31.123+0800 host-1 kernel: up"),
        ("system:node:web-7 cannot", "system:node:host-1 cannot"),
        ("Get https://git.acme.corp/x", "Get https://domain-1.example.com/x"),
        ("Get https://u:p@git.acme.corp:8443/x", "Get https://u:p@domain-1.example.com:8443/x"),
        ("lookup db.acme.corp on 10.96.0.10:53", None),
        ("certificate is valid for a.b, not api.acme.corp", None),
        ("user=jane.doe failed", "user=user-1 failed"),
        ('username: "jane.doe"', 'username: "user-1"'),
        ("tenantID=acme-7 quota", "tenantID=tenant-1 quota"),
        ('"tenantName":"acme-7"', '"tenantName":"tenant-1"'),
    ],
)  # fmt: skip
def test_where_a_name_stands(text, other):
    (got,) = shown(text)
    if other is None:
        assert "acme" not in got
        assert "domain-1.example.com" in got
    else:
        assert got == other


@pytest.mark.parametrize(
    "text",
    [
        "node master not found", 'node "node" x', "hostname=localhost", "host=web", "host=12345", "host=v1.2.3", "hostname=0123456789abcdef",
        "user=admin", "user=system:node", "user=kube-proxy", "user=12345", "user=tke-auth", "Get https://k8s.gcr.io/pause",
        "Get https://registry.tkestack.io/v2/", "Get https://kubernetes.default.svc/api", "lookup kubernetes.default.svc.cluster.local on x",
        "https://a.example.com/", "node=kubelet.go", "host=config.yaml", "user=<redacted:password#1>", "tenant=ab", "user=kube:x1",
    ],
)  # fmt: skip
def test_names_that_every_cluster_has_stay(text):
    assert shown(text) == [text]


def test_a_name_is_replaced_before_it_is_introduced_in_any_case_and_as_a_whole_word():
    assert shown("Web-7 up, web-77 and my-web-7x", 'node "web-7" gone', "node=web-77") == [
        "host-1 up, host-2 and my-web-7x", 'node "host-1" gone', "node=host-2",
    ]  # fmt: skip


def test_numbers_go_by_the_names_in_natural_order_whatever_the_order_of_the_logs():
    texts = ["node=web-10", "node=web-9", "node=api-1"]
    assert shown(*texts) == ["node=host-3", "node=host-2", "node=host-1"]
    assert shown(*reversed(texts)) == ["node=host-1", "node=host-2", "node=host-3"]


def test_no_name_is_given_that_is_real():
    assert shown("node=host-1", "node=web-7") == ["node=host-2", "node=host-3"]


def test_a_name_of_two_kinds_has_one_other_name():
    got = shown("node=jane-1", "user=jane-1")
    assert got == ["node=host-1", "user=host-1"]


def test_hosts_that_the_reader_knows():
    identities = Identities()
    identities.hosts(["web-7", "master", "kubelet"])
    assert identities.text("web-7 master kubelet") == "host-1 master kubelet"
    assert identities.mapping()["host"] == {"web-7": "host-1"}


def test_the_map_holds_again_and_goes_on():
    first = Identities()
    first.learn("node=web-7 user=jane.doe 10.0.0.1")
    before = first.text("node=web-7 user=jane.doe 10.0.0.1")
    again = Identities(first.mapping())
    assert again.text("node=web-7 user=jane.doe 10.0.0.1") == before
    again.learn("node=web-8")
    assert again.text("web-7 web-8") == "host-1 host-2"
    assert set(first.mapping()) == {"address", "host", "domain", "user", "tenant"}
    assert list(first.mapping()["address"]) == ["10.0.0.1"]

from collections.abc import Mapping

import pytest

from loganalyzer.model import Confidence, Diagnosis, Kind, Report, Severity, Text
from loganalyzer.rulepack import read_pack
from loganalyzer.rulepack.prove import prove, prove_templates


def diagnosis(id_: str, **more) -> Diagnosis:
    values = {
        "kind": Kind.CAUSE, "severity": Severity.ERROR, "confidence": Confidence.CONFIRMED, "title": Text("", ""),
        "cause": Text("", ""), "because": (), "nodes": (), "first_seen": None, "last_seen": None, "count": 1,
        "captures": {"ip": ("192.0.2.1",)}, "evidence": (), "steps": (), "references": (), "fingerprint": "",
    }  # fmt: skip
    return Diagnosis(id=id_, **{**values, **more})


def report(*diagnoses: Diagnosis, **more) -> Report:
    return Report("0", 1, "", (), diagnoses, **more)


@pytest.fixture
def failures(rule_file, tmp_path):
    def run(example: str, found: Report) -> list[str]:
        text = "    top: sample-down"
        rule_file((text, text + example if not example.startswith("    top") else example))
        ruleset = read_pack([tmp_path / "pack"]).ruleset

        def analyze(files: Mapping[str, str]) -> Report:
            return found if "down" in files["kubelet.log"] else report()

        return [one for proof in prove(ruleset, analyze) for one in proof.failures]

    return run


DOWN = diagnosis("sample-down")


@pytest.mark.parametrize(
    ("example", "found", "said"),
    [
        ("", report(DOWN), []),
        ("", report(), ["expected sample-down at the top; found no diagnosis"]),
        ("", report(diagnosis("other", explains=(DOWN,))), ["found other (confirmed) > [sample-down (confirmed)]"]),
        ("\n    confidence: confirmed", report(DOWN), []),
        ("\n    confidence: likely", report(DOWN), ["expected sample-down to be likely; it is confirmed"]),
        ("\n    captures: {ip: 192.0.2.1}", report(DOWN), []),
        ("\n    captures: {ip: 192.0.2.2}", report(DOWN), ["expected ip = '192.0.2.2'"]),
        ("\n    not_finds: [other]", report(DOWN), []),
        ("\n    not_finds: [other]", report(DOWN, diagnosis("other")), ["other must not be in the report"]),
        ("    top: other\n    finds: [sample-down]", report(diagnosis("other", explains=(DOWN,))), []),
        ("    top: none\n    finds: [sample-down]", report(harmless=(DOWN,)), []),
        ("    top: none\n    finds: [sample-down]", report(healed=(DOWN,)), []),
        ("    top: none\n    finds: [sample-down]", report(), ["expected sample-down in the report"]),
    ],
)
def test_positive_examples(failures, example, found, said):
    told = failures(example, found)
    assert len(told) == len(said)
    assert all(part in one for part, one in zip(said, told, strict=True))


def test_a_near_miss_must_not_be_in_the_report(rule_file, tmp_path):
    rule_file()
    ruleset = read_pack([tmp_path / "pack"]).ruleset
    proofs = list(prove(ruleset, lambda _: report(DOWN)))
    assert [bool(proof.failures) for proof in proofs] == [False, True]
    assert "sample-down must not be in the report" in str(proofs[1])
    assert str(proofs[1]).startswith(f"{tmp_path}/pack/family/sample-down.yaml:19:")


def test_templates_are_tried_in_every_dialect(rule_file, tmp_path):
    rule_file()
    ruleset = read_pack([tmp_path / "pack"]).ruleset
    seen = []

    def matches(line: str) -> set[tuple[str, str]]:
        seen.append(line)
        return {("sample-down", "down")} if line.startswith("sample") else set()

    (failure,) = prove_templates(ruleset, matches)
    assert "not in klog, journald, CRI, docker json-file, zap JSON" in failure.message
    assert all("sample service at 192.0.2.7:6443 is down" in line for line in seen)

"""Remedies proven: real programs, real faults, the printed commands as printed."""

import time

import pytest

from tests.e2e import faults
from tests.e2e.catalogue import FAULTS
from tests.e2e.node import missing, node


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_found_first_and_gone_after_the_printed_steps(fault, tmp_path):
    reason = missing(*fault.needs)
    if reason:
        pytest.skip(reason)
    with node() as machine:
        fault.inject(machine)
        assert machine.bash(fault.works, check=False).returncode != 0, "the fault is not there"
        report = faults.analyze(faults.collect(machine, fault, tmp_path / "before"), tmp_path / "report.json")
        assert [one["id"] for one in report["diagnoses"]][:1] == [fault.id]
        faults.perform(machine, fault, report["diagnoses"][0]["steps"])
        machine.until(fault.works, "it works again")
        machine.bash("rm -f /run/e2e/journal/*.before; for f in /run/e2e/journal/*; do : > $f; done", check=False)
        time.sleep(1.1)  # some logs tell whole seconds: the next line must be known to be later
        for unit in fault.restart:
            machine.bash(f"systemctl restart {unit}")
        machine.until(fault.works, "it works after a restart")
        verdict = faults.tkelog("verify", tmp_path / "report.json", faults.collect(machine, fault, tmp_path / "after"))
        assert verdict.returncode == 0, verdict.stdout + verdict.stderr

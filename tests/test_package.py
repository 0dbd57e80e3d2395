"""The wheel, installed in a clean environment and run outside the checkout."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.kit import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_holds_every_rule(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    rules = {str(path.relative_to(ROOT)) for path in (ROOT / "rules").rglob("*.yaml")}
    assert {name.removeprefix("loganalyzer/") for name in names if name.startswith("loganalyzer/rules/")} == rules
    assert not [name for name in names if name.startswith(("tests/", "fixtures/", "benchmarks/"))]


def test_it_runs_installed_outside_the_checkout(wheel, tmp_path):
    """Dependencies come from the environment of the tests by a path entry; the package itself only from the wheel."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    site = next((home / "lib").glob("python*")) / "site-packages"
    zipfile.ZipFile(wheel).extractall(site)
    here = Path(json.__file__)  # any module: only to be sure that the paths below are absolute
    assert here.is_absolute()
    dependencies = [p for p in sys.path if p.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(dependencies))
    log = tmp_path / "tke-auth-api.log"
    log.write_text(
        '2022-01-19 14:43:32.225\terror\tFailed to parse authorization request: Unregistered redirect_uri ("http://203.0.113.9:30080/callback").\n'
    )
    code = (
        "import loganalyzer,sys; assert str(loganalyzer.__file__).startswith(sys.prefix), loganalyzer.__file__;"
        "from loganalyzer.cli import main; main()"
    )
    process = subprocess.run(
        [home / "bin/python", "-c", code, "analyze", str(log), "--format", "json"],
        cwd=tmp_path, capture_output=True, timeout=60, env={**os.environ, "PYTHONPATH": "", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert process.returncode == 10, process.stderr.decode()
    found = json.loads(process.stdout)
    assert found["diagnoses"][0]["id"] == "dex-redirect-uri-unregistered"
    assert found["rules"]["count"] == len(list((ROOT / "rules").rglob("*.yaml")))

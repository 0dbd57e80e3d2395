"""`make dist`: tkelog with its own Python in one executable file, for machines without either.

PyInstaller gathers interpreter, libraries and package into a directory; a shell header in front of its tar.gz unpacks
it once and starts it. docs/delivery.md says why it is made so.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import platform
import re
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).parent
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")


_ENTRY = """
import os

for name in ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"):
    os.environ.pop(name, None)
if before := os.environ.pop("TKELOG_LD_LIBRARY_PATH", ""):
    os.environ["LD_LIBRARY_PATH"] = before  # kubectl and ssh are not to load our libraries

from loganalyzer.__main__ import main

main()
"""


def freeze(build: Path) -> Path:
    """The directory that PyInstaller makes of the installed package."""
    entry = build / "entry.py"
    entry.write_text(_ENTRY)
    subprocess.run(
        [
            sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN", "--onedir",
            "--name", "tkelog", "--strip", "--collect-submodules", "loganalyzer", "--collect-data", "loganalyzer",
            "--collect-submodules", "rich._unicode_data", "--exclude-module", "tkinter",
            "--distpath", str(build / "out"), "--workpath", str(build / "work"), "--specpath", str(build), str(entry),
        ],
        check=True,
        cwd=build,  # `-m` puts this directory first on the path: in a checkout it would gather a package without rules
    )  # fmt: skip
    return build / "out" / "tkelog"


def glibc_of(tree: Path) -> str:
    """The newest version of glibc that any binary below asks for."""
    found = {(2, 17)}
    for path in tree.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                if stream.read(4) != b"\x7fELF":
                    continue
                found |= {(int(a), int(b)) for a, b in _GLIBC.findall(stream.read())}
    return ".".join(map(str, max(found)))


def pack(tree: Path) -> bytes:
    """The directory as a tar.gz with the same bytes for the same files."""
    raw = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=9, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for path in sorted(tree.rglob("*")):
            info = tar.gettarinfo(path, str(Path("tkelog") / path.relative_to(tree)))
            info.mtime, info.uid, info.gid, info.uname, info.gname = 0, 0, 0, "", ""
            if info.isreg():
                with path.open("rb") as stream:
                    tar.addfile(info, stream)
            else:
                tar.addfile(info)
    return raw.getvalue()


def header(version: str, payload: bytes, glibc: str) -> bytes:
    """The shell script in front of the payload."""
    text = (HERE / "header.sh").read_text("utf-8")
    values = {
        "VERSION": version,
        "SUM": hashlib.sha256(payload).hexdigest()[:16],
        "GLIBC": glibc,
        "MACHINE": platform.machine(),
        "SKIP": str(text.count("\n") + 1),
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text.encode()


def main(output: Path, build: Path) -> None:
    """Write the file and its checksum."""
    from loganalyzer import __version__

    build.mkdir(parents=True, exist_ok=True)
    tree = freeze(build)
    payload = pack(tree)
    glibc = glibc_of(tree)
    data = header(__version__, payload, glibc) + payload
    output.mkdir(parents=True, exist_ok=True)
    file = output / f"tkelog-{__version__}-linux-{platform.machine()}"
    file.write_bytes(data)
    file.chmod(0o755)
    digest = hashlib.sha256(data).hexdigest()
    (output / f"{file.name}.sha256").write_text(f"{digest}  {file.name}\n")
    print(f"{file}  {len(data) / 1e6:.1f} MB, needs glibc {glibc}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())

"""Completion in real shells on a pseudo-terminal, and the manual page."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from loganalyzer.cli import main
from tests.cli.terminal import Terminal

BIN = Path(sys.executable).parent
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(tkelog completion bash)"; echo rea""dy'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -U compinit; compinit -u -D; eval "$(tkelog completion zsh)"; echo rea""dy'),
    "fish": (["fish", "--no-config", "-i"], "tkelog completion fish | source; echo rea''dy"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_completes(shell, tmp_path):
    command, setup = SHELLS[shell]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{shell} is not installed")
    env = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "TERM": "dumb",
        "PS1": "$ ",
        "LC_ALL": "C.UTF-8",
    }
    screen = Terminal(command, env)
    screen.type(setup + "\n")
    screen.wait_for("ready")
    screen.type("tkelog time\t")
    screen.wait_for("timeline")
    screen.type("\x15tkelog analyze --exit-z\t")
    screen.wait_for("--exit-zero")
    screen.type("\x15exit\n")
    screen.close()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed_and_how_to_install_it(shell, capsys):
    for args, says in (
        (["completion", shell], "_TKELOG_COMPLETE"),
        (["completion", shell, "--how"], "tkelog completion"),
    ):
        with pytest.raises(SystemExit) as caught:
            main(args)
        assert caught.value.code == 0
        assert says in capsys.readouterr().out


def test_the_manual_page_is_clean_and_holds_every_command(capsys):
    from loganalyzer.cli import tkelog

    with pytest.raises(SystemExit):
        main(["man"])
    page = capsys.readouterr().out
    for name in tkelog.commands if hasattr(tkelog, "commands") and tkelog.commands else tkelog.list_commands(None):
        assert f'.SS "tkelog {name}' in page
    if shutil.which("groff"):
        done = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, text=True, capture_output=True, check=True
        )
        assert done.stderr == ""

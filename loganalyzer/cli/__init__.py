"""The command line. One file a command, imported when it is called; this one holds the group, errors and pipes."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from gettext import gettext
from typing import NoReturn

import click

from loganalyzer import __version__
from loganalyzer.cli.tongue import message, speak, translated
from loganalyzer.errors import Exit, TkelogError

_COMMANDS = {
    "analyze": ("loganalyzer.cli.analyze", "Name the root cause in logs, with evidence and remedy."),
    "timeline": ("loganalyzer.cli.timeline", "Show how an installation went and where it stopped."),
    "explain": ("loganalyzer.cli.explain", "Show why a rule came out on these logs, or did not."),
    "ask-for": ("loganalyzer.cli.ask", "Write the message that asks for the logs which would decide."),
    "verify": ("loganalyzer.cli.verify", "Tell whether what an earlier report found is fixed."),
    "redact": ("loganalyzer.cli.redact", "Copy logs with secrets masked, to send them to somebody."),
    "collect": ("loganalyzer.cli.collect", "Collect a bundle on a node, or on several through ssh."),
    "man": ("loganalyzer.cli.man", "Print the manual page."),
    "completion": ("loganalyzer.cli.completion", "Print the completion script for bash, zsh or fish."),
    "rules": ("loganalyzer.cli.rules", "List, show, check, prove and write rules."),
}


_CANNOT_WRITE = (errno.EBADF, errno.ENOSPC, errno.EIO, errno.EDQUOT)


class _Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def invoke(self, ctx: click.Context) -> object:
        """As click does, but a reader of our output that has gone is ours to handle: click would exit with 1."""
        _import_undisturbed("orjson")
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return _pipe_closed()

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, _ = _COMMANDS[name]
        command = getattr(importlib.import_module(module), name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return translated(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, gettext(text)) for name, (_, text) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """`tkelog bundle.tar.gz` means `tkelog analyze bundle.tar.gz`, where no command has that name."""
        if args and args[0] not in _COMMANDS and (args[0] == "-" or os.path.exists(args[0])):
            args = ["analyze", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="tkelog %(version)s")
@click.pass_context
def tkelog(ctx: click.Context) -> int | None:
    """Name the root cause in the logs of a TKEStack or kubeadm cluster.

    \b
      tkelog analyze bundle.tar.gz            an archive, a directory, files
      kubectl logs POD | tkelog analyze       a pipe
      tkelog rules show RULE-ID               what a rule knows

    Works offline; nothing is sent anywhere, nothing is unpacked to disk. Secrets are masked in all output.
    """
    if ctx.invoked_subcommand is None:
        if sys.stdin is not None and not sys.stdin.isatty() and _is_pipe():
            return int(ctx.invoke(_COMMAND("analyze"), paths=("-",)))
        click.echo(ctx.get_help())
    return None


def _import_undisturbed(module: str) -> None:
    """Import what crashes the process where Ctrl-C reaches it halfway (orjson takes what it imports itself for given);
    the interrupt waits until it is done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        importlib.import_module(module)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _COMMAND(name: str) -> click.Command:
    command = getattr(importlib.import_module(_COMMANDS[name][0]), name)
    assert isinstance(command, click.Command)
    return command


def _is_pipe() -> bool:
    import stat

    mode = os.fstat(sys.stdin.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def main(args: list[str] | None = None) -> NoReturn:
    """The console scripts `tkelog` and `kubectl-tkelog`; ends the process with an exit code of `errors.Exit`."""
    try:
        _standard_streams()
        speak(sys.argv[1:] if args is None else args)
        translated(tkelog, below=False)
        code = tkelog.main(args=args, standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        code = _pipe_closed()
    except (KeyboardInterrupt, click.Abort):
        code = _interrupted()
    except RuntimeError as error:
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        code = _interrupted()  # while a class was made: before CPython 3.12 that is what becomes of it
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except TkelogError as error:
        click.echo(f"tkelog: {message(error)}", err=True)
        code = error.exit_code
    except OSError as error:
        if error.errno not in _CANNOT_WRITE:
            raise
        reason = gettext("cannot write to standard output: {reason}").format(reason=error.strerror)
        click.echo(f"tkelog: {reason}", err=True)
        _discard_output()
        code = Exit.FAILED
    if args is None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done; an interrupt now would only be a traceback
    sys.exit(int(code) if isinstance(code, int) else 0)


def _standard_streams() -> None:
    """Give a stream that was closed before we were started (`<&-`, a bare daemon) a descriptor: no input, messages to
    nowhere, and output that fails, so that it is said. Else the next file that is opened would be taken for it."""
    if sys.stdin is None:
        sys.stdin = open(os.open(os.devnull, os.O_RDONLY))  # noqa: SIM115  # as long as the process
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.open(os.devnull, os.O_WRONLY), "w")  # noqa: SIM115


def _interrupted() -> int:
    click.echo(gettext("interrupted"), err=True)
    return Exit.INTERRUPTED


def _pipe_closed() -> int:
    """`tkelog ... | head`: the reader has gone; say nothing."""
    _discard_output()
    return 141


def _discard_output() -> None:
    """What is still in the buffer goes nowhere when the interpreter flushes it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

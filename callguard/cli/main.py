"""The root of the command tree, and what happens to errors that reach it."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence

import click

from callguard import extras
from callguard.cli import commands, terminal
from callguard.cli.backscore import backscore
from callguard.cli.counters import counters
from callguard.cli.demo import demo
from callguard.cli.lists import lists
from callguard.cli.registry import registry
from callguard.cli.rules import rules
from callguard.cli.score import score
from callguard.cli.takedown import takedown
from callguard.cli.worker import worker
from callguard.errors import CallguardError, RuleError

INTERRUPTED = 128 + signal.SIGINT
READER_GONE = 128 + signal.SIGPIPE


class _Program(commands.Group):
    """A group that knows a vanished reader from an error.

    click would end the process with status 1 and the last results still in the buffer.
    """

    def invoke(self, ctx: click.Context) -> object:
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _give_up_stdout()
            ctx.exit(READER_GONE)
        except ModuleNotFoundError as error:
            raise CallguardError(extras.needed(str(ctx.invoked_subcommand), error)) from error
        return status


@click.group(
    cls=_Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name=extras.DISTRIBUTION, message="%(prog)s %(version)s")
def program() -> None:
    """Score telephone signalling records against rules.

    Results go to standard output, everything else to standard error. Exit status: 0 done,
    1 findings or refused input, 2 wrong usage or an extra that is not installed.
    """


for command in (demo, score, worker, backscore, rules, counters, lists, registry, takedown):
    program.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit status. ``arguments`` default to the process's."""
    _never_fail_on_output()
    try:
        status = program.main(arguments, prog_name="callguard", standalone_mode=False)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        for line in shown.getvalue().rstrip("\n").split("\n"):
            terminal.note(line)
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except RuleError as error:
        for fault in error.faults:
            terminal.note(str(fault))
        terminal.complain(f"these rules cannot be used ({terminal.count(error.faults, 'fault')})")
        return 1
    except CallguardError as error:
        terminal.complain(error)
        return 2 if isinstance(error.__cause__, ModuleNotFoundError) else 1
    except OSError as error:
        terminal.complain(_what_and_where(error))
        _flush_or_give_up()
        return 1
    return int(status or 0)


def _what_and_where(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def _never_fail_on_output() -> None:
    """A character that the terminal's encoding lacks is escaped instead of ending the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flush_or_give_up() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        _give_up_stdout()


def _give_up_stdout() -> None:
    """Send what is still buffered nowhere, so that the interpreter's last flush cannot fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

"""One command and what it left behind: callguard in this process, another program beside it."""

from __future__ import annotations

import contextlib
import io
import subprocess
from collections.abc import Iterator, Sequence

import click
import pytest

from callguard.cli.main import main, program
from tests.command_line.running import Outcome


def callguard(arguments: Sequence[str], given: str = "") -> Outcome:
    """A command of callguard; ``given`` comes by standard input."""
    out, err = io.BytesIO(), io.BytesIO()
    with (
        pytest.MonkeyPatch.context() as patched,
        contextlib.redirect_stdout(io.TextIOWrapper(out, "utf-8", write_through=True)),
        contextlib.redirect_stderr(io.TextIOWrapper(err, "utf-8", write_through=True)),
    ):
        patched.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode()), "utf-8"))
        status = main(list(arguments))
        return Outcome(status, out.getvalue().decode(), err.getvalue().decode())


def other(words: Sequence[str], given: str = "") -> Outcome:
    """Another program."""
    done = subprocess.run(
        words, check=False, capture_output=True, input=given, text=True, encoding="utf-8"
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def command_of(words: Sequence[str]) -> tuple[click.Command, list[str]] | None:
    """The command or group of callguard that words name, and its arguments; None if none."""
    found: click.Command = program
    rest = list(words[1:])
    while isinstance(found, click.Group) and rest and not rest[0].startswith("-"):
        if rest[0] not in found.commands:
            return None
        found = found.commands[rest.pop(0)]
    return found, rest


def is_whole(command: click.Command, arguments: Sequence[str]) -> bool:
    """Whether nothing that the command must have is missing, and nothing is too much."""
    given, rest, _ = command.make_parser(click.Context(command)).parse_args(list(arguments))
    wanted = [str(parameter.name) for parameter in command.params if parameter.required]
    # What was not given is None, or a mark of click's own.
    return not rest and all(isinstance(given.get(name), (str, list, tuple)) for name in wanted)


def options_of(command: click.Command) -> set[str]:
    """Every spelling of every option of a command."""
    return {name for parameter in command.params for name in _spellings(parameter)}


def _spellings(parameter: click.Parameter) -> Iterator[str]:
    if isinstance(parameter, click.Option):
        yield from (*parameter.opts, *parameter.secondary_opts)

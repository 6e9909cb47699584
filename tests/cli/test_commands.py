"""An option given twice is wrong usage: the second value must not replace the first unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from callguard.cli import commands
from callguard.cli.main import program
from tests.command_line.running import Run


def _leaves(
    group: click.Group = program, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            assert isinstance(command, commands.Group)
            yield from _leaves(command, (*path, name))
        else:
            yield (*path, name), command


OPTIONS = [
    (path, parameter)
    for path, command in _leaves()
    for parameter in command.params
    if commands.takes_one_value(parameter)
]


def _name(option: object) -> str:
    return option.opts[0] if isinstance(option, click.Option) else " ".join(map(str, option))  # type: ignore[call-overload]


def test_every_command_refuses_them() -> None:
    assert [] == [path for path, command in _leaves() if not isinstance(command, commands.Command)]


@pytest.mark.parametrize(("path", "option"), OPTIONS, ids=_name)
def test_an_option_given_twice_is_wrong_usage(
    run: Run, path: tuple[str, ...], option: click.Option
) -> None:
    value = [] if option.is_flag else ["1"]
    done = run(*path, option.opts[0], *value, option.opts[-1], *value)
    assert (2, "") == (done.status, done.out)
    assert (
        f"Error: {option.opts[0]} is given 2 times and takes one value: give it once." in done.err
    )


@pytest.mark.parametrize(
    "twice",
    [
        ("--rules", "a.yaml", "--rules", "b.yaml"),
        ("--rules=a.yaml", "--rules=b.yaml"),
        ("--rules", "a.yaml", "-", "--rules", "b.yaml"),
        ("--rules", "a.yaml", "--home", "CN", "--rules", "a.yaml", "--rules", "a.yaml"),
        ("--home", "CN", "--home", "GB"),
    ],
)
def test_wherever_and_however_it_is_written(run: Run, twice: tuple[str, ...]) -> None:
    done = run("score", "calls.jsonl", *twice)
    assert 2 == done.status
    assert "takes one value: give it once." in done.err


def test_an_option_for_several_values_takes_several(run: Run, tmp_path: Path) -> None:
    lists = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for path in lists:
        path.write_text("+8610086\n", encoding="utf-8")
    done = run("takedown", "plan", *(part for path in lists for part in ("--protected", path)))
    assert "takes one value" not in done.err


def test_a_switch_may_be_repeated(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("# none\n", encoding="utf-8")
    assert 1 == run("rules", "check", path, "--json", "--json").status

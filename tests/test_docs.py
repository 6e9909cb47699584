"""What the documentation says is so: commands exist, programs run, verdicts come out."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from callguard import Guard
from callguard.cli.main import program

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
    if path.is_file()
)
OTHER_PROGRAMS = {"pip", "python3", "git", "cat", "zcat", "gunzip", "head", "jq"}


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def _commands(
    group: click.Group = program, path: tuple[str, ...] = ("callguard",)
) -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(_commands())


def _options(command: click.Command) -> set[str]:
    return {
        name
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_every_option(name: str) -> None:
    sections = dict(
        re.findall(
            r"^## `([^`]+)`\n(.*?)(?=^## |\Z)", _text("docs/cli.md"), re.DOTALL | re.MULTILINE
        )
    )
    by_command = {
        " ".join(title.split()[: len(name.split())]): text for title, text in sections.items()
    }
    assert name in by_command
    missing = {
        option for option in _options(COMMANDS[name]) if f"`{option}" not in by_command[name]
    }
    assert set() == missing


def test_no_section_is_about_a_command_that_does_not_exist() -> None:
    titles = re.findall(r"^## `(callguard [^`]+)`$", _text("docs/cli.md"), re.MULTILINE)
    assert len(COMMANDS) == len(titles)


def test_the_index_names_every_page() -> None:
    index = _text("docs/README.md")
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
    assert [] == [page for page in pages if f"({page})" not in index]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if not link.startswith(("http:", "https:"))]
    assert [] == [link for link in local if not (page.parent / link).exists()]


def _shell_lines(text: str) -> Iterator[list[str]]:
    for block in _blocks(text, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"\s(?:\||&&)\s", line):
                words = shlex.split(part, comments=True)
                while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                    words = words[1:]
                if words:
                    yield words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_shell_examples_name_what_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))
    for words in _shell_lines(page.read_text(encoding="utf-8")):
        if words[0] == "callguard":
            _check_usage(words)
        elif words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= targets
        elif words[0].startswith(".ci/"):
            assert (ROOT / words[0]).is_file()
        else:
            assert words[0] in OTHER_PROGRAMS


def _check_usage(words: list[str]) -> None:
    if words == ["callguard", "--version"]:
        return
    name = next(
        (" ".join(words[:size]) for size in (4, 3, 2) if " ".join(words[:size]) in COMMANDS), None
    )
    assert name is not None, words
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert used <= _options(COMMANDS[name])


@pytest.mark.parametrize("page", ["README.md", "docs/embedding.md"])
def test_python_examples_run_and_print_what_they_say(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rules.yaml").symlink_to(ROOT / "rules.yaml")
    (tmp_path / "lists").symlink_to(ROOT / "lists")
    record = json.loads(_blocks(_text("README.md"), "json")[0])
    (tmp_path / "calls.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    blocks = _blocks(_text(page), "python")
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in blocks:
            exec(compile(block, page, "exec"), names)  # noqa: S102 - our own documentation
    said = re.findall(r"^ *print\(.*\)  # (.*)$", "".join(blocks), re.MULTILINE)
    assert len(blocks) > 0
    assert said == printed.getvalue().splitlines()


# What a program may import: the package itself, and the face of what needs an extra.
FACES = re.compile(
    r"callguard(\.integrations\.\w+(\.takedown)?|\.observe\.(logs|metrics)|\.takedown)?"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_program_is_told_to_import_is_there(page: Path) -> None:
    for block in _blocks(page.read_text(encoding="utf-8"), "python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.Import):
                assert [] == [one.name for one in node.names if one.name.startswith("callguard.")]
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("callguard"):
                assert FACES.fullmatch(str(node.module))
                module = importlib.import_module(str(node.module))
                assert [] == [one.name for one in node.names if not hasattr(module, one.name)]


def test_the_record_of_the_readme_gets_the_verdict_of_the_readme() -> None:
    record, verdict = (json.loads(block) for block in _blocks(_text("README.md"), "json")[:2])
    actual = Guard.load(ROOT / "rules.yaml").score(record).to_dict()
    # The digest changes with every edit of the rules.
    assert {**verdict, "ruleset": actual["ruleset"]} == actual


def test_the_rule_of_the_readme_judges_the_record_of_the_readme(tmp_path: Path) -> None:
    [rule] = _blocks(_text("README.md"), "yaml")
    path = tmp_path / "rules.yaml"
    path.write_text(rule, encoding="utf-8")
    record = json.loads(_blocks(_text("README.md"), "json")[0])
    assert ["example-home-number"] == Guard.load(path).score(record).rules

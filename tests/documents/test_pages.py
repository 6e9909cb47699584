"""Pages name every page, command and option; their links lead somewhere; verdicts come out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from callguard import Guard
from callguard.cli.main import program
from tests.documents.reading import PAGES, ROOT, blocks, name_of
from tests.documents.typed import options_of
from tests.documents.world import record_of_the_readme


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _commands(
    group: click.Group = program, path: tuple[str, ...] = ("callguard",)
) -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(_commands())


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
        option for option in options_of(COMMANDS[name]) if f"`{option}" not in by_command[name]
    }
    assert set() == missing


@pytest.mark.parametrize("name", COMMANDS)
def test_no_section_has_an_option_that_its_command_lacks(name: str) -> None:
    text = _text("docs/cli.md")
    (section,) = re.findall(
        rf"^## `{name}(?: [^`a-z]*)?`\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE
    )
    rows = re.findall(r"^\| `(--[a-z-]+).*? \|", section, re.MULTILINE)
    assert [] == [option for option in rows if option not in options_of(COMMANDS[name])]


def test_no_section_is_about_a_command_that_does_not_exist() -> None:
    titles = re.findall(r"^## `(callguard [^`]+)`$", _text("docs/cli.md"), re.MULTILINE)
    assert len(COMMANDS) == len(titles)


def test_the_index_names_every_page() -> None:
    index = _text("docs/README.md")
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]
    assert [] == [page for page in pages if f"({page})" not in index]


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8"))
    local = [(link, anchor) for link, anchor in links if not link.startswith(("http:", "https:"))]
    assert [] == [link for link, _ in local if link and not (page.parent / link).exists()]
    assert [] == [
        f"{link}#{anchor}"
        for link, anchor in local
        if anchor and anchor not in _anchors(page.parent / link if link else page)
    ]


def test_the_record_of_the_readme_gets_the_verdict_of_the_readme() -> None:
    record, verdict = (json.loads(block) for block in blocks(_text("README.md"), "json")[:2])
    actual = Guard.load(ROOT / "rules.yaml").score(record).to_dict()
    # The digest changes with every edit of the rules.
    assert {**verdict, "ruleset": actual["ruleset"]} == actual


def test_the_rule_of_the_readme_judges_the_record_of_the_readme(tmp_path: Path) -> None:
    [rule] = blocks(_text("README.md"), "yaml")
    path = tmp_path / "rules.yaml"
    path.write_text(rule, encoding="utf-8")
    assert ["example-home-number"] == Guard.load(path).score(record_of_the_readme()).rules

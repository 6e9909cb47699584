"""What README.md and docs/rule-pack.md name exists: rules, lists, fields, options, files, words."""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import yaml

import callguard
from callguard import Guard
from callguard.alerts import TEMPLATES
from callguard.cli.main import program
from callguard.demo.causes import CAUSES
from callguard.engine.degraded import MEANINGS, word_of
from callguard.engine.verdict import Verdict
from callguard.records.fields import CHOICES, FIELDS
from callguard.rules.model import ACTIONS
from tests.documents.reading import PAGES, ROOT, SHELLS, code, commands, name_of
from tests.documents.typed import options_of
from tests.documents.world import make_world
from tests.made.rule_pack import guard_of

PAGE = (ROOT / "docs" / "rule-pack.md").read_text(encoding="utf-8")
DOCUMENTS = tuple(yaml.safe_load_all((ROOT / "rules.yaml").read_text(encoding="utf-8")))
EMBEDDING = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
RULES = {document["name"]: document for document in DOCUMENTS}
LISTS = {path.stem: path for path in (ROOT / "lists").glob("*.txt")}
SETUP = (ROOT / "setup.cfg").read_text(encoding="utf-8")
# Statuses and bases of rules, and what rule-pack.md explains in its first lines.
WORDS = {"stable", "test", "experimental", "deterministic", "analytic", "counts", "reports (…)"}
# Names of other projects, with what they are.
OTHERS = {
    "phonenumbers": "the package that the benchmark compares with",
    "msgpack.unpackb": "of the package msgpack",
    "telecom-callguard": "the distribution",
    ".venv": "made by make",
    "calls.jsonl": "a file of the reader's",
}
SOURCES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "callguard").rglob("*.py"))


def _attribute(name: str) -> bool:
    """``Guard.score``, ``guard.reload()``, ``reload()``, ``import callguard``."""
    called = name.removesuffix("()").removeprefix("import ")
    owner, _, method = called.rpartition(".")
    return called in (callguard.__name__, "") or (
        owner in ("", "guard", "Guard") and hasattr(Guard, method)
    )


def _is_file(name: str, folder: Path) -> bool:
    return (ROOT / name).exists() or (folder / name).exists() or f'"{name}"' in SOURCES


def _every_command(group: click.Group = program) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield name, command
        if isinstance(command, click.Group):
            yield from _every_command(command)


def _begins_a_rule(name: str) -> bool:
    return name.endswith("-") and any(rule.startswith(name) for rule in RULES)


COMMANDS = tuple(_every_command())


def _text_of(folder: str) -> str:
    return "".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / folder).rglob("*.py"))
    )


OPTIONS = {option for _, command in COMMANDS for option in options_of(command)} | {
    *("--help", "--version"),
    *re.findall(r"--[a-z-]+", _text_of("tools") + _text_of("tests/fuzz") + _text_of("bench")),
}
KNOWN: dict[str, Callable[[str], bool]] = {
    "rule": RULES.__contains__,
    "list": LISTS.__contains__,
    "field": FIELDS.__contains__,
    "choice": lambda name: any(name in words for words in CHOICES.values()),
    "entry of degraded": lambda name: word_of(name) in MEANINGS and name in EMBEDDING,
    "template": TEMPLATES.__contains__,
    "action": ACTIONS.__contains__,
    "key of a verdict": Verdict.__annotations__.__contains__,
    "word": WORDS.__contains__,
    "kind of the demo": CAUSES.__contains__,
    "command": lambda name: any(name == command for command, _ in COMMANDS),
    "option": lambda name: name.split()[0] in OPTIONS,
    "extra": lambda name: re.search(rf"^{re.escape(name)} =$", SETUP, re.MULTILINE) is not None,
    "attribute": _attribute,
    "Python": lambda name: keyword.iskeyword(name) or hasattr(builtins, name),
    "number, or a part of one": lambda name: re.fullmatch(r"[\d+*#…]+", name) is not None,
    "home of rules": _begins_a_rule,
    "trunk group": lambda name: name.endswith("…") and name.rstrip("…") in str(DOCUMENTS),
    "name of another project": OTHERS.__contains__,
}


@pytest.mark.parametrize("page", ["README.md", "docs/rule-pack.md"])
def test_everything_that_is_named_exists(page: str, tmp_path: Path) -> None:
    make_world(tmp_path)
    text = (ROOT / page).read_text(encoding="utf-8")
    typed = {" ".join(one.text.split()) for one in commands(text)}
    named = {one.text for one in code(text) if one.language is None}
    unknown = {
        name
        for name in named - typed
        if not name.startswith("pip install ")
        and not any(knows(name) for knows in KNOWN.values())
        and not _is_file(name, tmp_path)
    }
    assert set() == unknown


VARIABLES = set(
    re.findall(
        r"\bCALLGUARD_[A-Z_]+",
        SOURCES + _text_of("tests") + _text_of("bench") + (ROOT / "Makefile").read_text("utf-8"),
    )
)
# Paths are named from the root, and by those who work on callguard from its package.
FOLDERS = {
    place: {path.name for path in (ROOT / place).iterdir() if path.is_dir()}
    for place in (".", "callguard")
}


def _lost(word: str) -> bool:
    """Whether a word is the path of something in the repository that is not there."""
    first = word.partition("/")[0]
    if "/" not in word or re.search(r"[A-Z]{3,}|[*…]", word):
        return False
    places = [place for place, names in FOLDERS.items() if first in names]
    return bool(places) and not any((ROOT / place / word).exists() for place in places)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_options_variables_and_files_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = set(re.findall(r"\bCALLGUARD_[A-Z_]+", text)) - VARIABLES
    for one in code(text):
        if one.language not in (None, *SHELLS):
            continue
        words = re.findall(r"[^\s'\"|,:=]+", one.text)
        missing |= {word for word in words if word.startswith("--") and word not in OPTIONS}
        if one.language is None:
            missing |= {word for word in words if _lost(word)}
    assert set() == missing


def test_lists_that_are_shipped_empty_are_said_to_be() -> None:
    rows = re.findall(r"^\| `lists/(\w+)\.txt` \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE)
    entries = {
        name: [
            line
            for line in path.read_text("utf-8").splitlines()
            if line.strip(" #")[:1] and line[0] != "#"
        ]
        for name, path in LISTS.items()
    }
    assert {name for name, held in entries.items() if not held} == {
        name for name, said in rows if said == "empty"
    }


def _fields_named(selection: object) -> Iterator[str]:
    if isinstance(selection, dict):
        for field, value in selection.items():
            yield field.partition("|")[0]
            yield from _fields_named(value)
    elif isinstance(selection, list):
        for one in selection:
            yield from _fields_named(one)


def test_the_page_counts_the_rules_that_name_a_field() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", PAGE, re.MULTILINE)
    named = Counter(
        field for rule in DOCUMENTS for field in {*_fields_named(rule.get("detection"))}
    )
    assert rows
    assert {field: named[field] for _, field in rows} == {field: int(said) for said, field in rows}


def test_the_page_names_every_rule_that_blocks_and_its_ground() -> None:
    section = PAGE.split("**Basis.**")[1].split("**Forwarding.**")[0]
    table, below = section.split("All other rules are analytic")
    rules = guard_of("CN").rules.rules
    certain = {rule.name for rule in rules if rule.consequence.basis == "deterministic"}
    blocking = {rule.name for rule in rules if rule.consequence.verdict == "block"}
    assert certain == set(re.findall(r"`([a-z0-9-]+)`(?=[,|\s])", table)) & set(RULES)
    assert blocking - certain == set(re.findall(r"`([a-z0-9-]+)`", below)) & set(RULES)


def test_the_page_of_metrics_names_every_word_of_degraded() -> None:
    text = (ROOT / "docs" / "observe.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `callguard_degraded_total` \|.*$", text, re.MULTILINE)
    assert [] == [word for word in MEANINGS if f"`{word}`" not in row]

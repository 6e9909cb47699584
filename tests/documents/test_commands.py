"""Every command that a document names is run; what cannot be run is looked at word by word."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.documents.apart import NOT_RUN, PROGRAMS, reason
from tests.documents.conftest import POSTGRES
from tests.documents.reading import PAGES, ROOT, Command, commands, name_of
from tests.documents.running import Typist, to_fill_in
from tests.documents.typed import command_of, options_of

# A page of reference: each of its sections stands alone.
REFERENCE = "docs/cli.md"


def runs_of(page: Path) -> Iterator[tuple[str, list[Command]]]:
    """The commands that are run one after another in one folder, and where they stand."""
    text = page.read_text(encoding="utf-8")
    starts = [0]
    if name_of(page) == REFERENCE:
        starts += [match.start() for match in re.finditer(r"^## ", text, re.MULTILINE)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        found = list(commands(text[start:end], 1 + text.count("\n", 0, start)))
        if found:
            yield f"{name_of(page)}:{found[0].line}", found


ALL = [(name_of(page), one) for page in PAGES for _, found in runs_of(page) for one in found]
RUNS = {name: found for page in PAGES for name, found in runs_of(page)}
# What sentences say again and again is typed once: where it is said first.
FIRST = {one.text: (page, one.line) for page, one in reversed(ALL) if one.within_sentence}


def is_typed(page: str, command: Command) -> bool:
    if reason(command.parts[0]) is not None or to_fill_in(command):
        return False
    return not command.within_sentence or FIRST[command.text] == (page, command.line)


RUN = {
    place: typed
    for place, found in RUNS.items()
    if (typed := [one for one in found if is_typed(place.partition(":")[0], one)])
}
APART = {
    f"{page}:{one.line} {one.text}": one
    for page, one in ALL
    if reason(one.parts[0]) is not None or to_fill_in(one)
}


@pytest.mark.parametrize("place", RUN)
def test_what_a_document_says_to_type_works(place: str, typists: Callable[[], Typist]) -> None:
    typist = typists()
    page = place.partition(":")[0]
    failed = []
    for command in RUN[place]:
        if POSTGRES in command.text and POSTGRES not in typist.addresses:
            continue  # no PostgreSQL on this machine
        done = typist.run(command)
        if done.status:
            failed.append(f"{page}:{command.line} {command.text}: {done.status} {done.err}")
    assert "" == "\n".join(failed)


@pytest.mark.parametrize("where", APART)
def test_what_is_not_run_names_what_exists(where: str) -> None:
    words = list(APART[where].parts[0])
    assert set() == MISSING[words[0]](words)


def test_every_program_of_a_document_is_known() -> None:
    named = {part[0] for _, one in ALL for part in one.parts}
    assert set() == named - PROGRAMS


def test_every_reason_is_one_of_a_command_that_a_document_names() -> None:
    lines = [" ".join(one.parts[0]) for _, one in ALL]
    assert [] == [start for start in NOT_RUN if not any(line.startswith(start) for line in lines)]


def _callguard(words: list[str]) -> set[str]:
    """Of a command of callguard, perhaps only the beginning of one: options that it lacks."""
    found = command_of(words)
    if found is None:
        return {" ".join(words)}
    command, rest = found
    used = {word.partition("=")[0] for word in rest if word.startswith("--")}
    return used - options_of(command)


def _make(words: list[str]) -> set[str]:
    """What make says of a target when it only looks at what there is to do."""
    done = subprocess.run(
        ["make", "-n", "-C", ROOT, *words[1:]], check=False, capture_output=True, text=True
    )
    return {done.stderr} if done.returncode or done.stderr else set()


def _pip(words: list[str]) -> set[str]:
    """Extras that the package lacks."""
    setup = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    extras = re.findall(r"^([\w-]+) =$", setup.split("[options.extras_require]")[1], re.MULTILINE)
    named = {extra for word in words[2:] for extra in re.findall(r"[\w-]+", word)}
    return named - {*extras}


def _python(words: list[str]) -> set[str]:
    """Options that a program of the repository lacks."""
    source = (ROOT / f"{words[2].replace('.', '/')}.py").read_text(encoding="utf-8")
    return {word for word in words[3:] if f'"{word}"' not in source}


MISSING: dict[str, Callable[[list[str]], set[str]]] = {
    "callguard": _callguard,
    "make": _make,
    "pip": _pip,
    "python3": _python,
}


@pytest.mark.parametrize(
    ("variable", "module"),
    [("FUZZ", "tests/fuzz/__main__.py"), ("MUTATION", "tools/mutation/__main__.py")],
)
def test_options_behind_a_variable_of_make_exist(variable: str, module: str) -> None:
    source = (ROOT / module).read_text(encoding="utf-8")
    there = set(re.findall(r'click\.option\("(--[a-z-]+)"', source))
    places = [*PAGES, ROOT / "Makefile"]
    said = {
        option
        for place in places
        for value in re.findall(rf"{variable}='([^']*)'", place.read_text(encoding="utf-8"))
        for option in re.findall(r"--[a-z-]+", value)
    }
    assert said
    assert set() == said - there

"""One table of reasons: the SQL, the code and the documentation have exactly its words."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from callguard.errors import PlanError
from callguard.takedown import reasons
from callguard.takedown.expansion import steps
from tests.made.planning import BLOCK, planned, report
from tests.made.registries import row

PACKAGE = Path(reasons.__file__).parent
DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "takedown.md"
WORDS = list(reasons.SENTENCES)
# Names of words, such as CLOSED; the table has the others.
NAMES = {name: value for name, value in vars(reasons).items() if isinstance(value, str)}
NAMES = {name: value for name, value in NAMES.items() if name.isupper()}


def words_of_sql(text: str) -> list[str]:
    """All texts in single quotes, in order: the steps have no others than reasons."""
    return re.findall(r"'([^']*)'", re.sub(r"--.*|/\*.*?\*/", "", text))


def sql_files() -> list[Path]:
    return sorted((PACKAGE / "expansion" / "steps").glob("*.sql"))


def trees() -> Iterator[tuple[str, ast.Module]]:
    """The code that leaves numbers out."""
    for room in ("planning", "expansion"):
        for path in sorted((PACKAGE / room).glob("*.py")):
            yield path.name, ast.parse(path.read_text(encoding="utf-8"))


def test_every_name_is_a_word_of_the_table() -> None:
    assert sorted(WORDS) == sorted(NAMES.values())


def test_sql_and_code_have_exactly_the_words_of_the_table() -> None:
    in_sql = {word for path in sql_files() for word in words_of_sql(path.read_text("utf-8"))}
    assert in_sql <= set(WORDS), "a step has a word that reasons.py lacks"
    in_code = {
        NAMES[node.attr]
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "reasons"
        and node.attr in NAMES
    }
    assert set(WORDS) == in_sql | in_code


def test_no_code_writes_a_word_by_hand() -> None:
    by_hand = [
        (name, node.value)
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in WORDS
    ]
    # What has the same name and is no reason: a key of the summary, settings, a table.
    others = [
        ("plan.py", "protected"),
        *(("steps.py", name) for name in ("owner_cap", "report_cap", "protected")),
    ]
    assert sorted(others) == sorted(by_hand)


def test_the_documentation_has_the_words_in_their_order() -> None:
    table = DOCUMENTATION.read_text(encoding="utf-8").split("## What is left out")[1]
    assert WORDS == re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


@pytest.mark.parametrize("path", sql_files(), ids=lambda path: path.name)
def test_steps_look_for_reasons_in_the_order_of_the_table(path: Path) -> None:
    for case in re.findall(r"CASE.*?END", path.read_text("utf-8"), re.DOTALL):
        words = re.findall(r"THEN '(\w+)'", case)
        places = [WORDS.index(word) for word in dict.fromkeys(words)]
        assert sorted(places) == places


@pytest.mark.parametrize("reason", WORDS)
def test_sentences_say_something_of_the_number(reason: str) -> None:
    text = reasons.SENTENCES[reason]
    names = [name for _, name, _, _ in string.Formatter().parse(text) if name]
    said = reasons.sentence(reason, **{name: f"<{name}>" for name in names})
    assert all(f"<{name}>" in said for name in names)
    assert said.strip() == said != ""


def test_a_word_that_is_only_in_the_sql_is_an_error_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = steps.step_text
    monkeypatch.setattr(steps, "step_text", lambda name: text(name).replace("'closed'", "'shut'"))
    rows = [row(BLOCK, 7, 19_900, 19_960)]
    with pytest.raises(PlanError, match="'shut', a reason that this callguard does not know"):
        planned(tmp_path, rows, [report(f"+{BLOCK}")])
    assert not (tmp_path / "plan" / "summary.json").exists()

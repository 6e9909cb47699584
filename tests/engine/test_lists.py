"""Loading the lists that rules name."""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard.engine.lists import load_lists
from callguard.errors import RuleError
from callguard.numbering import NumberList, TextList
from callguard.rules.model import InList, Literal, RuleSet
from tests.made.guards import plan
from tests.made.rules import detection


def naming(folder: Path, *uses: tuple[str, str]) -> RuleSet:
    """A rule for each (field, list name), the lists being in the folder."""
    rules = [
        detection(f"rule-{number}", Literal(field, InList(name)))
        for number, (field, name) in enumerate(uses)
    ]
    paths = {name: str(folder / f"{name}.txt") for _, name in uses}
    return RuleSet("rules.yaml", tuple(rules), paths, "0" * 64)


def written(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def test_a_list_is_read_as_what_it_is_compared_with(tmp_path: Path) -> None:
    written(tmp_path, few="13800138000\n", words="bank\n")
    ruleset = naming(tmp_path, ("calling.e164", "few"), ("display_name", "words"))
    found = load_lists(ruleset, plan())
    assert ({"few": NumberList}, {"words": TextList}) == (
        {name: type(members) for name, members in found.numbers.items()},
        {name: type(members) for name, members in found.texts.items()},
    )
    assert "+8613800138000" in found.numbers["few"]
    assert "Bank" in found.texts["words"]


def test_a_list_that_is_compared_with_both_is_read_as_both(tmp_path: Path) -> None:
    written(tmp_path, few="95588\n")
    found = load_lists(naming(tmp_path, ("calling.e164", "few"), ("text", "few")), plan())
    assert "+8695588" in found.numbers["few"]
    assert "95588" in found.texts["few"]


def test_numbers_as_signalled_are_compared_with_numbers(tmp_path: Path) -> None:
    written(tmp_path, few="13800138000\n")
    found = load_lists(naming(tmp_path, ("calling_party_number", "few")), plan())
    assert (["few"], []) == (list(found.numbers), list(found.texts))


def test_no_list_is_no_members(tmp_path: Path) -> None:
    found = load_lists(naming(tmp_path), plan())
    assert ({}, {}) == (found.numbers, found.texts)


def faults_of(ruleset: RuleSet) -> list[tuple[str, int, int, str]]:
    with pytest.raises(RuleError) as caught:
        load_lists(ruleset, plan())
    return [(fault.file, fault.line, fault.column, fault.code) for fault in caught.value.faults]


def test_every_list_that_cannot_be_read_is_a_fault_in_the_list(tmp_path: Path) -> None:
    written(tmp_path, good="13800138000\n", bad="13800138000\nno number at all\n\nnor this\n")
    uses = [("calling.e164", name) for name in ("missing", "good", "bad")]
    expected = [
        (str(tmp_path / f"{name}.txt"), line, 1, "CG604")
        for name, line in (("bad", 2), ("bad", 4), ("missing", 1))
    ]
    assert expected == faults_of(naming(tmp_path, *uses))


def test_a_fault_names_what_is_wrong_on_one_line_and_its_place_once(tmp_path: Path) -> None:
    written(tmp_path, bad="no number at all\nnor this\n")
    with pytest.raises(RuleError) as caught:
        load_lists(naming(tmp_path, ("calling.e164", "bad")), plan())
    lines = str(caught.value).splitlines()
    place = str(tmp_path / "bad.txt")
    assert [f"{place}:1:1 CG604 'no number at all'", f"{place}:2:1 CG604 'nor this'"] == [
        line.partition(" is ")[0] for line in lines
    ]
    assert [1, 1] == [line.count(place) for line in lines]


def test_a_list_that_is_used_twice_is_one_fault(tmp_path: Path) -> None:
    ruleset = naming(tmp_path, ("calling.e164", "gone"), ("called.e164", "gone"))
    assert [(str(tmp_path / "gone.txt"), 1, 1, "CG604")] == faults_of(ruleset)


def test_a_list_that_is_used_as_both_is_one_fault(tmp_path: Path) -> None:
    ruleset = naming(tmp_path, ("calling.e164", "gone"), ("text", "gone"))
    assert [(str(tmp_path / "gone.txt"), 1, 1, "CG604")] == faults_of(ruleset)

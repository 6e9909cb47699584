"""Loading the lists that rules name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from callguard.engine.columns import Lists
from callguard.engine.lists import read_lists
from callguard.errors import ListError
from callguard.faults import Fault, Faults, Severity
from callguard.numbering import NumberingPlan, NumberList, TextList
from callguard.rules.model import RuleSet
from callguard.rules.predicates import InList, Literal
from tests.made.guards import plan
from tests.made.rules import detection

if TYPE_CHECKING:
    import pytest


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


def read(ruleset: RuleSet) -> tuple[Lists, Faults]:
    faults = Faults(limit=None)
    return read_lists(ruleset, plan(), faults), faults


def sound(ruleset: RuleSet) -> Lists:
    lists, faults = read(ruleset)
    assert ((), ()) == (faults.faults, faults.warnings)
    return lists


def test_a_list_is_read_as_what_it_is_compared_with(tmp_path: Path) -> None:
    written(tmp_path, few="13800138000\n", words="bank\n")
    ruleset = naming(tmp_path, ("calling.e164", "few"), ("display_name", "words"))
    lists = sound(ruleset)
    assert ({"few": NumberList}, {"words": TextList}) == (
        {name: type(members) for name, members in lists.numbers.items()},
        {name: type(members) for name, members in lists.texts.items()},
    )
    assert "+8613800138000" in lists.numbers["few"]
    assert "Bank" in lists.texts["words"]


def test_a_list_that_is_compared_with_both_is_read_as_both(tmp_path: Path) -> None:
    written(tmp_path, few="95588\n")
    lists = sound(naming(tmp_path, ("calling.e164", "few"), ("text", "few")))
    assert "+8695588" in lists.numbers["few"]
    assert "95588" in lists.texts["few"]


def test_numbers_as_signalled_are_compared_with_numbers(tmp_path: Path) -> None:
    written(tmp_path, few="13800138000\n")
    lists = sound(naming(tmp_path, ("calling_party_number", "few")))
    assert (["few"], []) == (list(lists.numbers), list(lists.texts))


def test_no_list_is_no_members(tmp_path: Path) -> None:
    lists = sound(naming(tmp_path))
    assert ({}, {}) == (lists.numbers, lists.texts)


def faults_of(ruleset: RuleSet) -> list[tuple[str, int, int, str]]:
    _, faults = read(ruleset)
    return [(fault.file, fault.line, fault.column, fault.code) for fault in faults.faults]


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
    _, faults = read(naming(tmp_path, ("calling.e164", "bad")))
    lines = str(faults).splitlines()
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


def test_a_list_with_a_fault_is_missing_and_the_others_are_there(tmp_path: Path) -> None:
    written(tmp_path, good="13800138000\n", bad="no number at all\n")
    lists, _ = read(naming(tmp_path, ("calling.e164", "good"), ("calling.e164", "bad")))
    assert ["good"] == list(lists.numbers)


def test_an_error_that_names_no_line_is_a_fault_of_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: str, of: NumberingPlan) -> NumberList:
        raise ListError("it is out of order")

    monkeypatch.setattr(NumberList, "load", fail)
    _, faults = read(naming(tmp_path, ("calling.e164", "few")))
    path = tmp_path / "few.txt"
    assert f"{path}:1:1 CG604 it is out of order; fix the list" == str(faults)


def test_of_many_bad_lines_the_first_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    written(tmp_path, bad="no number\n" * 36)
    _, faults = read(naming(tmp_path, ("calling.e164", "bad")))
    assert [*range(1, 22)] == [fault.line for fault in faults.faults]
    path = tmp_path / "bad.txt"
    more = "16 more faults from here on"
    remedy = f"callguard lists check {path} shows all"
    assert f"{path}:21:1 CG604 {more}; {remedy}" == str(faults.faults[-1])


def test_a_compiled_list_that_is_not_used_is_a_warning(tmp_path: Path) -> None:
    written(tmp_path, few="13800138000\n")
    path, compiled = tmp_path / "few.txt", tmp_path / "few.roar"
    compiled.write_bytes(b"x")
    lists, faults = read(naming(tmp_path, ("calling.e164", "few"), ("called.e164", "few")))
    assert "+8613800138000" in lists.numbers["few"]
    assert not faults
    assert (
        Fault(
            str(compiled),
            0,
            0,
            "CG605",
            "the compiled list is damaged (it does not begin like one), and few.txt was read "
            "instead",
            f"run callguard lists compile {path}",
            Severity.WARNING,
        ),
    ) == faults.warnings

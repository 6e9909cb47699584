"""Values of rules on folded fields: both sides are folded alike."""

from __future__ import annotations

from pathlib import Path

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from callguard.characters import fold
from callguard.rules.folding import NoCapitals, fold_expression
from callguard.rules.predicates import (
    Contains,
    EndsWith,
    Equals,
    Literal,
    Matches,
    StartsWith,
    Test,
    Wildcard,
)
from tests.rules.faulty_files.fault import item
from tests.rules.test_meaning import rule_of

NAMES = (
    "Полиция",
    "ПОЛИЦИЯ",
    "Пoлиция",
    "Police",
    "ΑΣΤΥΝΟΜΙΑ",
    "Αστυνομία",
    "公安局",
    "Straße",
    "B.A.N.K",
)
LETTERS = st.text(st.sampled_from("PоliceПолицияБАНКΑΣΤΥβα公安éßﬁＡ1٣🅿 "), min_size=1, max_size=8)


def found(expression: str, name: str) -> bool:
    return re2.search(fold_expression(expression), fold(name)) is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_found_by_itself_in_every_case(name: str) -> None:
    for written in (name, name.upper(), name.lower()):
        assert found(written, f"the {name}")
        assert found(written, f"the {name.upper()}")


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("поли[цч]", "ПОЛИЦИЯ"),
        ("[а-я]{7}", "Полиция"),
        ("^[А-Я]+$", "полиция"),
        ("(?i:BANK|БАНК)", "Сбербанк"),
        (r"\bPOLICE\b", "City Роlice"),
        (r"\x{41f}оли", "Полиция"),
        (r"\Qа.я\E", "А.Я"),
        ("银[行號]", "工商银行"),
        ("[一-龥]{2}", "公安"),
        ("[^а-я]", "1"),
        ("＋１", "+1"),
        (r"（", "(bank)"),
        (r"ß+", "STRASSE"),
        ("(?P<first>É)t", "etat"),
        (r"[[:alpha:]É]t", "état"),
        ("[]А]", "А"),
        (r"[\-А]", "a"),
        (r"po\pLice", "police"),
        ("a{2,3}Б", "aaб"),
        ("your  bank", "YOUR   BANK"),
        ("your  +bank", "your bank"),
    ],
)
def test_expressions_that_find(expression: str, name: str) -> None:
    assert found(expression, name)


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("[^а-я]", "полиция"),
        ("公安[^县]", "公安县"),
        (r"\Qа.я\E", "абя"),
        ("（", "bank"),
        ("^Б$", "и"),
    ],
)
def test_expressions_that_do_not_find(expression: str, name: str) -> None:
    assert not found(expression, name)


def test_plain_ascii_is_left_as_it_is() -> None:
    expression = r"(?i:\b(police|customs)\b)|^[a-z0-9_\-]{3,}$|\p{Han}[\pP\pS]?\d+(?P<x>y)"
    assert expression == fold_expression(expression)


@pytest.mark.parametrize("expression", [r"\p{Lu}", r"a\pLb".replace("L", "{Lt}"), "[[:upper:]]x"])
def test_capitals_are_refused(expression: str) -> None:
    with pytest.raises(NoCapitals):
        fold_expression(expression)


@given(LETTERS, LETTERS)
def test_what_contains_a_name_is_found_by_its_expression(name: str, around: str) -> None:
    expression = "".join(map(_escaped, name.strip() or "a"))
    assert found(expression, f"{around}-{name.strip() or 'a'}-{around}")


@given(st.text(st.sampled_from("аБÉ一ﬁ9 -"), min_size=1, max_size=5))
def test_a_class_matches_each_of_its_members(members: str) -> None:
    written = "".join(f"\\{char}" if char == "-" else char for char in members)
    for char in members.replace(" ", "").replace("ﬁ", ""):
        assert found(f"^[{written}]$", char)


def _escaped(char: str) -> str:
    return char if char.isalnum() or char == " " or not char.isascii() else f"\\{char}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("display_name.folded: ' City  POLICE '", Equals(("city police",))),
        ("display_name.folded|contains: Роlісе", Contains(("police",))),
        ("display_name.folded|contains: ' Bank'", Contains((" bank",))),
        ("display_name.folded|startswith: ' The '", StartsWith(("the ",))),
        ("display_name.folded|endswith: ' BANK '", EndsWith((" bank",))),
        ("display_name.folded: 'P?LICE*ＯＫ'", Wildcard(("p?lice*ok",))),
        ("display_name.folded|contains: '１＊'", Contains(("1*",))),
        ("display_name.folded|re: '^POLICE$'", Matches(("^police$",))),
        ("display_name.folded|cased: ICBC", Equals(("icbc",), cased=True)),
    ],
)
def test_values_are_folded_when_they_are_loaded(tmp_path: Path, text: str, expected: Test) -> None:
    clauses = rule_of(tmp_path, item(text)).clauses
    assert ((Literal("display_name.folded", expected),),) == clauses

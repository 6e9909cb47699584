"""Words that YAML or a country list has many of: each is asked, not a sample."""

from __future__ import annotations

import re
from pathlib import Path

import phonenumbers
import pytest

from callguard.rules import read_rule_file
from callguard.rules.codes import Code
from callguard.rules.countries import COUNTRIES, MISNAMED
from tests.rules.faulty_files.fault import item

ODD = ("yes", "no", "on", "off", "y", "n")


@pytest.mark.parametrize("word", [*ODD, *map(str.upper, ODD), *map(str.capitalize, ODD), "="])
def test_words_that_readers_of_yaml_take_differently_want_quotes(word: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(item(f"text: {word}"))
    assert [Code.UNQUOTED_WORD] == [fault.code for fault in read_rule_file(path).faults]
    path.write_text(item(f"text: '{word}'"))
    assert () == tuple(read_rule_file(path).faults)


def test_every_value_of_all_counts_towards_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    values = ", ".join(f"'{letter}{digit}'" for letter in "abcdefgh" for digit in range(9))
    path.write_text(item(f"text|contains|all: [{values}]"))
    (fault,) = read_rule_file(path).faults
    assert (Code.TOO_MANY_CLAUSES, 8, 5) == (fault.code, fault.line, fault.column)
    assert "'text|contains|all' asks for 72 values at once, at most " in fault.message


def test_countries_are_those_of_iso_3166_and_of_numbering_plans() -> None:
    assert phonenumbers.SUPPORTED_REGIONS <= COUNTRIES
    # 249 of ISO 3166-1, three that phonenumbers adds, and international services.
    assert 249 + 3 + 1 == len(COUNTRIES)
    assert ["001"] == [code for code in COUNTRIES if not re.fullmatch("[A-Z]{2}", code)]
    assert COUNTRIES.issuperset(MISNAMED.values())
    assert COUNTRIES.isdisjoint(MISNAMED)

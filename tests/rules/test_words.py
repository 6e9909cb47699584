"""Words that YAML or a country list has many of: each is asked, not a sample."""

from __future__ import annotations

import re
from pathlib import Path

import phonenumbers
import pytest

from callguard.rules import read_rule_file
from callguard.rules.codes import Code
from callguard.rules.countries import COUNTRIES, MISNAMED
from tests.rules.faulty_files.fault import counted, extension, item, rule

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


def test_a_list_has_a_name_of_letters_digits_and_two_signs(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    path = tmp_path / "rules.yaml"
    for name in ("Known-GOOD_1", "z", "9" * 100):
        (tmp_path / "lists" / f"{name}.txt").touch()
        path.write_text(item(f"calling.e164|expand: '%{name}%'"))
        assert () == tuple(read_rule_file(path).faults)
    for name in ("9" * 101, "a b", "ü", "a.b"):
        path.write_text(item(f"calling.e164|expand: '%{name}%'"))
        assert [Code.BAD_PLACEHOLDER] == [fault.code for fault in read_rule_file(path).faults]


def test_the_key_that_is_blamed_is_the_first_that_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    keys = ["display_name: a", "ingress: on_net", "display_name|contains: b", "roaming: 'yes'"]
    keys.append("display_name|startswith: c")
    path.write_text(item("\n    ".join(keys)))
    (fault,) = read_rule_file(path).faults
    assert (Code.CONTRADICTION, 10) == (fault.code, fault.line)
    assert "'display_name|contains' contradicts the other keys" in fault.message


@pytest.mark.parametrize("comparison", ["contains", "startswith", "endswith", "re"])
def test_comparisons_of_text_suit_no_number(comparison: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(item(f"cause|{comparison}: '1'"))
    assert [Code.MODIFIER_UNFIT] == [fault.code for fault in read_rule_file(path).faults]


@pytest.mark.parametrize(
    ("written", "codes"),
    [("0001-01-01", []), ("9999-12-31", []), ("2026-02-30", ["CG214"]), ("2026-1-1", ["CG214"])],
)
def test_days_of_the_calendar_are_dates(written: str, codes: list[str], tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(rule("status: experimental", f"status: experimental\ndate: {written}"))
    assert codes == [fault.code for fault in read_rule_file(path).faults]


def test_a_modifier_that_is_like_no_other_is_told_all_there_are(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(item("display_name|zzzzzzzz: a"))
    (fault,) = read_rule_file(path).faults
    assert fault.remedy is not None
    assert fault.remedy.startswith("use ")
    assert all(name in fault.remedy for name in ("contains", "startswith", "expand"))


def test_a_rule_that_is_like_no_other_is_asked_for_by_name(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(counted("rules: [a-rule]", "rules: [zzzzzzzz]"))
    (fault,) = read_rule_file(path).faults
    assert "write the 'name' of a rule" == fault.remedy


@pytest.mark.parametrize("chunks", [1, 2, 3])
def test_what_is_not_utf_8_is_named_by_line_however_far_down(chunks: int, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"# a comment\n" * (chunks << 16) + b"# \xff\n")
    (fault,) = read_rule_file(path).faults
    assert (Code.NOT_UTF8, (chunks << 16) + 1, 3) == (fault.code, fault.line, fault.column)


@pytest.mark.parametrize("word", ["international", "International", "INTERNATIONAL"])
def test_an_example_is_read_as_a_record_is_in_any_case(word: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    record = f"{{event: setup, at: 1, called_party_number: '1', ingress: {word}}}"
    path.write_text(extension(f"examples: {{matches: [{record}]}}"))
    assert () == tuple(read_rule_file(path).faults)


def test_countries_are_those_of_iso_3166_and_of_numbering_plans() -> None:
    assert phonenumbers.SUPPORTED_REGIONS <= COUNTRIES
    # 249 of ISO 3166-1, three that phonenumbers adds, and international services.
    assert 249 + 3 + 1 == len(COUNTRIES)
    assert ["001"] == [code for code in COUNTRIES if not re.fullmatch("[A-Z]{2}", code)]
    assert COUNTRIES.issuperset(MISNAMED.values())
    assert COUNTRIES.isdisjoint(MISNAMED)

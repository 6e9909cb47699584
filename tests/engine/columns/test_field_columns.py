"""The columns of one field."""

from __future__ import annotations

import pytest

from callguard.engine.columns import LONGEST_TEXT, FieldColumn
from callguard.engine.columns.field_columns import field_columns
from callguard.engine.columns.look_ups import sole_strings
from callguard.records.fields import FIELDS, FieldType
from callguard.rules.predicates import (
    Absent,
    Contains,
    EndsWith,
    Equals,
    Literal,
    Matches,
    StartsWith,
    Test,
    Wildcard,
)
from tests.made.columns import asked

EVERYTHING = (1 << 9) - 1
TEXTS = [
    name
    for name, kind in FIELDS.items()
    if kind in (FieldType.TEXT, FieldType.NUMBER_TEXT, FieldType.ADDRESS)
]
# Text as it was signalled; numbers in E.164 form are made here and need no check.
SIGNALLED = [name for name in TEXTS if not name.endswith(".e164")]


def columns_of(field: str, *tests: Test, negated: bool = False) -> list[FieldColumn]:
    """The columns of tests that belong to clauses 0, 1, 2 and so on."""
    literals = [Literal(field, test, negated) for test in tests]
    return field_columns(field, list(enumerate(literals)), EVERYTHING)


def column_of(field: str, *tests: Test, negated: bool = False) -> FieldColumn:
    (column,) = columns_of(field, *tests, negated=negated)
    return column


@pytest.mark.parametrize("field", TEXTS)
def test_plain_tests_of_text_share_one_column_and_scans_another(field: str) -> None:
    a = ("a",)
    quick: list[Test] = [Equals(a), StartsWith(a), Absent(), EndsWith(a, True), Contains(("",))]
    scans: list[Test] = [Contains(a), Matches(a), Wildcard(("a*b",), True)]
    found = columns_of(field, quick[0], *scans, *quick[1:])
    assert [(0b11110001, False), (0b1110, True)] == [(c.involved, c.expensive) for c in found]


@pytest.mark.parametrize("field", ["ingress", "calling.kind", "calling.country"])
def test_a_choice_has_one_column_however_it_is_tested(field: str) -> None:
    found = columns_of(field, Equals(("a",)), Contains(("a",)), Matches(("a",)))
    assert [False] == [column.expensive for column in found]


def test_a_field_without_tests_has_no_column() -> None:
    assert [] == columns_of("text")


@pytest.mark.parametrize("value", ["", "a", "\0"])
def test_every_text_contains_the_empty_one(value: str) -> None:
    test = Contains(("x", ""))
    found = [asked(column_of("text", test, negated=no), value) for no in (False, True)]
    assert [EVERYTHING, EVERYTHING & ~1] == found


def test_the_case_of_text_does_not_matter_unless_it_should() -> None:
    column = column_of("text", Equals(("Ab",)), Equals(("Ab",), True), EndsWith(("B",)))
    assert [0b101, 0b111] == [asked(column, value) & 0b111 for value in ("aB", "Ab")]


@pytest.mark.parametrize("field", ["calling.e164", "called.e164"])
def test_numbers_in_e164_form_are_compared_by_one_table_where_that_suffices(field: str) -> None:
    tests: list[Test] = [Equals(("+86110",)), StartsWith(("+86",)), StartsWith(("+44",), True)]
    column = column_of(field, *tests)
    assert sole_strings(column) is not None
    values = ("+86110", "+86119", "+441", "+1", "")
    found = [asked(column, value) & 0b111 for value in values]
    assert [0b011, 0b010, 0b100, 0, 0] == found


@pytest.mark.parametrize("test", [EndsWith(("1",)), Absent()])
def test_where_one_table_does_not_suffice_there_is_none(test: Test) -> None:
    assert sole_strings(column_of("calling.e164", Equals(("+86110",)), test)) is None


@pytest.mark.parametrize("field", SIGNALLED)
def test_a_text_of_the_longest_length_is_read(field: str) -> None:
    column = column_of(field, Equals(("a" * LONGEST_TEXT,)))
    assert EVERYTHING == asked(column, "A" * LONGEST_TEXT)


@pytest.mark.parametrize("field", SIGNALLED)
@pytest.mark.parametrize(
    "value",
    ["a" * (LONGEST_TEXT + 1), 5, b"a", ["a"]],
    ids=["too long", "number", "bytes", "list"],
)
def test_longer_texts_and_other_things_are_refused_by_name(field: str, value: object) -> None:
    column = column_of(field, StartsWith(("a",)))
    with pytest.raises(ValueError, match=rf"\A{field}: expected text of at most 4096 characters\Z"):
        asked(column, value)


@pytest.mark.parametrize("field", SIGNALLED)
def test_text_that_no_encoding_can_carry_is_refused(field: str) -> None:
    column = column_of(field, StartsWith(("a",)))
    with pytest.raises(UnicodeEncodeError):
        asked(column, "a\ud800")

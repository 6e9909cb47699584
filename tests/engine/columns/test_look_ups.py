"""The fast look-ups of columns say what the plain evaluator says, of odd values too."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns import LONGEST_TEXT, Column, Use, build_columns
from callguard.engine.columns.look_ups import sole_strings
from callguard.records.fields import FIELDS, FieldType
from callguard.rules.predicates import Absent, EndsWith, Equals, Literal, StartsWith, Test
from tests.made.columns import mask_of
from tests.made.guards import lists
from tests.made.rules import CLAUSES, EVERYTHING
from tests.strategies.records import ODD_TEXTS
from tests.strategies.rules import literals, texts
from tests.strategies.vocabulary import FIGURES, TIMES, WRONG, field_words

ADDRESSES = [f for f, kind in FIELDS.items() if kind is FieldType.ADDRESS]


def values(field: str) -> st.SearchStrategy[Any]:
    """What the field may hold, and for fields that the caller writes much that it may not."""
    kind = FIELDS[field]
    if kind is FieldType.NUMERIC:
        return st.none() | st.sampled_from(FIGURES + TIMES) | st.integers() | st.floats()
    if kind is FieldType.BOOLEAN:
        return st.sampled_from([None, True, False])
    words = field_words(field)
    of_type = st.none() | st.sampled_from(words) | texts(words)
    if kind is FieldType.ENUM or field.endswith(".e164"):
        return of_type
    return of_type | st.text(max_size=20) | st.sampled_from(WRONG) | ODD_TEXTS


@st.composite
def columns_and_values(draw: st.DrawFn) -> tuple[list[Column], dict[str, Any]]:
    field = draw(st.sampled_from(list(FIELDS)))
    use = st.tuples(st.integers(0, CLAUSES - 1), literals(field))
    uses: list[Use] = draw(st.lists(use, min_size=1, max_size=6))
    columns = build_columns({field: uses}, EVERYTHING)
    read = {name for column in columns for name in column.fields}
    return columns, {name: draw(values(name)) for name in sorted(read)}


@given(columns_and_values())
def test_a_look_up_says_what_the_column_says(given: tuple[list[Column], dict[str, Any]]) -> None:
    columns, fields = given
    for column in columns:
        try:
            mask_of(column, fields, lists())
        except (ValueError, TypeError, AttributeError):
            # In whatever way it was asked; anything else that is raised is no right answer.
            assert any(value in WRONG or _unreadable(value) for value in fields.values())


def _unreadable(value: object) -> bool:
    too_long = isinstance(value, str) and len(value) > LONGEST_TEXT
    return too_long or (isinstance(value, str) and not _encodes(value))


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("tests", "alone"),
    [
        ([Equals(("+861",))], True),
        ([StartsWith(("+86",)), Equals(("+861",))], True),
        ([StartsWith(("+86",), True)], True),
        ([EndsWith(("1",))], False),
        ([Equals(("+861",)), EndsWith(("1",))], False),
        ([Equals(("+861",)), Absent()], False),
        ([Absent()], False),
    ],
)
def test_one_table_of_strings_answers_alone_where_nothing_else_is_asked(
    tests: list[Test], alone: bool
) -> None:
    uses = [(bit, Literal("calling.e164", test)) for bit, test in enumerate(tests)]
    (column,) = build_columns({"calling.e164": uses}, EVERYTHING)
    assert alone is (sole_strings(column) is not None)


@pytest.mark.parametrize("field", ["text", "calling_party_number", "calling.prefix"])
def test_text_that_callers_write_is_never_left_to_a_table_alone(field: str) -> None:
    (column,) = build_columns({field: [(0, Literal(field, Equals(("a",), True)))]}, EVERYTHING)
    assert sole_strings(column) is None


def test_text_in_lower_case_is_never_left_to_a_table_alone() -> None:
    (column,) = build_columns({"ingress": [(0, Literal("ingress", Equals(("a",))))]}, EVERYTHING)
    assert sole_strings(column) is None

"""Columns: one field's literals, whatever structures answer them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns import Column, Lists, Scanners, Use, build_columns, look_up_of
from callguard.records.fields import FIELDS, PARTIES, FieldType
from callguard.rules.predicates import Absent, Equals, InList, Literal, SameAs, Test
from tests.made.columns import asked, mask_of
from tests.made.guards import lists, members, plan
from tests.made.rules import CLAUSES, EVERYTHING, plain_column_mask
from tests.oracles.verdicts import asking_e164, visible
from tests.strategies.records import records
from tests.strategies.rules import literals
from tests.strategies.vocabulary import NUMBER_LIST, WORD_LIST


def columns_of(*given: Literal) -> list[Column]:
    """The columns of literals that belong to clauses 0, 1, 2 and so on."""
    uses: dict[str, list[Use]] = {}
    for bit, literal in enumerate(given):
        uses.setdefault(literal.field, []).append((bit, literal))
    return build_columns(uses, EVERYTHING)


def column_of(*given: Literal) -> Column:
    (column,) = columns_of(*given)
    return column


def on(field: str, test: Test, negated: bool = False) -> Literal:
    return Literal(field, test, negated)


@st.composite
def uses_of_one_field(draw: st.DrawFn) -> tuple[str, list[Use]]:
    field = draw(st.sampled_from(list(FIELDS)))
    one = st.tuples(st.integers(0, CLAUSES - 1), literals(field))
    return field, draw(st.lists(one, min_size=1, max_size=3))


@given(uses_of_one_field(), st.lists(records(broken=False), min_size=1, max_size=2))
def test_the_columns_of_a_field_refute_what_its_literals_refute(
    uses: tuple[str, list[Use]], some: list[dict[str, object]]
) -> None:
    field, of_field = uses
    columns = build_columns({field: of_field}, EVERYTHING)
    asked = [(bit, asking_e164((literal,))[0]) for bit, literal in of_field]
    for record in some:
        fields = visible(record, plan())
        if fields is None:
            continue
        mask = EVERYTHING
        for column in columns:
            mask &= mask_of(column, fields, lists())
        assert plain_column_mask(asked, fields, members()) == mask


@given(uses_of_one_field())
def test_the_columns_of_a_field_involve_its_clauses(uses: tuple[str, list[Use]]) -> None:
    field, of_field = uses
    involved = 0
    for column in build_columns({field: of_field}, EVERYTHING):
        involved |= column.involved
    assert sum({1 << bit for bit, _ in of_field}) == involved


@given(uses_of_one_field())
def test_the_absent_mask_is_the_mask_of_a_record_without_the_field(
    uses: tuple[str, list[Use]],
) -> None:
    field, of_field = uses
    absent = EVERYTHING
    for column in build_columns({field: of_field}, EVERYTHING):
        absent &= column.absent
    assert plain_column_mask(of_field, {}, members()) == absent


def test_lists_and_pairs_are_expensive() -> None:
    found = columns_of(on("text", InList("few")), on("cause", SameAs("ring_s")))
    assert [True, True] == [column.expensive for column in found]


def test_each_list_and_each_pair_has_a_column_of_its_own_and_its_own_name() -> None:
    tests: list[Test] = [
        InList("few"),
        SameAs("display_name"),
        Equals(("a",)),
        SameAs("origid"),
        InList("few"),
    ]
    found = columns_of(*(on("text", test) for test in tests))
    assert [
        ("field text", ("text",)),
        ("list few", ("text",)),
        ("field text", ("text", "display_name")),
        ("field text", ("text", "origid")),
    ] == [(column.name, column.fields) for column in found]


def test_columns_come_in_the_order_in_which_fields_are_first_used() -> None:
    found = columns_of(on("text", Absent()), on("at", Absent()), on("text", Equals(("a",))))
    assert ["field text", "field at"] == [column.name for column in found]


@pytest.mark.parametrize("party", PARTIES)
def test_a_list_named_on_a_number_as_signalled_is_asked_about_its_e164_form(party: str) -> None:
    column = column_of(on(PARTIES[party], InList("few")))
    assert (f"{party}.e164",) == column.fields


def test_listed_values_share_one_mask_and_unlisted_ones_another() -> None:
    many = frozenset(f"+86{number}" for number in range(500))
    uses: dict[str, list[Use]] = {
        "calling.e164": [(400, on("calling.e164", InList("many"))), (0, _other("many"))]
    }
    (column,) = build_columns(uses, (1 << 401) - 1)
    look_up = look_up_of(column, Lists({"many": many}), Scanners())
    values = [*many, *(f"+44{number}" for number in range(500))]
    assert 2 == len({id(look_up(value)) for value in values})


def _other(name: str) -> Literal:
    return on("calling.e164", InList(name), negated=True)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("a", "A", True),
        ("a", "b", False),
        ("ΑΣ", "ας", True),
        (5, 5.0, True),
        (1, True, False),
        (True, True, True),
        (False, 0, False),
        ("1", 1, False),
        ("True", True, False),
        (2**53, 2**53 + 1, False),
    ],
)
def test_values_are_the_same_by_example(left: Any, right: Any, same: bool) -> None:
    column = column_of(on("text", SameAs("origid")))
    assert same is bool(asked(column, left, right) & 1)


def test_with_regard_to_case_texts_are_the_same_letter_by_letter() -> None:
    column = column_of(on("text", SameAs("origid", cased=True)))
    assert [True, False] == [bool(asked(column, "a", other) & 1) for other in ("a", "A")]


def test_number_fields_are_compared_with_lists_of_numbers_and_others_with_lists_of_texts() -> None:
    given_lists = Lists({"few": ["number"]}, {"few": ["text"]})
    expected = {
        name: ["number"] if kind is FieldType.NUMBER_TEXT else ["text"]
        for name, kind in FIELDS.items()
    }
    assert expected == {name: given_lists.of(name, "few") for name in FIELDS}


def test_the_shared_lists_hold_what_their_names_say() -> None:
    found = columns_of(
        on("calling.e164", InList(NUMBER_LIST)),
        on("text", InList(WORD_LIST)),
    )
    fields = {"calling.e164": "+442012345678", "text": "FRIENDLY-scanner"}
    assert [EVERYTHING, EVERYTHING] == [mask_of(column, fields, lists()) for column in found]

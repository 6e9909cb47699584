"""The automaton for plainly signalled numbers says what the tests say one by one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from callguard import rulepack
from callguard.engine.columns import FieldColumn, Lists, Use, build_columns, evaluate
from callguard.engine.columns.digit_automaton import MOST_STATES, digit_automaton, scan_digits
from callguard.guard import Guard
from callguard.records.fields import FIELDS, FieldType
from callguard.rules.predicates import Contains, Literal, Matches

FIELD = "calling_party_number"
EVERYTHING = 0b11111111
single = st.sampled_from(["[0-9]", r"\d", ".", "[^6]", "6", r"\+", "[a-z]", "(?i:a)", "86"])
quantified = st.builds(
    str.__add__,
    single.map("(?:{})".format),
    st.sampled_from(["", "*", "+", "?", "{2}", "{1,3}", "{2,}"]),
)
row = st.lists(quantified, min_size=1, max_size=4).map("".join)
either = st.lists(row, min_size=1, max_size=3).map(lambda rows: f"({'|'.join(rows)})")
more = st.builds(str.__add__, either, st.sampled_from(["", "*", "?", "{0,2}"]))
starts = st.sampled_from(["", "^", r"\A", "(?m)^", "$", r"^(\+86|0086)?"])
expressions = st.builds(
    lambda start, body, end: start + body + end,
    starts,
    more,
    st.sampled_from(["", "$", r"\z", "^"]),
)
digits = st.text(alphabet="+068", max_size=9) | st.text(alphabet="+0123456789", max_size=18)
tests = st.builds(lambda some: Matches(tuple(some)), st.lists(expressions, min_size=1, max_size=2))
contained = st.text(alphabet="+068aA", min_size=1, max_size=3)
words = st.builds(lambda some: Contains(tuple(some)), st.lists(contained, min_size=1, max_size=2))
uses = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.builds(Literal, st.just(FIELD), tests | words, negated=st.booleans()),
    ),
    min_size=1,
    max_size=5,
)


def scanned(uses: list[Use]) -> FieldColumn:
    (column,) = build_columns({FIELD: uses}, EVERYTHING)
    assert isinstance(column, FieldColumn)
    return column


def unread(value: str) -> int:
    raise AssertionError(f"{value!r} was read as a text")


@settings(max_examples=300)
@given(uses, st.lists(digits, min_size=1, max_size=12))
def test_an_automaton_says_what_the_column_says(uses: list[Use], values: list[str]) -> None:
    column = scanned(uses)
    first = digit_automaton(column)
    assume(first is not None)  # too large, or not read exactly
    assert first is not None
    look_up = scan_digits(first, unread)
    for value in ["", *values]:
        assert evaluate(column, {FIELD: value}, Lists()) == look_up(value)


@pytest.mark.parametrize("value", ["138 0013", "一", "1380013a", " "])
def test_other_characters_are_left_to_the_scan_of_texts(value: str) -> None:
    first = digit_automaton(scanned([(0, Literal(FIELD, Matches(("^1",))))]))
    assert first is not None
    assert 7 == scan_digits(first, lambda _: 7)(value)


@pytest.mark.parametrize("expression", [r"\b1", r"1\B", r"\pN", "(?:^)*1", "(|1)*2"])
def test_what_it_does_not_know_exactly_has_no_automaton(expression: str) -> None:
    assert digit_automaton(scanned([(0, Literal(FIELD, Matches((expression,))))])) is None


def test_too_large_an_automaton_is_not_made() -> None:
    wide = f"6.{{{MOST_STATES.bit_length()}}}6"
    assert digit_automaton(scanned([(0, Literal(FIELD, Matches((wide,))))])) is None
    many = tuple(f"^86{number:04}[0-9]" for number in range(1000))
    assert digit_automaton(scanned([(0, Literal(FIELD, Matches(many)))])) is None


def test_numbers_of_the_rule_pack_go_through_automata() -> None:
    for program in Guard.load(rulepack.path())._program.events.values():
        for column in program.columns:
            if isinstance(column, FieldColumn) and column.expensive:
                of_numbers = FIELDS[column.field] is FieldType.NUMBER_TEXT
                assert not of_numbers or digit_automaton(column) is not None

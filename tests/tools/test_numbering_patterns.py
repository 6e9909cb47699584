"""The table compiler's automata against Python's own regular expressions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata

from callguard.errors import NumberingError
from tools.numbering_table.additions import Addition
from tools.numbering_table.metadata import Pattern, Region
from tools.numbering_table.prefix import PrefixStripper
from tools.numbering_table.regex import Automaton, parse
from tools.numbering_table.trie import MAX_NATIONAL, Compiler, Row

digit_sets = st.sampled_from(["\\d", "[0-4]", "[13-57]", "0", "1", "7"])
patterns = st.recursive(
    digit_sets,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("(?:{})?".format, inner),
        st.builds("({}){{1,3}}".format, inner),
        st.builds("(?:{}){{2}}".format, inner),
    ),
    max_leaves=8,
)
numbers = st.text(alphabet="0123456789", max_size=12)


def matches(automaton: Automaton, digits: str) -> bool:
    state = automaton.start()
    for digit in digits:
        state = automaton.step(state, int(digit))
    return bool(automaton.accepted(state))


@given(patterns, numbers)
def test_an_automaton_matches_what_the_expression_matches(pattern: str, digits: str) -> None:
    whole, start = Automaton(), Automaton()
    whole.add("whole", pattern)
    start.add("start", pattern, prefix=True)
    assert (re.fullmatch(pattern, digits) is not None) == matches(whole, digits)
    assert (re.match(pattern, digits) is not None) == matches(start, digits)


@pytest.mark.parametrize(
    "pattern", ["a", "1*", "1+", "(?=1)", "[^1]", "1{", "1{2", "1{,2}", "(1", "1)", "[1", ".", "^1"]
)
def test_unknown_syntax_is_refused(pattern: str) -> None:
    with pytest.raises(NumberingError, match="does not know"):
        parse(pattern)


def region(general: str, prefix: str | None = None, transform: str | None = None) -> Region:
    lengths = frozenset({4, 5})
    return Region(
        name="XX",
        calling_code="999",
        general=Pattern(general, lengths),
        kinds=(
            ("fixed", Pattern("2\\d{3}", frozenset({4}))),
            ("mobile", Pattern(general, lengths)),
        ),
        leading_digits=None,
        lengths=lengths,
        local_lengths=frozenset({3}),
        international_prefix="00",
        national_prefix="0",
        prefix_for_parsing=prefix,
        transform=transform,
        emergency=Pattern("11[02]", frozenset({3})),
        short_code=Pattern("1\\d\\d", frozenset({3})),
        short_general=Pattern("\\d{3}", frozenset({3})),
        exact_emergency=False,
    )


def expected_rewrite(of: Region, digits: str) -> str:
    """What phonenumbers' own rule makes of the digits."""
    match = re.match(of.prefix_for_parsing or "", digits)
    assert of.prefix_for_parsing
    if match is None:
        return digits
    if of.transform and match.groups() and match.groups()[-1] is not None:
        stripped = re.sub(of.prefix_for_parsing, of.transform, digits, count=1)
    else:
        stripped = digits[match.end() :]
    if re.fullmatch(of.general.text, digits) and not re.fullmatch(of.general.text, stripped):
        return digits
    length = len(stripped)
    possible = length in of.lengths or length > max(of.lengths)
    return stripped if possible and length not in of.local_lengths else digits


@given(
    st.sampled_from(
        [
            ("0", None),
            ("0|1[23]\\d", None),
            ("(2\\d{3})$|0", "9\\1"),
            ("0?(?:(1|23)15)?", "9\\1"),
            ("(?:0|90)(?:(1[245]|2[1-3])(\\d{4,5}))?", "\\2"),
            ("0(\\d)?", None),
        ]
    ),
    st.sampled_from(["[1-9]\\d{3,4}", "\\d{4,5}", "9?[12]\\d{3}"]),
    numbers,
)
def test_prefixes_come_off_as_the_rule_says(
    rule: tuple[str, str | None], general: str, digits: str
) -> None:
    of = region(general, *rule)
    stripper = PrefixStripper(of)
    threads = stripper.start()
    for depth, digit in enumerate(digits):
        threads = stripper.step(threads, depth, int(digit))
    viable = re.fullmatch(general, digits) is not None
    rewrite = stripper.decide(threads, len(digits), viable)
    found = digits
    if rewrite is not None:
        kept = digits[rewrite.start : rewrite.stop] + digits[rewrite.end :]
        found = rewrite.literal + kept
    assert expected_rewrite(of, digits) == found


def row_of(intervals: list[tuple[str, Row]], digits: str) -> Row:
    return next(row for bound, row in reversed(intervals) if bound <= digits)


@given(st.text(alphabet="0123456789", max_size=MAX_NATIONAL))
def test_intervals_say_what_the_patterns_say(digits: str) -> None:
    intervals = Compiler((region("[2-9]\\d{3,4}", "0"),), [Addition("77", "service")]).intervals()
    entry = row_of(intervals, digits)[len(digits)]
    assert entry is not None
    if re.fullmatch("2\\d{3}", digits):
        expected = "fixed"
    elif re.fullmatch("[2-9]\\d{3,4}", digits):
        expected = "mobile"
    elif digits == "77":
        expected = "service"
    elif digits in ("110", "112"):
        expected = "emergency"
    elif re.fullmatch("1\\d\\d", digits):
        expected = "short_code"
    else:
        expected = "unallocated" if len(digits) in (4, 5) else "invalid"
    assert expected == entry.kind
    assert (expected not in ("unallocated", "invalid")) == entry.valid


def test_a_transform_rule_of_another_form_is_refused() -> None:
    with pytest.raises(NumberingError, match="transform rule"):
        PrefixStripper(region("\\d{4}", "(1)(2)", "\\1\\2"))


def test_every_pattern_of_the_metadata_is_understood() -> None:
    metadata = PhoneMetadata.metadata_for_region("CN")
    assert metadata is not None
    assert metadata.mobile is not None
    automaton = Automaton()
    automaton.add("mobile", str(metadata.mobile.national_number_pattern))
    assert matches(automaton, "13800138000")
    assert not matches(automaton, "12800138000")

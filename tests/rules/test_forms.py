"""The form of every field: there for each, and never wrong about a value that a call can have."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from callguard.numbering import NumberingPlan
from callguard.numbering.classes import NumberClass
from callguard.numbering.table import MAX_DIGITS, shipped_table
from callguard.records import derive
from callguard.records.fields import FIELDS, PARTIES
from callguard.rules.forms import Anything, forms
from callguard.rules.predicates import Compare, Contains, EndsWith, Equals, Matches, StartsWith
from callguard.rules.predicates import Test as FieldTest

plan_of = cache(NumberingPlan)
RAW = st.one_of(
    st.text("0123456789+", max_size=26),
    st.text("0123456789+ -.*#;=tel:sip@", max_size=30),
    st.text("0123456789+\u200b\ufe0f\u0301\u041e\u3164\x01\x7f①三\U000e0041🔢", max_size=30),
    st.builds(
        "{}{}".format,
        st.sampled_from(["+", "00", "+86", "0086", "86", "011", "*67", "+44", "+1", "110", "+999"]),
        st.text("0123456789", max_size=20),
    ),
)
# Fields of which every value is possible: text of others, and truth values.
ANY_VALUE = {"display_name.folded", "sender.folded", "self_call"} | {
    f"{party}.{part}" for party in PARTIES for part in ("valid", "certain")
}


def test_every_field_has_a_form() -> None:
    assert set() == set(FIELDS) - set(forms())


def test_a_derived_field_says_what_its_values_are_or_that_they_are_anything() -> None:
    derived = {field for field in FIELDS if "." in field or field in ("shared_prefix", "self_call")}
    free = {field for field in derived if isinstance(forms()[field], Anything)}
    assert free == ANY_VALUE & derived


def _tests_that_hold(value: object) -> list[FieldTest]:
    if isinstance(value, bool):
        return [Equals((value,))]
    if isinstance(value, int | float):
        beside: list[FieldTest] = [Compare("gte", value), Compare("lte", value)]
        return [Equals((value,)), *beside, Compare("gt", value - 1), Compare("lt", value + 1)]
    text = str(value)
    middle = text[1:-1] or text
    return [
        *(Equals((text,)), StartsWith((text,)), EndsWith((text,)), Contains((text,))),
        *(StartsWith((text[:3],)), EndsWith((text[-3:],)), Contains((middle,))),
        Equals(("none", text.upper())),
        Matches((f"^{text.replace('+', '[+]')}$",)),
        Matches((middle.replace("+", "."),)),
    ]


@given(RAW, RAW, st.sampled_from(["CN", "GB", "US", "DE", "IT", "SG"]))
@example("13800138000", "110", "CN")
@example("+80012345678", "*67911", "US")
@example("tel:110;phone-context=+86", "urn:service:sos", "CN")
@example("+8695013000000000000", "+861380013800013800138", "CN")
def test_what_a_call_has_is_admitted(calling: str, called: str, home: str) -> None:
    record = {"event": "setup", "calling_party_number": calling, "called_party_number": called}
    for field, value in derive(record, plan_of(home)).items():
        refused = [test for test in _tests_that_hold(value) if not forms()[field].admits(test)]
        assert [] == refused, (field, value)


def test_every_country_of_the_table_is_admitted() -> None:
    countries = {
        kind.country
        for _, rows in shipped_table().groups.values()
        for row in rows
        for entry in row
        if isinstance(kind := getattr(entry, "plain", entry), NumberClass)
    } - {None}
    country = forms()["calling.country"]
    assert [] == [code for code in countries if not country.admits(Equals((str(code),)))]


def test_the_page_names_the_bounds() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert f"at most {MAX_DIGITS} digits" in page
    assert f"whole numbers from 0 to {MAX_DIGITS}" in page

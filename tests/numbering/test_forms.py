"""Forms of one number agree, answers are stable, and no string is too strange."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from callguard.errors import NumberingError
from callguard.numbering import NumberClass, NumberingPlan
from callguard.numbering.folding import fold
from callguard.numbering.fractions import has_fraction
from callguard.records.fields import KINDS

HOMES = ("CN", "US", "GB", "DE", "AR", "IM", "JP", "RU", "IT", "BR")
PLANS = {home: NumberingPlan(home) for home in HOMES}
NATURES = st.sampled_from([None, "subscriber", "national", "international", "unknown", "odd", ""])
HOME = st.sampled_from(HOMES)
ZEROS = [chr(code) for code in range(0x110000) if unicodedata.decimal(chr(code), None) == 0]

numberish = st.text(alphabet="0123456789+ -().;@:*#%<>abcx＋０١٣۴", max_size=30)
digits = st.from_regex(r"(?:\+|00|0)?[0-9]{1,22}", fullmatch=True)
uris = st.builds(
    "{}{}{}".format,
    st.sampled_from(["tel:", "sip:", "sips:", "TEL:", "<sip:", "urn:service:"]),
    numberish,
    st.sampled_from(["", "@host", ";user=phone", ";phone-context=+86", "@h>", "%2B86@h", "%"]),
)


@given(st.one_of(st.text(), numberish, digits, uris), NATURES, HOME)
@example("", None, "CN")
@example("+", None, "CN")
@example("²³", None, "CN")
@example("+86²³", "international", "CN")
@example("0" * 10_000, None, "CN")
@example("+" + "8" * 10_000, None, "CN")
@example("\udc80", None, "CN")
def test_any_text_has_an_answer(raw: str, nature: str | None, home: str) -> None:
    e164, found = PLANS[home].classify(raw, nature)
    assert found.kind in KINDS
    assert found.valid == (found.kind not in ("unallocated", "invalid", "unknown"))
    assert found.country is None or len(found.country) == 2
    if e164 is not None:
        assert e164[0] == "+"
        assert e164[1:].isdecimal()
        assert e164.isascii()


@given(st.one_of(digits, numberish, uris), NATURES, HOME)
@example("12", None, "US")
@example("+112", None, "US")
@example("+860013800138000", None, "CN")
@example("88101234567", None, "BY")
def test_the_answer_to_an_answer_is_the_same(raw: str, nature: str | None, home: str) -> None:
    plan = PLANS.get(home) or NumberingPlan(home)
    e164, found = plan.classify(raw, nature)
    if e164 is not None:
        assert (e164, found) == plan.classify(e164)
        assert (e164, found) == plan.classify(e164, "international")
    # Anything shorter may be an emergency number, whatever the nature of address says.
    if found.valid and e164 is not None and len(e164) > 9:
        assert (e164, found) == plan.classify(e164[1:], "international")


@given(digits, NATURES, HOME, st.data())
def test_punctuation_and_scripts_change_nothing(
    raw: str, nature: str | None, home: str, data: st.DataObject
) -> None:
    plan = PLANS[home]
    zero = data.draw(st.sampled_from(ZEROS))
    separators = data.draw(st.lists(st.sampled_from(["", " ", "-", "\u00a0", "\u2011", "."])))
    dressed = raw.translate({ord("0") + digit: chr(ord(zero) + digit) for digit in range(10)})
    places = iter(separators)
    dressed = "".join(character + next(places, "") for character in dressed)
    # A dot before the last two digits makes a fraction of the number.
    assume(not has_fraction(fold(dressed).rstrip(" -")))
    assert plan.classify(raw, nature) == plan.classify(dressed, nature)


FORMS = {
    "CN": (
        ("+8613800138000", "13800138000", "013800138000", "8613800138000", "008613800138000"),
        ("+861065529988", "01065529988", "1065529988", "861065529988", "(010) 6552-9988"),
    ),
    "US": (("+12125550123", "2125550123", "12125550123", "01112125550123", "(212) 555-0123"),),
    "GB": (("+442079460000", "02079460000", "2079460000", "00442079460000", "+44 (0)20 79460000"),),
    "AR": (("+5491123456789", "+54 11 15 2345 6789", "011 15 2345 6789", "91123456789"),),
}


@pytest.mark.parametrize(("home", "forms"), [(h, f) for h, forms in FORMS.items() for f in forms])
def test_all_forms_of_one_number_agree(home: str, forms: tuple[str, ...]) -> None:
    plan = NumberingPlan(home)
    uri_forms = [f"tel:{forms[1]}", f"sip:{forms[0]}@192.0.2.1:5060;user=phone;transport=udp"]
    answers = {form: plan.classify(form) for form in (*forms, *uri_forms)}
    assert answers[forms[0]][1].valid
    assert {answers[forms[0]]} == set(answers.values())
    assert forms[0] == answers[forms[0]][0]


@pytest.mark.parametrize(
    ("raw", "nature", "e164"),
    [
        ("8613800138000", "international", "+8613800138000"),
        ("008613800138000", "international", "+8613800138000"),
        ("8613800138000", None, "+8613800138000"),
        ("8613800138000", "unknown", "+8613800138000"),
        ("8613800138000", "national", "+868613800138000"),
        ("8613800138000", "subscriber", "+868613800138000"),
        ("+8613800138000", "national", "+8613800138000"),
        ("13800138000", "international", "+13800138000"),
    ],
)
def test_nature_of_address(raw: str, nature: str | None, e164: str) -> None:
    assert e164 == NumberingPlan("CN").classify(raw, nature)[0]


@pytest.mark.parametrize("raw", ["1-800-FLOWERS", "110x", "abc", "+86138OO138000", "12,34", "١a"])
def test_letters_are_not_read_as_digits(raw: str) -> None:
    assert (None, NumberClass(None, "invalid", False)) == NumberingPlan("CN").classify(raw)


@pytest.mark.parametrize("home", ["XX", "", "cn", "001", "86"])
def test_an_unknown_home_is_refused(home: str) -> None:
    with pytest.raises(NumberingError, match="ISO 3166"):
        NumberingPlan(home)

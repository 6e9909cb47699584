"""A warning says nothing that the record does not say, and no number that was not signalled."""

from __future__ import annotations

from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.alerts import TEMPLATES, render
from callguard.alerts.texts import TEXTS
from tests.made.guards import plan
from tests.made.rules import call

EVENTS = ("setup", "answer", "release", "sms", "SMS", None, 5)
INGRESSES = ("international", "International", "interconnect", "on_net", "?", None, 5)
# Words that say where a call came in, and what came in.
ABROAD = ("from abroad", "境外")
CALL = ("the call from", "来电", "answer", "电话")
MESSAGE = ("message", "短信")


@pytest.mark.parametrize("home", ["CN", "GB"])
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("ingress", INGRESSES)
def test_no_text_says_more_than_the_record(
    template: str, event: Any, ingress: Any, home: str
) -> None:
    text = render(template, call(event=event, ingress=ingress), plan(home)).text
    is_message = str(event).lower() == "sms"
    from_abroad = str(ingress).lower() == "international"
    assert from_abroad or not any(word in text for word in ABROAD)
    assert not any(word in text for word in (CALL if is_message else MESSAGE)) or (
        "bank_impersonation" == template  # "call the number on your card"
    )


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_alert_names_the_template_whose_text_it_has(template: str) -> None:
    for event in ("setup", "sms"):
        for ingress in ("international", "on_net"):
            alert = render(template, call(event=event, ingress=ingress), plan("GB"))
            named = TEXTS[alert.template]
            text = named.message if named.message and event == "sms" else named
            before = text.en.partition("{caller}")[0]
            assert before == alert.text[: len(before)]


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_stands_in_is_borne_out_where_the_template_is_not(template: str) -> None:
    other = TEXTS[TEXTS[template].otherwise]
    assert not other.from_abroad
    assert TEXTS[template].about == "either" or other.about != TEXTS[template].about


SHOWN = [
    ("CN", "61412544065", None, "61412544065"),  # an Australian number without its plus
    ("CN", "0000000000", None, "0000000000"),
    ("CN", "+8612012345678", None, "+8612012345678"),
    ("CN", "12012345678", None, "12012345678"),
    ("CN", "13055551234", None, "13055551234"),  # Shanghai mobile, or Florida
    ("CN", "13055551234", "international", "+13055551234"),
    ("CN", "13800138000", None, "+8613800138000"),
    ("CN", "02161234567", None, "+862161234567"),
    ("CN", "00442079460123", None, "+442079460123"),
    ("CN", "110", None, "110"),
    ("CN", "+86110", None, "+86110"),
    ("CN", "95588", None, "95588"),
    ("CN", "10086", None, "10086"),
    ("CN", "tel:9558801", None, "9558801"),
    ("US", "911", None, "911"),
    ("US", "2025550123", None, "+12025550123"),
    ("DE", "447700900123", None, "447700900123"),
    ("DE", "12025550123", None, "12025550123"),
    ("DE", "+49 (0)30 123456", None, "+4930123456"),
    ("GB", "(020) 7946 0123", None, "+442079460123"),
]


@pytest.mark.parametrize(("home", "number", "nature", "shown"), SHOWN)
def test_the_number_is_shown_as_signalled_unless_it_is_beyond_doubt(
    home: str, number: str, nature: str | None, shown: str
) -> None:
    record = call(calling_party_number=number, nature_of_address=nature, ingress="interconnect")
    text = render("unverified_caller", record, plan(home)).text
    before, after = (
        TEXTS["unverified_caller"].zh if home == "CN" else TEXTS["unverified_caller"].en
    ).split("{caller}")
    assert shown == text.removeprefix(before).removesuffix(after)


@given(
    st.text("0123456789", min_size=3, max_size=15),
    st.sampled_from(["", "+", "00"]),
    st.sampled_from(["CN", "DE", "US", "GB"]),
)
def test_no_number_is_shown_that_was_neither_signalled_nor_valid(
    digits: str, prefix: str, home: str
) -> None:
    record = call(calling_party_number=prefix + digits, ingress="international")
    template = TEXTS["foreign_spoof"]
    before, after = (template.zh if home == "CN" else template.en).split("{caller}")
    shown = (
        render("foreign_spoof", record, plan(home)).text.removeprefix(before).removesuffix(after)
    )
    if shown != prefix + digits:
        assert phonenumbers.is_valid_number(phonenumbers.parse(shown))

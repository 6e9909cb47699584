"""The warnings that called people read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.alerts import TEMPLATES, render
from callguard.alerts.texts import TEXTS, UNKNOWN_CALLER, WITHHELD_CALLER
from callguard.engine.verdict import Alert
from tests.made.guards import plan
from tests.made.rules import call

# The characters of 3GPP TS 23.038 clause 6.2.1 that take one place, without the Greek ones.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Homes in every language there is, and the number of characters one message holds in it.
ROOM = {"CN": 70, "HK": 70, "MO": 70, "TW": 70, "GB": 160, "US": 160, "SG": 160, "FI": 160}
# A privacy relay: the longest number that a warning can name (China, 700 and 15 digits).
LONGEST = "+86700123456789012345"


def text(template: str = "default", home: str = "CN", **record: Any) -> str:
    return render(template, call(**(bearing_out(template) | record)), plan(home)).text


def bearing_out(template: str) -> dict[str, Any]:
    """What a record has to hold for the template's own text."""
    event = "sms" if TEXTS[template].about == "message" else "setup"
    return {"event": event, "ingress": "international"}


def length(message: str) -> int:
    """Places in a short message: GSM characters, or UTF-16 units if there are others."""
    return len(message) if GSM.issuperset(message) else len(message.encode("utf-16-le")) // 2


def test_the_longest_number_is_named() -> None:
    assert LONGEST in text(calling_party_number=LONGEST)


@pytest.mark.parametrize("home", ROOM)
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("caller", [LONGEST, "+8613800138000", "", None])
def test_every_warning_fits_one_short_message(template: str, home: str, caller: str | None) -> None:
    message = text(template, home, calling_party_number=caller)
    assert length(message) <= ROOM[home]


@pytest.mark.parametrize("home", ["GB", "US", "SG"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_english_warnings_need_no_other_alphabet(template: str, home: str) -> None:
    strange = set(text(template, home)) - GSM
    assert strange == set()


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_warning_exists_in_both_languages_and_names_the_caller_once(template: str) -> None:
    text = TEXTS[template]
    assert [1, 1] == [words.count("{caller}") for words in (text.en, text.zh)]


@pytest.mark.parametrize(
    ("home", "expected"),
    [
        ("CN", "防诈提醒：+442079460000来电疑似诈骗，请勿转账，勿提供验证码。"),
        (
            "GB",
            "Warning: the call from +442079460000 looks like fraud. Do not pay or give codes.",
        ),
    ],
)
def test_a_warning_is_in_the_language_of_the_home_country(home: str, expected: str) -> None:
    record = call(calling_party_number="+442079460000")
    assert Alert("default", expected) == render("default", record, plan(home))


@pytest.mark.parametrize("language", ["CN", "GB"])
def test_the_caller_is_named_in_full_however_the_number_was_signalled(language: str) -> None:
    forms = {"CN": ["13800138000", "008613800138000"], "GB": ["+8613800138000", "008613800138000"]}
    for form in forms[language]:
        assert "+8613800138000" in text(home=language, calling_party_number=form)


@pytest.mark.parametrize("nature", ["international", "INTERNATIONAL", "International"])
def test_the_caller_is_read_with_the_nature_of_address(nature: str) -> None:
    message = text(calling_party_number="442079460000", nature_of_address=nature)
    assert "防诈提醒：+442079460000来电" in message


HIDDEN = "13800138000"
WITHHELD: list[Any] = ["restricted", "unavailable", "RESTRICTED", "rEstricted", "", "?", 5, ["x"]]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("presentation", WITHHELD, ids=str)
def test_a_number_whose_presentation_is_not_allowed_is_not_shown(
    template: str, presentation: Any
) -> None:
    for home in ("CN", "GB"):
        message = text(
            template,
            home,
            calling_party_number="+86" + HIDDEN,
            asserted_identity=HIDDEN,
            display_name=HIDDEN,
            presentation=presentation,
        )
        assert HIDDEN[-4:] not in message
        assert WITHHELD_CALLER["zh" if home == "CN" else "en"] in message


@pytest.mark.parametrize("presentation", [None, "allowed", "Allowed", "ALLOWED"])
def test_a_number_whose_presentation_is_allowed_is_shown(presentation: str | None) -> None:
    assert "+8613800138000" in text(presentation=presentation)


@pytest.mark.parametrize("calling", [None, "", "anonymous", 13800138000, b"138", ["138"]], ids=str)
def test_a_caller_without_a_number_is_unknown(calling: Any) -> None:
    expected = text().replace("+8613800138000", UNKNOWN_CALLER["zh"])
    assert expected == text(calling_party_number=calling)


HOSTILE = [
    "http://evil.example/pay",
    "police",
    "公安局 +86 110",
    "{caller}{0}{template}",
    "%s%n",
    "\u202e0123\u202c",
    "+86\n13800138000\nyou have won",
    "<script>",
    "+" + "1" * 5000,
    "13800138000;phone-context=evil",
    "\ud800",
    "\0",
]


@pytest.mark.parametrize("calling", HOSTILE, ids=lambda calling: ascii(calling)[:20])
@pytest.mark.parametrize("home", ["CN", "GB"])
def test_nothing_that_the_caller_wrote_is_repeated(calling: str, home: str) -> None:
    message = text(home=home, calling_party_number=calling, display_name=calling, text=calling)
    assert calling not in message
    assert _is_a_warning(message, home)


@given(st.text(max_size=30), st.sampled_from(["CN", "GB"]))
def test_whatever_the_caller_wrote_a_warning_has_digits_or_words_of_ours(
    calling: str, home: str
) -> None:
    assert _is_a_warning(text(home=home, calling_party_number=calling), home)


def _is_a_warning(message: str, home: str) -> bool:
    """True if the message is the template with a plain number or our own words in it."""
    language = "zh" if home == "CN" else "en"
    before, after = getattr(TEXTS["default"], language).split("{caller}")
    assert (before, after) == (message[: len(before)], message[-len(after) :])
    caller = message[len(before) : len(message) - len(after)]
    digits = caller.removeprefix("+")
    number = digits.isascii() and digits.isdecimal()
    return caller == UNKNOWN_CALLER[language] or (number and len(caller) <= len(LONGEST))


def test_a_template_that_does_not_exist_raises() -> None:
    with pytest.raises(KeyError, match=r"\A'no_such'\Z"):
        text("no_such")


def test_the_templates_are_those_that_have_texts() -> None:
    assert tuple(TEXTS) == TEMPLATES
    assert "default" in TEMPLATES

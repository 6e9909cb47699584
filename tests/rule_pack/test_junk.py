"""Whatever is put into a home number from abroad, the call is blocked or labelled."""

from __future__ import annotations

from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

from callguard import Guard
from tests.conftest import ROOT

NUMBER = "+8613800138000"
# What is no digit in any script: another digit makes another number.
JUNK = st.text(
    st.characters(codec="utf-8", exclude_categories=["Nd", "Nl", "No", "Cs"]).filter(
        lambda character: not character.isnumeric()
    ),
    min_size=1,
    max_size=4,
)


@cache
def guard() -> Guard:
    return Guard.load(ROOT / "rules.yaml", home="CN")


@given(JUNK, st.integers(0, len(NUMBER)), st.booleans())
@example("\u3164", 3, False)
@example("@", 6, False)
@example(";", 3, False)
@example("<>", 9, False)
@example(".", 13, False)
@example("e+", 5, False)
@example("%00", 5, True)
@example("\u041e", 6, False)
@example("sip:", 0, False)
def test_no_caller_hides_in_junk(junk: str, place: int, uri: bool) -> None:
    number = NUMBER[:place] + junk + NUMBER[place:]
    record = {
        "event": "setup",
        "at": 1795395600.0,
        "calling_party_number": f"sip:{number}@192.0.2.1" if uri else number,
        "called_party_number": "13912345678",
        "ingress": "international",
        "roaming": "no",
    }
    verdict = guard().score(record)
    assert verdict.action != "allow", verdict
    assert verdict.rules

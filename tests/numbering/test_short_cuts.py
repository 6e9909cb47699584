"""The short cuts of ``plan.py`` against the readings of ``reading.py``, with and without files."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.numbering import NumberingPlan

HOMES = ("CN", "GB", "US", "DE", "IN", "MX", "BR", "IT", "FR", "AU", "RU", "GG", "VA")
BLOCKS = "1380013\n1380014\n1390000\n1490000\n1999999\n"
RANGES = """\
+8692 13 mobile
+86138001 13 voip
+861064 15 service
+4499 10-14 service GB
+3307 15 mobile
+39099 8-12 fixed IT
+915 12 mobile
"""
STARTS = st.sampled_from(
    """ 0 00 1 86 0086 + +86 138001 1490000 92 099 0099 +5511 1064 521 +521 044 55 39 +39 0039 229
    +229 1790 07 8""".split(" ")
).map(str.strip)
NUMBERS = st.builds(str.__add__, STARTS, st.text("0123456789", min_size=4, max_size=17))
NATURES = st.sampled_from([None, "national", "international", "subscriber", "unknown"])


@cache
def plan_of(home: str, given_files: bool) -> NumberingPlan:
    if not given_files:
        return NumberingPlan(home)
    folder = Path(mkdtemp(prefix="callguard-ranges-"))
    blocks, ranges = folder / "blocks.txt", folder / "ranges.txt"
    blocks.write_text(BLOCKS)
    ranges.write_text(RANGES)
    return NumberingPlan(home, blocks, ranges)


@pytest.mark.parametrize("given_files", [False, True])
@given(home=st.sampled_from(HOMES), number=NUMBERS, nature=NATURES)
def test_short_cuts_equal_the_readings(
    given_files: bool, home: str, number: str, nature: str | None
) -> None:
    plan = plan_of(home, given_files)
    assert plan.reader.unusual(number, nature) == plan.classify(number, nature)


@given(home=st.sampled_from(HOMES), number=NUMBERS, nature=NATURES)
def test_an_answer_is_its_own_answer(home: str, number: str, nature: str | None) -> None:
    plan = plan_of(home, given_files=True)
    e164, meaning = plan.classify(number, nature)
    again = plan.classify(e164) if e164 else (e164, meaning)
    # The old form of a number that may be fixed or mobile can say more than its E.164 form.
    same = meaning.kind if meaning.kind != "mobile" else again[1].kind
    assert (e164, meaning.country, same, meaning.valid) == (
        again[0],
        again[1].country,
        again[1].kind,
        again[1].valid,
    )

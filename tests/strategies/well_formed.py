"""Hypothesis strategies for records that are wholly as the record format says."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from callguard.records.fields import CHOICES, EVENTS, FIELDS, RAW_FIELDS, FieldType
from tests.strategies.rules import texts
from tests.strategies.vocabulary import FIGURES, NUMBERS, TIMES, field_words

_CAUSES = (0, 1, 16, 16.0, 21, 127, 503, 999)
_RFC3339 = ("1970-01-01T00:17:40Z", "1970-01-01t08:17:40.5+08:00", "2024-05-01T08:30:60Z")


@cache
def values(field: str) -> st.SearchStrategy[Any]:
    """What the record key may hold, each of its forms."""
    if field == "at":
        return st.sampled_from((*TIMES, *_RFC3339)) | st.floats(0, 253_402_300_799)
    if field == "cause":
        return st.sampled_from(_CAUSES)
    if FIELDS[field] is FieldType.NUMERIC:
        return st.sampled_from(FIGURES) | st.floats(0, 1e9)
    words = field_words(field)
    if field in CHOICES:
        spelled = st.sampled_from([str, str.lower, str.upper, str.swapcase, str.capitalize])
        return st.builds(lambda word, spell: spell(word), st.sampled_from(words), spelled)
    carried = st.text(st.characters(codec="utf-8"), max_size=40)
    longest = st.sampled_from(["x" * 4096, "\U0001f600" * 4096])
    return texts(words) | st.sampled_from(words) | carried | longest


@st.composite
def well_formed_records(draw: st.DrawFn) -> dict[str, Any]:
    """A record of any event; what is not known is left out or null."""
    keys = draw(st.sets(st.sampled_from(list(RAW_FIELDS))))
    record = {key: draw(st.none() | values(key)) for key in sorted(keys)}
    record["event"] = draw(st.sampled_from(EVENTS))
    record["at"] = draw(values("at"))
    record["called_party_number"] = draw(st.sampled_from(NUMBERS) | values("called_party_number"))
    return record

"""Hypothesis strategies for records that come near to what random rules say.

They hold what validation corrects or drops as well: null, wrong types, unknown keys.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from callguard.records.fields import CHOICES, FIELDS, RAW_FIELDS, FieldType
from tests.strategies.rules import texts
from tests.strategies.vocabulary import BROKEN_TIMES, FIGURES, NUMBERS, TIMES, WRONG, field_words

# Text that UTF-8 cannot carry, and text that ends, or has its last letters, where reading stops.
ODD_TEXTS = st.sampled_from(
    [
        "\ud800",
        "ab\udfff",
        "\ud83d\ude00bank",
        f"{'a' * 4096}bank",
        f"{'a' * 4092}bank",
        f"{'a' * 4094}bank",
    ]
)


@cache
def raw_values(field: str) -> st.SearchStrategy[object]:
    """Values for a record key, mostly of its type."""
    if FIELDS[field] is FieldType.NUMERIC:
        return st.sampled_from(FIGURES) | st.sampled_from(FIGURES + WRONG)
    words = field_words(field)
    if field in CHOICES:
        return st.sampled_from(words) | st.sampled_from([*words, "NO", "b", "maybe", "", *WRONG])
    return texts(words) | st.sampled_from(words) | st.sampled_from(WRONG) | ODD_TEXTS


# Keys that are no field, two of which pretend to be derived ones.
STRANGERS = st.dictionaries(
    st.sampled_from(["calling.e164", "called.kind", "x_custom", "Event", "self_call"]),
    st.sampled_from(["+8613800138000", "mobile", True, None, 1]),
    max_size=2,
)


@st.composite
def records(draw: st.DrawFn, broken: bool = True) -> dict[str, object]:
    """A record; with ``broken``, now and then one that cannot be judged at all."""
    keys = draw(st.sets(st.sampled_from(list(RAW_FIELDS)), max_size=8))
    record = {key: draw(raw_values(key)) for key in sorted(keys)}
    record["event"] = draw(st.sampled_from(["setup"] * 3 + ["release", "sms", "answer", "Setup"]))
    record["at"] = draw(st.sampled_from([*TIMES, "1970-01-01T00:17:40Z"]))
    record["called_party_number"] = draw(st.sampled_from(NUMBERS))
    if broken and draw(st.integers(0, 19)) == 7:
        key = draw(st.sampled_from(["event", "at", "called_party_number"]))
        record[key] = draw(st.sampled_from(BROKEN_TIMES))
    return record | draw(STRANGERS)


@st.composite
def traffic(draw: st.DrawFn, most: int = 14) -> list[dict[str, object]]:
    """Records in any order of time that often share their correlation groups."""
    few = {
        "event": st.sampled_from(["setup", "setup", "release", "sms"]),
        "at": st.sampled_from(TIMES),
        "calling_party_number": st.sampled_from(["13800138000", "+8613800138000", "", None]),
        "called_party_number": st.sampled_from(["01069445566", "95588", "01069445566", "110"]),
        "trunk_group": st.sampled_from(["a", "A", "ab", None]),
        "origid": st.sampled_from(["x", "y", None]),
        "cause": st.sampled_from([16, 16.0, 17, None]),
        "duration_s": st.sampled_from([0, 0.1, 0.1, 0.2, 3, 59.5, None, "3"]),
        "roaming": st.sampled_from(["yes", "no", None]),
    }
    return draw(st.lists(st.fixed_dictionaries(few), min_size=1, max_size=most))

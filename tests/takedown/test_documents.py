"""Identity documents are found wherever they stand, and little else is."""

from __future__ import annotations

import itertools
import random
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callguard.takedown.documents import (
    MASK,
    find_documents,
    looks_like_document,
    mask_documents,
)
from tests.oracles import documents as old_detectors


@pytest.mark.parametrize(
    "text",
    [
        "11010119900307123X",
        "11010119900307123x",
        "110101900307123",
        "id110101199003071231.",
        "China Mobile 110101199003071231",
        "110101-19900307-1231",
        "110101 1990 0307 1231",
        "110101\u201319900307\u20131231",
        "110101\u221219900307\u22121231",
        "1101\u200b01199003\u00ad071231",
        "１１０１０１１９９００３０７１２３Ｘ",
        "１１０１０１\u3000１９９００３０７\u3000１２３１",
        "١١٠١٠١١٩٩٠٠٣٠٧١٢٣١",
        "110101/1990.03.07/1231",
        "客户110101199003071231号",
        "110101199003071231 110101199003071248",
    ],
)
def test_documents(text: str) -> None:
    assert looks_like_document(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "C-7",
        "China Mobile",
        "110101199013071231",  # no month 13
        "110101199003321231",  # no day 32
        "11010119900307",
        "1101011990030712310",
        "+110101900307123",
        "0123456789abcdef0123456789abcdef",
        "a110101199003071231b110101199003",
    ],
)
def test_others(text: str) -> None:
    assert not looks_like_document(text)


def test_digests_and_uuids_are_no_documents() -> None:
    rng = random.Random(1)
    for _ in range(20_000):
        assert not looks_like_document(str(uuid.UUID(int=rng.getrandbits(128))))
        assert not looks_like_document(f"{rng.getrandbits(256):064x}")


def test_what_the_two_detectors_of_before_disagreed_about() -> None:
    assert looks_like_document("325288\u0304198511133170")
    assert MASK == mask_documents("325288\u0304198511133170")
    assert not looks_like_document("+771854030211000")
    assert "+771854030211000" == mask_documents("+771854030211000")
    assert f"+{MASK}" == mask_documents("+7718540302110001")
    assert f"+{MASK}" == mask_documents("+771854030211000X")
    assert f"+{MASK}" == mask_documents("+771854 030211 000")


# Few characters, all of which have a say: documents are rare in texts of any.
_NEAR = st.text("0123456789Xx+- /.a²①１٣\u0304\u200b\u2212\u3000½㉑", min_size=10, max_size=40)
_BORN = st.builds(
    "{:06}{}{:02}{:02}{:03}{}".format,
    st.integers(0, 999_999),
    st.sampled_from(["1985", "2003", "1899", "85", "1785"]),
    st.integers(0, 13),
    st.integers(0, 32),
    st.integers(0, 999),
    st.sampled_from(["0", "7", "X", "x", ""]),
)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Documents with characters put in anywhere, and texts around them."""
    text = draw(_BORN)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from("- ./\u0304\u200b²１x+5①\u3000")) + text[place:]
    return draw(_NEAR | st.just("")) + text + draw(_NEAR | st.just(""))


@settings(max_examples=1500)
@given(_texts() | _NEAR | st.text(max_size=60))
def test_rows_are_refused_as_before(text: str) -> None:
    assert old_detectors.looks_like_document(text) == looks_like_document(text)


@settings(max_examples=1500)
@given(_texts() | _NEAR | st.text(max_size=60))
def test_all_that_either_found_before_is_masked(text: str) -> None:
    assert not old_detectors.looks_like_document(mask_documents(text))
    if old_detectors.looks_like_document(text):
        assert find_documents(text)
    spans = find_documents(text)
    for start, end in old_detectors.masked_spans(text):
        assert old_detectors.plain_telephone(text, start, end) or any(
            span.start <= start and end <= span.end for span in spans
        )


@given(_texts() | st.text(max_size=60))
def test_spans_are_in_order_and_apart(text: str) -> None:
    spans = find_documents(text)
    assert all(span.start < span.end <= len(text) for span in spans)
    assert all(one.end < other.start for one, other in itertools.pairwise(spans))
    kept = text
    for span in reversed(spans):
        kept = kept[: span.start] + MASK + kept[span.end :]
    assert mask_documents(text) in {kept, MASK}


@pytest.mark.parametrize("text", ["+8613800138000", "+1 (555) 010-9999", "2026-11-24T09:30:00Z"])
def test_telephone_numbers_and_times_stay(text: str) -> None:
    assert text == mask_documents(text)

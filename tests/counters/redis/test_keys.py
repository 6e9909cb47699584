"""The names of counters on a server, and values as they are kept there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from callguard.counters import Group, Scalar, Series
from callguard.counters.redis.keys import counter_key, marker_key, tag_of
from callguard.counters.types.value_count import ValueCount
from tests.strategies.counters import LOOK_ALIKES

SERIES = "0123456789abcdef" * 2
VALUES = Series(SERIES, "value_count", 60, 64, 1, 16)
SCALARS = st.one_of(
    st.text(max_size=20),
    st.text("+0123456789", max_size=18),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
)
GROUPS = st.one_of(SCALARS, st.lists(SCALARS, max_size=3).map(tuple))


def test_a_key_shows_the_number_that_it_counts() -> None:
    key = counter_key("callguard", SERIES, tag_of("+8613812345678"))
    assert "callguard:{+8613812345678}:EWnSL4s-4ETY_W-Q" == key


def test_several_plain_texts_are_shown_together() -> None:
    assert "+8613812345678|+86139" == tag_of(("+8613812345678", "+86139"))
    assert "a|b|c" == tag_of(("a", "b", "c"))


def test_a_group_that_is_not_plain_is_shown_as_a_digest() -> None:
    groups: tuple[Group, ...] = ("a b", "", "{}", "*", "x" * 41, 5, (), ("a",), ("a", 5))
    groups += (("a", ""), ("a", "b|c"), ("a b", "c"), ("x" * 20, "x" * 20))
    for group in groups:
        tag = tag_of(group)
        assert ("#", 21) == (tag[0], len(tag))


def test_all_counters_and_markers_of_a_group_lie_in_one_slot() -> None:
    tag = tag_of(("trunk", 5))
    keys = [counter_key("a", f"{number:032x}", tag) for number in range(20)]
    keys += [counter_key("another", SERIES, tag), marker_key("a", "1-0", tag)]
    assert 1 == len({key_slot(key.encode()) for key in keys})


def test_a_marker_stands_beside_its_group_or_alone() -> None:
    assert "callguard:{+861}:id:17-0" == marker_key("callguard", "17-0", "+861")
    assert "callguard:id:17-0" == marker_key("callguard", "17-0")


def sent_value(value: Scalar | None) -> bytes:
    (sent,) = ValueCount().sender(VALUES)(1, value)
    assert isinstance(sent, bytes)
    return sent


@given(GROUPS, GROUPS)
def test_groups_share_a_tag_only_if_they_are_equal(one: Group, other: Group) -> None:
    assert (one == other) == (tag_of(one) == tag_of(other))


@given(SCALARS, SCALARS)
def test_values_share_their_bytes_only_if_they_are_equal(one: Scalar, other: Scalar) -> None:
    assert (one == other) == (sent_value(one) == sent_value(other))
    assert 16 == len(sent_value(one))


def test_look_alikes_are_told_apart() -> None:
    for groups in LOOK_ALIKES:
        for one in groups:
            for other in groups:
                assert (one == other) == (tag_of(one) == tag_of(other))


def test_the_number_of_a_value_is_kept_as_it_is() -> None:
    assert b"+861381234567890" == sent_value("+861381234567890")
    assert b"+8613812345678\0\0" == sent_value("+8613812345678")


def test_what_no_text_can_hold_has_a_value_all_the_same() -> None:
    odd: list[Scalar] = [
        "\ud800",
        "\ud801",
        "a\0",
        "a",
        2**63,
        -(2**70),
        10**5000,
        1e308,
        "x" * 10**6,
    ]
    assert len(odd) == len({sent_value(value) for value in odd})
    assert len(odd) == len({tag_of(value) for value in odd})

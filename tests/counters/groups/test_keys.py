"""How groups and values are kept: equal ones as one, others apart, none of them long."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callguard.counters import Group, Scalar
from callguard.counters.groups.keys import GroupKeys
from tests.strategies.counters import LOOK_ALIKES, VALUES

numbers = st.integers(0, 10**18 + 10).map(lambda number: f"+{number}")
# Text that int() might read, and text that nothing reads.
texts = st.text("+-_ 0123456789٣６a", max_size=22) | st.text(max_size=50)
scalars: st.SearchStrategy[Scalar] = (
    numbers
    | texts
    | st.integers(-(2**70), 2**70)
    | st.integers(0, 10**14)
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.sampled_from([value for alike in VALUES for value in alike])
)
groups: st.SearchStrategy[Group] = (
    scalars
    | st.lists(scalars, max_size=4).map(tuple)
    | st.lists(numbers, max_size=4).map(tuple)
    | st.sampled_from([group for alike in LOOK_ALIKES for group in alike])
)


@given(groups, groups)
@example("+5", 5)
@example(("+5",), "+5")
@example(("+1", "+0"), "+1000000000000000000")
@example(("+1", "+1"), "+1000000000000000001")
@example(("+1", "+1"), ("+1", "+1", "+1"))
@example((5, "+5"), ("+5", 5))
@example("\ud800" * 50, "\udfff" * 50)
def test_keys_are_equal_if_the_groups_are_and_not_otherwise(one: Group, other: Group) -> None:
    keys = GroupKeys()
    assert (one == other) is (keys.find(one) == keys.find(other))


@given(groups)
def test_a_key_is_found_again_and_its_hash_follows_from_it(group: Group) -> None:
    keys = GroupKeys()
    found = keys.find(group)
    key, hashed = found
    assert hashed == keys.hash_of(key)
    assert found == keys.known.get(group, found)
    assert found == keys.find(group)


@pytest.mark.parametrize(
    "number", ["+1", "+8613812345678", "+999999999999999999", "+100000000000000000"]
)
def test_a_number_is_an_integer(number: str) -> None:
    assert int(number) == GroupKeys().find(number)[0]


def test_numbers_together_are_one_integer() -> None:
    key, _ = GroupKeys().find(("+8613812345678", "+4930123456"))
    assert 8613812345678 * 10**18 + 4930123456 == key


@pytest.mark.parametrize("group", ["x" * 10**6, "号" * 10**6, ("a", "x" * 10**6), "+" + "1" * 4000])
def test_no_key_is_long(group: Group) -> None:
    keys = GroupKeys()
    key, _ = keys.find(group)
    parts = key if isinstance(key, tuple) else ()
    assert sys.getsizeof(key) + sum(map(sys.getsizeof, parts)) < 300
    assert group not in keys.known


def test_few_answers_are_remembered() -> None:
    keys = GroupKeys()
    for number in range(5_000):
        keys.find(f"+86{number}")
    assert 0 < len(keys.known) <= 1024


def test_two_stores_spread_their_groups_differently() -> None:
    hashes = [[keys.hash_of(number) for number in range(50)] for keys in (GroupKeys(), GroupKeys())]
    assert hashes[0] != hashes[1]

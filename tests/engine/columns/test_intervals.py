"""Bisecting look-ups against one test after another, each at every value of a small world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callguard.engine.columns.intervals import networks, numbers, strings, suffixes
from callguard.rules.predicates import Compare, EndsWith, Equals, InNetwork, StartsWith, Test
from tests.made.columns import table_masks
from tests.made.rules import CLAUSES, EVERYTHING, Need, atoms_of, plain_mask

# The first and the last character, those beside the surrogates, one whose lower case is longer.
LAST = "\U0010ffff"
LETTERS = ("a", "b", "B", "\0", "\ud7ff", "\ue000", "İ", LAST)
TEXTS = ("", *LETTERS, *map("".join, product(("a", "B", "\ud7ff", "İ", LAST), repeat=2)))
LONGER = tuple(first + second for first in ("a", "b", LAST) for second in TEXTS[9::4])


def needs(tests: st.SearchStrategy[Test]) -> st.SearchStrategy[list[Need]]:
    where = st.sampled_from([(bit, no) for bit in range(CLAUSES) for no in (False, True)])
    need = st.builds(lambda where, test: (where[0], test, where[1]), where, tests)
    return st.lists(need, max_size=6)


def plain_answers(needed: list[Need], values: Sequence[Any]) -> list[int]:
    return [plain_mask(needed, value) for value in values]


some_texts = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3).map(tuple)
equal_or_prefix: st.SearchStrategy[Test] = st.builds(
    lambda kind, values: kind(values), st.sampled_from([Equals, StartsWith]), some_texts
)


def as_written(needed: list[Need]) -> list[Need]:
    """The same tests, with regard to case."""
    return [(bit, replace(test, cased=True), negated) for bit, test, negated in needed]  # type: ignore[arg-type]


@given(needs(equal_or_prefix))
def test_equality_and_prefixes_of_text_as_written(needed: list[Need]) -> None:
    cased = as_written(needed)
    table = strings(atoms_of(cased), folded=False)
    assert plain_answers(cased, TEXTS + LONGER) == table_masks(table, TEXTS + LONGER)


@given(needs(equal_or_prefix))
def test_equality_and_prefixes_of_folded_text(needed: list[Need]) -> None:
    table = strings(atoms_of(needed), folded=True)
    assert plain_answers(needed, TEXTS) == table_masks(table, TEXTS)


@given(needs(st.builds(EndsWith, some_texts)))
def test_suffixes_of_text_as_written(needed: list[Need]) -> None:
    cased = as_written(needed)
    table = suffixes(atoms_of(cased), folded=False)
    assert plain_answers(cased, TEXTS + LONGER) == table_masks(table, TEXTS + LONGER)


@given(needs(st.builds(EndsWith, some_texts)))
def test_suffixes_of_folded_text(needed: list[Need]) -> None:
    table = suffixes(atoms_of(needed), folded=True)
    assert plain_answers(needed, TEXTS) == table_masks(table, TEXTS)


@pytest.mark.parametrize(
    "prefixes",
    [
        ("a", "b"),
        ("a", "ab", "aba", "abab"),
        ("",),
        ("", "a"),
        (LAST,),
        (f"a{LAST}", "b"),
        (f"a{LAST}{LAST}", f"a{LAST}"),
        ("a", "a\0"),
        ("\ud7ff", "\ue000"),
    ],
    ids=ascii,
)
def test_every_prefix_begins_and_ends_where_it_should(prefixes: tuple[str, ...]) -> None:
    needed: list[Need] = [(bit, StartsWith((one,)), False) for bit, one in enumerate(prefixes)]
    table = strings(atoms_of(needed), folded=False)
    pieces = ("", "\0", "`", "a", "b", "c", "\ud7ff", "\ud800", "\udfff", "\ue000", LAST)
    values = ["".join(some) for some in product(pieces, repeat=3)]
    assert plain_answers(needed, values) == table_masks(table, values)


def test_a_value_that_is_listed_keeps_the_prefixes_that_it_begins_with() -> None:
    tests: list[Test] = [
        Equals(("ab",)),
        StartsWith(("a",)),
        StartsWith(("ab", "x")),
        Equals(("a",)),
    ]
    table = strings(atoms_of([(bit, test, False) for bit, test in enumerate(tests)]), False)
    assert [0b0111, 0b1010, 0b0110, 0b0000] == table_masks(table, ("ab", "a", "abc", "b"))


def test_values_that_are_alike_share_one_mask() -> None:
    many = tuple(str(number) for number in range(1000))
    needed: list[Need] = [(bit, Equals(many), False) for bit in range(CLAUSES)]
    table = strings(atoms_of([*needed, (300, Equals(many), False)]), folded=False)
    assert 1 == len({id(mask) for mask in table.exact_masks})


# Whole numbers beyond 2**53, where floats lose count, and beyond all floats; both zeros.
NUMBERS: tuple[int | float, ...] = (
    *(-(10**400), -1e308, -(2**53) - 1, -1, -5e-324, -0.0, 0, 0.0, 5e-324, 0.1, 0.3, 0.1 + 0.2),
    *(1, 1.5, 2, 2**53 - 1, 2**53, float(2**53), 2**53 + 1, 10**30, 1e30, 1e308, 10**400),
)
some_numbers = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3).map(tuple)
comparisons: st.SearchStrategy[Test] = st.builds(Equals, some_numbers) | st.builds(
    Compare, st.sampled_from(["lt", "lte", "gt", "gte"]), st.sampled_from(NUMBERS)
)


@given(needs(comparisons))
@example([(0, Equals((2**53 + 1,)), False), (1, Equals((float(2**53),)), False)])
@example([(0, Compare("gt", float(2**53)), False), (1, Compare("lt", 0), False)])
def test_comparisons_of_numbers_are_those_of_python(needed: list[Need]) -> None:
    table = numbers(atoms_of(needed))
    assert plain_answers(needed, NUMBERS) == table_masks(table, NUMBERS)


NETWORKS = tuple(
    str(ip_network(f"{address}/{length}", strict=False))
    for address, lengths in {
        "0.0.0.0": (0, 1, 8, 32),  # noqa: S104  an address to judge, none to bind
        "10.255.0.0": (8, 16, 31),
        "192.0.2.128": (24, 25, 30, 32),
        "255.255.255.255": (1, 31, 32),
        "::": (0, 1, 96, 128),
        "::ffff:0:0": (96,),
        "2001:db8::8000": (32, 113, 128),
        "fe80::1": (10, 128),
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": (1, 127, 128),
    }.items()
    for length in lengths
)


def near(network: str) -> list[IPv4Address | IPv6Address]:
    """The ends of a network, and what lies just beyond them."""
    found = ip_network(network)
    make, last = type(found.network_address), 2**found.max_prefixlen - 1
    ends = int(found.network_address), int(found.broadcast_address)
    return [make(end + step) for end in ends for step in (-1, 0, 1) if 0 <= end + step <= last]


SCOPED = ("fe80::1%eth0", "FE80::1%1", "fe80::1% ", "fe80::1%a:b", "::%x")
ADDRESSES = (
    *sorted({str(address) for network in NETWORKS for address in near(network)}),
    *SCOPED,
)
NO_ADDRESSES = (
    *("", " ", "192.0.2", "192.0.2.01", "192.0.2.256", "192.0.2.1 ", "192.0.2.1\0", "1.2.3.4.5"),
    *("0xC0.0.2.1", "3221225985", "１92.0.2.1", "192.0.2.1/32", ":", ":::", "::g", "1:2:3:4:5:6:7"),
    *("::1::", "::00001", "::192.0.2", "[::1]", "unknown", "\ud800", ":\ud800", "::1\0"),
    *("%", "fe80::1%", "fe80::1%a%b", "fe80::1%a/64", "fe80::1%%", "%fe80::1", "192.0.2.1%eth0"),
)
in_networks = st.lists(st.sampled_from(NETWORKS), min_size=1, max_size=3).map(tuple).map(InNetwork)


def networks_of(test: Test) -> tuple[str, ...]:
    return test.networks if isinstance(test, InNetwork) else ()


def inside(network: str) -> frozenset[str]:
    """The addresses that lie in the network, as ipaddress says."""
    return frozenset(value for value in ADDRESSES if ip_address(value) in ip_network(network))


INSIDE = {network: inside(network) for network in NETWORKS}


@given(needs(in_networks))
def test_networks_hold_the_addresses_that_ipaddress_says(needed: list[Need]) -> None:
    table = networks(atoms_of(needed))
    expected = [
        EVERYTHING
        & ~sum(
            {
                1 << bit
                for bit, test, negated in needed
                if any(value in INSIDE[network] for network in networks_of(test)) is negated
            }
        )
        for value in ADDRESSES
    ]
    assert expected == table_masks(table, ADDRESSES)


@pytest.mark.parametrize("value", NO_ADDRESSES, ids=ascii)
def test_what_is_no_address_lies_in_no_network(value: str) -> None:
    table = networks(atoms_of([(0, InNetwork(("0.0.0.0/0", "::/0")), False)]))
    assert [EVERYTHING & ~1] == table_masks(table, [value])


@given(st.text(alphabet="0123456789abcdefF:.", max_size=18))
def test_what_is_an_address_is_what_ipaddress_reads(value: str) -> None:
    needed: list[Need] = [(0, InNetwork(("0.0.0.0/0",)), False), (1, InNetwork(("::/0",)), False)]
    assert [plain_mask(needed, value)] == table_masks(networks(atoms_of(needed)), [value])


@pytest.mark.parametrize("value", ["::ffff:192.0.2.1", "::FFFF:c000:201"])
def test_an_ipv4_address_written_as_ipv6_is_an_ipv6_address(value: str) -> None:
    tests = [InNetwork(("192.0.2.0/24",)), InNetwork(("::ffff:0:0/96",))]
    table = networks(atoms_of([(bit, test, False) for bit, test in enumerate(tests)]))
    assert [EVERYTHING & ~0b01] == table_masks(table, [value])

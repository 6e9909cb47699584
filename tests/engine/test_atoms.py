"""Atom tables against their definition: a clause survives where all its tests come out right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.atoms import AtomTable

BITS = 4
EVERYTHING = (1 << BITS) - 1
Need = tuple[int, str, bool]
NEEDS = [(bit, test, no) for bit in range(BITS) for test in "pqrst" for no in (False, True)]
needs = st.lists(st.sampled_from(NEEDS), max_size=12)
truths = st.sets(st.sampled_from("pqrst"))


def filled(needed: list[Need]) -> AtomTable:
    table = AtomTable(EVERYTHING)
    for need in needed:
        table.need(*need)
    table.freeze()
    return table


def true_atoms(table: AtomTable, true: set[str]) -> list[int]:
    return [atom for test, atom in table.atoms.items() if test in true]


@given(needs, truths)
def test_a_clause_survives_where_each_of_its_tests_is_as_it_needs_it(
    needed: list[Need], true: set[str]
) -> None:
    table = filled(needed)
    refuted = {bit for bit, test, negated in needed if (test in true) is negated}
    expected = sum(1 << bit for bit in range(BITS) if bit not in refuted)
    assert expected == table.mask(true_atoms(table, true))


@given(needs, truths)
def test_interned_masks_are_the_same_masks(needed: list[Need], true: set[str]) -> None:
    table = filled(needed)
    atoms = true_atoms(table, true)
    assert table.mask(atoms) == table.interned(atoms)


@given(needs)
def test_the_base_is_the_mask_of_a_value_that_makes_nothing_true(needed: list[Need]) -> None:
    table = filled(needed)
    assert table.mask(()) == table.base


@given(needs)
def test_involved_are_the_clauses_that_need_something(needed: list[Need]) -> None:
    expected = sum(1 << bit for bit in {bit for bit, _, _ in needed})
    assert expected == filled(needed).involved


@given(needs)
def test_atoms_are_numbered_in_the_order_in_which_tests_were_first_needed(
    needed: list[Need],
) -> None:
    expected = dict.fromkeys(test for _, test, _ in needed)
    assert list(enumerate(expected)) == [(n, test) for test, n in filled(needed).atoms.items()]


def test_an_order_of_true_atoms_or_a_repetition_changes_nothing() -> None:
    table = filled([(0, "p", False), (0, "q", False), (1, "r", True)])
    assert table.mask([0, 1]) == table.mask([1, 0, 0, 1])


def test_equal_sets_of_atoms_share_one_interned_mask() -> None:
    table = AtomTable((1 << 100) - 1)
    table.need(99, "p", False)
    table.need(98, "q", False)
    table.freeze()
    assert table.interned([0, 1]) is table.interned([1, 0])


def test_a_clause_that_needs_a_test_both_true_and_false_never_survives() -> None:
    table = filled([(0, "p", False), (0, "p", True)])
    assert [0b1110, 0b1110] == [table.mask(()), table.mask([0])]

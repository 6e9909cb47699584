"""Masks of atoms against their definition: a clause survives where all its tests come out right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns.atoms import AtomMasks, Atoms, combiner, interner
from callguard.rules.predicates import Equals

BITS = 4
EVERYTHING = (1 << BITS) - 1
TESTS = [Equals((name,)) for name in "pqrst"]
P, Q, R, *_ = TESTS
Need = tuple[int, Equals, bool]
NEEDS = [(bit, test, no) for bit in range(BITS) for test in TESTS for no in (False, True)]
needs = st.lists(st.sampled_from(NEEDS), max_size=12)
truths = st.sets(st.sampled_from(TESTS))


def filled(needed: list[Need]) -> Atoms:
    atoms = Atoms(EVERYTHING)
    for need in needed:
        atoms.need(*need)
    return atoms


def true_atoms(atoms: Atoms, true: set[Equals]) -> list[int]:
    return [atom for test, atom in atoms.tests.items() if test in true]


@given(needs, truths)
def test_a_clause_survives_where_each_of_its_tests_is_as_it_needs_it(
    needed: list[Need], true: set[Equals]
) -> None:
    atoms = filled(needed)
    refuted = {bit for bit, test, negated in needed if (test in true) is negated}
    expected = sum(1 << bit for bit in range(BITS) if bit not in refuted)
    masks, truth = atoms.masks(), true_atoms(atoms, true)
    assert [expected] * 3 == [
        masks.mask(truth),
        combiner(masks)(truth),
        interner(masks)(truth),
    ]


@given(needs)
def test_the_base_is_the_mask_of_a_value_that_makes_nothing_true(needed: list[Need]) -> None:
    masks = filled(needed).masks()
    assert masks.mask(()) == masks.base


@given(needs)
def test_atoms_are_numbered_in_the_order_in_which_tests_were_first_needed(
    needed: list[Need],
) -> None:
    expected = dict.fromkeys(test for _, test, _ in needed)
    assert list(enumerate(expected)) == [(n, test) for test, n in filled(needed).tests.items()]


def test_each_kind_of_need_has_its_own_place() -> None:
    needed = [(0, P, False), (1, P, False), (1, Q, False), (2, Q, True), (1, P, False)]
    assert AtomMasks(0b1100, (0b01, 0), (0, 0b100), (((0, 1), 0b10),)) == filled(needed).masks()


def test_clauses_that_need_the_same_atoms_are_kept_together() -> None:
    needed = [(bit, test, False) for bit in (0, 1) for test in ((P, Q) if bit else (Q, P))]
    assert (((0, 1), 0b11),) == filled(needed).masks().several


def test_an_order_of_true_atoms_or_a_repetition_changes_nothing() -> None:
    masks = filled([(0, P, False), (0, Q, False), (1, R, True)]).masks()
    for mask in (masks.mask, combiner(masks)):
        assert mask([0, 1]) == mask([1, 0, 0, 1])


def test_equal_sets_of_atoms_share_one_interned_mask() -> None:
    atoms = Atoms((1 << 100) - 1)
    atoms.need(99, P, False)
    atoms.need(98, Q, False)
    interned = interner(atoms.masks())
    assert interned([0, 1]) is interned([1, 0])


def test_a_clause_that_needs_a_test_both_true_and_false_never_survives() -> None:
    masks = filled([(0, P, False), (0, P, True)]).masks()
    assert [0b1110, 0b1110] == [masks.mask(()), masks.mask([0])]

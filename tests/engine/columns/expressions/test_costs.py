"""What reading costs, in steps."""

from __future__ import annotations

import pytest

from callguard.engine.columns.expressions import costs
from callguard.engine.columns.expressions.automaton import Size

SMALL = Size(10, ())
WIDE = Size(200, ((500, 800),))


def test_a_small_automaton_reads_every_byte_once() -> None:
    assert costs.BYTES * 4096 == costs.reading(4096, SMALL)


def test_wide_states_cost_more_than_bytes() -> None:
    assert 4096 + costs.READY * 500 * 800 == costs.reading(4096, WIDE)


def test_wide_states_of_a_short_text_are_few() -> None:
    assert 3 + costs.READY * 500 * 3 == costs.reading(3, WIDE)


@pytest.mark.parametrize(
    ("longest", "starts", "read"),
    [(None, False, 4096), (10, False, 4106), (10, True, 21), (5000, False, 8192)],
)
def test_what_is_found_is_read_backwards(longest: int | None, starts: bool, read: int) -> None:
    assert costs.CALL + costs.BYTES * read == costs.quick(4096, SMALL, longest, starts)


@pytest.mark.parametrize(
    ("positions", "longest", "starts", "tried"),
    [
        (100, None, False, 409_600),
        (0, None, False, 4096),
        (100, 9, True, 1000),
        (2, 9, False, 8192),
    ],
)
def test_an_automaton_without_end_tries_every_position(
    positions: int, longest: int | None, starts: bool, tried: int
) -> None:
    expected = costs.CALL + costs.TRIED * tried
    assert expected == costs.costly(4096, positions, longest, starts)

"""A column without a value asks nothing."""

from __future__ import annotations

import pytest

from callguard.engine.column import Column
from tests.made.rules import refuse


def test_a_column_without_a_value_does_not_look_it_up() -> None:
    column = Column("field text", ("text",), 1, 0b1010, refuse)
    assert [0b1010, 0b1010] == [column.mask({}), column.mask({"text": None})]


@pytest.mark.parametrize("fields", [{}, {"text": "a"}, {"origid": "a"}])
def test_a_pair_with_one_value_missing_is_not_looked_up(fields: dict[str, str]) -> None:
    column = Column("field text", ("text", "origid"), 1, 0b1010, refuse)
    assert 0b1010 == column.mask(fields)

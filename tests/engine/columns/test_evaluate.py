"""What a column says of a record's values, by the plain evaluator."""

from __future__ import annotations

from typing import Any

import pytest

from callguard.engine.columns import FieldColumn, ListColumn, Lists, PairColumn, evaluate
from callguard.engine.columns.atoms import AtomMasks
from callguard.engine.columns.data import Substrings
from callguard.engine.columns.evaluate import packed_address
from tests.made.broken_guards import BrokenList
from tests.made.columns import asked, mask_of
from tests.made.rules import refuse

WORDS = Substrings(False, (("a", (0,)),), AtomMasks(0b10, (0b01,), (0,), ()))
TEXT = FieldColumn("field text", "text", 0b11, 0b1000, 0b1011, True, True, (WORDS,))
LISTED = ListColumn("list few", "text", "few", 0b11, 0b01, 0b10, limited=True)
PAIR = PairColumn("field text", "text", "origid", False, 0b11, 0b01, 0b10)


@pytest.mark.parametrize("column", [TEXT, LISTED, PAIR], ids=lambda column: type(column).__name__)
@pytest.mark.parametrize("fields", [{}, {"text": None}, {"origid": "a"}])
def test_without_its_value_a_column_says_its_absent_mask(column: Any, fields: Any) -> None:
    assert column.absent == evaluate(column, fields, Lists({}, {"few": BrokenList()}), refuse)


def test_a_pair_with_one_value_is_absent() -> None:
    assert 0b10 == mask_of(PAIR, {"text": "a"})


def test_the_mask_before_the_tables_counts() -> None:
    assert [0b11, 0b10] == [asked(TEXT, "xa"), asked(TEXT, "x")]


def test_several_tables_have_to_agree() -> None:
    other = Substrings(True, (("b", (0,)),), AtomMasks(0b01, (0b10,), (0,), ()))
    column = FieldColumn("field text", "text", 0b11, 0, 0b11, False, True, (WORDS, other))
    assert [0b11, 0b01, 0b10] == [asked(column, text) for text in ("aB", "a", "Ab".swapcase()[1:])]


def test_a_list_that_fails_fails_the_evaluation() -> None:
    with pytest.raises(Exception, match=r"\Alist\Z"):
        asked(LISTED, "a", lists=Lists({}, {"few": BrokenList()}))


def test_an_address_has_four_bytes_or_sixteen() -> None:
    assert [b"\xc0\0\2\1", b"\0" * 15 + b"\1", None] == [
        packed_address(text) for text in ("192.0.2.1", "::1%eth0", "::1%")
    ]

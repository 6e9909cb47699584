"""The compiled forms of tables that read whole texts."""

from __future__ import annotations

from typing import Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns import FieldColumn, Scanners
from callguard.engine.columns.atoms import AtomMasks
from callguard.engine.columns.data import Patterns, Strings, Substrings
from callguard.engine.columns.evaluate import scan_plainly
from tests.strategies.rules import regexes
from tests.strategies.vocabulary import WORDS

ONE_EACH = AtomMasks(0, tuple(1 << atom for atom in range(9)), (0,) * 9, ())
EXPRESSIONS = (("^a", 0), ("b", 1))


def column_of(*tables: Any) -> FieldColumn:
    return FieldColumn("field text", "text", 0, 0, 0, True, True, tables)


def test_an_expression_that_re2_has_no_memory_for_is_refused() -> None:
    with pytest.raises(re2.error):
        Scanners([column_of(Patterns(False, (("((a{9}b?){9}c?){900}", 0),), ONE_EACH))])


@given(st.lists(regexes(WORDS), min_size=1, max_size=6), st.sampled_from(WORDS))
def test_together_they_find_what_each_finds(some: list[str], text: str) -> None:
    table = Patterns(False, tuple((each, atom) for atom, each in enumerate(some)), ONE_EACH)
    scanners = Scanners([column_of(table)])
    assert sorted(scan_plainly(table, text)) == sorted(set(scanners(table, text)))


def test_only_the_tables_that_read_whole_texts_are_compiled() -> None:
    words = Substrings(False, (("a", (0,)),), ONE_EACH)
    strings = Strings(False, (), (), (), (0,))
    scanners = Scanners([column_of(strings, words)])
    assert [0] == list(scanners(words, "xax"))
    with pytest.raises(KeyError):
        scanners.search(Patterns(False, EXPRESSIONS, ONE_EACH))

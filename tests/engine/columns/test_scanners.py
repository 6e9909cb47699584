"""The compiled forms of tables that read whole texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns import FieldColumn, Scanners
from callguard.engine.columns.atoms import AtomMasks
from callguard.engine.columns.data import Patterns, Strings, Substrings
from callguard.engine.columns.evaluate import scan_plainly
from callguard.engine.columns.look_ups import table_look_up
from tests.strategies.rules import regexes
from tests.strategies.vocabulary import WORDS

ONE_EACH = AtomMasks(0, tuple(1 << atom for atom in range(9)), (0,) * 9, ())
EXPRESSIONS = tuple((f"^{word}", atom) for atom, word in enumerate("abcdefg"))
TEXTS = ("", "a1", "b", "c", "d", "e", "f", "g", "xa")


def column_of(*tables: Any) -> FieldColumn:
    return FieldColumn("field text", "text", 0, 0, 0, True, True, tables)


class SmallSet:
    """An RE2 set that has memory for two expressions."""

    def __init__(self, options: Any) -> None:
        self._real = SEARCH_SET(options)
        self._number = 0

    def Add(self, expression: str) -> None:  # noqa: N802  the names are those of RE2
        self._number += 1
        self._real.Add(expression)

    def Compile(self) -> None:  # noqa: N802
        if self._number > 2:
            raise re2.error("out of memory")
        self._real.Compile()

    def Match(self, text: bytes) -> Sequence[int]:  # noqa: N802
        found: Sequence[int] = self._real.Match(text)
        return found


SEARCH_SET = re2.Set.SearchSet


def test_expressions_are_shared_out_where_one_set_has_no_room_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(re2.Set, "SearchSet", SmallSet)
    table = Patterns(False, EXPRESSIONS, ONE_EACH)
    scanners = Scanners([column_of(table)])
    assert 4 == len(scanners.expression_sets(table))
    look_up = table_look_up(table, scanners)
    for text in TEXTS:
        expected = list(scan_plainly(table, text))
        assert expected == list(scanners(table, text))
        assert sum(1 << atom for atom in expected) == look_up(text)


def test_an_expression_that_has_no_room_alone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SmallSet, "Compile", lambda _: (_ for _ in ()).throw(re2.error("memory")))
    monkeypatch.setattr(re2.Set, "SearchSet", SmallSet)
    with pytest.raises(re2.error):
        Scanners([column_of(Patterns(False, EXPRESSIONS[:1], ONE_EACH))])


@given(st.lists(regexes(WORDS), min_size=1, max_size=6), st.sampled_from(WORDS))
def test_a_set_finds_what_its_expressions_find(some: list[str], text: str) -> None:
    table = Patterns(False, tuple((each, atom) for atom, each in enumerate(some)), ONE_EACH)
    scanners = Scanners([column_of(table)])
    assert sorted(scan_plainly(table, text)) == sorted(scanners(table, text))


def test_only_the_tables_that_read_whole_texts_are_compiled() -> None:
    words = Substrings(False, (("a", (0,)),), ONE_EACH)
    strings = Strings(False, (), (), (), (0,))
    scanners = Scanners([column_of(strings, words)])
    assert [0] == list(scanners(words, "xax"))
    with pytest.raises(KeyError):
        scanners.expression_sets(Patterns(False, EXPRESSIONS, ONE_EACH))

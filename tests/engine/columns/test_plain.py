"""Columns as plain values and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns import build_columns, from_plain, to_plain
from callguard.records.fields import FIELDS
from callguard.rules.predicates import Contains, Equals, InList, Literal, SameAs
from tests.strategies.rules import literals

SCALARS = (bool, int, float, str)


def only_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and only_plain(part) for key, part in value.items())
    if isinstance(value, list):
        return all(map(only_plain, value))
    return type(value) in SCALARS


@given(st.sampled_from(list(FIELDS)).flatmap(lambda field: st.lists(literals(field), min_size=1)))
def test_a_column_comes_back_from_json(some: list[Literal]) -> None:
    uses = list(enumerate(some))
    for column in build_columns({some[0].field: uses}, (1 << len(uses)) - 1):
        plain = to_plain(column)
        assert only_plain(plain)
        back = from_plain(json.loads(json.dumps(plain)))
        assert back == column
        assert hash(back) == hash(column)


def test_plain_values_by_example() -> None:
    uses = [
        (0, Literal("text", Equals(("b", "a")))),
        (1, Literal("text", Contains(("Word",)), negated=True)),
        (2, Literal("text", InList("few"))),
        (3, Literal("text", SameAs("origid", cased=True))),
    ]
    expected: list[dict[str, Any]] = [
        {
            "kind": "FieldColumn",
            "name": "field text",
            "field": "text",
            "involved": 0b0001,
            "absent": 0b1110,
            "present": 0b1111,
            "limited": True,
            "expensive": False,
            "tables": [
                {
                    "kind": "Strings",
                    "folded": True,
                    "exact": ["a", "b"],
                    "exact_masks": [0b1111, 0b1111],
                    "bounds": [],
                    "masks": [0b1110],
                }
            ],
        },
        {
            "kind": "FieldColumn",
            "name": "field text",
            "field": "text",
            "involved": 0b0010,
            "absent": 0b1111,
            "present": 0b1111,
            "limited": True,
            "expensive": True,
            "tables": [
                {
                    "kind": "Substrings",
                    "folded": True,
                    "words": [["word", [0]]],
                    "combine": {
                        "kind": "AtomMasks",
                        "base": 0b1111,
                        "gain": [0],
                        "lose": [0b0010],
                        "several": [],
                    },
                }
            ],
        },
        {
            "kind": "ListColumn",
            "name": "list few",
            "field": "text",
            "list_name": "few",
            "involved": 0b0100,
            "listed": 0b1111,
            "unlisted": 0b1011,
            "limited": True,
        },
        {
            "kind": "PairColumn",
            "name": "field text",
            "field": "text",
            "other": "origid",
            "cased": True,
            "involved": 0b1000,
            "same": 0b1111,
            "different": 0b0111,
        },
    ]
    assert expected == [to_plain(column) for column in build_columns({"text": uses}, 0b1111)]


@pytest.mark.parametrize("plain", [{"kind": "Strings"}, {"kind": "Flags", "odd": 1}])
def test_values_with_other_parts_are_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        from_plain(plain)


@pytest.mark.parametrize("plain", [{}, {"kind": "object"}])
def test_values_of_another_kind_are_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        from_plain(plain)

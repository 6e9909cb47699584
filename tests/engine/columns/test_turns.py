"""The order in which gated columns are asked."""

from __future__ import annotations

from callguard.engine.columns import build_columns
from callguard.engine.columns.turns import turn
from callguard.rules.predicates import Contains, Equals, InList, Literal, Matches, SameAs

LITERALS = [
    Literal("text", Matches(("a.b",))),
    Literal("called.e164", InList("long")),
    Literal("calling.certain", Equals((True,))),
    Literal("calling.repaired", Equals(("U+0020",))),
    Literal("user_agent", Matches(("a.b",))),
    Literal("calling_party_number", Contains(("138",))),
    Literal("display_name.e164", SameAs("calling.e164")),
    Literal("self_call", Equals((True,))),
]


def test_what_is_soon_known_is_asked_before_what_reads_texts() -> None:
    columns = [
        column
        for literal in LITERALS
        for column in build_columns({literal.field: [(0, literal)]}, 0b1)
    ]
    in_order = [column.fields[0] for column in sorted(columns, key=turn)]
    assert [literal.field for literal in reversed(LITERALS)] == in_order

"""Short lists asked together say what each of them says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns import Column, ListColumn, Lists, build_columns, evaluate, short_lists
from callguard.engine.columns.short_lists import join_short_lists, settled
from callguard.numbering import NumberList
from callguard.rules.predicates import Absent, Equals, InList, Literal
from tests.made.columns import mask_of
from tests.made.guards import plan

EVERYTHING = 0b111111
FIELD = "calling.e164"
NAMES = ("first", "second", "third")
numbers = st.sampled_from(["+8613800138000", "+86138001380001", "+442079460018", "+8695588"])
lines = st.lists(
    numbers | st.sampled_from(["+86*", "+86138*", "+4420794600*", "+8695588*", "+1*"]), max_size=4
)
values = numbers | st.from_regex(r"\+(86138|442|8695)[0-9]{0,9}", fullmatch=True)
uses = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.builds(Literal, st.just(FIELD), st.sampled_from(NAMES).map(InList), st.booleans()),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists")


def made(folder: Path, *contents: list[str]) -> Lists:
    lists = {}
    for name, content in zip(NAMES, contents, strict=False):
        (folder / name).write_text("\n".join(content), encoding="utf-8")
        lists[name] = NumberList.load(folder / name, plan())
    return Lists(lists)


def all_of(columns: list[Column], value: str | None, lists: Lists) -> int:
    mask = EVERYTHING
    for column in columns:
        mask &= mask_of(column, {FIELD: value}, lists)
    return mask


@given(uses, lines, lines, lines, st.lists(values, max_size=8))
def test_joined_lists_say_what_each_says(
    folder: Path,
    uses: list[tuple[int, Literal]],
    first: list[str],
    second: list[str],
    third: list[str],
    values: list[str],
) -> None:
    lists = made(folder, first, second, third)
    columns = build_columns({FIELD: uses}, EVERYTHING)
    (joined,) = join_short_lists(columns, lists, EVERYTHING)
    for value in (None, *values):
        assert all_of(columns, value, lists) == mask_of(joined, {FIELD: value}, lists)
    involved = 0
    for column in columns:
        involved |= column.involved
    assert involved == joined.involved


def test_long_lists_and_lists_of_others_stay_as_they_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_lists, "MOST_MEMBERS", 3)
    lists = made(folder, ["+8695588", "+8695599"], ["+86138*", "+86139*"], [])
    others = Lists({**lists.numbers, "own": {"+8695588"}})
    columns = build_columns(
        {FIELD: [(bit, Literal(FIELD, InList(name))) for bit, name in enumerate((*NAMES, "own"))]},
        EVERYTHING,
    )
    assert columns == join_short_lists(columns, others, EVERYTHING)
    monkeypatch.setattr(short_lists, "MOST_MEMBERS", 4)
    assert [FIELD, "own"] == [
        one.list_name if isinstance(one, ListColumn) else one.field
        for one in join_short_lists(columns, others, EVERYTHING)
    ]


def test_empty_lists_settle_their_column(folder: Path) -> None:
    lists = made(folder, [], [])
    of_lists = [(0, Literal(FIELD, InList("first"))), (1, Literal(FIELD, InList("second"), True))]
    (joined,) = join_short_lists(build_columns({FIELD: of_lists}, 0b11), lists, 0b11)
    assert 0b10 == settled(joined) == evaluate(joined, {FIELD: "+861"}, Lists())


@pytest.mark.parametrize("literal", [Literal(FIELD, Absent()), Literal(FIELD, Equals(("+861",)))])
def test_columns_that_depend_on_the_value_are_not_settled(literal: Literal) -> None:
    (column,) = build_columns({FIELD: [(0, literal)]}, 0b1)
    assert settled(column) is None

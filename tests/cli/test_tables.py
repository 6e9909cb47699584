"""Tables and bars in plain text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.cli import tables


def test_columns_are_aligned_and_figures_at_the_right() -> None:
    assert [
        "carrier     orders  share",
        "──────────  ──────  ─────",
        "中国移动     1,200    60%",
        "Guangdong        3   4.5%",
        "Telecom",
    ] == tables.drawn(
        ("carrier", "orders", "share"),
        [("中国移动", "1,200", "60%"), ("Guangdong Telecom", "3", "4.5%")],
        25,
    )


def test_a_column_with_a_word_in_it_is_aligned_at_the_left() -> None:
    assert ["n", "────", "12", "none"] == tables.drawn(("n",), [("12",), ("none",)], 80)


def test_a_table_without_rows_is_its_head() -> None:
    assert ["rule  why", "────  ───"] == tables.drawn(("rule", "why"), [], 80)


def test_the_widest_columns_are_folded_to_fit() -> None:
    assert [
        "a    b",
        "───  ──────────",
        "one  two three",
        "     four",
        "     fivesixsev",
        "     en",
    ] == tables.drawn(("a", "b"), [("one", "two three four fivesixseven")], 15)


def test_a_terminal_that_is_too_narrow_gets_narrow_columns() -> None:
    assert ["a       b", "──────  ──────", "abcdef  abcdef", "g"] == tables.drawn(
        ("a", "b"), [("abcdefg", "abcdef")], 3
    )


CELLS = st.text(st.characters(categories=("L", "N", "P", "Zs"), max_codepoint=0x9FFF), max_size=30)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4), st.integers(14, 60))
def test_every_table_fits_and_loses_nothing(rows: list[tuple[str, str]], width: int) -> None:
    lines = tables.drawn(("left", "right"), rows, width)
    assert max(map(tables.cells, lines)) <= width
    shown = sorted("".join(lines[2:]).replace(" ", ""))
    # A fold may take the blanks at which it divides a cell.
    assert sorted("".join(map("".join, rows)).replace(" ", "")) == shown


@given(st.text(), st.integers(0, 20))
def test_a_cut_text_fits_and_no_more_would(text: str, width: int) -> None:
    part = tables.cut(text, width)
    assert text.startswith(part)
    assert tables.cells(part) <= width
    assert part == text or tables.cells(text[: len(part) + 1]) > width


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("中国", 4), (unicodedata.normalize("NFD", "é"), 1), ("＋", 2)]
)
def test_cells(text: str, width: int) -> None:
    assert width == tables.cells(text)


@pytest.mark.parametrize(
    ("done", "total", "filled"),
    [(0, 100, 0), (50, 100, 12), (99, 100, 23), (100, 100, 24), (200, 100, 24), (5, None, 0)],
)
def test_a_bar(done: int, total: int | None, filled: int) -> None:
    assert f"[{'#' * filled}{'.' * (24 - filled)}]" == tables.bar(done, total)

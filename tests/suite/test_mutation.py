"""The tool that tries mutants: what it changes, and what its score is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.mutation import texts
from tools.mutation.score import wilson

Change = Callable[[str], Iterator[tuple[int, int, str]]]


def changed(change: Change, text: str) -> list[str]:
    return [text[:start] + new + text[end:] for start, end, new in change(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <= b", ["a < b"]),
        ("a >= 7 AND b", ["a > 7 AND b", "a >= 8 AND b", "a >= 7 OR b"]),
        ("x IS NOT NULL", ["x IS NULL"]),
        ("SELECT min(x) -- the <= first", ["SELECT max(x) -- the <= first"]),
        ("CASE WHEN r = 'a = 1' THEN", ["CASE WHEN r <> 'a = 1' THEN"]),
        ("FROM t\nWHERE open\nORDER BY n", ["FROM t\n\nORDER BY n"]),
        ("PRAGMA synchronous = EXTRA", ["PRAGMA synchronous <> EXTRA", "PRAGMA synchronous = OFF"]),
    ],
)
def test_changes_of_sql(text: str, expected: list[str]) -> None:
    assert expected == changed(texts.sql, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" m &= k", [" m |= k"]),
        (" if x is None:", [" if x is not None:", " if x is 0:"]),
        ("  if len(", []),
        (") > 18 or ", [") >= 18 or ", ") > 19 or ", ") > 18 and "]),
        ("m_7 -> min(x1)", []),
    ],
)
def test_changes_of_generated_code(text: str, expected: list[str]) -> None:
    assert expected == changed(texts.generated, text)


@given(st.text(st.sampled_from("<>=!&|+-*/ 17aANDORin\n'\"")))
def test_every_change_changes_something(text: str) -> None:
    for change in (texts.sql, texts.generated):
        assert text not in changed(change, text)


# By hand: 0 of n ends at z²/(n + z²), half of n reaches 1/2 ± z·sqrt(1/4n + z²/4n²)/(1 + z²/n).
@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 10, (0.0, 0.2775)), (5, 10, (0.2366, 0.7634)), (10, 10, (0.7225, 1.0))],
)
def test_wilson_s_interval(part: int, whole: int, expected: tuple[float, float]) -> None:
    assert expected == pytest.approx(wilson(part, whole), abs=5e-5)


def test_nothing_tried_is_nothing_known() -> None:
    assert (0.0, 1.0) == wilson(0, 0)


def test_mutants_of_a_file(tmp_path: Path) -> None:
    pytest.importorskip("mutmut", reason="make mutation installs it")
    from tools.mutation.mutants import compiles, mutants_of

    path = tmp_path / "codegen_x.py"
    text = 'LIMIT: Final = 3\n\n@cache\ndef f(x: int = 1) -> str:\n    """1 < 2"""\n'
    text += '    return f" if {x} < 18:"\n'
    path.write_text(text)
    mutants = mutants_of(path, tmp_path)
    assert [
        (1, "", "LIMIT: Final = 3", "LIMIT: Final = None"),
        (1, "", "LIMIT: Final = 3", "LIMIT: Final = 4"),
        (4, "f", "def f(x: int = 1) -> str:", "def f(x: int = 2) -> str:"),
        (6, "f", 'return f" if {x} < 18:"', 'return f" if {x} <= 18:"'),
        (6, "f", 'return f" if {x} < 18:"', 'return f" if {x} < 19:"'),
    ] == [(one.line, one.scope, one.before, one.after) for one in mutants]
    assert all(compiles(mutant, text) for mutant in mutants)
    assert len(mutants) == len({mutant.key for mutant in mutants})

"""Generated source can be looked up for as long as its functions live."""

from __future__ import annotations

import gc
import linecache
import traceback
from typing import Any

import pytest

from callguard.engine.generated import run_source
from tests.made.broken_guards import BrokenError, fail
from tests.made.rules import call, detection, equals, program_of

SOURCE = "def one():\n return two()\n\ndef two():\n raise ValueError('here')\n"


def made() -> dict[str, Any]:
    names: dict[str, Any] = {}
    run_source(SOURCE, "test", names, ("one", "two"))
    return names


def entries(title: str) -> set[str]:
    return {name for name in linecache.cache if name.startswith(f"<callguard {title} ")}


def test_a_traceback_shows_the_lines() -> None:
    with pytest.raises(ValueError, match="here") as raised:
        made()["one"]()
    shown = "".join(traceback.format_exception(raised.value))
    assert "    return two()\n" in shown
    assert "    raise ValueError('here')\n" in shown


def test_the_lines_outlast_a_check_of_the_cache() -> None:
    names = made()
    filename = names["one"].__code__.co_filename
    linecache.checkcache()
    assert SOURCE.splitlines(keepends=True) == linecache.getlines(filename)


def test_each_source_has_a_name_of_its_own() -> None:
    first, second = made(), made()
    assert first["one"].__code__.co_filename != second["one"].__code__.co_filename


def test_the_source_goes_with_its_functions() -> None:
    before = entries("test")
    for _ in range(50):
        made()
    gc.collect()
    assert not entries("test") - before


def test_the_source_stays_while_one_of_its_functions_lives() -> None:
    two = made()["two"]
    gc.collect()
    assert linecache.getline(two.__code__.co_filename, 5) == " raise ValueError('here')\n"


def test_a_traceback_through_a_scoring_function_shows_its_line() -> None:
    program = program_of(detection("named", equals("display_name", "bank"), verdict="block"))
    score = program.score_event["setup"]
    score.__globals__["outcome"] = fail
    with pytest.raises(BrokenError) as raised:
        score(call(display_name="bank"))
    shown = "".join(traceback.format_exception(raised.value))
    assert "in score\n    result = outcome(mask)\n" in shown


def test_programs_that_are_gone_leave_no_source_behind() -> None:
    gc.collect()
    before = entries("scoring")
    for number in range(5):
        program_of(detection("named", equals("display_name", f"bank {number}")))
    gc.collect()
    assert not entries("scoring") - before

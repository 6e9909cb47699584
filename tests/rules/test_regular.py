"""Expressions compiled by RE2."""

from __future__ import annotations

import pytest
import re2

from callguard.rules.regular import ONE_EXPRESSION_BYTES, compiled, options, searcher


def test_an_expression_that_re2_refuses_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(re2.error, match="missing"):
        compiled("(unclosed")
    assert ("", "") == capfd.readouterr()


def test_a_searcher_that_re2_refuses_says_why_and_writes_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(re2.error, match="missing"):
        searcher("(unclosed")
    assert ("", "") == capfd.readouterr()


def test_a_searcher_has_no_groups() -> None:
    assert 0 == searcher("(a)((b)|c)").NumberOfCapturingGroups()


def test_an_expression_with_a_large_program_gets_more_memory() -> None:
    large = "w.{0,900}z"
    with pytest.raises(re2.error):
        re2.compile(large, options(ONE_EXPRESSION_BYTES // 4))
    assert searcher(large).options().max_mem > 0
    assert searcher(large).ok()

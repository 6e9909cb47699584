"""What the plain evaluation of one predicate leaves to libraries."""

from __future__ import annotations

import pytest
import re2

from callguard.rules.evaluate import compiled


def test_an_expression_that_re2_refuses_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(re2.error, match="missing"):
        compiled("(unclosed")
    assert ("", "") == capfd.readouterr()

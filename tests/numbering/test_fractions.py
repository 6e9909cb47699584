"""When a dot or a comma makes a fraction of a number, and when it separates."""

from __future__ import annotations

import pytest

from callguard.numbering.fractions import has_exponent, has_fraction


@pytest.mark.parametrize(
    "text",
    [
        "13812345678.0",
        "13812345678.00",
        "13812345678.000000",
        "+8613812345678.0",
        "13812345678,0",
        "95588.0",
        "86 13812345678.5",
    ],
)
def test_fractions(text: str) -> None:
    assert has_fraction(text)


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "138.1234.5678",
        "02.161.234.567",
        "01.42.68.53.00",
        "86.13812345678",
        "+861381234.0000",  # nine digits before the dot: the last group of a number
        "110.0",
        "1",
        "",
        ".",
        "13812345678.",
    ],
)
def test_dots_that_separate(text: str) -> None:
    assert not has_fraction(text)


@pytest.mark.parametrize("text", ["1.38E+10", "1,38e10", "138E8", "+1.3812345678e+10", "8.6E12"])
def test_exponents(text: str) -> None:
    assert has_exponent(text)


@pytest.mark.parametrize(
    "text", ["13812345678", "E10", "1E", "138e8f", "1.2.3E4", "1E2", "1.5e-8", ""]
)
def test_what_is_no_exponent(text: str) -> None:
    assert not has_exponent(text)

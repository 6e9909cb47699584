"""Numbers of columns against ``NumberingPlan.classify``, one at a time."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.numbering import NumberingPlan, RangeText
from callguard.takedown.registry.intake.columns import RowError
from callguard.takedown.registry.intake.numbers import Numbers
from callguard.takedown.registry.intake.plain import Checker

# A country, or a country and an operator's ranges.
HOMES = ["CN", "US", "GB", "DE", "IT", "HK", "KZ", "AU", "IN", "BR", "MX", "CN+", "GB+", "IN+"]
RANGES = """\
+8613 15 mobile
+8607 9-14 service
+86106 14 mobile
+440 12 mobile GB
+44755 13 mobile GB
+91400 12-17 toll_free
+13 6-9 fixed US
"""


@cache
def checker(home: str) -> Checker:
    ranges = RangeText("ranges", RANGES) if home.endswith("+") else None
    return Checker(NumberingPlan(home[:2], number_ranges=ranges), ZoneInfo("UTC"))


@cache
def numbers(home: str) -> Numbers:
    return Numbers(checker(home))


def plain(home: str, text: str) -> int | None:
    try:
        return checker(home).number(text)
    except RowError:
        return None


DIGITS = st.text(st.sampled_from("0123456789"), min_size=1, max_size=19)
HEADS = st.sampled_from(
    ["", "", "+", "+86", "86", "0086", "0", "00", "1", "+1", "13", "0755", "400", "106", "+44", "7"]
)
TEXTS = st.tuples(HEADS, DIGITS).map("".join)


def test_fractions_and_exponents_are_refused() -> None:
    column = pa.array(["13812345678.0", "1.38E+10", "13812345678,00", "138.1234.5678"])
    odd = np.zeros(len(column), np.bool_)
    found = numbers("CN").read(column, odd)
    assert [True, True, True, False] == odd.tolist()
    assert found[3] == 8613812345678


@given(
    home=st.sampled_from(HOMES),
    texts=st.lists(st.none() | TEXTS | st.text(max_size=5), max_size=20),
)
def test_texts(home: str, texts: list[str | None]) -> None:
    odd = np.zeros(len(texts), np.bool_)
    found = numbers(home).read(pa.array(texts, pa.string()), odd)
    expected = [plain(home, text or "") for text in texts]
    assert expected == [
        None if left else value for value, left in zip(found.tolist(), odd, strict=True)
    ]


@given(
    home=st.sampled_from(HOMES),
    values=st.lists(st.none() | st.integers(0, (1 << 63) - 1) | DIGITS.map(int), max_size=20),
    kind=st.sampled_from([pa.int64(), pa.uint64()]),
)
def test_integers(home: str, values: list[int | None], kind: pa.DataType) -> None:
    values = [None if value is None else value % (1 << 63) for value in values]
    odd = np.zeros(len(values), np.bool_)
    found = numbers(home).read(pa.array(values, kind), odd)
    expected = [plain(home, "" if value is None else str(value)) for value in values]
    assert expected == [
        None if left else value for value, left in zip(found.tolist(), odd, strict=True)
    ]


def test_what_a_line_is() -> None:
    cases = {
        "13800138000": 8613800138000,
        "+86 138-0013-8000": 8613800138000,
        "０１０－１２３４５６７８": 861012345678,
        "4001234567": 864001234567,
        "16412345678": 8616412345678,  # not allocated: a feed may know better than the table
        "+12025550123": 12025550123,
        "110": None,
        "911": None,
        "0000000000": None,
        "833": None,
        "unknown": None,
        "110101199003071231": None,  # an identity number in the wrong column
        "110101900307123": None,
    }
    assert cases == {text: plain("CN", text) for text in cases}


def test_ordinary_numbers_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["13800138000", "8613800138000", "+8613800138000", "075512345678", "4001234567"]
    texts += ["+8675512345678", "1064912345678", "16712345678"]
    own = Numbers(checker("CN"))
    monkeypatch.setattr(own, "_number", lambda text: pytest.fail(f"{text} is ordinary"))
    odd = np.zeros(len(texts), np.bool_)
    expected = [plain("CN", text) for text in texts]
    assert expected == own.read(pa.array(texts), odd).tolist()
    assert not odd.any()

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records.values import parse_time


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0.0),
        (1_700_000_000, 1_700_000_000.0),
        (1_700_000_000.25, 1_700_000_000.25),
        ("1970-01-01T00:00:00Z", 0.0),
        ("2023-11-14T22:13:20Z", 1_700_000_000.0),
        ("2023-11-15T06:13:20+08:00", 1_700_000_000.0),
        ("2023-11-14t22:13:20.5z", 1_700_000_000.5),
        ("2023-11-14 22:13:20.1234567890Z", 1_700_000_000.123456),
        ("2016-12-31T23:59:60Z", 1_483_228_800.0),
        (253_402_300_799, 253_402_300_799.0),
    ],
)
def test_times(value: object, seconds: float) -> None:
    actual = parse_time(value)
    assert (seconds, float) == (actual, type(actual))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "",
        "1700000000",
        -1,
        -0.5,
        math.nan,
        math.inf,
        -math.inf,
        10**400,
        1_700_000_000_000,
        "2023-11-14T22:13:20",
        "2023-11-14",
        "20231114T221320Z",
        "2023-11-14T22:13Z",
        "2023-13-14T22:13:20Z",
        "2023-02-29T22:13:20Z",
        "2023-11-14T24:00:00Z",
        "2023-11-14T22:13:20+25:00",
        "2023-11-14T22:13:20+0800",
        "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:60Z",
        "２０２３-11-14T22:13:20Z",
        "2023-11-14T22:13:20Z\n",
        "2023-11-14T22:13:20." + "0" * 5000 + "Z",
        b"2023-11-14T22:13:20Z",
    ],
)
def test_what_is_no_time(value: object) -> None:
    assert parse_time(value) is None


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30)),  # noqa: DTZ001 - zone comes next
    st.integers(-23 * 60, 23 * 60),
)
def test_times_agree_with_the_standard_library(moment: datetime, minutes: int) -> None:
    moment = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment.astimezone(UTC).timestamp() == parse_time(moment.isoformat())


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(parse_time(text), (float, type(None)))

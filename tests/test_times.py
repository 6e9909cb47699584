from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RegistryError
from callguard.times import (
    day_of,
    format_time,
    format_utc,
    open_zone,
    parse_event_time,
    parse_time,
    start_of_day,
)

# Since 1992 none of these has changed its clocks at midnight.
ZONES = ("UTC", "Asia/Shanghai", "Asia/Kathmandu", "America/New_York")


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
    actual = parse_event_time(value)
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
    assert parse_event_time(value) is None


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30)),  # noqa: DTZ001 - zone comes next
    st.integers(-23 * 60, 23 * 60),
)
def test_times_agree_with_the_standard_library(moment: datetime, minutes: int) -> None:
    moment = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment.astimezone(UTC).timestamp() == parse_event_time(moment.isoformat())


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(parse_event_time(text), (float, type(None)))


@pytest.mark.parametrize(
    ("text", "zone", "seconds"),
    [
        ("2026-11-24", "UTC", 1_795_478_400),
        ("2026-11-24", "Asia/Shanghai", 1_795_449_600),
        (" 2026-11-24T09:30:00+08:00 ", "UTC", 1_795_483_800),
        ("2026-11-24T01:30:00.999Z", "Asia/Shanghai", 1_795_483_800),
        ("1969-12-31T23:59:59.5", "UTC", -1),
        ("1900-01-01", "UTC", -2_208_988_800),
        ("9998-12-31T23:59:59", "UTC", 253_370_764_799),
        # Clocks go forward over 02:30, and later back over it: the earlier offset each time.
        ("2026-03-29T02:30:00", "Europe/Berlin", 1_774_747_800),
        ("2026-10-25T02:30:00", "Europe/Berlin", 1_792_888_200),
    ],
)
def test_times_of_a_zone(text: str, zone: str, seconds: int) -> None:
    assert seconds == parse_time(text, open_zone(zone))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("yesterday", "is no ISO 8601 date or time"),
        ("13800138000", "is no ISO 8601 date or time"),
        ("1899-12-31", "is outside the years 1900 to 9998"),
        ("9999-01-01", "is outside the years 1900 to 9998"),
    ],
)
def test_what_is_no_time_of_a_zone(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refusal:
        parse_time(text, open_zone("UTC"))
    assert text not in str(refusal.value)


@given(st.integers(-2_000_000_000, 200_000_000_000), st.sampled_from(ZONES))
def test_what_was_written_is_read_again(at: int, zone: str) -> None:
    assert at == parse_time(format_time(at, open_zone(zone)), open_zone("UTC"))
    assert at == parse_time(format_utc(at), open_zone(zone))


@given(st.integers(8_036, 2_000_000), st.sampled_from(ZONES))
def test_a_day_begins_with_its_first_second(day: int, zone: str) -> None:
    start = start_of_day(day, open_zone(zone))
    assert (day - 1, day) == (day_of(start - 1, open_zone(zone)), day_of(start, open_zone(zone)))


def test_no_zone_of_that_name() -> None:
    for name in ("Asia/Bejing", "", "../UTC", "/etc/passwd"):
        with pytest.raises(RegistryError, match="is not a known time zone; give an IANA name"):
            open_zone(name, RegistryError)

"""Times of columns against ``times.parse_time`` and ``times.day_of``, one at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from callguard.takedown.registry.intake.moments import Clock
from callguard.takedown.registry.intake.raw import as_texts
from callguard.times import day_of, parse_time

# Summer time in Shanghai until 1991, offsets in seconds before 1901; half hours; a day that was
# left out (Apia, 2011); midnights that do not exist (Beirut); 45 minutes.
ZONES = ["UTC", "Asia/Shanghai", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "Asia/Beirut"]
ZONES += ["Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu"]


def moments(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Times of no zone, from the start of one year to the end of another."""
    low, high = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 12, 31, tzinfo=UTC)
    return st.datetimes(low.replace(tzinfo=None), high.replace(tzinfo=None))


MOMENTS = moments(1890, 9999) | moments(1985, 2030)
OFFSETS = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda m: timezone(timedelta(minutes=m)))


@st.composite
def _texts(draw: st.DrawFn) -> str:
    moment = draw(MOMENTS).replace(microsecond=0)
    form = draw(st.sampled_from(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "iso"]))
    if form == "iso":
        text = moment.replace(tzinfo=draw(OFFSETS)).isoformat()
    else:
        text = moment.strftime(form) + draw(st.sampled_from(["", "Z", "+08:00", ".5"]))
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(text) - 1))
        sign = draw(st.sampled_from("0123456789-:+TZ /x９"))
        text = text[:place] + sign + text[place + 1 :]
    return text


@given(st.sampled_from(ZONES), st.lists(st.none() | _texts(), max_size=30))
def test_texts(zone: str, texts: list[str | None]) -> None:
    clock = Clock(ZoneInfo(zone))
    seconds, odd = clock.read(pa.array(texts, pa.string()))
    days = clock.days(np.where(odd, 0, seconds))
    for text, found, day, left in zip(texts, seconds.tolist(), days.tolist(), odd, strict=True):
        if not left:
            assert text is not None
            expected = parse_time(text, clock.zone)
            assert (expected, day_of(expected, clock.zone)) == (found, day), text


def test_common_forms_are_not_left_over() -> None:
    texts = ["2026-11-24", "2026-11-24T09:30:00", "2026-11-24 09:30:00", "2024-02-29T09:30:00Z"]
    texts += ["2026-11-24T09:30:00+08:00", "1900-01-01", "9998-12-31T23:59:59-23:59"]
    _, odd = Clock(ZoneInfo("Asia/Kolkata")).read(pa.array(texts))
    assert [False] * len(texts) == odd.tolist()


def test_impossible_times_are_left_over() -> None:
    texts = ["2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "1899-12-31", "9999-01-01"]
    texts += ["2026-01-01T24:00:00", "2026-01-01T23:60:00", "2026-01-01T23:59:60", "20260101T0"]
    texts += ["2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+08:60", "٢٠٢٦-٠١-٠١", ""]
    _, odd = Clock(ZoneInfo("UTC")).read(pa.array(texts))
    assert [True] * len(texts) == odd.tolist()


@given(
    zone=st.sampled_from(ZONES),
    unit=st.sampled_from(["s", "ms", "us", "ns"]),
    tz=st.sampled_from([None, "UTC", "Asia/Shanghai", "+02:00"]),
    drawn=st.lists(st.none() | moments(1700, 2260), max_size=8),
)
def test_timestamps_are_read_as_their_texts(
    zone: str, unit: str, tz: str | None, drawn: list[datetime | None]
) -> None:
    clock = Clock(ZoneInfo(zone))
    column = pa.array(drawn, pa.timestamp("us")).cast(pa.timestamp(unit), safe=False)
    column = column.cast(pa.int64()).cast(pa.timestamp(unit, tz))
    seconds, odd = clock.read(column)
    for text, found, left in zip(as_texts(column).to_pylist(), seconds.tolist(), odd, strict=True):
        if not left:
            assert parse_time(text, clock.zone) == found, text


@given(
    days=st.lists(st.none() | st.dates(date(1890, 1, 1), date(9999, 12, 31)), max_size=8),
    kind=st.sampled_from([pa.date32(), pa.date64()]),
    zone=st.sampled_from(ZONES),
)
def test_dates_are_read_as_their_texts(
    days: list[date | None], kind: pa.DataType, zone: str
) -> None:
    clock = Clock(ZoneInfo(zone))
    column = pa.array(days, kind)
    seconds, odd = clock.read(column)
    for text, found, left in zip(as_texts(column).to_pylist(), seconds.tolist(), odd, strict=True):
        if not left:
            assert parse_time(text, clock.zone) == found, text


def test_days_around_midnight_and_across_changes_of_the_clock() -> None:
    for zone in ZONES:
        clock = Clock(ZoneInfo(zone))
        at = np.arange(1_300_000_000, 1_300_000_000 + 400 * 86_400, 21_599, dtype=np.int64)
        expected = [day_of(moment, clock.zone) for moment in at.tolist()]
        assert expected == clock.days(at).tolist()

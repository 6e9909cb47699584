"""Times of whole columns at once: texts of the common forms into seconds, seconds into days.

All others are left to ``times.parse_time``, with which these agree.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from callguard.takedown.registry.intake.texts import matrix
from callguard.times import DAY_S, FIRST_YEAR, LAST_YEAR, day_of

Seconds = NDArray[np.int64]
Flags = NDArray[np.bool_]

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  the start of local days of any zone
# Midnights of the first and after the last year: nothing outside is a time of a feed.
_FIRST: Final = int((datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)).timestamp())
_END: Final = int((datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)).timestamp())
# A day counts as regular if the zone's offset is the same at all of these seconds of it.
_PROBES: Final = (0, 21_600, 43_200, 64_800)
# 2026-11-24, 2026-11-24T09:30:00, the same with Z, and with +08:00.
_LENGTHS: Final = (10, 19, 20, 25)


class Clock:
    """One time zone for whole columns. Offsets of days are looked up once."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._local: dict[int, int | None] = {}
        self._universal: dict[int, int | None] = {}

    def read(self, column: pa.Array) -> tuple[Seconds, Flags]:
        """Seconds since 1970 of a column of texts or timestamps, and which rows are left over.

        Left over is every row that is null or that is not of a common form.
        """
        if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
            return self._typed(column)
        seconds: Seconds = np.zeros(len(column), np.int64)
        local: Flags = np.zeros(len(column), np.bool_)
        odd: Flags = np.ones(len(column), np.bool_)
        for length in _LENGTHS:
            rows, signs = matrix(column, length)
            if len(rows):
                value, good = _parsed(signs)
                seconds[rows], odd[rows], local[rows] = value, ~good, length <= 19
        return self._universal_of(seconds, local, odd), odd

    def days(self, at: Seconds) -> NDArray[np.int32]:
        """Days since 1970-01-01 in the zone, as ``times.day_of`` has them."""
        offsets, odd = self._offsets(at, self._universal, self._universal_offset)
        days = ((at + offsets) // DAY_S).astype(np.int32)
        for row in np.flatnonzero(odd):
            days[row] = day_of(int(at[row]), self.zone)
        return days

    def _typed(self, column: pa.Array) -> tuple[Seconds, Flags]:
        odd = np.asarray(column.is_null().to_numpy(zero_copy_only=False))
        seconds = floor_seconds(column).fill_null(0).to_numpy(zero_copy_only=False)
        odd |= (seconds < _FIRST) | (seconds >= _END)
        seconds = np.where(odd, 0, seconds)
        local = np.full(len(column), getattr(column.type, "tz", None) is None)
        return self._universal_of(seconds, local, odd), odd

    def _universal_of(self, seconds: Seconds, local: Flags, odd: Flags) -> Seconds:
        """Seconds since 1970 UTC, where ``local`` says that they are of the zone."""
        rows = np.flatnonzero(local & ~odd)
        if len(rows):
            offsets, irregular = self._offsets(seconds[rows], self._local, self._local_offset)
            seconds[rows] -= offsets
            odd[rows] = irregular
        return seconds

    def _offsets(
        self,
        seconds: Seconds,
        known: dict[int, int | None],
        offset_of: Callable[[int], int],
    ) -> tuple[Seconds, Flags]:
        """The zone's offset at each of these seconds, and where its day has more than one."""
        if not len(seconds):
            return seconds, np.zeros(0, np.bool_)
        days = seconds // DAY_S
        first = int(days.min())
        there = np.zeros(int(days.max()) - first + 1, np.bool_)
        there[days - first] = True
        offsets = np.zeros(len(there), np.int64)
        odd = np.zeros(len(there), np.bool_)
        for place in np.flatnonzero(there):
            day = first + int(place)
            if day not in known:
                probes = {offset_of(day * DAY_S + probe) for probe in (*_PROBES, DAY_S)}
                known[day] = probes.pop() if len(probes) == 1 else None
            offset = known[day]
            offsets[place], odd[place] = offset or 0, offset is None
        positions = days - first
        return offsets[positions], odd[positions]

    def _local_offset(self, second: int) -> int:
        moment = (_EPOCH + timedelta(seconds=second)).replace(tzinfo=self.zone)
        return _seconds(moment.utcoffset())

    def _universal_offset(self, second: int) -> int:
        moment = (_EPOCH + timedelta(seconds=second)).replace(tzinfo=UTC)
        return _seconds(moment.astimezone(self.zone).utcoffset())


def floor_seconds(column: pa.Array) -> pa.Array:
    """Whole seconds since 1970-01-01 of a date or timestamp column, as written in it."""
    kind = column.type
    if pa.types.is_date64(kind):
        column, kind = column.cast(pa.date32()), pa.date32()
    if pa.types.is_date32(kind):
        return pc.multiply(column.cast(pa.int32()).cast(pa.int64()), DAY_S)
    parts = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[kind.unit]
    counts = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False))
    return pa.array(counts // parts, mask=missing)


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else int(offset.total_seconds())


def _parsed(signs: NDArray[np.uint8]) -> tuple[Seconds, Flags]:
    """Seconds of texts of one length, as if all were UTC unless they hold an offset."""
    length = signs.shape[1]
    good = (signs[:, 4] == ord("-")) & (signs[:, 7] == ord("-"))
    year, good = _number(signs, (0, 1, 2, 3), good)
    month, good = _number(signs, (5, 6), good)
    day, good = _number(signs, (8, 9), good)
    good &= (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    months: NDArray[Any] = np.where(good, (year - 1970) * 12 + month - 1, 0)
    firsts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    nexts = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    good &= day <= nexts - firsts
    seconds: Seconds = (firsts + day - 1) * DAY_S
    if length == 10:
        return seconds, good
    good &= ((signs[:, 10] == ord("T")) | (signs[:, 10] == ord(" "))) & (signs[:, 13] == ord(":"))
    good &= signs[:, 16] == ord(":")
    hour, good = _number(signs, (11, 12), good)
    minute, good = _number(signs, (14, 15), good)
    second, good = _number(signs, (17, 18), good)
    good &= (hour <= 23) & (minute <= 59) & (second <= 59)
    seconds += hour * 3600 + minute * 60 + second
    if length == 20:
        good &= signs[:, 19] == ord("Z")
    elif length == 25:
        ahead = signs[:, 19] == ord("+")
        good &= (ahead | (signs[:, 19] == ord("-"))) & (signs[:, 22] == ord(":"))
        hour, good = _number(signs, (20, 21), good)
        minute, good = _number(signs, (23, 24), good)
        good &= (hour <= 23) & (minute <= 59)
        seconds -= np.where(ahead, 1, -1) * (hour * 3600 + minute * 60)
    return seconds, good


def _number(
    signs: NDArray[np.uint8], positions: tuple[int, ...], good: Flags
) -> tuple[Seconds, Flags]:
    number: Seconds = np.zeros(len(signs), np.int64)
    for place in positions:
        digit = signs[:, place] - np.uint8(48)
        good = good & (digit <= 9)
        number = number * 10 + digit
    return number, good

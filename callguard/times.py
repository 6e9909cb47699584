"""Reading and writing times: seconds since 1970 UTC, RFC 3339, days of a time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from callguard.errors import CallguardError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAY_S: Final = 86_400
# The last second of the year 9999. Milliseconds mistaken for seconds are far beyond it.
LATEST_AT: Final = 253_402_300_799.0
# A time of a feed or a report is of these years. 9999 in any zone would be beyond Python's reach.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 9998

_EPOCH: Final = date(1970, 1, 1).toordinal()
_RFC3339: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_LONGEST: Final = 60


def parse_event_time(value: object) -> float | None:
    """Seconds since 1970 UTC of a number of seconds or an RFC 3339 time with offset.

    None if the value is neither, is not finite, or is outside the years 1970 to 9999.
    A leap second (``:60``, RFC 3339 section 5.6) is the second that follows ``:59``.
    """
    if isinstance(value, str):
        return _parse_rfc3339(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value <= LATEST_AT else None


def _parse_rfc3339(text: str) -> float | None:
    if len(text) > _LONGEST:
        return None
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    day, hour_minute, second, fraction, offset = match.groups()
    leap = second == "60"
    clock = f"{hour_minute}:{'59' if leap else second}"
    # Python 3.11 reads at most six decimals and only the capital Z.
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{(fraction or '')[:7]}{offset.upper()}")
        seconds = (moment + timedelta(seconds=leap)).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds <= LATEST_AT else None


def open_zone(name: str, error: type[CallguardError] = CallguardError) -> ZoneInfo:
    """The time zone of that IANA name. Raises ``error`` if there is none."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise error(
            f"{name!r} is not a known time zone; give an IANA name such as Asia/Shanghai or UTC"
        ) from None


def parse_time(text: str, zone: ZoneInfo) -> int:
    """Seconds since 1970 UTC of an ISO 8601 date or time; without an offset it is of ``zone``.

    A date alone is its first second. Fractions of a second are cut off. A time that ``zone`` skips
    or has twice when clocks change is read as the earlier offset says (fold 0). Raises ValueError,
    whose message does not repeat the text.
    """
    stripped = text.strip()
    try:
        moment = datetime.fromisoformat(stripped)
    except ValueError:
        raise ValueError(
            "is no ISO 8601 date or time; write 2026-11-24 or 2026-11-24T09:30:00+08:00"
        ) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return int(moment.timestamp() // 1)


def day_of(at: int, zone: ZoneInfo) -> int:
    """Days from 1970-01-01 to the day on which ``at`` (seconds since 1970) falls in ``zone``."""
    return datetime.fromtimestamp(at, zone).toordinal() - _EPOCH


def start_of_day(day: int, zone: ZoneInfo) -> int:
    """The first second of a day that is counted from 1970-01-01."""
    return int(
        datetime.combine(date.fromordinal(day + _EPOCH), time(), tzinfo=zone).timestamp() // 1
    )


def format_time(at: int, zone: ZoneInfo) -> str:
    """RFC 3339 with the zone's offset, whole seconds."""
    return datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")


def format_utc(at: int) -> str:
    """RFC 3339 in UTC, whole seconds, with ``Z``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

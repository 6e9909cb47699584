"""Times as feeds and reports write them, into seconds since 1970 and days of a time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from callguard.errors import TakedownError

_EPOCH: Final = date(1970, 1, 1).toordinal()
_LAST_YEAR: Final = 9998


def open_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises TakedownError if there is none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise TakedownError(
            f"{name!r} is no time zone here; give an IANA name such as Asia/Shanghai or UTC"
        ) from None


def parse_time(text: str, zone: ZoneInfo) -> int:
    """Seconds since 1970 UTC of an ISO 8601 date or time; without an offset it is of ``zone``.

    A date alone is its first second. Fractions of a second are cut off. A time that ``zone`` skips
    or has twice when clocks change is read as the earlier offset says (fold 0). Raises ValueError,
    whose message does not repeat the text.
    """
    stripped = text.strip()
    try:
        found = datetime.fromisoformat(stripped)
    except ValueError:
        raise ValueError(
            "is no ISO 8601 date or time; write 2026-11-24 or 2026-11-24T09:30:00+08:00"
        ) from None
    if not 1900 <= found.year <= _LAST_YEAR:
        raise ValueError(f"lies outside the years 1900 to {_LAST_YEAR}")
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    return int(found.timestamp() // 1)


def day_of(at: int, zone: ZoneInfo) -> int:
    """Days from 1970-01-01 to the day on which ``at`` (seconds since 1970) falls in ``zone``."""
    return datetime.fromtimestamp(at, zone).toordinal() - _EPOCH


def format_time(at: int, zone: ZoneInfo) -> str:
    """RFC 3339 with the zone's offset, whole seconds."""
    return datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")


def format_utc(at: int) -> str:
    """RFC 3339 in UTC, whole seconds, with ``Z``."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def start_of_day(day: int, zone: ZoneInfo) -> int:
    """The first second of a day that is counted from 1970-01-01."""
    return int(
        datetime.combine(date.fromordinal(day + _EPOCH), time(), tzinfo=zone).timestamp() // 1
    )

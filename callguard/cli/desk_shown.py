"""What a look-up of one number found, for a person at a desk and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from callguard.cli import terminal
from callguard.cli.takedown_options import counted
from callguard.cli.timeline import LEGEND, Timeline

if TYPE_CHECKING:
    from callguard.takedown.planning.desk import Found, Row

_WIDTH = 48
_MOST = 40


def tell(found: Found) -> None:
    """The registration, the order that would be, the owner's other numbers with a time line."""
    number, own = f"+{found.number}", found.own
    if own is None:
        terminal.say(f"{number} at {_time(found, found.at)}: {_why(found)}")
    else:
        shown = _described(found, own)
        terminal.table(
            (number, f"at {_time(found, found.at)}"),
            [
                (name, shown[key] or "-")
                for name, key in (
                    ("owner", "owner_id"),
                    ("kind", "owner_kind"),
                    ("service", "service"),
                    ("carrier", "carrier"),
                    ("agent", "agent"),
                    ("registered", "registered_at"),
                    ("activated", "activated_at"),
                    ("closed", "closed_at"),
                )
            ],
        )
    if [row for row in found.history if row is not own]:
        _tell_history(found)
    terminal.say("")
    _tell_order(found)
    if own is not None:
        _tell_others(found, own)


def _tell_history(found: Found) -> None:
    terminal.say("")
    terminal.table(
        (f"who had +{found.number}", "kind", "registered", "closed", "carrier"),
        [
            (
                shown["owner_id"],
                shown["owner_kind"],
                _day(found, row["registered_at"]),
                _day_closed(found, row),
                shown["carrier"],
            )
            for row in found.history
            for shown in [_described(found, row)]
        ],
    )


def _tell_order(found: Found) -> None:
    number = f"+{found.number}"
    along = sum(order["tier"] == "expanded" for order in found.outcome.orders)
    others = f", and have {counted(along, 'other number')} verified again" if along else ""
    if along < len(found.outcome.orders):
        terminal.say(f"A plan would stop {number}{others}.")
    else:
        terminal.say(f"A plan would not stop {number} ({_why(found)}){others}.")
    for hit in found.outcome.summary["review"]:
        terminal.say(
            f"More than the cap: {hit['count']:,} candidates for one {hit['cap']}, where "
            f"{hit['limit']:,} may go unseen."
        )


def _tell_others(found: Found, own: Row) -> None:
    from callguard.takedown.planning.desk import apart

    nearest = sorted(enumerate(found.others), key=lambda pair: (apart(pair[1], own), pair[0]))
    shown = [row for _, row in sorted(nearest[:_MOST], key=lambda pair: pair[0])]
    rows = [own, *shown]
    terminal.say("")
    terminal.table(
        ("number", "registered", "activated", "closed", "apart", "outcome"),
        [
            (
                f"+{row['number']}",
                _day(found, row["registered_at"]),
                _day(found, row["activated_at"]),
                _day_closed(found, row),
                str(apart(row, own)),
                act or str(reason),
            )
            for row in rows
            for act, reason in [found.fate(row)]
        ],
    )
    terminal.say("")
    _tell_lines(found, own, rows)
    for reason, detail in _details(found).items():
        terminal.note(f"{reason}: {detail}")
    if len(shown) < len(found.others):
        terminal.note(f"and {len(found.others) - len(shown):,} more; --json has them all")


def _tell_lines(found: Found, own: Row, rows: Sequence[Row]) -> None:
    start = min(row["registered_at"] for row in rows)
    end = max(found.setting.now_at, found.at + 1)
    lines = Timeline(start, end, found.window(own), _WIDTH)
    terminal.table(
        ("number", "service", f"{_day(found, start)} to {_day(found, end)}"),
        [
            ("", "", lines.axis(found.at)),
            *(
                (
                    f"+{row['number']}",
                    _described(found, row)["service"],
                    lines.line(row["registered_at"], row["ends_at"]),
                )
                for row in rows
            ),
        ],
    )
    days = found.setting.window_days
    terminal.note(f"{LEGEND} ({days} days before and after it was registered)")


def _details(found: Found) -> dict[str, str]:
    """What the reasons mean that stand in the table."""
    own = f"+{found.number}"
    said = {
        line["reason"]: line["detail"] for line in found.outcome.exclusions if line["number"] != own
    }
    words = {found.fate(row)[1] for row in found.others}
    return {reason: said[reason] for reason in said if reason in words}


def as_json(found: Found) -> dict[str, Any]:
    """All of it, as one JSON document."""
    from callguard.takedown.planning.desk import apart

    own, others = found.own, []
    for row in found.others:
        act, reason = found.fate(row)
        near = None if own is None else apart(row, own)
        others.append({**_described(found, row), "days_apart": near, "act": act, "reason": reason})
    return {
        "number": f"+{found.number}",
        "at": _time(found, found.at),
        "now": _time(found, found.setting.now_at),
        "window_days": found.setting.window_days,
        "registration": None if own is None else _described(found, own),
        "why": None if own is not None else _why(found),
        "history": [_described(found, row) for row in found.history],
        "others": others,
        "orders": list(found.outcome.orders),
        "exclusions": list(found.outcome.exclusions),
        "review": list(found.outcome.summary["review"]),
    }


def _described(found: Found, row: Row) -> dict[str, Any]:
    from callguard.takedown.model import OWNER_KINDS, SERVICES, owner_label
    from callguard.takedown.planning.desk import closed_at

    activated, closed = row["activated_at"], closed_at(row)
    return {
        "number": f"+{row['number']}",
        "owner_id": owner_label(row["owner_hi"], row["owner_lo"], row["owner_id"]),
        "owner_kind": OWNER_KINDS[row["owner_kind"]],
        "service": SERVICES[row["service"]],
        "carrier": row["carrier"],
        "agent": row["agent"],
        "registered_at": _time(found, row["registered_at"]),
        "activated_at": None if activated is None else _time(found, activated),
        "closed_at": None if closed is None else _time(found, closed),
    }


def _why(found: Found) -> str:
    number = f"+{found.number}"
    return "; ".join(
        line["detail"] for line in found.outcome.exclusions if line["number"] == number
    )


def _time(found: Found, at: int) -> str:
    from callguard.times import format_time

    return format_time(at, found.zone)


def _day(found: Found, at: int | None) -> str:
    return "-" if at is None else _time(found, at)[:10]


def _day_closed(found: Found, row: Row) -> str:
    from callguard.takedown.planning.desk import closed_at

    return "open" if closed_at(row) is None else _day(found, closed_at(row))

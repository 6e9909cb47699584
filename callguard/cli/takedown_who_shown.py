"""What a look-up of one number result, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from callguard.cli import terminal
from callguard.cli.takedown_options import counted
from callguard.cli.takedown_timeline import LEGEND, Timeline

if TYPE_CHECKING:
    from callguard.takedown import LookupResult, Row

_WIDTH = 48
_MOST = 40


def show(result: LookupResult) -> None:
    """The registration, the order that would be, the owner's other numbers with a time line."""
    number, own = f"+{result.number}", result.own
    if own is None:
        terminal.say(f"{number} at {_time(result, result.at)}: {_why(result)}")
    else:
        shown = _described(result, own)
        terminal.table(
            (number, f"at {_time(result, result.at)}"),
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
    if [row for row in result.history if row is not own]:
        _show_history(result)
    terminal.say("")
    _show_order(result)
    if own is not None:
        _show_others(result, own)


def _show_history(result: LookupResult) -> None:
    terminal.say("")
    terminal.table(
        (f"who had +{result.number}", "kind", "registered", "closed", "carrier"),
        [
            (
                shown["owner_id"],
                shown["owner_kind"],
                _day(result, row["registered_at"]),
                _day_closed(result, row),
                shown["carrier"],
            )
            for row in result.history
            for shown in [_described(result, row)]
        ],
    )


def _show_order(result: LookupResult) -> None:
    number = f"+{result.number}"
    along = sum(order["tier"] == "expanded" for order in result.outcome.orders)
    others = f", and have {counted(along, 'other number')} verified again" if along else ""
    if along < len(result.outcome.orders):
        terminal.say(f"A plan would stop {number}{others}.")
    else:
        terminal.say(f"A plan would not stop {number} ({_why(result)}){others}.")
    for hit in result.outcome.summary["review"]:
        terminal.say(
            f"More than the cap: {hit['count']:,} candidates for one {hit['cap']}; "
            f"the cap is {hit['limit']:,}."
        )


def _show_others(result: LookupResult, own: Row) -> None:
    from callguard.takedown import apart

    nearest = sorted(enumerate(result.others), key=lambda pair: (apart(pair[1], own), pair[0]))
    shown = [row for _, row in sorted(nearest[:_MOST], key=lambda pair: pair[0])]
    rows = [own, *shown]
    terminal.say("")
    terminal.table(
        ("number", "registered", "activated", "closed", "apart", "outcome"),
        [
            (
                f"+{row['number']}",
                _day(result, row["registered_at"]),
                _day(result, row["activated_at"]),
                _day_closed(result, row),
                str(apart(row, own)),
                act or str(reason),
            )
            for row in rows
            for act, reason in [result.fate(row)]
        ],
    )
    terminal.say("")
    _show_lines(result, own, rows)
    for reason, detail in _details(result).items():
        terminal.note(f"{reason}: {detail}")
    if len(shown) < len(result.others):
        terminal.note(f"and {len(result.others) - len(shown):,} more; --json has them all")


def _show_lines(result: LookupResult, own: Row, rows: Sequence[Row]) -> None:
    start = min(row["registered_at"] for row in rows)
    end = max(result.setting.now_at, result.at + 1)
    lines = Timeline(start, end, result.window(own), _WIDTH)
    terminal.table(
        ("number", "service", f"{_day(result, start)} to {_day(result, end)}"),
        [
            ("", "", lines.axis(result.at)),
            *(
                (
                    f"+{row['number']}",
                    _described(result, row)["service"],
                    lines.line(row["registered_at"], row["ends_at"]),
                )
                for row in rows
            ),
        ],
    )
    days = result.setting.window_days
    terminal.note(f"{LEGEND} ({days} days before and after it was registered)")


def _details(result: LookupResult) -> dict[str, str]:
    """What the reasons in the table mean."""
    own = f"+{result.number}"
    said = {
        line["reason"]: line["detail"]
        for line in result.outcome.exclusions
        if line["number"] != own
    }
    words = {result.fate(row)[1] for row in result.others}
    return {reason: said[reason] for reason in said if reason in words}


def as_json(result: LookupResult) -> dict[str, Any]:
    """All of it, as one JSON document."""
    from callguard.takedown import apart

    own, others = result.own, []
    for row in result.others:
        act, reason = result.fate(row)
        near = None if own is None else apart(row, own)
        others.append({**_described(result, row), "days_apart": near, "act": act, "reason": reason})
    return {
        "number": f"+{result.number}",
        "at": _time(result, result.at),
        "now": _time(result, result.setting.now_at),
        "window_days": result.setting.window_days,
        "registration": None if own is None else _described(result, own),
        "why": None if own is not None else _why(result),
        "history": [_described(result, row) for row in result.history],
        "others": others,
        "orders": list(result.outcome.orders),
        "exclusions": list(result.outcome.exclusions),
        "review": list(result.outcome.summary["review"]),
    }


def _described(result: LookupResult, row: Row) -> dict[str, Any]:
    from callguard.takedown import OWNER_KINDS, SERVICES, closed_at, owner_label

    activated, closed = row["activated_at"], closed_at(row)
    return {
        "number": f"+{row['number']}",
        "owner_id": owner_label(row["owner_hi"], row["owner_lo"], row["owner_id"]),
        "owner_kind": OWNER_KINDS[row["owner_kind"]],
        "service": SERVICES[row["service"]],
        "carrier": row["carrier"],
        "agent": row["agent"],
        "registered_at": _time(result, row["registered_at"]),
        "activated_at": None if activated is None else _time(result, activated),
        "closed_at": None if closed is None else _time(result, closed),
    }


def _why(result: LookupResult) -> str:
    number = f"+{result.number}"
    return "; ".join(
        line["detail"] for line in result.outcome.exclusions if line["number"] == number
    )


def _time(result: LookupResult, at: int) -> str:
    from callguard.times import format_time

    return format_time(at, result.zone)


def _day(result: LookupResult, at: int | None) -> str:
    return "-" if at is None else _time(result, at)[:10]


def _day_closed(result: LookupResult, row: Row) -> str:
    from callguard.takedown import closed_at

    return "open" if closed_at(row) is None else _day(result, closed_at(row))

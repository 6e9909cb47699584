"""A registry as plain lists: segments applied one by one, every answer by looking at every row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from tests.made.registries import Row, contested

Pair = tuple[int, int]


def identity(one: Row) -> tuple[int, int, int, int, str]:
    return (
        one["number"],
        one["registered_at"],
        one["owner_hi"],
        one["owner_lo"],
        one["carrier"],
    )


def owner(one: Row) -> tuple[int, int]:
    return one["owner_hi"], one["owner_lo"]


def current(*feeds: Sequence[Row]) -> list[Row]:
    """What is current after these feeds, by number, registered_at, owner and carrier."""
    found: dict[tuple[int, int, int, int, str], Row] = {}
    for feed in feeds:
        for one in feed:
            found[identity(one)] = one
    rows = [found[key] for key in sorted(found)]
    groups = groupby(rows, key=lambda one: one["number"])
    return [one for _, group in groups for one in contested(list(group))]


def touched(rows: Sequence[Row], pairs: Iterable[Pair]) -> list[Row]:
    """What ``Registry.touched`` shall give, from what is current."""
    asked = list(pairs)
    owners = {
        owner(one)
        for one in rows
        for number, at in asked
        if one["number"] == number
        and one["registered_at"] <= at
        and (one["closed_at"] is None or at < one["closed_at"])
    }
    numbers = {number for number, _ in asked}
    return [one for one in rows if one["number"] in numbers or owner(one) in owners]

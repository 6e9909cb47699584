"""Rules put together of their parts, with all that does not matter filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from callguard.rules.model import (
    Consequence,
    Correlation,
    Counting,
    Detection,
    Examples,
    Header,
    Location,
    Rule,
)
from callguard.rules.predicates import Clause

LOCATION = Location("rules.yaml", 1, 1)
PARTS = {
    name: {field.name for field in fields(kind)}
    for name, kind in {
        "header": Header,
        "consequence": Consequence,
        "detection": Detection,
        "counting": Counting,
        "examples": Examples,
    }.items()
}
R = TypeVar("R", bound=Rule | Correlation)


def rule(name: str, clauses: Sequence[Clause], **changes: Any) -> Rule:
    """A rule about setups that acts."""
    detection = Detection("call_setup", tuple(clauses), "it")
    return changed(
        Rule(Header(name, name, name, "stable", LOCATION), Consequence(), detection), **changes
    )


def correlation(name: str, rules: Sequence[str], **changes: Any) -> Correlation:
    """A correlation that acts: two records or more within a minute, whoever calls."""
    counting = Counting("event_count", tuple(rules), (), 60, (("gte", 2),))
    header = Header(name, name, name, "stable", LOCATION)
    return changed(Correlation(header, Consequence(), counting), **changes)


def changed(of: R, **changes: Any) -> R:
    """The rule with these fields of its parts changed, whichever part they belong to."""
    for name, own in PARTS.items():
        part = {key: changes.pop(key) for key in own & changes.keys() if hasattr(of, name)}
        if part:
            of = replace(of, **{name: replace(getattr(of, name), **part)})
    if changes:
        raise TypeError(f"no part of a rule has {', '.join(changes)}")
    return of

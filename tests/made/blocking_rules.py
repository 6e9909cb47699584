"""Rules that would block every call there is, by every means that rules have."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from callguard.engine.columns import Lists
from callguard.rules.model import CATEGORY_EVENT, Category, Correlation, Rule
from callguard.rules.predicates import (
    Absent,
    Compare,
    Contains,
    EndsWith,
    Equals,
    InList,
    Literal,
    Matches,
    SameAs,
    StartsWith,
    Wildcard,
)
from tests.made.broken_guards import EverythingList
from tests.made.parts import correlation, rule

EVERYTHING = "everything"
LISTS = Lists({EVERYTHING: EverythingList()}, {EVERYTHING: EverythingList()})
MEANS = {
    "emergency": Literal("called.kind", Equals(("emergency",))),
    "present": Literal("called_party_number", Absent(), negated=True),
    "regex": Literal("called_party_number", Matches(("",))),
    "wildcard": Literal("called.e164", Wildcard(("*?*",))),
    "prefix": Literal("called_party_number", StartsWith(("",))),
    "suffix": Literal("called.e164", EndsWith(tuple("0123456789"))),
    "substring": Literal("called.e164", Contains(("+",))),
    "not": Literal("called.e164", Equals(("+0",)), negated=True),
    "time": Literal("at", Compare("gte", 0)),
    "itself": Literal("called.e164", SameAs("called.e164")),
    "list": Literal("called.e164", InList(EVERYTHING)),
    "nameless": Literal("display_name", Equals(("x",)), negated=True),
    "event": Literal("event", Equals(("setup", "sms", "release"))),
    "caller": Literal("calling.valid", Equals((True,))),
}


def rules(categories: Iterable[Category] = tuple(CATEGORY_EVENT)) -> list[Rule | Correlation]:
    """A blocking rule for each means and category, and correlations that one record fulfils."""
    found: list[Rule | Correlation] = []
    for category in categories:
        for means, literal in MEANS.items():
            name = f"{means}-{category}".replace("_", "-")
            found.append(
                rule(
                    name,
                    ((literal,),),
                    id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
                    category=category,
                    score=100,
                    verdict="block",
                    basis="deterministic",
                    alert="default",
                )
            )
    counted = tuple(one.name for one in found if one.name.startswith("present"))
    for group_by in ((), ("called.e164",), ("called_party_number", "event")):
        name = f"count-by-{len(group_by)}"
        found.append(
            correlation(
                name,
                counted,
                id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
                group_by=group_by,
                timespan=3600,
                condition=(("gte", 1),),
                score=100,
                verdict="block",
                alert="default",
            )
        )
    return found

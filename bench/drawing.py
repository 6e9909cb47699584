"""How the conditions of a bench rule are drawn from a record, as an analyst would from a case."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from bench import pools
from bench.conditions import Condition, Fields


def draw_from(fields: Fields, draw: Random, with_regex: bool) -> list[Condition]:
    """Two to four conditions on different fields that all hold on these fields."""
    wanted = draw.choices((2, 3, 4), (0.3, 0.45, 0.25))[0]
    found: dict[str, Condition] = {}
    if with_regex:
        condition = _regex(fields, draw)
        found[condition.field.removesuffix("_raw")] = condition
    while len(found) < wanted:
        make = draw.choices(_MAKERS, _WEIGHTS)[0]
        made = make(fields, draw)
        if made is not None and made.field not in found and made.holds(fields):
            found[made.field] = made
    return list(found.values())


def _calling_prefix(fields: Fields, draw: Random) -> Condition | None:
    return _number_prefix("calling_e164", fields, draw)


def _called_prefix(fields: Fields, draw: Random) -> Condition | None:
    return _number_prefix("called_e164", fields, draw)


def _number_prefix(field: str, fields: Fields, draw: Random) -> Condition | None:
    e164 = str(fields[field])
    if len(e164) < 10:
        return None
    prefixes = [e164[: draw.randrange(4, len(e164) - 5)]]
    prefixes += [
        f"+86{draw.choice(pools.MOBILE_BLOCKS)}{draw.randrange(10**4):04}"
        for _ in range(draw.choice((0, 0, 0, 1, 2)))
    ]
    return Condition(field, "prefix", tuple(prefixes))


def _country(fields: Fields, draw: Random) -> Condition | None:
    own = fields["calling_country"]
    if own and draw.random() < 0.6:
        return Condition("calling_country", "is", (own,))
    others = draw.sample(("us", "gb", "cn", "hk", "mm", "kh", "la", "ph", "so", "lv"), 3)
    return Condition("calling_country", "in", tuple(others), negated=True)


def _kind(fields: Fields, draw: Random) -> Condition | None:
    if draw.random() < 0.6:
        return Condition("calling_kind", "is", (fields["calling_kind"],))
    kinds = draw.sample(("mobile", "fixed", "toll_free", "premium", "voip", "service"), 2)
    return Condition("calling_kind", "in", tuple(kinds), negated=True)


def _valid(fields: Fields, draw: Random) -> Condition | None:
    return Condition("calling_valid", "is", (fields["calling_valid"],))


def _choice(field: str) -> Callable[[Fields, Random], Condition | None]:
    return lambda fields, _: Condition(field, "is", (fields[field],))


def _trunk(fields: Fields, draw: Random) -> Condition | None:
    groups = [name.lower() for some in pools.trunk_groups().values() for name in some]
    own = fields["trunk_group"]
    how = draw.random()
    if how < 0.5:
        return Condition("trunk_group", "is", (own,))
    others = tuple(draw.sample(groups, draw.randrange(2, 6)))
    if how < 0.8:
        return Condition("trunk_group", "in", (own, *others))
    return Condition("trunk_group", "in", others, negated=True)


def _attestation(fields: Fields, draw: Random) -> Condition | None:
    if draw.random() < 0.5:
        return Condition("attestation", "is", (fields["attestation"],))
    return Condition("attestation", "is", (draw.choice("abc"),), negated=True)


def _name(fields: Fields, draw: Random) -> Condition | None:
    name = str(fields["display_name"])
    if not name or draw.random() < 0.25:
        words = draw.sample(pools.AUTHORITIES, draw.randrange(1, 4))
        return Condition("display_name", "contains", tuple(words), negated=True)
    start = draw.randrange(max(1, len(name) - 2))
    parts = [name[start : start + draw.randrange(2, 7)]]
    parts += draw.sample(pools.AUTHORITIES, draw.choice((0, 0, 1, 2)))
    return Condition("display_name", "contains", tuple(parts))


def _agent(fields: Fields, draw: Random) -> Condition | None:
    agent = str(fields["user_agent"])
    how = draw.random()
    if how < 0.45:
        return Condition("user_agent", "prefix", (agent[: draw.randrange(5, len(agent))],))
    if how < 0.8:
        start = draw.randrange(len(agent) - 4)
        return Condition("user_agent", "contains", (agent[start : start + draw.randrange(4, 12)],))
    return Condition("user_agent", "prefix", ("asterisk", "fpbx", "yealink"), negated=True)


def _roaming(fields: Fields, draw: Random) -> Condition | None:
    if draw.random() < 0.6:
        return Condition("roaming", "is", (fields["roaming"],))
    return Condition("roaming", "is", ("yes",), negated=True)


def _shared(fields: Fields, draw: Random) -> Condition | None:
    shared = int(fields["shared_prefix"])
    if shared < 1:
        return None
    low = draw.randrange(1, shared + 1)
    return Condition("shared_prefix", "range", (low, draw.randrange(shared + 1, shared + 8)))


def _regex(fields: Fields, draw: Random) -> Condition:
    """A regular expression that RE2, Rust's regex and Python's re all read alike."""
    how = draw.random()
    name, agent = str(fields["display_name_raw"]), str(fields["user_agent_raw"])
    if how < 0.3 and len(name) > 3:
        pattern = (
            re.escape(name[:2]).replace("\\ ", " ") + r"\S{0,9}\s?\S{0,9}" + re.escape(name[-1])
        )
        return Condition("display_name_raw", "re", (pattern,))
    if how < 0.6:
        make = re.escape(agent[:5]).replace("\\ ", " ").replace("\\-", "-")
        digits = re.findall(r"\d+", agent)[-1]
        return Condition("user_agent_raw", "re", (f"^{make}.*[^0-9]{digits}([^0-9]|$)",))
    field = draw.choice(("calling_e164", "called_e164"))
    e164 = str(fields[field])
    if len(e164) < 10:
        field, e164 = "called_e164", str(fields["called_e164"])
    cut = draw.randrange(4, len(e164) - 5)
    tail = len(e164) - cut - 1
    return Condition(field, "re", (rf"^\{e164[:cut]}[{_around(e164[cut])}]\d{{{tail}}}$",))


def _around(digit: str) -> str:
    return "0-4" if digit < "5" else "5-9"


_MAKERS: tuple[Callable[[Fields, Random], Condition | None], ...] = (
    _calling_prefix,
    _called_prefix,
    _country,
    _kind,
    _valid,
    _choice("ingress"),
    _choice("presentation"),
    _choice("nature_of_address"),
    _trunk,
    _attestation,
    _name,
    _agent,
    _roaming,
    _shared,
)
_WEIGHTS = (45, 20, 25, 15, 3, 40, 4, 6, 25, 25, 20, 25, 15, 8)

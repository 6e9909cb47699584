"""Busy people and firms whom volume rules elsewhere have cut off: no correlation names them.

The generated day has them too, at its own pace; here each is busy for an hour.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from callguard import Guard, rulepack
from callguard.rules.model import Correlation
from tests.made.rule_pack import AT, pack_with

HOUR = 3600.0
VERIFIED = {"ingress": "interconnect", "screening": "network"}
SIGNED = {
    "ingress": "interconnect",
    "attestation": "A",
    "verstat": "TN-Validation-Passed",
}
UNSCREENED = {"ingress": "interconnect"}

Records = list[dict[str, object]]


def anybody(place: int) -> str:
    """Called numbers of many blocks: 7,919 is a prime, so that none comes twice."""
    return f"+86139{place * 7_919 % 100_000_000:08}"


def hour(
    calling: str,
    calls: int,
    how: dict[str, str],
    *,
    talk_s: float = 0.0,
    ring_s: float = 6.0,
    cause: int = 16,
    called: Callable[[int], str] = anybody,
) -> Records:
    """One caller's calls, evenly spread over an hour, and one set-up at its end."""
    records: Records = []
    for place in range(calls):
        at = AT + place * HOUR / calls
        parties = {"calling_party_number": calling, "called_party_number": called(place), **how}
        records.append({"event": "setup", "at": at, **parties})
        if talk_s:
            records.append({"event": "answer", "at": at + ring_s, **parties})
        records.append(
            {
                "event": "release",
                "at": at + ring_s + talk_s,
                "cause": cause,
                "ring_s": ring_s,
                "duration_s": talk_s,
                **parties,
            }
        )
    records.append({**records[0], "at": AT + HOUR - 1, "called_party_number": called(calls)})
    return sorted(records, key=lambda record: float(str(record["at"])))


def named(pack: Path, records: Records, home: str = "CN") -> set[str]:
    """The correlations that matched any of the records, acting or in shadow."""
    guard = Guard.load(pack, home=home, clock=lambda: math.inf)
    correlations = {rule.name for rule in guard.rules.rules if isinstance(rule, Correlation)}
    verdicts = [guard.score(record) for record in records]
    matched = {name for verdict in verdicts for name in (*verdict.rules, *verdict.shadow)}
    return matched & correlations


INNOCENT: dict[str, Records] = {
    "emergency desk rings back, most hang up": hour("120", 300, UNSCREENED, talk_s=4),
    "emergency desk of a city rings back": hour("05321101234", 300, UNSCREENED, talk_s=2),
    "emergency desk gives up after one ring": hour("120", 300, UNSCREENED, ring_s=3),
    "emergency desk meets numbers that are gone": hour("120", 300, UNSCREENED, cause=1),
    "courier on the own network": hour(
        "13812345678", 120, {"ingress": "on_net", "screening": "network"}, talk_s=8
    ),
    "courier of another network": hour("13812345678", 120, VERIFIED, talk_s=8),
    "new handset, everybody is told": hour("13812345678", 250, VERIFIED, talk_s=9),
    "call centre": hour("95012345", 900, VERIFIED, talk_s=32),
    "call centre gives calls up that nobody can take": hour("95012345", 900, VERIFIED, ring_s=3),
    "call centre with an old customer file": hour("95012345", 900, VERIFIED, cause=1),
    "clinic reminds of appointments": hour("01062345678", 400, VERIFIED, talk_s=7),
    "clinic whose calls are signed": hour("01062345678", 400, SIGNED, talk_s=2),
    "hospital rings all extensions of another": hour(
        "01062345678", 300, VERIFIED, talk_s=70, called=lambda place: f"+8601058{place:06}"
    ),
}


@pytest.mark.parametrize("who", INNOCENT)
def test_an_innocent_caller_is_named_by_no_correlation(who: str) -> None:
    assert set() == named(rulepack.path(), INNOCENT[who])


def test_a_school_whose_carrier_verifies_nobody_is_spared_once_it_is_listed(tmp_path: Path) -> None:
    alert = hour("01062345678", 400, UNSCREENED, talk_s=2)
    unlisted = {"hundred-short-calls-an-hour", "many-called-numbers", "very-short-calls-to-many"}
    assert unlisted == named(rulepack.path(), alert)
    assert set() == named(pack_with(tmp_path, known_diallers="01062345678\n"), alert)


@pytest.mark.parametrize(
    "how",
    [
        UNSCREENED,
        {"ingress": "interconnect", "attestation": "A", "verstat": "TN-Validation-Failed"},
        {"ingress": "interconnect", "attestation": "A"},
    ],
)
def test_an_attestation_that_did_not_pass_vouches_for_nobody(how: dict[str, str]) -> None:
    found = named(rulepack.path(), hour("13812345678", 400, how, talk_s=2))
    assert {
        "hundred-short-calls-an-hour",
        "many-called-numbers",
        "very-short-calls-to-many",
    } == found


def test_the_word_of_a_network_abroad_vouches_for_nobody() -> None:
    how = {"ingress": "international", "screening": "network"}
    found = named(rulepack.path(), hour("+67570001234", 400, how, ring_s=2))
    assert {"many-called-numbers", "one-ring-to-many"} == found


def test_many_desks_of_one_city_ring_back_by_one_trunk() -> None:
    records: Records = [
        {
            "event": "setup",
            "at": AT + place * 5.0,
            "calling_party_number": f"0532110{place:04}",
            "called_party_number": anybody(place),
            "ingress": "interconnect",
            "screening": "not_verified",
            "trunk_group": "ic-north-1",
            "attestation": "B",
            "origid": "6f1c2f0a-8f43-4d3b-9d29-2f1f0f0b7a10",
        }
        for place in range(100)
    ]
    assert set() == named(rulepack.path(), records)


def test_a_desk_sends_a_link_that_asks_where_the_caller_is() -> None:
    how = {"calling_party_number": "120", "called_party_number": "13912345678", **UNSCREENED}
    records: Records = [
        {"event": "setup", "at": AT, "screening": "not_verified", **how},
        {"event": "sms", "at": AT + 60, "text": "https://www.example.org/where-are-you", **how},
    ]
    assert set() == named(rulepack.path(), records)


def test_relatives_ring_one_number_after_an_accident() -> None:
    records: Records = [
        {
            "event": "setup",
            "at": AT + place * 0.5,
            "calling_party_number": f"+86138{place * 7_919 % 100_000_000:08}",
            "called_party_number": "13912345678",
            **VERIFIED,
        }
        for place in range(120)
    ]
    assert set() == named(rulepack.path(), records)

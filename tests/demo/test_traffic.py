"""The generated day: the same every time, in order, valid, and labelled."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice, pairwise
from random import Random

import pytest

from callguard.demo import LabelledRecord, generate_day
from callguard.demo.clock import DAY_S, midnight
from callguard.demo.homes import HOMES
from callguard.demo.world import GATEWAYS, INTERCONNECTS, World
from callguard.records import validate

LEGITIMATE = {
    "anonymous",
    "appointment_reminder",
    "bank_call",
    "call_centre",
    "courier",
    "emergency_call",
    "foreign_caller",
    "forwarded_back",
    "new_handset",
    "radio_contest",
    "relatives_ring",
    "notice_by_sms",
    "office_abroad",
    "police_station",
    "private_sms",
    "public_safety_call_back",
    "roamer",
    "subscriber",
    "switchboard_neighbour",
    "voice_mail_box",
    "wrongly_set_switchboard",
}
CAMPAIGNS = {
    "bank_impersonation",
    "bought_card",
    "dialling_a_range",
    "forged_forwarding",
    "home_number_from_abroad",
    "inbound_only_number",
    "malformed_number",
    "neighbour_number",
    "number_rotation",
    "one_ring",
    "phishing_sms",
    "police_impersonation",
    "two_ingresses",
    "flood",
}


def day(home: str = "CN", calls: int = 2_000, seed: int = 2016) -> list[LabelledRecord]:
    return list(generate_day(seed=seed, home=home, calls=calls))


def number(record: LabelledRecord, key: str) -> float:
    value = record.record[key]
    assert isinstance(value, float)
    return value


def test_the_same_arguments_give_the_same_day() -> None:
    assert day(calls=800) == day(calls=800)


def test_another_seed_gives_another_day() -> None:
    first, second = (day(calls=800, seed=seed) for seed in (1, 2))
    assert first != second
    assert {one.label for one in first} == {one.label for one in second}


def test_the_default_is_a_full_day_of_china() -> None:
    first = list(islice(generate_day(), 50))
    assert first == list(islice(generate_day(2016, "CN", 60_000), 50))
    assert number(first[0], "at") >= midnight(8)


@pytest.mark.parametrize("home", sorted(HOMES))
def test_records_are_valid_and_in_time_order(home: str) -> None:
    records = day(home, calls=1_000)
    for one in records:
        checked = validate(one.record)
        assert {**one.record, "roaming": one.record.get("roaming", "unknown")} == dict(checked)
    times = [number(one, "at") for one in records]
    assert all(earlier <= later for earlier, later in pairwise(times))
    start = midnight(HOMES[home].utc_offset_h)
    assert start <= times[0]
    assert all(
        number(one, "at") < start + DAY_S
        for one in records
        if one.record["event"] in ("setup", "sms")
    )


def test_every_kind_is_there_and_says_whether_it_is_fraud() -> None:
    records = day()
    assert {one.label for one in records if not one.fraud} == LEGITIMATE
    assert {one.label for one in records if one.fraud} == CAMPAIGNS


@pytest.mark.parametrize("calls", [500, 2_000])
def test_the_number_of_calls_and_messages_is_the_one_asked_for(calls: int) -> None:
    begun = sum(one.record["event"] in ("setup", "sms") for one in day(calls=calls))
    kinds = len(LEGITIMATE) + len(CAMPAIGNS)
    assert abs(begun - calls) <= kinds / 2


def test_a_call_has_a_set_up_perhaps_an_answer_and_a_release() -> None:
    calls: dict[object, list[LabelledRecord]] = defaultdict(list)
    for one in day():
        calls[one.record["call_id"]].append(one)
    shapes = {tuple(one.record["event"] for one in parts) for parts in calls.values()}
    assert {("setup", "release"), ("setup", "answer", "release"), ("sms",)} == shapes
    for parts in calls.values():
        assert 1 == len({(one.label, one.fraud) for one in parts})
        assert 1 == len({one.record["called_party_number"] for one in parts})
        if len(parts) > 1:
            lasted = number(parts[-1], "at") - number(parts[0], "at")
            told = number(parts[-1], "ring_s") + number(parts[-1], "duration_s")
            assert told == pytest.approx(lasted, abs=0.2)


@pytest.mark.parametrize(("size", "regions"), [(200, 1), (7_500, 1), (14_999, 1), (15_000, 2)])
def test_routes_grow_with_the_country(size: int, regions: int) -> None:
    world = World(Random(1), HOMES["CN"], size)
    assert regions == world.regions
    for few, all_of_them in ((INTERCONNECTS, world.interconnects), (GATEWAYS, world.gateways)):
        assert few == all_of_them[: len(few)]
        assert regions * len(few) == len(set(all_of_them)) == len(all_of_them)


def test_people_sleep() -> None:
    start = midnight(8)
    hours = [
        int((number(one, "at") - start) // 3600)
        for one in day()
        if one.label == "subscriber" and one.record["event"] == "setup"
    ]
    assert sum(1 <= hour < 5 for hour in hours) < 0.02 * len(hours)
    assert sum(8 <= hour < 21 for hour in hours) > 0.8 * len(hours)


def test_a_few_people_make_many_of_the_calls() -> None:
    made: dict[object, int] = defaultdict(int)
    for one in day():
        if one.label == "subscriber" and one.record["event"] == "setup":
            made[one.record["calling_party_number"]] += 1
    busiest = sorted(made.values(), reverse=True)
    assert sum(busiest[: len(busiest) // 5]) > 0.35 * sum(busiest)


def test_an_unknown_home_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="home 'XX': use one of AU, CN, FI, GB, IN, SG, US"):
        list(generate_day(home="XX"))

"""The SQL steps against the plain judge, and sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callguard.takedown.expansion import DuckRunner, Expansion, Setting, expand
from callguard.takedown.expansion.steps import REPORT_SCHEMA, step_text
from callguard.takedown.model import FOREVER
from tests.made.registries import DAY, Row, row, table
from tests.oracles.expansion import judge

NOW = 1_000 * DAY
SETTING = Setting(NOW, window_days=90, owner_cap=20, report_cap=20)
Reports = Sequence[tuple[int, int]]


@cache
def duck() -> DuckRunner:
    """One engine for all examples: to open another takes longer than an expansion."""
    return DuckRunner(threads=1)


def run(
    rows: Sequence[Row],
    reports: Reports,
    setting: Setting = SETTING,
    protected: Sequence[int] = (),
    *,
    find: bool = True,
) -> Expansion:
    """The steps over rows; with ``find`` over those that touched.sql finds among them."""
    runner = duck()
    runner.put("report", report_table(reports))
    all_rows = table(rows)
    if find:
        zeros = pa.array([0] * len(all_rows), pa.int64())
        runner.put("registry", all_rows.append_column("segment", zeros))
        runner.step("touched", step_text("touched"))
    else:
        runner.put("touched", all_rows)
    return expand(
        runner,
        setting,
        lambda numbers: {one: ("protected", FOREVER) for one in numbers if one in protected},
    )


def report_table(reports: Reports) -> pa.Table:
    rows = [
        {"report_no": place, "number": number, "incident_at": at}
        for place, (number, at) in enumerate(reports)
    ]
    return pa.Table.from_pylist(rows, schema=REPORT_SCHEMA)


def reasons(found: Expansion) -> tuple[dict[int, str | None], dict[tuple[int, int], str | None]]:
    own = {line["report_no"]: line["reason"] for line in found.reports.to_pylist()}
    others = {
        (line["report_no"], line["number"]): line["reason"] for line in found.candidates.to_pylist()
    }
    assert len(others) == len(found.candidates)
    return own, others


# Few numbers, owners and days, so that everything meets: recycled, ported, overlapping, taken back.
days = st.sampled_from([0, 300, 600, 689, 690, 691, 780, 870, 871, 999, 1000, 1001])
whole_rows = st.builds(
    row,
    st.integers(1, 6),
    st.integers(1, 3),
    days,
    st.none() | days,
    activated=st.none() | days,
    kind=st.sampled_from(["person"] * 5 + ["company"]),
    carrier=st.sampled_from(["CM", "CT", "CU"]),
)
# An owner is both halves of a key: some share one with another.
a_row = st.builds(
    lambda one, more: {**one, "owner_lo": one["owner_lo"] + more},
    whole_rows,
    st.sampled_from([0, 0, 0, 1]),
)


def _sound(one: Row) -> bool:
    return one["closed_at"] is None or one["closed_at"] >= one["registered_at"]


feeds = st.lists(
    a_row.filter(_sound),
    max_size=14,
    unique_by=lambda r: (
        *(r["number"], r["owner_hi"], r["owner_lo"]),
        *(r["registered_at"], r["carrier"]),
    ),
)
batches = st.lists(st.tuples(st.integers(1, 7), days.map(lambda d: min(d * DAY, NOW))), max_size=5)
_APART = 100


def together(worlds: list[tuple[list[Row], list[tuple[int, int]]]]) -> tuple[list[Row], Reports]:
    """Several worlds as one, with numbers and owners that never meet: one run judges them all."""
    rows, reports = [], []
    for place, (feed, batch) in enumerate(worlds):
        add = place * _APART
        for one in feed:
            moved = {name: one[name] + add for name in ("number", "owner_hi", "owner_lo")}
            rows.append({**one, **moved})
        reports += [(number + add, at) for number, at in batch]
    return rows, reports


scenes = st.lists(st.tuples(feeds, batches), min_size=1, max_size=8).map(together)


@settings(max_examples=60, deadline=None)
@given(
    scenes,
    st.builds(
        Setting, st.just(NOW), st.sampled_from([0, 90]), st.integers(0, 3), st.integers(0, 3)
    ),
    st.lists(st.integers(1, 7), max_size=1),
)
def test_the_steps_say_what_the_plain_judge_says(
    scene: tuple[list[Row], Reports], setting: Setting, protected: list[int]
) -> None:
    rows, reports = scene
    assert judge(rows, reports, setting, protected) == reasons(
        run(rows, reports, setting, protected)
    )


@settings(max_examples=20, deadline=None)
@given(scenes)
def test_rows_that_nothing_touches_change_nothing(scene: tuple[list[Row], Reports]) -> None:
    found, all_of_them = run(*scene), run(*scene, find=False)
    assert all_of_them.reports == found.reports
    assert all_of_them.candidates == found.candidates


INCIDENT = 950 * DAY


def expanded(*rows: Row, incident: int = INCIDENT) -> dict[int, str | None]:
    """What becomes of the candidates when number 1 is reported."""
    _, others = reasons(run(rows, [(1, incident)]))
    return {number: reason for (_, number), reason in others.items()}


def test_other_numbers_of_the_holder_from_the_same_period_are_ordered() -> None:
    rows = row(1, 7, 900), row(2, 7, 990), row(3, 7, 810), row(4, 8, 900), row(5, 7, 100)
    assert {2: None, 3: None} == expanded(*rows)


@pytest.mark.parametrize(
    ("registered", "found"), [(809, False), (810, True), (990, True), (991, False)]
)
def test_the_window_is_inclusive_on_both_sides(registered: int, found: bool) -> None:
    kept = row(9, 7, 100)
    assert ({2: None} if found else {}) == expanded(row(1, 7, 900), row(2, 7, registered), kept)


def test_activation_in_the_window_is_enough() -> None:
    rows = row(1, 7, 900, activated=905), row(2, 7, 100, activated=990), row(3, 7, 101)
    assert {2: None} == expanded(*rows)


@pytest.mark.parametrize(("at", "found"), [(NOW, True), (NOW + 1, False)])
def test_a_registration_begins_at_its_first_second(at: int, found: bool) -> None:
    other = {**row(2, 7, 1_000), "registered_at": at}
    assert ({2: None} if found else {}) == expanded(row(1, 7, 940), other, row(3, 7, 1))


@pytest.mark.parametrize("half", ["owner_hi", "owner_lo"])
def test_half_of_a_key_makes_no_owner(half: str) -> None:
    rows = row(1, 7, 900), {**row(2, 7, 900), half: 8}, row(3, 7, 1)
    assert {} == reasons(run(rows, [(1, INCIDENT)], find=False))[1]


def test_the_holder_is_the_one_at_the_incident_and_not_today() -> None:
    rows = row(1, 7, 800, 960), row(1, 8, 970), row(2, 7, 805), row(3, 8, 960), row(4, 7, 1)
    own, others = reasons(run(rows, [(1, INCIDENT)]))
    assert ({0: "closed"}, {(0, 2): None}) == (own, others)


@pytest.mark.parametrize(("at", "owner"), [(899, 7), (900, 8)])
def test_intervals_are_half_open(at: int, owner: int) -> None:
    rows = row(1, 7, 800, 900), row(1, 8, 900), row(2, 7, 800), row(3, 8, 900)
    assert owner == run(rows, [(1, at * DAY)]).reports.to_pylist()[0]["owner_hi"]


def test_a_number_ported_without_a_gap_is_registered_since_the_first_carrier() -> None:
    rows = (
        row(1, 7, 100, 900, carrier="CM"),
        row(1, 7, 900, carrier="CU"),
        row(2, 7, 110),
        row(3, 7, 905),
    )
    found = run(rows, [(1, INCIDENT)])
    reported = found.reports.to_pylist()[0]
    assert (100 * DAY, "CU", None) == (
        reported["registered_at"],
        reported["carrier"],
        reported["reason"],
    )
    assert {(0, 2): None} == reasons(found)[1]


def test_a_gap_makes_two_registrations_of_it() -> None:
    rows = row(1, 7, 100, 899), row(1, 7, 900), row(2, 7, 110), row(3, 7, 905)
    assert {3: None} == expanded(*rows)


def test_two_owners_at_once_lead_nowhere() -> None:
    rows = row(1, 7, 900), row(1, 8, 905), row(2, 7, 900), row(3, 8, 905)
    assert ({0: "ambiguous_owner"}, {}) == reasons(run(rows, [(1, INCIDENT)]))


def test_one_hop_only() -> None:
    rows = row(1, 7, 900), row(2, 7, 900), row(2, 8, 100, 890), row(3, 8, 880), row(4, 7, 1)
    assert {2: None} == expanded(*rows)


@pytest.mark.parametrize("kind", ["company", "agent", "iot", "guardian"])
def test_who_is_no_person_in_any_row_is_not_expanded(kind: str) -> None:
    rows = row(1, 7, 900), row(2, 7, 900), row(3, 7, 1, 2, kind=kind)
    assert {2: "not_person"} == expanded(*rows)


def test_a_cap_leaves_out_all_and_not_the_last_ones() -> None:
    rows = [row(number, 7, 900) for number in range(1, 23)]
    assert dict.fromkeys(range(2, 23), "owner_cap") == expanded(*rows)
    assert dict.fromkeys(range(2, 22)) == expanded(*rows[:21], row(23, 7, 1))


def test_a_number_that_closes_now_is_not_one_that_stays() -> None:
    rows = row(1, 7, 900), row(2, 7, 901), row(3, 7, 1, NOW / DAY)
    assert {2: "last_number"} == expanded(*rows)


@pytest.mark.parametrize(("cap", "reason"), [(2, "report_cap"), (3, None), (4, None)])
def test_a_report_is_capped_by_what_would_be_ordered(cap: int, reason: str | None) -> None:
    rows = [row(number, 7, 900) for number in range(1, 6)] + [row(6, 7, 1)]
    setting = Setting(NOW, window_days=90, owner_cap=20, report_cap=cap)
    found = run(rows, [(1, INCIDENT)], setting, protected=[5])
    _, others = reasons(found)
    assert {(0, 2): reason, (0, 3): reason, (0, 4): reason, (0, 5): "protected"} == others
    assert {3} == {line["of_report"] for line in found.candidates.to_pylist()}


def test_the_number_held_longest_stays_if_it_would_be_the_last() -> None:
    rows = row(1, 7, 900), row(2, 7, 901), row(3, 7, 899)
    assert {2: None, 3: "last_number"} == expanded(*rows)


def test_a_number_reported_twice_is_ordered_once() -> None:
    rows = row(1, 7, 900), row(2, 7, 901), row(3, 7, 1)
    own, others = reasons(run(rows, [(1, INCIDENT), (1, INCIDENT + 5), (2, INCIDENT)]))
    assert {0: None, 1: "duplicate", 2: None} == own
    assert dict.fromkeys([(0, 2), (2, 1)], "duplicate") == others


def test_a_number_to_which_many_reports_lead_stands_once_and_once_as_a_duplicate() -> None:
    rows = [row(number, 7, 900) for number in (1, 2, 3, 4)] + [row(5, 7, 1)]
    _, others = reasons(run(rows, [(number, INCIDENT) for number in (1, 2, 3)]))
    assert {(0, 4): None, (2, 4): "duplicate"} == {
        key: reason for key, reason in others.items() if key[1] == 4
    }

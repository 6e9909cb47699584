"""Plans, whole: what is ordered, what is left out, and that the same input gives the same bytes."""

from __future__ import annotations

import gc
import hashlib
import json
from pathlib import Path

import pytest

from callguard.errors import PlanError
from callguard.takedown.planning.folder import PARTS, SUMMARY, PlanFolder
from callguard.takedown.planning.plan import Caps, plan
from tests.made.planning import (
    BLOCK,
    NOW,
    lines,
    planned,
    reasons,
    report,
    write_reports,
)
from tests.made.registries import DAY, make_registry, row

N1, N2, N3, N4 = (BLOCK + place for place in range(1, 5))
RING = [
    row(N1, 7, 19_900, carrier="CM", activated=19_901),
    row(N2, 7, 19_905, carrier="CU", owner_id="cust-7"),
    row(N3, 7, 10_000),
    row(N4, 8, 19_900),
]


def test_a_reported_number_is_stopped_and_the_holders_others_are_verified(tmp_path: Path) -> None:
    made = planned(tmp_path, RING, [report(f"+{N1}")])
    stop, reverify = made.orders
    assert {
        "order_id": "ce5ff14600c95eb75f0e0dab96ef533d",
        "number": f"+{N1}",
        "tier": "reported",
        "act": "stop",
        "report_id": "r1",
        "case_id": "c1",
        "carrier": "CM",
        "service": "mobile",
        "evidence": {
            "owner_id": "00000000000000070000000000000007",
            "registered_at": "2024-06-26T00:00:00+00:00",
            "activated_at": "2024-06-27T00:00:00+00:00",
            "days_apart": 0,
            "window_days": 90,
        },
    } == stop
    assert ("expanded", "reverify", f"+{N2}", "CU", "cust-7", 5, None) == (
        reverify["tier"],
        reverify["act"],
        reverify["number"],
        reverify["carrier"],
        reverify["evidence"]["owner_id"],
        reverify["evidence"]["days_apart"],
        reverify["evidence"]["activated_at"],
    )
    assert [] == lines(made, "exclusions.jsonl")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}


def test_an_order_id_is_a_hash_of_six_texts(tmp_path: Path) -> None:
    """Report, case, number, tier, registration and carrier: each of them makes another order."""
    made = planned(tmp_path, RING, [report(f"+{N1}")])
    stop = ["r1", "c1", f"+{N1}", "reported", "2024-06-26T00:00:00+00:00", "CM"]
    reverify = ["r1", "c1", f"+{N2}", "expanded", "2024-07-01T00:00:00+00:00", "CU"]
    for order, texts, known in zip(
        made.orders,
        (stop, reverify),
        ("ce5ff14600c95eb75f0e0dab96ef533d", "562551d314cbf5c918175b7fdcd7498a"),
        strict=True,
    ):
        identity = json.dumps(texts, separators=(",", ":")) + "\n"
        assert known == hashlib.sha256(identity.encode()).hexdigest()[:32] == order["order_id"]


@pytest.mark.parametrize("cells", [{"report_id": "r2"}, {"case_id": "c2"}], ids=["report", "case"])
def test_orders_of_another_report_or_case_have_other_ids(
    tmp_path: Path, cells: dict[str, str]
) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one = planned(tmp_path / "one", RING, [report(f"+{N1}")])
    other = planned(tmp_path / "other", RING, [report(f"+{N1}", **cells)])
    ids = [{order["order_id"] for order in made.orders} for made in (one, other)]
    assert 2 == len(ids[0]) == len(ids[1])
    assert set() == ids[0] & ids[1]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    made = planned(tmp_path, RING, [report(f"+{N1}"), report("833", "r2")])
    before = contents(made.path)
    again = plan(tmp_path / "reports.csv", tmp_path / "registry", made.path, at=NOW)
    assert before == contents(made.path)
    assert made == again
    assert {*PARTS, SUMMARY} == set(before)


@pytest.mark.parametrize(
    "form", ["13800138001", "+86 138 0013 8001", "008613800138001", "１３８００１３８００１"]
)
def test_a_reported_number_may_have_any_form(tmp_path: Path, form: str) -> None:
    assert f"+{N1}" == planned(tmp_path, RING, [report(form)]).orders[0]["number"]


@pytest.mark.parametrize("junk", ["911", "110", "0000000000", "833", "POLICE", "", "+"])
def test_junk_is_refused_with_a_reason(tmp_path: Path, junk: str) -> None:
    made = planned(tmp_path, RING, [report(junk)])
    assert [(junk, "invalid_number")] == reasons(made)
    assert () == made.orders


def test_complaints_about_a_displayed_number_make_a_case_and_no_order(tmp_path: Path) -> None:
    complaints = [report(f"+{N1}", f"r{place}", known_by="displayed") for place in range(43)]
    made = planned(tmp_path, RING, complaints)
    assert () == made.orders
    assert [(f"+{N1}", "not_traced")] * 43 == reasons(made)
    assert [
        {
            "kind": "spoofed_victim",
            "number": f"+{N1}",
            "complaints": 43,
            "report_ids": [f"r{place}" for place in range(43)],
        }
    ] == lines(made, "cases.jsonl")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"certified_by": ""}, "not_certified"),
        ({"authority": " "}, "not_certified"),
        ({"case_id": ""}, "not_certified"),
        ({"known_by": "guessed"}, "invalid_report"),
        ({"incident_at": "yesterday"}, "invalid_time"),
        ({"incident_at": "2025-01-01T00:00:00Z"}, "invalid_time"),
        ({"incident_at": "1999-01-01"}, "no_registration_at_incident"),
    ],
)
def test_a_report_that_is_not_certain_leads_to_no_order(
    tmp_path: Path, cells: dict[str, str], reason: str
) -> None:
    made = planned(tmp_path, RING, [report(f"+{N1}", **cells)])
    assert ((), [(f"+{N1}", reason)]) == (made.orders, reasons(made))


def test_the_same_report_twice_is_one(tmp_path: Path) -> None:
    made = planned(tmp_path, RING, [report(f"+{N1}"), report("13800138001")])
    assert 2 == len(made.orders)
    assert [(f"+{N1}", "duplicate")] == reasons(made)


def test_protected_numbers_and_prefixes_are_left_alone(tmp_path: Path) -> None:
    hospitals, schools = tmp_path / "hospitals.txt", tmp_path / "schools.txt"
    hospitals.write_text("13800138002  # ward 3\n")
    schools.write_text("+861380013800*\n")
    rows, reports = RING, [report(f"+{N1}")]
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one = planned(tmp_path / "one", rows, reports, protected=[hospitals])
    assert [(f"+{N2}", "protected")] == reasons(one)
    both = planned(tmp_path / "both", rows, reports, protected=[hospitals, schools])
    assert () == both.orders
    assert [(f"+{N1}", "protected"), (f"+{N2}", "report_protected")] == reasons(both)
    assert [str(hospitals), str(schools)] == [one["path"] for one in both.summary["protected"]]


def test_a_list_of_protected_numbers_that_cannot_be_read_stops_the_plan(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("a hospital\n")
    with pytest.raises(PlanError, match=r"bad\.txt:1"):
        planned(tmp_path, RING, [report(f"+{N1}")], protected=[tmp_path / "bad.txt"])
    assert not (tmp_path / "plan").exists()


def test_more_than_the_cap_for_an_owner_is_left_to_a_person(tmp_path: Path) -> None:
    rows = [row(BLOCK + place, 7, 19_900) for place in range(25)]
    made = planned(tmp_path, rows, [report(f"+{BLOCK}")])
    assert ["stop"] == [order["act"] for order in made.orders]
    assert {"owner_cap": 24} == made.summary["reasons"]
    assert [{"cap": "owner", "subject": f"{7:016x}" * 2, "count": 24, "limit": 20}] == made.summary[
        "review"
    ]


def test_a_batch_over_its_cap_orders_nothing(tmp_path: Path) -> None:
    made = planned(tmp_path, RING, [report(f"+{N1}")], caps=Caps(batch=1))
    assert () == made.orders
    assert [(f"+{N1}", "batch_cap"), (f"+{N2}", "batch_cap")] == reasons(made)
    assert ["batch"] == [hit["cap"] for hit in made.summary["review"]]


@pytest.mark.parametrize(
    ("batches", "limit"), [([], 500), ([100, 200, 300], 500), ([400, 100, 300], 600), ([999], 1998)]
)
def test_the_cap_of_a_batch_follows_the_median_of_the_last_ones(
    batches: list[int], limit: int
) -> None:
    assert limit == Caps().batch_limit(batches)


def test_a_delta_is_what_counts(tmp_path: Path) -> None:
    delta = [row(N2, 7, 19_905, 19_999, carrier="CU"), row(N2, 9, 19_999, carrier="CU")]
    registry = make_registry(tmp_path / "registry", RING, delta, built_at=NOW)
    made = plan(
        write_reports(tmp_path / "reports.csv", [report(f"+{N1}")]),
        registry,
        tmp_path / "plan",
        at=NOW,
    )
    assert [f"+{N1}"] == [order["number"] for order in made.orders]


def test_altered_files_are_no_plan_any_more(tmp_path: Path) -> None:
    made = planned(tmp_path, RING, [report(f"+{N1}")])
    for name in (*PARTS, SUMMARY):
        good = (made.path / name).read_bytes()
        for bad in (good + b"\n", good[:-2] or b"{}", good.replace(b"8", b"9") + b" "):
            (made.path / name).write_bytes(bad)
            with pytest.raises(PlanError, match="plan again"):
                PlanFolder.load(made.path)
        (made.path / name).unlink()
        with pytest.raises(PlanError, match="cannot be read"):
            PlanFolder.load(made.path)
        (made.path / name).write_bytes(good)
    assert made == PlanFolder.load(made.path)
    assert hashlib.sha256((made.path / SUMMARY).read_bytes()).hexdigest() == made.digest


def test_what_was_given_back_is_settled_up_to_then(tmp_path: Path) -> None:
    before, after = {f"+{N1}": NOW - 10 * DAY}, {f"+{N1}": NOW - 100 * DAY}
    settled = planned(tmp_path / "1", RING, [report(f"+{N1}")], restored=before)
    assert [(f"+{N1}", "restored"), (f"+{N2}", "report_protected")] == reasons(settled)
    anew = planned(tmp_path / "2", RING, [report(f"+{N1}")], restored=after)
    assert [f"+{N1}", f"+{N2}"] == [order["number"] for order in anew.orders]


def test_garbage_is_collected_again_after_a_plan(tmp_path: Path) -> None:
    planned(tmp_path, RING, [report(f"+{N1}")])
    assert gc.isenabled()
    with pytest.raises(PlanError):
        planned(tmp_path, RING, [report(f"+{N1}")], at=NOW + 8 * DAY)
    assert gc.isenabled()


def test_a_number_that_was_given_back_is_no_candidate(tmp_path: Path) -> None:
    made = planned(tmp_path, RING, [report(f"+{N1}")], restored={f"+{N2}": 1})
    assert [(f"+{N2}", "restored")] == reasons(made)


def test_a_registry_that_is_out_of_date_stops_the_plan(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="8 days before, more than 7"):
        planned(tmp_path, RING, [report(f"+{N1}")], at=NOW + 8 * DAY)
    planned(tmp_path, RING, [report(f"+{N1}")], at=NOW + 7 * DAY)

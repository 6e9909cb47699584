"""``callguard takedown who``: one number, for a person at a desk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callguard.cli.takedown_timeline import HELD, WINDOW
from tests.command_line.running import Run
from tests.command_line.takedown import FEED, N1, N2, N3, N4, N5, NOW, World, report, table, write

MAY = ("--at", "2026-05-01T08:30", "--registry", "registry")


@pytest.fixture
def world(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World.make(run, tmp_path, monkeypatch)


def other_registry(world: World, *lines: str) -> None:
    """The registry ``other``, of these rows."""
    write(Path("other.csv"), "\n".join((FEED.splitlines()[0], *lines, "")))
    assert 0 == world.run("registry", "build", "other.csv", "--output", "other").status


def test_the_registration_at_a_time(world: World) -> None:
    done = world.takedown("who", "138 0013 8001", *MAY)
    shown = table(done.out.split("\n\n")[0])
    assert 0 == done.status
    assert {
        N1: ["at 2026-05-01T08:30:00+08:00"],
        "owner": ["A1"],
        "kind": ["person"],
        "service": ["mobile"],
        "carrier": ["CM"],
        "agent": ["shop 1"],
        "registered": ["2026-03-01T00:00:00+08:00"],
        "activated": ["2026-03-02T00:00:00+08:00"],
        "closed": ["-"],
    } == shown


def test_the_others_of_the_owner_and_what_a_plan_would_do(world: World) -> None:
    out = world.takedown("who", N1, *MAY).out
    assert f"A plan would stop {N1}, and have 2 other numbers verified again." in out
    [others] = [part for part in out.split("\n\n") if "apart" in part.splitlines()[0]]
    assert {
        N1: ["2026-03-01", "2026-03-02", "open", "0", "stop"],
        N2: ["2026-03-11", "-", "open", "10", "reverify"],
        N3: ["2019-01-01", "-", "open", "2616", "outside_window"],
        N4: ["2020-01-01", "-", "2021-05-05", "2251", "closed"],
        N5: ["2026-03-05", "-", "open", "4", "reverify"],
    } == {name: cells for name, cells in table(others).items() if name.startswith("+")}


def test_the_time_line_shows_who_was_open_when(world: World) -> None:
    done = world.takedown("who", N1, *MAY)
    drawn = table(done.out.split("\n\n")[-1])
    assert ["service", "2019-01-01 to 2026-11-24"] == drawn["number"]
    lines = {name: cells[1] for name, cells in drawn.items() if name.startswith("+")}
    assert {48} == {len(line) for line in lines.values()}
    assert HELD * 48 == lines[N3]
    assert HELD not in lines[N4][15:]
    assert WINDOW in lines[N4]
    assert lines[N1].endswith(HELD * 3)
    assert "█ registered   ░ window   ▼ asked about" in done.err


def test_who_had_it_before(world: World) -> None:
    done = world.takedown("who", N1, "--at", "2016-01-01", "--registry", "registry")
    shown = table(done.out)
    assert ["C3"] == shown["owner"]
    assert ["person", "2015-01-01", "2025-12-05", "CT"] == shown["C3"]
    assert ["person", "2026-03-01", "open", "CM"] == shown["A1"]
    assert f"A plan would not stop {N1} (the reported registration has closed since;" in done.out


def test_a_number_that_nobody_had(world: World) -> None:
    done = world.takedown("who", N1, "--at", "2026-01-01", "--registry", "registry")
    assert 0 == done.status
    nobody = "nobody had the number registered at the incident"
    assert f"{N1} at 2026-01-01T00:00:00+08:00: {nobody}" == done.out.splitlines()[0]
    assert f"A plan would not stop {N1} ({nobody}).\n" in done.out
    assert "C3\tperson\t2015-01-01\t2025-12-05\tCT\n" in done.out
    found = world.json("who", N1, "--at", "2026-01-01", "--registry", "registry")
    assert (None, nobody, [], []) == tuple(
        found[name] for name in ("registration", "why", "others", "orders")
    )
    assert ["C3", "A1"] == [row["owner_id"] for row in found["history"]]


def test_a_number_of_two_owners_at_once(world: World) -> None:
    other_registry(
        world,
        "13800138001,A1,person,mobile,2026-03-01,,,CM,,active",
        "13800138001,B1,person,mobile,2026-04-01,,,CM,,active",
    )
    done = world.takedown("who", N1, "--at", "2026-05-01", "--registry", "other")
    assert (0, True) == (
        done.status,
        "the registry has the number under two owners at once" in done.out,
    )


def test_a_company_is_not_expanded(world: World) -> None:
    found = world.json("who", "400-123-4567", *MAY)
    assert ("company", ["+864001234567"]) == (
        found["registration"]["owner_kind"],
        [order["number"] for order in found["orders"]],
    )
    assert [("+864001234568", None, "not_person")] == [
        (one["number"], one["act"], one["reason"]) for one in found["others"]
    ]
    out = world.takedown("who", "400-123-4567", *MAY)
    assert "not_person: the owner is no person (company)" in out.err


def test_it_judges_as_a_plan_does(world: World) -> None:
    write(Path("protected.txt"), f"{N5}\n")
    options = ("--protected", "protected.txt", "--owner-cap", "0", "--window", "30d")
    found = world.json("who", N1, *MAY, *options)
    world.plan(report(N1, "desk", case_id="desk"), more=options)
    assert world.orders() == [{**order} for order in found["orders"]]
    text = Path("plan/exclusions.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line) for line in text.splitlines()] == found["exclusions"]
    assert {N5: "protected", N2: "owner_cap"} == {
        line["number"]: line["reason"] for line in found["exclusions"]
    }
    assert [{"cap": "owner", "subject": "A1", "count": 1, "limit": 0}] == found["review"]
    out = world.takedown("who", N1, *MAY, *options).out
    assert "More than the cap: 1 candidates for one owner; the cap is 0." in out


def test_what_is_open_is_judged_by_a_time(world: World) -> None:
    found = world.json("who", N4, "--at", "2020-05-01", "--registry", "registry")
    assert ([], "closed") == (found["orders"], found["exclusions"][0]["reason"])
    then = ("--now", "2021-01-01")
    found = world.json("who", N4, "--at", "2020-05-01", "--registry", "registry", *then)
    assert [N4] == [order["number"] for order in found["orders"]]
    assert "2021-01-01T00:00:00+08:00" == found["now"]
    reasons = {one["number"]: one["reason"] for one in found["others"]}
    assert {N1: "not_yet_open", N3: "outside_window"} == {name: reasons[name] for name in (N1, N3)}


def test_many_numbers_are_cut_to_the_nearest(world: World) -> None:
    rows = [
        f"1380014{place:04},A1,person,mobile,2026-01-{1 + place % 28:02},,,CM,,active"
        for place in range(100)
    ]
    other_registry(world, *rows)
    done = world.takedown("who", "13800140000", "--at", "2026-05-01", "--registry", "other")
    assert "and 59 more; --json has them all\n" in done.err
    drawn = done.out.split("\n\n")[-1].splitlines()
    assert 41 == sum(line.startswith("+86") for line in drawn)
    found = world.json("who", "13800140000", "--at", "2026-05-01", "--registry", "other")
    assert 99 == len(found["others"])
    assert {"owner_cap"} == {one["reason"] for one in found["others"]}


def test_nothing_is_written(world: World) -> None:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    world.takedown("who", N1, *MAY)
    assert before == {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("number", "arguments", "status", "said"),
    [
        ("110", MAY, 1, "110: this is no number that somebody can hold (emergency)"),
        ("0000000000", MAY, 1, "0000000000: this is one digit over and over"),
        ("11010119900307123X", MAY, 1, "[identity document left out]: this is no number"),
        ("Wang", MAY, 1, "Wang: this is no number that somebody can hold"),
        (N1, ("--at", "then", *MAY[2:]), 2, "'then' is no ISO 8601 date or time"),
        (N1, ("--at", str(NOW + 1), *MAY[2:]), 2, "is in the future"),
        (N1, MAY[2:], 2, "Missing option '--at'"),
        (N1, MAY[:2], 2, "Missing option '--registry'"),
        (N1, (*MAY[:3], "feed.csv"), 1, "feed.csv: is not a registry"),
        (N1, (*MAY, "--protected", "absent.txt"), 2, "'absent.txt' does not exist"),
        (N1, (*MAY, "--protected", "feed.csv"), 1, "a list of protected numbers cannot be used"),
    ],
)
def test_what_cannot_be_asked(
    world: World, number: str, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = world.takedown("who", number, *arguments)
    assert (status, "", True) == (done.status, done.out, said in " ".join(done.err.split()))

"""``callguard takedown plan``: of a file of reports, and of one number."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from callguard.takedown import Earlier, earlier
from tests.command_line.running import ROOT, Run, start
from tests.command_line.takedown import N1, N2, N5, NOW, World, report, table, write

PLAN = ("plan", "--registry", "registry", "--output", "plan")
CERTIFIED = ("--case", "C1", "--authority", "PSB", "--certified-by", "Li")
ONE = (*PLAN, "--number", "13800138001", *CERTIFIED, "--incident-at", "2026-05-01")


@pytest.fixture
def world(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World.make(run, tmp_path, monkeypatch)


def test_a_plan_is_summed_up(world: World) -> None:
    done = world.plan(report(N1), report("911", "R2"), report("4001234567", "R3"))
    shown = table(done.out)
    assert 0 == done.status
    assert (["3"], ["4"], ["2"], ["2"], ["2"], ["0"]) == tuple(
        shown[name]
        for name in ("reports", "orders", "to stop", "to verify again", "left out", "cases")
    )
    assert (["1"], ["1"]) == (shown["invalid_number"], shown["not_person"])
    assert (["1"], ["2"], ["1"]) == tuple(shown[name] for name in ("CM", "CT", "CU"))
    assert "next, by two people: callguard takedown approve plan --by NAME\n" == done.err


def test_a_plan_as_json(world: World) -> None:
    world.plan()
    found = json.loads(world.plan(more=("--json",)).out)
    assert ("plan", NOW, 3) == (found["plan"], found["at"], found["counts"]["orders"])
    assert ["authority_numbers.txt"] == [Path(one["path"]).name for one in found["protected"]]


def test_a_displayed_number_is_a_case_and_no_order(world: World) -> None:
    reports = [report(N1, f"R{place}", known_by="displayed") for place in range(43)]
    done = world.plan(*reports)
    assert (0, ["43"], ["0"], ["1"]) == (
        done.status,
        *(table(done.out)[name] for name in ("reports", "orders", "cases")),
    )
    assert "no orders, nothing to approve; plan/exclusions.jsonl says why\n" == done.err
    [case] = Path("plan/cases.jsonl").read_text(encoding="utf-8").splitlines()
    assert ("spoofed_victim", 43) == (json.loads(case)["kind"], json.loads(case)["complaints"])


def test_a_cap_of_an_owner_wants_a_review(world: World) -> None:
    done = world.plan(more=("--owner-cap", "1"))
    assert (0, ["1"], ["2"]) == (
        done.status,
        table(done.out)["orders"],
        table(done.out)["owner_cap"],
    )
    assert ["A1", "2", "1"] == table(done.out)["owner"]
    assert "callguard takedown approve plan --by NAME --reviewed" in done.err
    done = world.takedown("approve", "plan", "--by", "Li")
    assert (1, True) == (done.status, "caps were hit (owner" in done.err)
    assert 0 == world.takedown("approve", "plan", "--by", "Li", "--reviewed").status


def test_a_batch_over_its_cap_is_stopped(world: World) -> None:
    done = world.plan(more=("--batch-cap", "2"))
    assert (1, ["0"], ["3"]) == (
        done.status,
        table(done.out)["orders"],
        table(done.out)["batch_cap"],
    )
    assert "callguard: 3 orders would be more than one batch may have (2)" in done.err


def test_the_cap_of_a_batch_grows_with_the_journal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.issued()
    assert [3] == earlier("journal.db", at=NOW + 1).batches
    assert [] == earlier("journal.db", at=NOW + 31 * 86_400).batches
    assert Earlier() == earlier("none.db", at=NOW)
    assert not Path("none.db").exists()
    several = Earlier([300, 400, 500], {})
    monkeypatch.setattr("callguard.takedown.earlier", lambda *_, **__: several, raising=False)
    assert 800 == json.loads(world.plan(more=("--json",)).out)["caps"]["batch"]


def test_a_journal_that_fails_stops_the_plan(world: World) -> None:
    write(Path("journal.db"), "this is no database, " * 100)
    done = world.plan()
    assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
    assert "callguard: journal journal.db: file is not a database" in done.err
    assert not Path("plan").exists()


def test_a_protected_number_is_left_out(world: World) -> None:
    write(Path("hospitals.txt"), f"{N2}\n")
    done = world.plan(more=("--protected", "hospitals.txt"))
    assert (["2"], ["1"]) == (table(done.out)["orders"], table(done.out)["protected"])
    found = json.loads(
        world.plan(
            more=("--protected", "hospitals.txt", "--no-default-protected", "--json")
        ).out
    )  # fmt: skip
    assert ["hospitals.txt"] == [Path(one["path"]).name for one in found["protected"]]


def test_the_window_is_in_days(world: World) -> None:
    assert ["2"] == table(world.plan(more=("--window", "4d")).out)["orders"]
    assert [N1, N5] == [order["number"] for order in world.orders()]
    done = world.plan(more=("--window", "3h"))
    assert (2, True) == (done.status, "expected days such as 90d" in done.err)


def test_one_number_is_planned_like_a_file_of_it(world: World) -> None:
    done = world.takedown(*ONE)
    assert (0, ["3"]) == (done.status, table(done.out)["orders"])
    stop, first, second = world.orders()
    assert [stop["number"], "stop", "CM"] == table(done.out)[stop["order_id"]]
    text = Path("plan.reports.csv").read_text(encoding="utf-8")
    report_id = stop["report_id"]
    assert (
        "report_id,number,incident_at,case_id,authority,certified_by,known_by,category\n"
        f"{report_id},13800138001,2026-05-01T00:00:00+08:00,C1,PSB,Li,traced,\n"
    ) == text
    assert [N2, N5] == sorted((first["number"], second["number"]))
    again = world.takedown(*ONE, "--report-id", "R9", "--json")
    assert "R9" == world.orders()[0]["report_id"]
    assert 3 == json.loads(again.out)["counts"]["orders"]
    world.approve()
    assert 0 == world.takedown("issue", "plan").status


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("833", "833: this is no number that somebody can hold (invalid)"),
        ("11010119900307123X", "[identity document left out]: this is no number"),
    ],
)
def test_one_number_that_is_none_is_refused(world: World, number: str, said: str) -> None:
    done = world.takedown(*PLAN, "--number", number, *CERTIFIED, "--incident-at", "2026-05-01")
    assert (1, "", True) == (done.status, done.out, f"callguard: {said}" in done.err)
    assert not Path("plan").exists()
    assert not Path("plan.reports.csv").exists()


def test_a_document_in_the_wrong_place_is_not_kept(world: World) -> None:
    document = "11010119900307123X"
    cells = ("--case", "C1", "--authority", f"PSB {document}", "--certified-by", document)
    done = world.takedown(*PLAN, "--number", N1, *cells, "--incident-at", "2026-05-01")
    assert 0 == done.status
    files = [*Path("plan").iterdir(), Path("plan.reports.csv")]
    assert not [path for path in files if document.encode() in path.read_bytes()]
    done = world.takedown(*ONE[:-1], document)
    assert (2, False) == (done.status, document in done.err)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (PLAN, "give either --reports FILE or --number N"),
        ((*ONE, "--reports", "feed.csv"), "give either --reports FILE or --number N"),
        (
            (*PLAN, "--number", N1, "--case", "C1", "--authority", " "),
            "--number also needs --incident-at, --authority, --certified-by",
        ),
        ((*PLAN, "--reports", "f", "--case", "C1"), "--case describes one report, which needs"),
        ((*PLAN, "--reports", "f", "--report-id", "R"), "--report-id describes one report"),
        ((*ONE[:-1], "tomorrow"), "'tomorrow' is no ISO 8601 date or time"),
        ((*ONE[:-1], "2027-01-01"), "'2027-01-01' is in the future"),
        ((*ONE, "--at", "now"), "'now' is no ISO 8601 date or time"),
    ],
)
def test_wrong_usage(world: World, arguments: tuple[str, ...], said: str) -> None:
    done = world.takedown(*arguments)
    assert (2, "", True) == (done.status, done.out, said in " ".join(done.err.split()))
    assert not Path("plan").exists()
    assert not Path("plan.reports.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--registry", "absent"), "absent: is not a registry, it has no manifest.json"),
        (("--reports", "absent.csv"), "absent.csv: the reports cannot be read: No such file"),
        (("--reports", "feed.csv"), "feed.csv:1: the header lacks"),
        (("--output", "registry"), "registry: holds something other than a plan (manifest.json)"),
        (("--output", "/"), "/: a plan needs its own folder"),
    ],
)
def test_what_cannot_be_planned(world: World, arguments: tuple[str, ...], said: str) -> None:
    done = world.plan(more=arguments)
    assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
    assert f"callguard: {said}" in done.err
    assert not Path("plan").exists()


def test_seconds_since_1970_are_a_time(world: World) -> None:
    found = json.loads(world.plan(more=("--at", str(NOW - 5), "--json")).out)
    assert NOW - 5 == found["at"]


def test_help_loads_nothing_heavy() -> None:
    heavy = ("duckdb", "pyarrow", "sqlalchemy", "pyspark", "psycopg")
    code = f"import callguard.cli.main, sys; print([x for x in {heavy} if x in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert (b"[]", b"") == (done.stdout.strip(), done.stderr)


@pytest.mark.long
def test_spark_makes_the_same_plan(world: World) -> None:
    world.plan()
    before = {path.name: path.read_bytes() for path in Path("plan").iterdir()}
    assert 0 == world.plan(more=("--spark", "local[1]")).status
    assert before == {path.name: path.read_bytes() for path in Path("plan").iterdir()}


@pytest.mark.long
def test_a_spark_that_cannot_be_started_is_one_line(world: World) -> None:
    world.plan()
    # In a process of its own: a Spark that runs in this one would be taken.
    child = start(
        *("takedown", "plan", "--reports", "reports.csv", "--registry", "registry"),
        *("--output", "other", "--spark", "nowhere"),
        stderr=subprocess.PIPE,
    )
    _, complaints = child.communicate()
    lines = [line for line in complaints.decode().splitlines() if line.startswith("callguard: ")]
    assert (1, 1) == (child.returncode, len(lines))
    assert lines[0].startswith("callguard: Spark: ")
    assert not Path("other").exists()

"""``callguard takedown status`` and ``verify``: how orders and journal stand."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callguard.cli.takedown_status import span
from tests.command_line.running import Run
from tests.command_line.takedown import World, table, write


@pytest.fixture
def world(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World.make(run, tmp_path, monkeypatch)


def damage(*statements: str) -> None:
    """Change the journal as somebody would who can write to its file."""
    with closing(sqlite3.connect("journal.db")) as database, database:
        for name in ("update", "delete"):
            database.execute(f"DROP TRIGGER takedown_entries_{name}")
        for statement in statements:
            database.execute(statement)


def test_orders_by_carrier_and_times_to_shut(world: World) -> None:
    orders = world.issued()
    with Path("answers.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(
            [
                ("order_id", "outcome", "at"),
                (orders[0]["order_id"], "executed", "2026-11-24T10:30:00+08:00"),
            ]
        )
    world.at += 7200
    world.takedown("acknowledge", "answers.csv")
    done = world.takedown("status")
    assert (0, "") == (done.status, done.err)
    shown = table(done.out)
    assert ["0", "0", "0", "1", "0", "0", "0", "0"] == shown["CM"]
    assert ["0", "2", "0", "1", "0", "0", "0", "0"] == shown["all"]
    assert ["1", "1 h 0 min", "1 h 0 min"] == shown["from the issue"]
    assert "1 plan approved, 1 issued; 1 order executed; 0 wrongful closures (0.00%" in done.out
    found = world.json("status")
    assert (3600, 1) == (
        found["total"]["issued_to_executed"]["median_s"],
        found["carriers"]["CM"]["executed"],
    )


def test_overdue_orders(world: World) -> None:
    first = world.issued()[0]
    world.at += 7201
    assert [] == world.json("status")["overdue"]
    done = world.takedown("status", "--due", "2h")
    assert 0 == done.status
    overdue = table(done.out)[first["order_id"]]
    assert [first["number"], "CM", "2 h 0 min"] == overdue
    assert 3 == len(world.json("status", "--due", "2h")["overdue"])


def test_no_journal_is_one_line(world: World) -> None:
    for command in ("status", "verify", "export-list"):
        done = world.takedown(command, *(["list.txt"] if command == "export-list" else []))
        assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
        assert "callguard: there is no journal at journal.db; the first" in done.err
    assert not Path("journal.db").exists()


def test_a_journal_elsewhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.plan()
    monkeypatch.setenv("CALLGUARD_JOURNAL", "elsewhere.db")
    monkeypatch.setenv("CALLGUARD_HEAD", "kept/head.json")
    assert 0 == world.takedown("approve", "plan", "--by", "Li").status
    assert (True, False) == (Path("elsewhere.db").exists(), Path("journal.db").exists())
    assert 0 == world.takedown("verify").status
    done = world.takedown("verify", "--journal", "absent.db")
    assert (1, True) == (done.status, "there is no journal at absent.db" in done.err)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("postgresql://li:hush@localhost:1/journal", "connection failed"),
        ("mysql://li:hush@localhost/journal", "not in mysql"),
        ("postgresql://li:hush@localhost:port/journal", "the journal's URL cannot be read"),
    ],
)
def test_a_password_is_never_shown(world: World, where: str, said: str) -> None:
    world.plan()
    for command in (("status",), ("approve", "plan", "--by", "Li"), ("verify",)):
        done = world.takedown(*command, "--journal", where)
        assert (1, "", True) == (done.status, done.out, said in done.err)
        assert "hush" not in done.err


def test_a_sound_journal_has_a_head(world: World) -> None:
    world.issued()
    done = world.takedown("verify")
    seq, digest = done.out.split("\t")
    assert (0, 64) == (done.status, len(digest.strip()))
    assert "without --head, entries cut off from its end do not show" in done.err
    found = world.json("verify")
    assert (True, int(seq), digest.strip()) == (
        found["ok"],
        found["head"]["seq"],
        found["head"]["hash"],
    )


def test_a_changed_entry_is_found(world: World) -> None:
    world.issued()
    damage("UPDATE takedown_entries SET actor = 'Zhao' WHERE seq = 2")
    done = world.takedown("verify")
    assert (1, "") == (done.status, done.out)
    assert "callguard: journal journal.db: entry 2 was changed" in done.err
    assert (False, 2) == tuple(world.json("verify")[name] for name in ("ok", "seq"))
    for command in (("status",), ("export-list", "list.txt")):
        done = world.takedown(*command)
        assert (1, "", True) == (done.status, done.out, "entry 2 was changed" in done.err)


def test_an_end_that_was_cut_off_shows_against_the_head(world: World) -> None:
    world.plan()
    world.takedown("approve", "plan", "--by", "Li", "--head", "head.json")
    damage("DELETE FROM takedown_entries WHERE seq = 4")
    assert 1 == world.takedown("verify", "--guard", "--head", "head.json").status
    done = world.takedown("verify", "--head", "head.json")
    assert (1, True) == (done.status, "entry 4 is missing: the end was cut off" in done.err)


def test_a_head_that_is_not_there_is_no_comfort(world: World) -> None:
    world.issued()
    done = world.takedown("verify", "--head", "head.json")
    assert (1, "") == (done.status, done.out)
    assert "head.json: no head of a journal is kept here" in done.err
    write(Path("head.json"), "{}")
    done = world.takedown("verify", "--head", "head.json")
    assert (1, True) == (done.status, "this is not the head of a journal" in done.err)


def test_a_journal_that_no_longer_guards_itself(world: World) -> None:
    world.issued()
    damage()
    done = world.takedown("verify")
    assert (1, True) == (done.status, "the database no longer refuses changes" in done.err)
    done = world.takedown("verify", "--guard")
    assert (0, True) == (done.status, "put back: " in done.err)
    assert 0 == world.takedown("verify").status


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, "-"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 0 min"),
        (86_399, "23 h 59 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_a_span_as_people_say_it(seconds: int | None, expected: str) -> None:
    assert expected == span(seconds)

"""``callguard registry``: feeds into registries, and what goes wrong on the way."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.command_line.running import Run
from tests.command_line.takedown import FEED, NOW, World, table, write

DOCUMENT = "11010119900307123X"
WITH_DOCUMENT = FEED.replace("owner_id", "owner_document").replace("A1", DOCUMENT)
WITH_DOCUMENT = WITH_DOCUMENT.replace("B2", "91110000600037341L").replace("C3", "G12345671")


@pytest.fixture
def world(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World.make(run, tmp_path, monkeypatch)


def test_a_build_says_what_the_registry_holds(world: World) -> None:
    shown = table(world.run("registry", "show", "registry").out)
    assert (["8"], ["7"], ["Asia/Shanghai"], ["CN"]) == tuple(
        shown[name] for name in ("rows", "numbers", "time zone", "home")
    )
    assert ["none, no documents"] == shown["key id"]
    assert ["2026-11-24T09:30:00+08:00"] == shown["built at"]


def test_what_a_registry_holds_as_json(world: World) -> None:
    shown = json.loads(world.run("registry", "show", "registry", "--json").out)
    [segment] = shown["segments"]
    assert (8, 7, NOW, "CN", None) == tuple(
        shown[name] for name in ("rows", "numbers", "built_at", "home", "key_id")
    )
    assert ("base", 8, 0) == (segment["kind"], segment["rows"], segment["rejected"])
    assert "feed.csv" == segment["inputs"][0]["name"]


def test_the_same_feed_gives_the_same_digest_at_the_same_time(world: World) -> None:
    time = ("--at", "2026-11-24T09:30:00")
    built = [
        json.loads(
            world.run("registry", "build", "feed.csv", "--output", name, *time, "--json").out
        )
        for name in ("one", "two")
    ]
    assert built[0]["digest"] == built[1]["digest"]
    assert NOW == built[0]["built_at"]


def test_refused_rows_are_counted_listed_and_end_with_status_1(world: World) -> None:
    write(Path("bad.csv"), FEED.replace("13800138003", "what").replace("4001234567", "110"))
    done = world.run("registry", "build", "bad.csv", "--output", "other")
    assert 1 == done.status
    assert ["6"] == table(done.out)["rows"]
    assert "callguard: 2 rows refused; other/rejects/" in done.err
    path = Path(done.err.split("; ")[1].split(" says")[0])
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [4, 7] == [line["line"] for line in lines]
    found = json.loads(world.run("registry", "build", "bad.csv", "--output", "other", "--json").out)
    assert (2, 2, str(path)) == (
        found["rejected"],
        sum(found["reasons"].values()),
        found["rejects"],
    )


def test_too_many_refused_rows_build_nothing(world: World) -> None:
    rows = "".join(f"x{place},A1,person,mobile,2020-01-01,,,CT,,active\n" for place in range(200))
    write(Path("bad.csv"), FEED.splitlines()[0] + "\n" + rows)
    arguments = ("registry", "build", "bad.csv", "--output", "registry", "--max-rejects", "10%")
    done = world.run(*arguments)
    assert (1, "") == (done.status, done.out)
    assert "Nothing was built" in done.err
    assert ["8"] == table(world.run("registry", "show", "registry").out)["rows"]
    assert 1 == world.run(*arguments[:-1], "100%").status
    assert ["0"] == table(world.run("registry", "show", "registry").out)["rows"]


@pytest.mark.parametrize("share", ["5", "101%", "-1%", "a%", "1.5"])
def test_a_share_is_a_share(world: World, share: str) -> None:
    done = world.run("registry", "build", "feed.csv", "--output", "o", "--max-rejects", share)
    assert 2 == done.status
    assert "expected a share such as 5% or 0.05" in done.err


def test_a_delta_is_folded_in_once(world: World) -> None:
    delta = FEED.splitlines()[0] + "\n13800138009,A1,person,mobile,2026-11-23,,,CM,,active\n"
    write(Path("delta.csv"), delta)
    done = world.run("registry", "update", "delta.csv", "--registry", "registry")
    assert (0, ["9"], "") == (done.status, table(done.out)["rows"], done.err)
    again = world.run("registry", "update", "delta.csv", "--registry", "registry")
    assert (0, ["9"]) == (again.status, table(again.out)["rows"])
    assert "registry: nothing to do, all of it is in there already\n" in again.err
    segments = json.loads(world.run("registry", "show", "registry", "--json").out)["segments"]
    assert ["base", "delta"] == [one["kind"] for one in segments]
    done = world.run("registry", "compact", "registry")
    assert (0, ["9"]) == (done.status, table(done.out)["rows"])
    segments = json.loads(world.run("registry", "show", "registry", "--json").out)["segments"]
    assert ["base"] == [one["kind"] for one in segments]


def test_a_flipped_byte_is_found(world: World) -> None:
    done = world.run("registry", "verify", "registry")
    assert (0, "") == (done.status, done.err)
    [path] = Path("registry").rglob("rows.bin")
    data = bytearray(path.read_bytes())
    data[7] ^= 1
    path.write_bytes(data)
    done = world.run("registry", "verify", "registry")
    assert (1, "") == (done.status, done.out)
    assert f"callguard: {path}: is not as it was written" in done.err
    found = json.loads(world.run("registry", "verify", "registry", "--json").out)
    assert (False, True) == (found["ok"], str(path) in found["fault"])


@pytest.mark.parametrize("command", ["verify", "show", "compact"])
def test_a_folder_that_is_no_registry(world: World, command: str) -> None:
    done = world.run("registry", command, ".")
    assert (1, "") == (done.status, done.out)
    assert "callguard: .: is not a registry, it has no manifest.json; make one with " in done.err


def test_a_folder_of_something_else_does_not_become_a_registry(world: World) -> None:
    done = world.run("registry", "build", "feed.csv", "--output", ".")
    assert (1, "") == (done.status, done.out)
    assert "callguard: .: holds something else (feed.csv); name a new or empty folder" in done.err


def test_a_zone_and_a_time_that_are_none(world: World) -> None:
    build = ("registry", "build", "feed.csv", "--output", "other")
    done = world.run(*build, "--zone", "Asia/Bejing")
    assert (1, True) == (done.status, "'Asia/Bejing' is not a known time zone" in done.err)
    done = world.run(*build, "--at", "yesterday")
    assert (2, True) == (done.status, "'yesterday' is no ISO 8601 date" in done.err)
    assert not Path("other").exists()


def test_a_new_key_is_for_its_owner_only_and_never_replaces_one(world: World) -> None:
    done = world.run("registry", "key", "key")
    assert (0, "") == (done.status, done.err)
    assert 0o600 == stat.S_IMODE(Path("key").stat().st_mode)
    before = Path("key").read_bytes()
    again = world.run("registry", "key", "key")
    assert (1, "") == (again.status, again.out)
    assert "callguard: key: exists" in again.err
    assert before == Path("key").read_bytes()
    assert before.decode().strip() not in done.out
    world.run("registry", "key", "other")
    assert before != Path("other").read_bytes()


def test_documents_need_a_key_and_leave_no_trace(world: World) -> None:
    write(Path("documents.csv"), WITH_DOCUMENT)
    build = ("registry", "build", "documents.csv", "--output", "secret")
    done = world.run(*build)
    assert (1, "") == (done.status, done.out)
    assert "documents.csv: holds owner_document" in done.err
    assert "--key-file" in done.err
    key_id = world.run("registry", "key", "key").out.split()[-1]
    done = world.run(*build, "--key-file", "key")
    assert (0, [key_id]) == (done.status, table(done.out)["key id"])
    number = ("13800138001", "--at", "2026-05-01", "--registry", "secret")
    said = world.takedown("who", *number).out + world.takedown("who", *number, "--json").out
    written = [path.read_bytes() for path in Path("secret").rglob("*") if path.is_file()]
    assert written
    assert not [data for data in (*written, said.encode()) if DOCUMENT.encode() in data]


def test_keys_that_are_refused(world: World) -> None:
    build = ("registry", "build", "feed.csv", "--output", "other", "--key-file")
    write(Path("open"), "00112233445566778899aabbccddeeff" * 2, 0o644)
    write(Path("short"), "abc", 0o600)
    for key, why in (
        ("open", "open: the key file has mode 0644, and only its owner may read it; run chmod 600"),
        ("short", "short: the key file holds 3 bytes, and a key has at least 32"),
        ("absent", "absent: the key file cannot be read (No such file or directory)"),
    ):
        done = world.run(*build, key)
        assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
        assert f"callguard: {why}" in done.err


def test_a_made_up_feed_is_a_feed(world: World) -> None:
    arguments = ("--rows", "2000", "--seed", "7", "--reports", "50", "--json")
    made = [
        json.loads(world.run("registry", "simulate", name, *arguments).out)
        for name in ("made.csv", "again.csv")
    ]
    assert (2000, "made.labels.csv", "made.reports.csv") == (
        made[0]["rows"],
        made[0]["labels"],
        made[0]["reports"],
    )
    for ending in ("csv", "labels.csv", "reports.csv"):
        assert Path(f"made.{ending}").read_bytes() == Path(f"again.{ending}").read_bytes()
    done = world.run("registry", "build", "made.csv", "--output", "made")
    assert (0, ["2,000"]) == (done.status, table(done.out)["rows"])
    done = world.takedown(
        "plan", "--reports", "made.reports.csv", "--registry", "made", "--output", "plan"
    )
    assert (0, ["50"]) == (done.status, table(done.out)["reports"])


def test_a_made_up_feed_with_documents(world: World) -> None:
    done = world.run("registry", "simulate", "made.csv.gz", "--rows", "100", "--documents")
    assert (0, "made.csv.gz\nmade.labels.csv\n") == (done.status, done.out)
    assert "100 rows" in done.err
    done = world.run("registry", "build", "made.csv.gz", "--output", "made")
    assert "holds owner_document" in done.err


def test_a_feed_of_no_known_kind_is_not_made(world: World) -> None:
    done = world.run("registry", "simulate", "made.xls", "--rows", "100")
    assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
    assert "name the feed .parquet, .csv or .csv.gz" in done.err

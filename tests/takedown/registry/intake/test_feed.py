"""Feeds as a whole: names, changes while they are read, refused rows."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import orjson
import pytest

from callguard.errors import RegistryError
from callguard.faults import SHOWN, Fault
from callguard.takedown.registry.intake.feed import checked_batches, open_feed, open_feeds
from callguard.takedown.registry.intake.rejects import ENOUGH, Rejects
from tests.takedown.registry.intake.test_rows import FAST

HEADER = "number,owner_id,owner_kind,service,registered_at,closed_at,carrier,status\n"


def line(number: str, owner: str = "C-7") -> str:
    return f"{number},{owner},person,mobile,2026-01-02,,CM,active\n"


def test_good_rows_keep_their_order_and_others_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(HEADER + line("13800138000") + "x\n" + line("911") + line("13800138001"))
    with Rejects.of(tmp_path, "n") as rejects:
        found = list(checked_batches(open_feed(path, "f.csv"), FAST, rejects, 10))
        rejects.judge()
        rejects.finish()
    assert [8613800138000, 8613800138001] == [n for one in found for n in one["number"].to_pylist()]
    assert [10, 12] == [n for one in found for n in one["line"].to_pylist()]
    reason = "is an emergency number, not a line"
    width = "the row has 1 fields, the header has 8"
    assert [
        {"file": "f.csv", "line": 3, "column": None, "reason": width},
        {"file": "f.csv", "line": 4, "column": "number", "reason": reason},
    ] == [orjson.loads(one) for one in (tmp_path / "rejects/n.jsonl").read_bytes().splitlines()]
    assert (4, 2) == (rejects.seen, rejects.count)
    assert {f"number: {reason}": 1, width: 1} == dict(rejects.reasons)


def test_feeds_are_called_by_file_name_while_names_differ(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c/a.csv")]
    (tmp_path / "c").mkdir()
    for path in paths:
        path.write_text(HEADER)
    assert ["a.csv", "b.csv"] == [feed.name for feed in open_feeds(paths[:2])]
    assert [str(path) for path in paths] == [feed.name for feed in open_feeds(paths)]
    with pytest.raises(RegistryError, match="no input"):
        open_feeds([])


def test_a_feed_that_changes_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(HEADER + line("13800138000"))
    feed = open_feed(path, "f.csv")
    path.write_text(HEADER + line("13800138001"))
    os.utime(path, ns=(1, 1))
    with pytest.raises(RegistryError, match="changed while it was read"):
        list(feed.batches())


def test_a_pipe_is_no_feed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RegistryError, match="is not a regular file"):
        open_feed(tmp_path / "pipe", "pipe")
    with pytest.raises(RegistryError, match="cannot be read"):
        open_feed(tmp_path / "none", "none")


REFUSED = Fault("f", 2, 0, "", "is empty", "", field="number")


@pytest.mark.parametrize(("rows", "refused"), [(100, 100), (4000, 200)])
def test_refused_rows_that_are_not_too_many(tmp_path: Path, rows: int, refused: int) -> None:
    with Rejects.of(tmp_path, "n") as rejects:
        rejects.add(rows, [REFUSED] * refused)
        rejects.judge()
        rejects.finish()
    assert refused == len((tmp_path / "rejects/n.jsonl").read_bytes().splitlines())


@pytest.mark.parametrize(("rows", "refused"), [(101, 101), (4000, 201)])
def test_too_many_refused_rows(tmp_path: Path, rows: int, refused: int) -> None:
    with Rejects.of(tmp_path, "n") as rejects:
        rejects.add(rows, [REFUSED] * refused)
        with pytest.raises(RegistryError) as error:
            rejects.judge()
    assert f"{refused} of {rows} rows were refused, more than 0.05 of them: " in str(error.value)
    assert f"{refused} × number: is empty. Nothing was built." in str(error.value)
    assert refused == len((tmp_path / "rejects/n.jsonl").read_bytes().splitlines())
    assert [REFUSED] * SHOWN == list(error.value.faults[:-1])
    assert f"{refused - SHOWN} more faults from here on" == error.value.faults[-1].message


def test_a_hopeless_feed_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (
        Rejects.of(tmp_path, "n") as rejects,
        pytest.raises(RegistryError, match="rows were refused"),
    ):
        rejects.add(ENOUGH, [REFUSED] * ENOUGH)


def test_a_full_disk_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Rejects.of(tmp_path, "n") as rejects:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match=r"rejects/n\.jsonl"):
            rejects.finish()
    assert [] == list((tmp_path / "rejects").iterdir())


def test_without_an_end_there_is_no_file(tmp_path: Path) -> None:
    with Rejects.of(tmp_path, "n") as rejects:
        rejects.add(1, [REFUSED])
    assert [] == list((tmp_path / "rejects").iterdir())
    with pytest.raises(ValueError, match="not open"):
        rejects.add(1, [REFUSED])

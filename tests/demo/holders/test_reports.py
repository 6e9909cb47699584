"""Made-up reports about a made-up feed."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from callguard.demo.holders.feed import labels_path, simulate
from callguard.demo.holders.reports import simulate_reports
from callguard.errors import TakedownError
from callguard.numbering import NumberingPlan
from callguard.takedown.planning.reports import REPORT_COLUMNS
from callguard.times import parse_time


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feed") / "feed.parquet"
    simulate(path, 20_000, 5, rings=0.02)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_reports(feed: Path, tmp_path: Path) -> None:
    assert 1000 == simulate_reports(feed, labels_path(feed), tmp_path / "r.csv", 1000, 3)
    reports = read(tmp_path / "r.csv")
    assert list(REPORT_COLUMNS) == list(reports[0])
    assert 1000 == len({one["report_id"] for one in reports})
    plan, zone = NumberingPlan("CN"), ZoneInfo("Asia/Shanghai")
    rings = {one["owner_id"] for one in read(labels_path(feed)) if one["label"] == "ring"}
    held: dict[str, list[tuple[int, int, str]]] = {}
    table = pq.read_table(feed)
    for row in table.select(["number", "registered_at", "closed_at", "owner_id"]).to_pylist():
        closed = row["closed_at"].timestamp() if row["closed_at"] else 1 << 40
        number = plan.classify(row["number"])[0] or ""
        start = int(row["registered_at"].timestamp())
        held.setdefault(number, []).append((start, int(closed), row["owner_id"]))
    sorts: Counter[str] = Counter()
    for one in reports:
        found, at = plan.classify(one["number"])[0], parse_time(one["incident_at"], zone)
        holders = held.get(found or "", [])
        holder = [owner for start, end, owner in holders if start <= at < end]
        if not holders:
            sorts["junk"] += 1
            continue
        assert 1 == len(holder)
        later = [owner for start, _, owner in holders if start > at and owner != holder[0]]
        ring = holder[0] in rings
        sort = "ring" if ring else "recycled" if later else "other"
        sorts[one["known_by"] if one["known_by"] == "displayed" else sort] += 1
    assert 690 < sorts["ring"] < 720
    assert (100, 40) == (sorts["displayed"], sorts["junk"])
    assert sorts["recycled"] >= 70
    displayed = Counter(one["number"][-8:] for one in reports if one["known_by"] == "displayed")
    assert 43 <= displayed.most_common(1)[0][1] + displayed.most_common(2)[1][1]


def test_the_same_seed_gives_the_same_bytes(feed: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate_reports(feed, labels_path(feed), tmp_path / name, 50, seed)
    first, same, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == same != other


@pytest.mark.parametrize("name", ["f.csv", "f.csv.gz"])
@pytest.mark.parametrize("with_documents", [False, True])
def test_small_feeds_of_every_form(tmp_path: Path, name: str, with_documents: bool) -> None:
    path = tmp_path / name
    simulate(path, 300, 5, with_documents=with_documents)
    simulate_reports(path, labels_path(path), tmp_path / "r.csv", 100, 3)
    assert 100 == len(read(tmp_path / "r.csv"))


def test_files_that_are_no_feed(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("number\n1\n")
    with pytest.raises(TakedownError, match="make both with callguard registry simulate"):
        simulate_reports(tmp_path / "f.csv", tmp_path / "none", tmp_path / "r.csv", 10, 1)

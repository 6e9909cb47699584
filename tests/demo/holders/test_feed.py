"""Made-up feeds: the same for the same seed, accepted whole, and like real ones."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callguard.demo.holders import feed as feed_module
from callguard.demo.holders.feed import DEFAULT_AT, labels_path, simulate
from callguard.demo.holders.owners import documents
from callguard.demo.holders.spaces import CHUNK, SPACES, national_numbers
from callguard.errors import TakedownError
from callguard.numbering import NumberingPlan
from callguard.takedown.model import FOREVER, OWNER_KINDS, SERVICES, STATUSES
from callguard.takedown.registry.intake.fast import FastChecker
from callguard.takedown.registry.intake.feed import open_feed
from callguard.takedown.registry.intake.owners import Key
from callguard.takedown.registry.intake.plain import Checker

ROWS = 40_000
DAY = 86_400


@cache
def checker() -> FastChecker:
    zone = ZoneInfo("Asia/Shanghai")
    return FastChecker(Checker(NumberingPlan("CN"), zone, Key(bytes(range(32)), "0")))


def read(path: Path) -> pa.Table:
    """The rows of a feed; none may be refused."""
    batches = []
    for raw in open_feed(path, path.name).batches():
        found = checker().check(raw)
        assert ([], []) == (found.rejects, raw.faults)
        batches.append(found.rows)
    return pa.Table.from_batches(batches)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feed") / "feed.parquet"
    simulate(path, ROWS, 7)
    return path


@pytest.fixture(scope="module")
def table(feed: Path) -> pa.Table:
    return read(feed)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for ending in ("parquet", "csv", "csv.gz"):
        paths = [tmp_path / f"{name}.{ending}" for name in "abc"]
        for path, seed in zip(paths, (1, 1, 2), strict=True):
            found = simulate(path, 500, seed)
            assert (path, labels_path(path), 500) == (found.feed, found.labels, found.rows)
        first, same, other = (path.read_bytes() for path in paths)
        assert first == same != other
        labels = [labels_path(path).read_bytes() for path in paths]
        assert labels[0] == labels[1] != labels[2]


def test_every_form_holds_the_same_rows(tmp_path: Path) -> None:
    tables = []
    for ending in ("parquet", "csv", "csv.gz"):
        path = tmp_path / f"f.{ending}"
        simulate(path, 3000, 3)
        tables.append(read(path))
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


@pytest.mark.parametrize("rows", [50, 51, 199, 200, 1000, 2500])
def test_any_number_of_rows_over_chunks(
    tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "CHUNK", 1000)
    seen: list[int] = []
    simulate(tmp_path / "f.parquet", rows, 9, progress=seen.append)
    found = read(tmp_path / "f.parquet")
    assert (rows, rows) == (found.num_rows, seen[-1])
    # Each chunk has numbers and owners of its own.
    if rows > 2000:
        owners = [set(found["owner_lo"][at : at + 1000].to_pylist()) for at in (0, 1000, 2000)]
        numbers = [set(found["number"][at : at + 1000].to_pylist()) for at in (0, 1000, 2000)]
        for parts in (owners, numbers):
            assert len(set.union(*parts)) == sum(map(len, parts))


def test_kinds_services_and_states(table: pa.Table) -> None:
    count = table.num_rows
    kinds = Counter(OWNER_KINDS[code] for code in table["owner_kind"].to_pylist())
    assert set(OWNER_KINDS) == set(kinds)
    assert 0.75 < kinds["person"] / count < 0.85
    assert set(SERVICES) == {SERVICES[code] for code in set(table["service"].to_pylist())}
    states = Counter(STATUSES[code] for code in table["status"].to_pylist())
    assert 0.15 < states["closed"] / count < 0.35
    sizes = np.sort(np.array(list(Counter(table["owner_lo"].to_pylist()).values())))
    assert 1 == np.median(sizes)
    assert sizes[-1] > 500
    assert max(table["registered_at"].to_pylist()) <= DEFAULT_AT


def test_numbers_are_recycled_and_ported_without_overlap(table: pa.Table) -> None:
    owner_of: dict[int, list[tuple[int, int, int, str]]] = {}
    columns = ("number", "registered_at", "closed_at", "owner_lo", "carrier")
    for number, start, end, owner, carrier in zip(
        *(table[name].to_pylist() for name in columns), strict=True
    ):
        owner_of.setdefault(number, []).append((start, end or FOREVER, owner, carrier))
    recycled = ported = 0
    longest = 0
    for rows in owner_of.values():
        rows.sort()
        for (_, end, owner, carrier), (start, _, next_owner, next_carrier) in pairwise(rows):
            assert end <= start
            if owner == next_owner and end == start:
                assert carrier != next_carrier
                ported += 1
            else:
                assert start - end >= 90 * DAY
                recycled += 1
        longest = max(longest, len({owner for _, _, owner, _ in rows}))
    assert 0.01 < recycled / table.num_rows < 0.05
    assert int(ROWS * 0.02) == ported
    assert longest >= 3


def test_labels_say_who_is_a_ring(feed: Path, table: pa.Table) -> None:
    with labels_path(feed).open(encoding="utf-8") as stream:
        labels = list(csv.DictReader(stream))
    assert {"company", "agent", "iot", "guardian", "ring"} == {one["label"] for one in labels}
    raw = pq.read_table(feed)
    held: dict[str, list[tuple[int, int]]] = {}
    for owner, number, registered in zip(
        raw["owner_id"].to_pylist(),
        table["number"].to_pylist(),
        table["registered_at"].to_pylist(),
        strict=True,
    ):
        held.setdefault(owner, []).append((number, registered))
    kinds = dict(zip(raw["owner_id"].to_pylist(), raw["owner_kind"].to_pylist(), strict=True))
    for one in labels:
        rows = held[one["owner_id"]]
        assert len({number for number, _ in rows}) == int(one["numbers"])
        if one["label"] != "ring":
            assert one["label"] == kinds[one["owner_id"]]
            continue
        assert "person" == kinds[one["owner_id"]]
        firsts = [min(at for number, at in rows if number == each) for each, _ in rows]
        assert max(firsts) - min(firsts) <= 23 * DAY


def test_documents_have_the_form_and_belong_to_nobody(tmp_path: Path) -> None:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    found = [bytes(one).decode() for one in documents(10**9, 2000)]
    assert 2000 == len(set(found))
    for text in found:
        total = sum(int(sign) * weight for sign, weight in zip(text, weights, strict=False))
        assert "10X98765432"[total % 11] == text[17]
        assert text.startswith("99")
        np.datetime64(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")
    path = tmp_path / "f.csv"
    simulate(path, 500, 1, with_documents=True)
    assert 500 == read(path).num_rows
    header = labels_path(path).read_text().partition("\n")[0]
    assert "owner_document,label,numbers" == header


@pytest.mark.parametrize("service", SPACES)
def test_numbers_are_those_of_their_service(service: str) -> None:
    space, plan = SPACES[service], NumberingPlan("CN")
    places = np.linspace(0, len(space) - 1, 2000).astype(np.int64)
    found = space.numbers(places)
    assert len(places) == len(set(found.tolist()))
    kinds = Counter(plan.classify(f"{space.lead}{number}")[1].kind for number in found.tolist())
    expected = {"mobile": "mobile", "400": "shared_cost", "data": "mobile"}.get(service, "fixed")
    assert kinds[expected] > 1990
    heads = Counter(found.tolist() // np.int64(space.width))
    assert heads.most_common(1)[0][1] <= 2000 / len(space.prefixes) * 2


def test_there_are_numbers_for_all_of_china() -> None:
    chunk, codes = 1_700_000_000 // CHUNK, np.arange(len(SERVICES), dtype=np.int8)
    found = national_numbers(codes, np.zeros(len(SERVICES), np.int64), chunk)
    assert len(SERVICES) == len(set(found.tolist()))
    with pytest.raises(TakedownError, match="no mobile numbers are left"):
        national_numbers(codes, np.full(len(SERVICES), CHUNK), chunk)


def test_what_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(TakedownError, match="too few"):
        simulate(tmp_path / "f.csv", 49, 1)
    with pytest.raises(TakedownError, match=r"name the feed \.parquet"):
        simulate(tmp_path / "f.txt", 50, 1)
    with pytest.raises(TakedownError, match=r"give 0 to 0\.5"):
        simulate(tmp_path / "f.csv", 50, 1, rings=2)
    assert [] == list(tmp_path.iterdir())

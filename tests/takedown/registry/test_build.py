"""Building, folding in deltas, compacting: through files, as an operator does it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callguard.errors import RegistryError, TakedownError
from callguard.files import locked
from callguard.takedown.registry.build import Built, build, compact, update
from callguard.takedown.registry.feeding import Intake
from callguard.takedown.registry.manifest import Manifest
from callguard.takedown.registry.store import Registry

HEADER = "number,owner_id,owner_document,owner_kind,service,registered_at,activated_at,closed_at,"
HEADER += "carrier,agent,status\n"
DOCUMENT = "11010119900307123X"
OTHER = "110101199003071248"
AT = 1_795_449_600


def line(number: int, document: str = DOCUMENT, closed: str = "", carrier: str = "CM") -> str:
    status = "closed" if closed else "active"
    return (
        f"1380013{number:04},,{document},person,mobile,2026-01-02,,{closed},{carrier},,{status}\n"
    )


def feed(path: Path, *lines: str) -> Path:
    path.write_text(HEADER + "".join(lines))
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_bytes(bytes(range(32)))
    path.chmod(0o600)
    return path


def made(inputs: list[Path], key: Path | None, folder: Path, **options: Any) -> Built:
    return build(inputs, key, folder, zone="Asia/Shanghai", home="CN", at=AT, **options)


def rows(folder: Path) -> list[dict[str, Any]]:
    with Registry.open(folder) as registry:
        registry.verify()
        return sorted(
            (row for batch in registry.rows() for row in batch.to_pylist()),
            key=lambda row: (row["number"], row["registered_at"], row["owner_hi"], row["carrier"]),
        )


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("form", ["{}", "+86{}", "86{}", "0086{}", "0{}"])
def test_numbers_of_things_are_lines(tmp_path: Path, key: Path, form: str) -> None:
    heads = ("1400", "1410", "1440", "1441", "1460", "1489", "10641", "10646", "10648", "10649")
    things = [f"{head}{place:0{13 - len(head)}}" for head in heads for place in range(30)]
    people = [line(place) for place in range(3000)]
    lines = [line(0).replace("13800130000", form.format(thing)) for thing in things]
    found = made([feed(tmp_path / "a.csv", *people, *lines)], key, tmp_path / "r")
    assert (3300, 0) == (found.manifest.numbers, found.manifest.segments[0].rejected)
    expected = {int(f"86{thing}") for thing in things}
    assert expected <= {row["number"] for row in rows(tmp_path / "r")}


def test_build(tmp_path: Path, key: Path) -> None:
    path = feed(tmp_path / "a.csv", line(1), line(2, OTHER), line(1, closed="2026-03-01"), "x\n")
    seen: list[tuple[str, int]] = []
    found = made([path], key, tmp_path / "r", progress=lambda step, done: seen.append((step, done)))
    assert [8613800130001, 8613800130002] == [row["number"] for row in rows(tmp_path / "r")]
    manifest = Manifest.read(tmp_path / "r")
    (segment,) = manifest.segments
    assert found.manifest == manifest
    assert (2, 2, AT, "CN", "Asia/Shanghai") == (
        manifest.rows,
        manifest.numbers,
        manifest.built_at,
        manifest.home,
        manifest.zone,
    )
    assert ("base", 2, 1, 1) == (segment.kind, segment.rows, segment.rejected, segment.replaced)
    assert [("a.csv", 4)] == [(one.name, one.rows) for one in segment.inputs]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == segment.inputs[0].digest
    assert (("the row has 1 fields, the header has 11", 1),) == found.reasons
    assert tmp_path / "r" / "rejects" / f"{segment.name}.jsonl" == found.rejects
    assert seen


def test_no_document_is_written_anywhere(tmp_path: Path, key: Path) -> None:
    feed(tmp_path / "a.csv", line(1), line(2, OTHER), line(3, "x" + DOCUMENT + "\x01"))
    feed(tmp_path / "b.csv", line(4), f"{DOCUMENT},{DOCUMENT}\n", line(5).replace("CM", DOCUMENT))
    made([tmp_path / "a.csv"], key, tmp_path / "r")
    update([tmp_path / "b.csv"], key, tmp_path / "r", at=AT)
    for path in (tmp_path / "r").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(one.encode() in data for one in (DOCUMENT, DOCUMENT[:-1], OTHER))


def test_equal_builds_are_equal_and_replace_others(tmp_path: Path, key: Path) -> None:
    path = feed(tmp_path / "a.csv", line(1), line(2, OTHER))
    other = feed(tmp_path / "b.csv", line(3))
    made([path], key, tmp_path / "r")
    made([path], key, tmp_path / "s")
    made([other], key, tmp_path / "s")
    assert [8613800130003] == [row["number"] for row in rows(tmp_path / "s")]
    made([path], key, tmp_path / "s")
    made([path], key, tmp_path / "s")
    assert content(tmp_path / "r") == content(tmp_path / "s")


def test_the_name_says_what_went_in(tmp_path: Path, key: Path) -> None:
    path = feed(tmp_path / "a.csv", line(1))
    ids = tmp_path / "ids.csv"
    ids.write_text(path.read_text().replace(f",,{DOCUMENT}", ",C-7,"))
    names = {
        build([path], key, tmp_path / "r", zone=zone, home=home, at=at).manifest.segments[0].name
        for zone, home, at in [("UTC", "CN", 1), ("UTC", "CN", 2), ("Asia/Tokyo", "CN", 1)]
    }
    assert 2 == len(names)
    assert 16 == len(names.pop())


def test_update(tmp_path: Path, key: Path) -> None:
    made([feed(tmp_path / "a.csv", line(1), line(2, OTHER))], key, tmp_path / "r")
    delta = feed(tmp_path / "b.csv", line(1, closed="2026-03-01"), line(3))
    found = update([delta], key, tmp_path / "r", at=AT + 1)
    assert [1772294400, None, None] == [row["closed_at"] for row in rows(tmp_path / "r")]
    assert (3, 3, AT + 1) == (
        found.manifest.rows,
        found.manifest.numbers,
        found.manifest.built_at,
    )
    assert ["base", "delta"] == [segment.kind for segment in found.manifest.segments]
    before = content(tmp_path / "r")
    again = update([delta], key, tmp_path / "r", at=AT + 2)
    assert (None, before) == (again.segment, content(tmp_path / "r"))


def test_an_old_delta_does_not_come_back(tmp_path: Path, key: Path) -> None:
    first = feed(tmp_path / "b.csv", line(1))
    made([feed(tmp_path / "a.csv", line(2))], key, tmp_path / "r")
    update([first], key, tmp_path / "r", at=AT)
    update([feed(tmp_path / "c.csv", line(1, closed="2026-03-01"))], key, tmp_path / "r", at=AT)
    compact(tmp_path / "r", at=AT)
    new = feed(tmp_path / "d.csv", line(3))
    said = "b.csv: is part of the registry already, and is not folded in again"
    found = update([first], key, tmp_path / "r", at=AT)
    assert ((said,), None) == (found.warnings, found.segment)
    found = update([first, new], key, tmp_path / "r", at=AT)
    assert ((said,), "delta") == (found.warnings, found.manifest.segments[1].kind)
    assert [1772294400, None, None] == [row["closed_at"] for row in rows(tmp_path / "r")]


def test_keys_of_a_registry(tmp_path: Path, key: Path) -> None:
    path = feed(tmp_path / "a.csv", line(1))
    with pytest.raises(RegistryError, match=r"a\.csv: holds owner_document.*--key-file"):
        made([path], None, tmp_path / "r")
    made([path], key, tmp_path / "r")
    other = tmp_path / "other"
    other.write_bytes(bytes(range(1, 33)))
    other.chmod(0o600)
    with pytest.raises(RegistryError, match="is not the key of this registry"):
        update([feed(tmp_path / "b.csv", line(2))], other, tmp_path / "r", at=AT)
    ids = tmp_path / "ids.csv"
    ids.write_text((HEADER + line(2, "")).replace("owner_document,", "").replace(",,,p", ",C-7,p"))
    assert made([ids], None, tmp_path / "s").manifest.key_id is None
    found = update([path], key, tmp_path / "s", at=AT).manifest
    assert Manifest.read(tmp_path / "r").key_id == found.key_id


def test_too_many_refused_rows_leave_all_as_it_was(tmp_path: Path, key: Path) -> None:
    made([feed(tmp_path / "a.csv", line(1))], key, tmp_path / "r")
    before = content(tmp_path / "r")
    bad = feed(tmp_path / "b.csv", *(line(number) for number in range(1000)), *["x\n"] * 101)
    with pytest.raises(RegistryError, match="101 of 1101 rows were refused"):
        update([bad], key, tmp_path / "r", at=AT)
    after = content(tmp_path / "r")
    (rejects,) = set(after) - set(before)
    assert before == {path: digest for path, digest in after.items() if path != rejects}
    written = (tmp_path / "r" / rejects).read_bytes().splitlines()
    assert (101, "b.csv") == (len(written), orjson.loads(written[0])["file"])
    found = update([bad], key, tmp_path / "r", at=AT, intake=Intake(max_rejects=0.1))
    assert 101 == found.manifest.segments[1].rejected


def test_a_folder_in_other_hands(tmp_path: Path, key: Path) -> None:
    path = feed(tmp_path / "a.csv", line(1))
    with (
        locked(tmp_path / "r", TakedownError),
        pytest.raises(TakedownError, match="another process"),
    ):
        made([path], key, tmp_path / "r")


def test_a_registry_is_needed_to_update(tmp_path: Path, key: Path) -> None:
    with pytest.raises(RegistryError, match="is not a registry"):
        update([feed(tmp_path / "a.csv", line(1))], key, tmp_path / "r", at=AT)
    with pytest.raises(RegistryError, match="is not a registry"):
        compact(tmp_path / "r", at=AT)
    assert not (tmp_path / "r").exists()


DAYS = st.lists(
    st.lists(
        st.builds(
            line,
            st.integers(1, 4),
            st.sampled_from([DOCUMENT, OTHER]),
            st.sampled_from(["", "2026-01-02", "2026-02-01"]),
            st.sampled_from(["CM", "CT"]),
        ),
        min_size=1,
        max_size=6,
    ),
    min_size=1,
    max_size=4,
)


def agree(folder: Path, days: list[list[str]]) -> None:
    key = folder / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    # Equal feeds would be one: empty lines tell those of two days apart.
    feeds = [feed(folder / f"{day}.csv", *lines, "\n" * day) for day, lines in enumerate(days)]
    whole = made(feeds, key, folder / "whole").manifest
    made(feeds[:1], key, folder / "r")
    for path in feeds[1:]:
        update([path], key, folder / "r", at=AT)
    expected = rows(folder / "whole")
    assert expected == rows(folder / "r")
    found = Manifest.read(folder / "r")
    assert (whole.rows, whole.numbers) == (found.rows, found.numbers)
    assert (len(expected), len({row["number"] for row in expected})) == (found.rows, found.numbers)
    compacted = compact(folder / "r", at=AT).manifest
    assert expected == rows(folder / "r")
    assert (1, whole.rows, whole.numbers) == (
        len(compacted.segments),
        compacted.rows,
        compacted.numbers,
    )
    before = content(folder / "r")
    compact(folder / "r", at=AT + 1)
    assert before == content(folder / "r")


@settings(max_examples=3)
@given(DAYS)
def test_deltas_make_the_registry_that_one_build_makes(
    tmp_path_factory: pytest.TempPathFactory, days: list[list[str]]
) -> None:
    agree(tmp_path_factory.mktemp("days"), days)


@pytest.mark.long
@settings(max_examples=100)
@given(DAYS)
def test_many_deltas_make_the_registry_that_one_build_makes(
    tmp_path_factory: pytest.TempPathFactory, days: list[list[str]]
) -> None:
    agree(tmp_path_factory.mktemp("days"), days)

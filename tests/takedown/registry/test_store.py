from __future__ import annotations

import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from callguard.errors import RegistryError
from callguard.takedown.registry.manifest import Manifest
from callguard.takedown.registry.segment import current_rows, write_segment
from callguard.takedown.registry.store import Registry
from tests.made.registries import make_registry, row

SEGMENT = f"segments/{0:016x}"
FILES = [
    "by_number.parquet",
    "by_owner.parquet",
    "names.json",
    "numbers.bin",
    "numbers.fence",
    "owner_ids.bin",
    "owners.fence",
    "rows.bin",
]
ADVICE = "bring it back from a copy, or build the registry again"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    feed = [row(number, number % 7, number, owner_id=f"owner {number % 7}") for number in range(99)]
    return make_registry(tmp_path_factory.mktemp("registry"), feed)


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "registry"))


def test_has_exactly_these_files(folder: Path) -> None:
    assert FILES == sorted(path.name for path in (folder / SEGMENT).iterdir())
    assert [f"{SEGMENT}/{name}" for name in FILES] == sorted(
        Manifest.read(folder).segments[0].files
    )


def test_says_its_zone_and_digest(folder: Path) -> None:
    with Registry.open(folder) as registry:
        assert "UTC" == registry.zone.key
        assert Manifest.read(folder).digest == registry.digest
        assert 99 == registry.manifest.rows == registry.manifest.numbers


def test_a_folder_that_is_no_registry(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="is not a registry, it has no manifest"):
        Registry.open(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_found_when_it_opens(folder: Path, name: str) -> None:
    path = folder / SEGMENT / name
    path.unlink()
    with pytest.raises(RegistryError) as caught:
        Registry.open(folder)
    assert f"{path}: cannot be opened: No such file or directory; {ADVICE}" == str(caught.value)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "change", [lambda data: data[:-1], lambda data: data + b"\0", lambda _: b""]
)
def test_another_size_is_found_when_it_opens(
    folder: Path, name: str, change: Callable[[bytes], bytes]
) -> None:
    path = folder / SEGMENT / name
    before = path.read_bytes()
    path.write_bytes(change(before))
    with pytest.raises(RegistryError) as caught:
        Registry.open(folder)
    assert (
        f"{path}: has {len(change(before))} bytes, the manifest says {len(before)}; {ADVICE}"
    ) == str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_found_by_verify(folder: Path, name: str) -> None:
    path = folder / SEGMENT / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with Registry.open(folder) as registry, pytest.raises(RegistryError) as caught:
        registry.verify()
    assert str(caught.value).startswith(f"{path}: is not as it was written: its SHA-256 is ")
    assert str(caught.value).endswith(ADVICE)


def test_files_of_two_segments_swapped_are_found(tmp_path: Path) -> None:
    folder = make_registry(tmp_path, [row(1, 5, 3)], [row(2, 6, 4)])
    first, second = (folder / f"segments/{place:016x}/rows.bin" for place in range(2))
    first.rename(tmp_path / "kept")
    second.rename(first)
    (tmp_path / "kept").rename(second)
    with (
        Registry.open(folder) as registry,
        pytest.raises(RegistryError, match=r"rows[.]bin: is not"),
    ):
        registry.verify()


def test_verify_is_content_with_what_was_written_and_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with Registry.open(folder) as registry:
        registry.verify()
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_that_goes_while_verify_reads(folder: Path) -> None:
    with Registry.open(folder) as registry:
        (folder / SEGMENT / "rows.bin").unlink()
        with pytest.raises(RegistryError, match=r"rows[.]bin: cannot be read: No such file"):
            registry.verify()


@pytest.mark.parametrize("name", ["rows.bin", "numbers.bin", "names.json"])
def test_a_manifest_that_names_too_few_files(folder: Path, name: str) -> None:
    manifest = Manifest.read(folder)
    files = dict(manifest.segments[0].files)
    del files[f"{SEGMENT}/{name}"]
    object.__setattr__(manifest.segments[0], "files", files)
    manifest.write(folder)
    with pytest.raises(RegistryError, match="is not in the manifest"):
        Registry.open(folder)


def test_stays_usable_while_another_process_compacts(folder: Path) -> None:
    with Registry.open(folder) as registry:
        expected = registry.touched(np.array([5]), np.array([10**9]))
        shutil.rmtree(folder)
        assert expected.equals(registry.touched(np.array([5]), np.array([10**9])))


def test_a_compaction_between_manifest_and_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Manifest.read(folder)
    with Registry.open(folder) as registry:
        compacted = write_segment(folder, "compacted", current_rows(registry))
    info = compacted.info(at=1, rejected=0, inputs=())
    values = {name: getattr(old, name) for name in Manifest.__slots__}
    Manifest(**{**values, "segments": (info,)}).write(folder)
    shutil.rmtree(folder / SEGMENT)
    manifests = iter([old])
    read = Manifest.read
    monkeypatch.setattr(Manifest, "read", lambda path: next(manifests, None) or read(path))
    with Registry.open(folder) as registry:
        assert "compacted" == registry.manifest.segments[0].name
        assert 99 == sum(batch.num_rows for batch in registry.rows())


def test_too_many_open_files_asks_for_a_compaction(folder: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Registry.open(folder):
        used = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used - 4, limits[1]))
    try:
        with pytest.raises(RegistryError) as caught:
            Registry.open(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert str(caught.value).endswith(
        "cannot be opened: Too many open files; compact the registry, or allow more open files "
        "(ulimit -n)"
    )

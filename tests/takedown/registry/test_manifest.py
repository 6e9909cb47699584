from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from callguard.errors import RegistryError
from callguard.takedown.json_text import canonical
from callguard.takedown.registry.manifest import FileInfo, InputInfo, Manifest, SegmentInfo

MANIFEST = Manifest(
    zone="Asia/Shanghai",
    home="CN",
    key_id="0123abcd",
    built_at=1_700_000_000,
    rows=3,
    numbers=2,
    table_version="9.0.43",
    segments=(
        SegmentInfo(
            name="00ff00ff00ff00ff",
            kind="base",
            at=1_700_000_000,
            rows=3,
            rejected=1,
            replaced=0,
            inputs=(InputInfo("feed.csv", "ab" * 32, 4),),
            files={"segments/00ff00ff00ff00ff/rows.bin": FileInfo(240, "cd" * 32)},
        ),
    ),
)


def test_comes_back_as_it_was_written(tmp_path: Path) -> None:
    MANIFEST.write(tmp_path)
    assert MANIFEST == Manifest.read(tmp_path)
    assert MANIFEST.digest == Manifest.read(tmp_path).digest


def test_number_ranges_are_kept_and_absent_where_there_are_none(tmp_path: Path) -> None:
    with_ranges = replace(MANIFEST, number_ranges="92 11 mobile\n")
    with_ranges.write(tmp_path)
    assert with_ranges == Manifest.read(tmp_path)
    assert "mobile" == with_ranges.numbering.classify("92012345678")[1].kind
    assert "unallocated" == MANIFEST.numbering.classify("92012345678")[1].kind
    assert b"number_ranges" not in MANIFEST.encode()


def test_its_digest_changes_with_what_it_says() -> None:
    assert MANIFEST.digest != replace(MANIFEST, rows=4).digest


@pytest.mark.parametrize("folder", ["", "nothing", "file"])
def test_a_folder_without_manifest_is_no_registry(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RegistryError) as caught:
        Manifest.read(tmp_path / folder)
    assert (
        f"{tmp_path / folder}: is not a registry, it has no manifest.json; make one with "
        "callguard registry build"
    ) == str(caught.value)


def test_another_version_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(changed(["version"], 2))
    with pytest.raises(RegistryError) as caught:
        Manifest.read(tmp_path)
    assert (
        f"{tmp_path}/manifest.json: is of version 2, this callguard reads version 1; build the "
        "registry again"
    ) == str(caught.value)


def changed(path: list[Any], value: Any) -> bytes:
    """The manifest with one value replaced, or left out if that is None."""
    whole = inner = orjson.loads(MANIFEST.encode())
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return canonical(whole)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        MANIFEST.encode()[:-1],
        MANIFEST.encode() + b"\n",
        changed(["version"], None),
        changed(["zone"], None),
        changed(["zone"], 8),
        changed(["rows"], "3"),
        changed(["more"], 1),
        changed(["segments"], 5),
        changed(["segments", 0], "base"),
        changed(["segments", 0, "name"], "../other"),
        changed(["segments", 0, "name"], ".."),
        changed(["segments", 0, "kind"], "middle"),
        changed(["segments", 0, "rows"], "3"),
        changed(["segments", 0, "files"], ["a"]),
        changed(["segments", 0, "files"], {"../rows.bin": {"bytes": 1, "sha256": ""}}),
        changed(["segments", 0, "files"], {"/rows.bin": {"bytes": 1, "sha256": ""}}),
        changed(["segments", 0, "files"], {"rows.bin": {"bytes": "1", "sha256": ""}}),
        changed(["segments", 0, "files"], {"rows.bin": {"sha256": ""}}),
        changed(["segments", 0, "inputs"], [{"name": "x"}]),
    ],
)
def test_what_callguard_did_not_write_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(data)
    with pytest.raises(RegistryError) as caught:
        Manifest.read(tmp_path)
    assert (
        f"{tmp_path}/manifest.json: is not as callguard wrote it; bring it back from a copy, or "
        "build the registry again"
    ) == str(caught.value)

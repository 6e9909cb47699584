"""Encodings of CSV feeds: found out strictly, or given."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RegistryError
from callguard.takedown.registry.intake.encoding import open_text

TEXT = "number,carrier\r\n13800138000,中国移动\n13800138001,𠀀\n"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("codec", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("gb18030", "gb18030")],
)
def test_encodings_are_found(tmp_path: Path, codec: str, found: str, packed: bool) -> None:
    data = TEXT.encode(codec)
    path = tmp_path / "f.csv"
    path.write_bytes(gzip.compress(data) if packed else data)
    text = open_text(path, "f.csv")
    assert found == text.encoding
    assert TEXT.encode() == b"".join(text.blocks())
    assert TEXT.encode() == b"".join(open_text(path, "f.csv", codec).blocks(7))


def test_utf_16_of_the_other_order(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert TEXT.encode() == b"".join(open_text(path, "f.csv").blocks())


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.integers(1, 40))
def test_blocks_end_with_lines(
    tmp_path_factory: pytest.TempPathFactory, text: str, size: int
) -> None:
    path = tmp_path_factory.mktemp("blocks") / "f.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    blocks = list(open_text(path, "f.csv").blocks(size))
    assert text.encode() == b"".join(blocks)
    assert all(block.endswith(b"\n") for block in blocks[:-1])


def test_neither_utf_8_nor_gb18030_names_line_and_byte(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"number\n138\xff\n")
    with pytest.raises(RegistryError) as error:
        open_text(path, "f.csv")
    assert (
        "f.csv: is neither UTF-8 (line 2, byte 4) nor GB18030 (line 2, byte 4); give the encoding "
        "(--encoding NAME)"
    ) == str(error.value)


@pytest.mark.parametrize("before", [0, 5, (1 << 20) - 4, 1 << 20, (1 << 20) + 7])
def test_the_place_of_a_fault_is_right_anywhere(tmp_path: Path, before: int) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("number\n中".encode() + b"x" * before + b"\xff\n")
    with pytest.raises(RegistryError, match=rf"line 2, byte {3 + before + 1}, which is not utf-8$"):
        open_text(path, "f.csv", "utf-8")


@pytest.mark.parametrize("before", [0, 5, (1 << 20) - 4, (1 << 20) - 9, 1 << 20])
@pytest.mark.parametrize(("codec", "bad"), [("gb18030", b"\xff"), ("utf-16-le", b"\x00\xdc")])
def test_the_place_of_a_fault_in_other_encodings(
    tmp_path: Path, before: int, codec: str, bad: bytes
) -> None:
    path = tmp_path / "f.csv"
    start = "中" + "x" * before
    path.write_bytes(("number\n" + start).encode(codec) + bad + "\n".encode(codec))
    place = len(start.encode(codec)) + 1
    with pytest.raises(RegistryError, match=rf"line 2, byte {place}, which is not {codec}$"):
        open_text(path, "f.csv", codec)


def test_a_mark_is_a_promise(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"\xef\xbb\xbfnumber\n\xff\n")
    with pytest.raises(RegistryError, match="line 2, byte 1, which is not UTF-8 as its mark says"):
        open_text(path, "f.csv")
    path.write_bytes(b"\xff\xfen\0\n\0\x00\xd8\n\0")
    with pytest.raises(RegistryError, match="line 2, byte 1, which is not UTF-16"):
        open_text(path, "f.csv")


def test_utf_16_without_a_mark_has_to_be_said(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(TEXT.encode("utf-16-le"))
    with pytest.raises(RegistryError, match="holds zero bytes"):
        open_text(path, "f.csv")
    assert TEXT.encode() == b"".join(open_text(path, "f.csv", "utf-16-le").blocks())


@pytest.mark.parametrize("encoding", ["klingon", "hex", "rot13"])
def test_encodings_that_are_none(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(TEXT, "utf-8")
    with pytest.raises(RegistryError, match="is not an encoding"):
        open_text(path, "f.csv", encoding)


def test_other_files(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    for data, message in [
        (b"", "is empty"),
        (b"PK\x03\x04...", "spreadsheet"),
        (b"\x28\xb5\x2f\xfd...", "zstd"),
        (gzip.compress(TEXT.encode())[:-9], "cut off"),
        (gzip.compress(TEXT.encode())[:20] + b"\0" * 30, "damaged"),
    ]:
        path.write_bytes(data)
        with pytest.raises(RegistryError, match=message):
            open_text(path, "f.csv")
    with pytest.raises(RegistryError, match="cannot be read"):
        open_text(tmp_path / "none", "none")


def test_a_line_without_end(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"number\n" + b"1" * (3 << 20))
    with pytest.raises(RegistryError, match="a line is longer than"):
        list(open_text(path, "f.csv").blocks(1 << 16))

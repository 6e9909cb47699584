"""The compiled form of lists: when it is used, and what happens when it cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from callguard.errors import ListError
from callguard.numbering import (
    NumberingPlan,
    NumberList,
    compile_list,
    compiled_list,
    listfile,
    lists,
)

PLAN = NumberingPlan("CN")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "numbers.txt"
    found.write_text("13800138000\n0755*\n", encoding="utf-8")
    return found


def test_a_fresh_compiled_list_is_used_instead_of_the_text(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = compile_list(path, PLAN)
    assert path.with_suffix(".roar") == compiled

    def refuse(*_: object) -> None:
        raise AssertionError("the text was read")

    monkeypatch.setattr(lists, "read_numbers", refuse)
    numbers = NumberList.load(path, PLAN)
    assert "+8613800138000" in numbers
    assert "+8675588888888" in numbers
    assert numbers.warning is None


def test_without_a_compiled_list_there_is_nothing_to_warn_of(path: Path) -> None:
    assert NumberList.load(path, PLAN).warning is None


def test_a_stale_compiled_list_is_not_used(path: Path) -> None:
    compile_list(path, PLAN)
    before = path.stat()
    path.write_text("13900139000\n0755*\n", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    numbers = NumberList.load(path, PLAN)
    assert "+8613900139000" in numbers
    assert "+8613800138000" not in numbers
    assert "older than numbers.txt" in str(numbers.warning)


def test_a_list_compiled_for_another_home_is_not_used(path: Path) -> None:
    path.write_text("+8613800138000\n", encoding="utf-8")
    compile_list(path, NumberingPlan("GB"))
    assert "made for another home country" in str(NumberList.load(path, PLAN).warning)


def damage(data: bytes) -> dict[str, bytes]:
    middle = len(data) - 3
    return {
        "empty": b"",
        "short": data[:10],
        "no list": b"x" * len(data),
        "cut": data[:-1],
        "longer": data + b"x",
        "one bit": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "header": data[:14] + b"\xc1\xc1\xc1" + data[17:],
        "header length": data[:8] + b"\xff\xff\xff\x7f" + data[12:],
    }


@pytest.mark.parametrize("how", damage(b"." * 100))
def test_a_damaged_compiled_list_is_not_used(path: Path, how: str) -> None:
    compiled = compile_list(path, PLAN)
    compiled.write_bytes(damage(compiled.read_bytes())[how])
    numbers = NumberList.load(path, PLAN)
    assert "+8613800138000" in numbers
    assert "+8675588888888" in numbers
    assert f"{compiled} CG605 warning: the compiled list is damaged" in str(numbers.warning)
    assert f"run callguard lists compile {path}" in str(numbers.warning)


def test_every_single_damaged_byte_is_noticed_or_harmless(path: Path) -> None:
    compiled = compile_list(path, PLAN)
    data = compiled.read_bytes()
    for place in range(len(data)):
        compiled.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        numbers = NumberList.load(path, PLAN)
        assert "+8613800138000" in numbers
        assert "+8613900138000" not in numbers


def test_an_unreadable_compiled_list_is_not_used(path: Path) -> None:
    path.with_suffix(".roar").mkdir()
    numbers = NumberList.load(path, PLAN)
    assert "+8613800138000" in numbers
    assert "the compiled list cannot be read" in str(numbers.warning)


def test_a_bad_list_is_not_compiled(path: Path) -> None:
    path.write_text("abc\n", encoding="utf-8")
    with pytest.raises(ListError, match=r"numbers\.txt:1"):
        compile_list(path, PLAN)
    assert [path] == sorted(path.parent.iterdir())


def test_writing_is_all_or_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = compile_list(path, PLAN)
    before = compiled.read_bytes()

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    path.write_text("13900139000\n", encoding="utf-8")
    with pytest.raises(ListError, match="No space left on device"):
        compile_list(path, PLAN)
    assert before == compiled.read_bytes()
    assert [compiled, path] == sorted(path.parent.iterdir())


def test_a_list_that_changes_while_it_is_read_is_not_compiled(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = listfile.read_numbers

    def change(of: Path, plan: NumberingPlan, left_out: None) -> compiled_list.ListContent:
        content = read(of, plan, left_out)
        os.utime(of, ns=(1, 1))
        return content

    monkeypatch.setattr(lists, "read_numbers", change)
    with pytest.raises(ListError, match="changed while it was read"):
        compile_list(path, PLAN)

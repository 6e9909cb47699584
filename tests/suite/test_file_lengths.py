"""A file of code has one purpose: at most 300 lines hold it."""

from __future__ import annotations

from pathlib import Path

from tests.suite.reading import TESTS

ROOT = TESTS.parent
FOLDERS = ("callguard", "tests", "bench", "tools")
CODE = {".py", ".lua", ".sql", ".c"}
MOST_LINES = 300


def code_files(root: Path) -> list[Path]:
    return [
        path
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in CODE and path.is_file()
    ]


def too_long(root: Path) -> list[str]:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in code_files(root)
    }
    return [
        f"{path.relative_to(root)} has {lines} lines; split it by purpose"
        for path, lines in lengths.items()
        if lines > MOST_LINES
    ]


def test_no_file_of_code_is_too_long() -> None:
    assert [] == too_long(ROOT)


def test_all_kinds_of_code_are_measured() -> None:
    assert {".py", ".lua", ".sql"} <= {path.suffix for path in code_files(ROOT)}
    assert 500 < len(code_files(ROOT))


def test_a_long_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "long.lua").write_text("--\n" * 301, encoding="utf-8")
    (tmp_path / "tools" / "short.py").write_text("#\n" * 300, encoding="utf-8")
    assert ["tools/long.lua has 301 lines; split it by purpose"] == too_long(tmp_path)

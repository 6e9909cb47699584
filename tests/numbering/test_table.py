"""The shipped table: up to date, readable, refused when damaged; the command that builds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgpack
import pytest

from callguard.errors import NumberingError
from callguard.numbering import build
from callguard.numbering.classes import NumberClass
from callguard.numbering.compile_table import compile_table
from callguard.numbering.table import Table, shipped_table
from tests.oracles.numbering import needs_shipped_version

SHIPPED = build.SHIPPED.read_bytes()


@pytest.fixture(scope="module")
def fresh() -> bytes:
    return compile_table()


@needs_shipped_version
def test_the_shipped_table_is_what_the_installed_metadata_compiles_to(fresh: bytes) -> None:
    assert msgpack.unpackb(fresh)["source"] == msgpack.unpackb(SHIPPED)["source"]
    assert fresh == SHIPPED


def test_the_command_writes_the_table(
    tmp_path: Path, fresh: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "compile_table", lambda: fresh)
    target = tmp_path / "table.bin"
    assert 0 == build.main(["--output", str(target)])
    assert fresh == target.read_bytes()


def test_the_command_reports_metadata_that_it_cannot_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> bytes:
        raise NumberingError("the pattern uses syntax that is not known")

    monkeypatch.setattr(build, "compile_table", refuse)
    assert 1 == build.main(["--output", str(tmp_path / "table.bin")])
    assert "error: the pattern uses syntax that is not known\n" == capsys.readouterr().err
    assert not (tmp_path / "table.bin").exists()


def test_the_table_is_read_once_and_needs_no_phonenumbers() -> None:
    program = (
        "import sys; from callguard.numbering import NumberingPlan; "
        "assert NumberingPlan('CN').classify('110')[1].kind == 'emergency'; "
        "assert NumberingPlan('GB').classify('999')[1].kind == 'emergency'; "
        "print('phonenumbers' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ("False\n", "") == (done.stdout, done.stderr)
    assert shipped_table() is shipped_table()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xc1", SHIPPED[:-1], SHIPPED + b"x", msgpack.packb([]), msgpack.packb({"format": 1})],
)
def test_a_damaged_table_is_refused(data: bytes) -> None:
    with pytest.raises(NumberingError, match="the numbering table is damaged"):
        Table(data)


def test_a_table_of_another_format_is_refused() -> None:
    data = msgpack.packb({**msgpack.unpackb(SHIPPED), "format": 99})
    with pytest.raises(NumberingError, match="format 99, this program reads 1"):
        Table(data)


def test_entries() -> None:
    table = shipped_table()
    assert NumberClass("CN", "mobile", True) is table.entry("8613800138000")
    assert NumberClass("JE", "fixed", True) is table.entry("441534012345")
    assert NumberClass(None, "toll_free", True) is table.entry("80012345678")
    for digits in ("", "0", "8", "86", "999", "99912345678", "1" * 24, "8" * 1_000):
        assert table.entry(digits) is None


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("86138", True), ("8613800138000", True), ("8612", True), ("86000", False), ("999", False)],
)
def test_whether_a_valid_number_begins_so(prefix: str, expected: bool) -> None:
    assert expected == shipped_table().begins_valid(prefix)

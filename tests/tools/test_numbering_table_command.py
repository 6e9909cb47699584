"""The shipped table is up to date; the command that builds it."""

from __future__ import annotations

from pathlib import Path

import msgpack
import pytest

from callguard.errors import NumberingError
from tests.oracles.numbering import needs_shipped_version
from tools.numbering_table import __main__ as command
from tools.numbering_table.table import compile_table

SHIPPED = command.SHIPPED.read_bytes()


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
    monkeypatch.setattr(command, "compile_table", lambda: fresh)
    target = tmp_path / "table.bin"
    assert 0 == command.main(["--output", str(target)])
    assert fresh == target.read_bytes()


def test_the_command_reports_metadata_that_it_cannot_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> bytes:
        raise NumberingError("the pattern uses syntax that is not known")

    monkeypatch.setattr(command, "compile_table", refuse)
    assert 1 == command.main(["--output", str(tmp_path / "table.bin")])
    assert "error: the pattern uses syntax that is not known\n" == capsys.readouterr().err
    assert not (tmp_path / "table.bin").exists()

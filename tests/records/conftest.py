from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from callguard.records import read_records
from tests.made.read_results import Results

Read = Callable[..., Results]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads bytes as a file of the given name; sources come back without the folder."""

    def run(name: str, content: bytes, format: str = "auto", lenient: bool = False) -> Results:
        path = tmp_path / name
        path.write_bytes(content)
        return Results(read_records(path, format, lenient=lenient), str(tmp_path))

    return run

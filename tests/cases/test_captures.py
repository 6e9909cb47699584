from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callguard.records import read_records
from tests.cases.case_files import cases_of
from tests.made.capture_files import capture_of
from tests.made.read_results import Results

EXPECTED = {"records", "errors"}
KEYS = {"why", "header", "body", "messages", "file", "link", "frames", "message"} | EXPECTED


@pytest.mark.parametrize("case", cases_of("captures", KEYS))
def test_capture_gives_what_the_case_says(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "trunk.cap"
    path.write_bytes(capture_of(case["defaults"] | case))
    results = Results(read_records(path), str(tmp_path))
    records = [int(one.source.rpartition("#")[2]) for one in results.records]
    errors = {int(one.source.rpartition("#")[2]): one.reason for one in results.errors}
    assert (case.get("records", []), sorted(case.get("errors", {}))) == (records, sorted(errors))
    assert len(results.errors) == len(errors)
    for frame, said in case.get("errors", {}).items():
        assert said in errors[frame]

"""The shipped table: readable, refused when damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgpack
import pytest

from callguard import numbering
from callguard.errors import NumberingError
from callguard.numbering.classes import NumberClass
from callguard.numbering.table import NumberingTable, shipped_table

SHIPPED = Path(numbering.__file__).with_name("table.bin").read_bytes()


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
    [b"", b"\xc1", SHIPPED[:-1], SHIPPED + b"x", msgpack.packb([]), msgpack.packb({"format": 2})],
)
def test_a_damaged_table_is_refused(data: bytes) -> None:
    with pytest.raises(NumberingError, match="the numbering table is damaged"):
        NumberingTable(data)


def test_a_table_of_another_format_is_refused() -> None:
    data = msgpack.packb({**msgpack.unpackb(SHIPPED), "format": 99})
    with pytest.raises(NumberingError, match="format 99, this program reads 2"):
        NumberingTable(data)


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

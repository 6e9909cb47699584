"""Rows: the plain checker's rules, and the fast one that must agree with it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RegistryError
from callguard.numbering import NumberingPlan
from callguard.takedown.model import OWNER_KINDS, SERVICES, STATUSES
from callguard.takedown.registry.intake.columns import COLUMNS, RowError
from callguard.takedown.registry.intake.fast import FastChecker
from callguard.takedown.registry.intake.owners import Key
from callguard.takedown.registry.intake.plain import Checker, Row
from callguard.takedown.registry.intake.raw import RawBatch

KEY = Key(bytes(range(32)), "00000000")
PLAIN = Checker(NumberingPlan("CN"), ZoneInfo("Asia/Shanghai"), KEY)
FAST = FastChecker(PLAIN)
DOCUMENT = "11010119900307123X"
SEEN = "looks like an identity document, which belongs elsewhere"
GOOD: dict[str, str | None] = {
    "number": "13800138000",
    "owner_id": "C-7",
    "owner_kind": "person",
    "service": "mobile",
    "registered_at": "2026-01-02T00:00:00",
    "closed_at": None,
    "carrier": "CM",
    "status": "active",
}


def row(**changes: str | None) -> Row:
    return PLAIN.row({**GOOD, **changes})


def fault(**changes: str | None) -> tuple[str | None, str]:
    with pytest.raises(RowError) as error:
        row(**changes)
    return error.value.column, error.value.reason


def test_a_row() -> None:
    found = row(
        owner_kind=" Company ",
        service="400",
        status="CLOSED",
        activated_at="2026-01-02 08:00:00+08:00",
        closed_at="2026-01-02",
        agent="",
    )
    assert (
        8613800138000,
        OWNER_KINDS.index("company"),
        SERVICES.index("400"),
        STATUSES.index("closed"),
    ) == (found.number, found.owner_kind, found.service, found.status)
    # 00:00 in Shanghai is 16:00 UTC of the day before; the days are those of Shanghai.
    assert (1767283200, 1767312000, 1767283200) == (
        found.registered_at,
        found.activated_at,
        found.closed_at,
    )
    assert (20455, 20455, "CM", None, "C-7") == (
        found.registered_day,
        found.activated_day,
        found.carrier,
        found.agent,
        found.owner_id,
    )


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"number": None}, "number", "is empty"),
        ({"number": "abc"}, "number", "is no telephone number"),
        (
            {"number": "13812345678.0"},
            "number",
            "has a fraction; format the column as text, so that all digits are kept",
        ),
        (
            {"number": "1.38E+10"},
            "number",
            "has an exponent; format the column as text, so that all digits are kept",
        ),
        ({"number": "110"}, "number", "is an emergency number, not a line"),
        ({"owner_kind": "persn"}, "owner_kind", "is an unknown word; did you mean person?"),
        ({"service": ""}, "service", "is empty"),
        ({"status": "x"}, "status", "is an unknown word; it is one of active, suspended, closed"),
        ({"registered_at": " "}, "registered_at", "is empty"),
        ({"closed_at": "2026-01-01"}, "closed_at", "is before registered_at"),
        ({"status": "closed"}, "closed_at", "is empty although status is closed"),
        ({"activated_at": "9999-12-31"}, "activated_at", "is outside the years 1900 to 9998"),
        ({"carrier": "\u3000"}, "carrier", "is empty"),
        ({"carrier": "C\0M"}, "carrier", "holds control characters"),
        ({"agent": "a" * 257}, "agent", "is longer than 256 characters"),
        ({"carrier": f"x {DOCUMENT}"}, "carrier", SEEN),
        ({"agent": "110101 900307 123"}, "agent", SEEN),
        ({"owner_id": DOCUMENT}, "owner_id", SEEN),
        ({"owner_id": None}, "owner_id", "is empty and so is owner_document; give one of them"),
        ({"owner_document": "E-1"}, "owner_document", "is given beside owner_id; give one of them"),
    ],
)  # fmt: skip
def test_what_is_refused(changes: dict[str, str | None], column: str, reason: str) -> None:
    assert (column, reason) == fault(**changes)


def test_a_time_that_is_none() -> None:
    column, reason = fault(registered_at="yesterday")
    assert ("registered_at", True) == (column, reason.startswith("is no ISO 8601"))


def test_documents_need_a_key() -> None:
    with pytest.raises(RegistryError, match="--key-file"):
        Checker(PLAIN.numbering, PLAIN.zone).row(
            {**GOOD, "owner_id": None, "owner_document": DOCUMENT}
        )


def test_nothing_of_a_row_is_repeated() -> None:
    for column in COLUMNS:
        for value in (DOCUMENT, f"{DOCUMENT}\n", f"x{DOCUMENT}", DOCUMENT * 20):
            for owner in ({}, {"owner_id": None, "owner_document": "Z-1234567"}):
                said = ""
                try:
                    PLAIN.row({**GOOD, **owner, column: value})
                except RowError as error:
                    said = str(error)
                assert DOCUMENT not in said


def _mostly(*good: str | None, odd: tuple[str | None, ...] = ()) -> st.SearchStrategy[str | None]:
    common = st.sampled_from(good)
    return st.integers(0, 7).flatmap(
        lambda drawn: common if drawn else st.sampled_from((None, "", "  ", "x\x07", *odd))
    )


TIMES = ("2026-01-02", "2026-01-02T10:00:00", "2025-06-01 00:00:00", "1988-07-01T12:00:00Z")
ODD_TIMES = (
    "2026-1-2",
    "20260102",
    "9999-01-01",
    "2026-02-30",
    "1986-05-04T00:30:00",
    " 2026-01-02",
)
HEX = "0123456789abcdef" * 2
CELLS = {
    "number": _mostly(
        "13800138000",
        "+8613800138001",
        "075512345678",
        odd=("110", "abc", " 13800138000", DOCUMENT),
    ),
    "owner_id": _mostly(
        None, "C-7", HEX, "客户", odd=(HEX.upper(), "0", f" {HEX}", "f" * 32, DOCUMENT)
    ),
    "owner_document": _mostly(None, DOCUMENT, "E12345678", odd=("111111", "无", "１１０１０１")),
    "owner_kind": _mostly(*OWNER_KINDS, odd=("Person", "prsn", " iot", DOCUMENT)),
    "service": _mostly(*SERVICES, odd=("MOBILE", "mobil")),
    "registered_at": _mostly(*TIMES, odd=ODD_TIMES),
    "activated_at": _mostly(None, *TIMES, odd=ODD_TIMES),
    "closed_at": _mostly(None, None, None, "2026-03-01", *TIMES, odd=ODD_TIMES),
    "carrier": _mostly("CM", "中国移动", odd=(" CM ", DOCUMENT, "c" * 300)),
    "agent": _mostly(None, "agency 1", odd=(DOCUMENT, "a" * 300)),
    "status": _mostly("active", "suspended", "closed", odd=("Closed", "open")),
}
ROWS = st.lists(st.fixed_dictionaries(CELLS), max_size=30)


@given(ROWS, st.sets(st.sampled_from(["activated_at", "agent", "owner_id", "owner_document"])))
def test_fast_and_plain_agree(rows: list[dict[str, Any]], missing: set[str]) -> None:
    columns = {
        name: pa.array([one[name] for one in rows], pa.string())
        for name in COLUMNS
        if name not in missing
    }
    raw = RawBatch(columns, np.arange(2, len(rows) + 2), [])
    good, rejects = FAST.plain(raw, np.arange(len(rows)), 100)
    found = FAST.check(raw, 100)
    assert good.to_pylist() == found.rows.to_pylist()
    assert good.schema == found.rows.schema
    assert rejects == found.rejects


def test_an_empty_batch() -> None:
    columns = {name: pa.array([], pa.string()) for name in COLUMNS}
    found = FAST.check(RawBatch(columns, np.zeros(0, np.int64), []))
    assert (0, []) == (found.rows.num_rows, found.rejects)


def test_a_document_is_hashed_once_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    own = Checker.owner

    def owner(self: Checker, owner_id: str | None, document: str | None) -> Any:
        seen.append(document)
        return own(self, owner_id, document)

    monkeypatch.setattr(Checker, "owner", owner)
    values: dict[str, str | None] = {**GOOD, "owner_id": None, "owner_document": DOCUMENT}
    columns = {name: pa.array([value] * 1000, pa.string()) for name, value in values.items()}
    assert 1000 == FAST.check(RawBatch(columns, np.arange(1000), [])).rows.num_rows
    assert 1 == seen.count(DOCUMENT)

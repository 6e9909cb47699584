"""Headers of feeds: which column is which, and what messages may repeat."""

from __future__ import annotations

import pytest

from callguard.errors import RegistryError
from callguard.takedown.registry.intake.columns import COLUMNS, match_columns, suggestion

LEAST = ["number", "owner_id", "owner_kind", "service", "registered_at", "closed_at", "carrier"]


def test_names_in_any_order_case_and_spelling() -> None:
    header = "STATUS,Carrier,closed at,RegisteredAt,Service,owner-kind,Owner Document,\ufeffNumber"
    found = match_columns(header.split(","), "f")
    assert found.positions == {
        "status": 0,
        "carrier": 1,
        "closed_at": 2,
        "registered_at": 3,
        "service": 4,
        "owner_kind": 5,
        "owner_document": 6,
        "number": 7,
    }
    assert (8, ()) == (found.width, found.warnings)


def test_unknown_columns_are_told_once() -> None:
    found = match_columns([*COLUMNS, "tariff", "110101199003071231"], "f")
    assert (
        "f: not read, as no column of a registration feed: 'tariff', column 13",
    ) == found.warnings


def test_missing_columns_are_listed_with_what_was_meant() -> None:
    with pytest.raises(RegistryError) as error:
        match_columns(["nummber", "owner_kind", "service", "registerd_at", "carrier"], "feed.csv")
    assert (
        "feed.csv: the header has no column number, owner_id or owner_document, registered_at, "
        "closed_at, status; did you mean number for 'nummber', registered_at for 'registerd_at'?"
    ) == str(error.value)


def test_an_optional_column_that_is_nearly_named_was_meant() -> None:
    with pytest.raises(RegistryError, match="did you mean activated_at for 'activate_at'"):
        match_columns([*LEAST, "status", "activate_at"], "f")


def test_closed_at_is_needed() -> None:
    with pytest.raises(RegistryError, match="no column closed_at"):
        match_columns([name for name in COLUMNS if name != "closed_at"], "f")


def test_a_column_twice() -> None:
    with pytest.raises(RegistryError, match=r"number appears twice \(columns 1 and 12\)"):
        match_columns([*COLUMNS, "NUMBER"], "f")


def test_a_first_row_in_place_of_a_header_is_not_repeated() -> None:
    row = ["13800138000", "110101199003071231", "Zhang San", "2026-01-01"]
    with pytest.raises(RegistryError, match="names no column") as error:
        match_columns(row, "f")
    assert not any(value in str(error.value) for value in row)


def test_suggestions_repeat_nothing_but_known_words() -> None:
    assert "; did you mean person?" == suggestion("Persn", ("person", "company"))
    assert "" == suggestion("110101199003071231", ("person", "company"))

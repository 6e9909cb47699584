from __future__ import annotations

import re
from pathlib import Path

import pytest

from callguard.records import CHOICES, DERIVED_FIELDS, FORMATS, RAW_FIELDS
from callguard.records.read import _BY_EXTENSION

PAGE = (Path(__file__).resolve().parents[2] / "docs/records.md").read_text(encoding="utf-8")
ROWS: dict[str, str] = {}
for key, row in re.findall(r"^\| `([\w.]+)` \| (.*) \|$", PAGE, re.MULTILINE):
    ROWS.setdefault(key, row)


@pytest.mark.parametrize("key", RAW_FIELDS)
def test_every_key_has_a_row_with_its_words(key: str) -> None:
    assert key in ROWS
    words = set(re.findall(r"`([^`]+)`", ROWS[key]))
    assert set(CHOICES.get(key, ())) <= words


@pytest.mark.parametrize("field", DERIVED_FIELDS)
def test_every_derived_field_has_a_row_with_its_words(field: str) -> None:
    party, _, name = field.partition(".")
    row = ROWS[field if field in ROWS else f"X.{name}"]
    assert set(CHOICES.get(field, ())) <= set(re.findall(r"`([^`]+)`", row))
    assert field in ROWS or f"`{party}`" in PAGE


def test_every_format_and_extension_is_named() -> None:
    assert list(FORMATS) == re.findall(r"^### .* \(`(\w+)`\)$", PAGE, re.MULTILINE)
    assert set() == {extension for extension in _BY_EXTENSION if f"`{extension}`" not in PAGE}

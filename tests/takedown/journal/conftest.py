"""Journals on SQLite and on PostgreSQL, for tests that must hold on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from callguard.takedown.journal.store import Journal
from tests.made.journals import memory_folder
from tests.real_servers.postgres import Postgres, server, why_not


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with memory_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    if reason := why_not():
        pytest.skip(reason)
    with server() as one:
        yield one


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new journal may be made."""
    if request.param == "sqlite":
        return str(tmp_path / "journal.db")
    return str(request.getfixturevalue("postgres").fresh())


@pytest.fixture
def journal(where: str, tmp_path: Path) -> Journal:
    """A new journal whose head is kept elsewhere as well."""
    return Journal.open(where, head_file=tmp_path / "head.json", create=True)


@pytest.fixture
def sqlite(tmp_path: Path) -> Journal:
    """The same on SQLite only."""
    return Journal.open(tmp_path / "journal.db", head_file=tmp_path / "head.json", create=True)

"""The life of orders in a journal on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line.running import Run
from tests.command_line.takedown import N1, World
from tests.real_servers.postgres import Postgres, server, why_not


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    if reason := why_not():
        pytest.skip(reason)
    with server() as one:
        yield one


def test_from_plan_to_restore(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    world = World.make(run, tmp_path, monkeypatch)
    url = postgres.fresh().replace("callguard@", "callguard:hush@")
    assert "hush" in url
    monkeypatch.setenv("CALLGUARD_JOURNAL", url)
    # The first plan finds no journal in the database; the last one finds a batch.
    commands: list[tuple[str | Path, ...]] = [
        ("approve", "plan", "--by", "Li"),
        ("approve", "plan", "--by", "Wang"),
        ("issue", "plan"),
        ("restore", "--report", "R1", "--by", "Li", "--reason", "appeal"),
        ("status",),
        ("verify",),
        ("export-list", "list.txt"),
    ]
    said = [world.plan(), *(world.takedown(*command) for command in commands), world.plan()]
    assert [0] * 9 == [done.status for done in said]
    assert not [done for done in said if "hush" in done.out + done.err]
    assert not Path("journal.db").exists()
    assert N1 not in Path("list.txt").read_text(encoding="utf-8")

"""``callguard takedown journal migrate``, on a journal that callguard 0.1.0 wrote."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.command_line.running import Run

OLD = Path(__file__).resolve().parents[1] / "files_of_0_1_0"


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("CALLGUARD_JOURNAL", "CALLGUARD_HEAD"):
        monkeypatch.delenv(name, raising=False)
    return Path(shutil.copy(OLD / "journal.db", "journal.db"))


def test_an_old_journal_is_migrated_once(run: Run, journal: Path) -> None:
    assert (0, f"journal {journal}: version 1 is now version 2\n") == run_it(run)
    done = run("takedown", "journal", "migrate")
    assert (0, "", f"journal {journal}: version 2, nothing to do\n") == (
        done.status,
        done.out,
        done.err,
    )
    done = run("takedown", "verify", "--head", OLD / "head.json")
    assert (0, (42, 2)) == (done.status, (int(done.out.split("\t")[0]), len(done.out.split("\t"))))


def run_it(run: Run) -> tuple[int, str]:
    done = run("takedown", "journal", "migrate")
    assert "" == done.err
    return done.status, done.out


def test_for_programs(run: Run, journal: Path) -> None:
    for before in (1, 2):
        done = run("takedown", "journal", "migrate", "--json")
        assert {"journal": str(journal), "before": before, "version": 2} == json.loads(done.out)


def test_nothing_is_made_where_there_is_no_journal(run: Run, journal: Path) -> None:
    journal.unlink()
    done = run("takedown", "journal", "migrate")
    assert 1 == done.status
    assert "there is no journal at journal.db" in done.err
    assert not journal.exists()

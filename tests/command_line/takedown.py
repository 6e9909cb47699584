"""A carrier's small world for takedown commands: a feed, a registry, reports, and a clock."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.command_line.running import Outcome, Run

if TYPE_CHECKING:
    import pytest

# 24 November 2026, 09:30 in China.
NOW = 1_795_483_800
FEED = """\
number,owner_id,owner_kind,service,registered_at,activated_at,closed_at,carrier,agent,status
13800138001,A1,person,mobile,2026-03-01,2026-03-02,,CM,shop 1,active
13800138002,A1,person,mobile,2026-03-11,,,CU,,active
13800138003,A1,person,mobile,2019-01-01,,,CT,,active
13800138004,A1,person,mobile,2020-01-01,,2021-05-05,CT,,closed
13800138005,A1,person,mobile,2026-03-05,,,CT,,active
4001234567,B2,company,400,2026-03-01,,,CT,,active
4001234568,B2,company,400,2026-03-02,,,CT,,active
13800138001,C3,person,mobile,2015-01-01,,2025-12-05,CT,,closed
"""
N1, N2, N3, N4, N5 = (f"+861380013800{place}" for place in range(1, 6))


@dataclass
class World:
    """Runs commands at a moment that a test may move."""

    run: Run
    folder: Path
    at: int = NOW

    @classmethod
    def make(cls, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
        """A world in a folder that is the current one, with the registry ``registry``."""
        world = cls(run, folder)
        monkeypatch.chdir(folder)
        monkeypatch.setattr("callguard.cli.takedown_options.now", lambda: world.at)
        for name in ("CALLGUARD_JOURNAL", "CALLGUARD_HEAD"):
            monkeypatch.delenv(name, raising=False)
        write(folder / "feed.csv", FEED)
        # One build for all tests of a run, in the folder of their folders.
        built = folder.parent / "registry"
        if not built.exists():
            done = run("registry", "build", "feed.csv", "--output", built)
            assert (0, "") == (done.status, done.err)
        shutil.copytree(built, folder / "registry")
        return world

    def takedown(self, *arguments: str | Path) -> Outcome:
        """``callguard takedown`` with these arguments."""
        return self.run("takedown", *arguments)

    def json(self, *arguments: str | Path) -> Any:
        """What a command prints with ``--json``."""
        return json.loads(self.takedown(*arguments, "--json").out)

    def plan(self, *reports: dict[str, str], more: Iterable[str] = ()) -> Outcome:
        """A plan for reports, in the folder ``plan``; without any, for the first number.

        An option in ``more`` takes the place of the usual one.
        """
        write_reports(self.folder / "reports.csv", reports or (report(N1),))
        usual = {"--reports": "reports.csv", "--registry": "registry", "--output": "plan"}
        given = tuple(more)
        options = [pair for pair in usual.items() if pair[0] not in given]
        return self.takedown("plan", *(word for pair in options for word in pair), *given)

    def issued(self) -> list[dict[str, str]]:
        """A plan for the first number, approved and issued, once for all tests: its orders."""
        made = self.folder.parent / "issued"
        if not made.exists():
            self.plan()
            self.approve()
            done = self.takedown("issue", "plan")
            assert 0 == done.status, done.err
            shutil.copytree(self.folder, made)
        for name in ("plan", "journal.db"):
            if not (self.folder / name).exists():
                copy = shutil.copytree if (made / name).is_dir() else shutil.copy
                copy(made / name, self.folder / name)
        return self.orders()

    def approve(self, plan: str = "plan") -> None:
        """Two people approve a plan."""
        for name in ("Li", "Wang"):
            done = self.takedown("approve", plan, "--by", name)
            assert 0 == done.status, done.err

    def orders(self) -> list[dict[str, str]]:
        """The orders of the plan in the folder ``plan``."""
        text = (self.folder / "plan" / "orders.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


def report(number: str, report_id: str = "R1", **cells: str) -> dict[str, str]:
    """A traced and certified report of a number used on 1 May 2026."""
    return {
        "report_id": report_id,
        "number": number,
        "incident_at": "2026-05-01T08:30:00+08:00",
        "case_id": "C1",
        "authority": "PSB",
        "certified_by": "Li",
        "known_by": "traced",
        "category": "impersonation",
        **cells,
    }


def write_reports(path: Path, reports: Iterable[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(report("")))
        writer.writeheader()
        writer.writerows(reports)
    return path


def write(path: Path, text: str, mode: int = 0o644) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def table(text: str) -> dict[str, list[str]]:
    """The lines of a tab-separated table by their first cell."""
    rows = [line.split("\t") for line in text.splitlines() if line]
    return {row[0]: row[1:] for row in rows}

"""A small world for commands: feeds, a key, reports, and the folders that each command starts from.

Everything stands below one folder, at the same paths in every run: plans name the paths of their
registry and reports.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.takedown.faults.injector import Fault, Outcome, Server

DAY: Final = 86_400
AT: Final = 1_760_000_000
FEED: Final = (
    "number,owner_document,owner_kind,service,registered_at,activated_at,closed_at,carrier,agent,"
    "status"
).split(",")
REPORTS: Final = (
    "report_id,number,incident_at,case_id,authority,certified_by,known_by,category"
).split(",")
# What a runner says in a line that finds the work taken, or done already. Its status is another
# then than that of the one who did the work.
TOO_LATE: Final = (
    "another process is changing it",
    "has approved this plan already",
    "all of it is in there already",
)
OLD: Final = Path(__file__).resolve().parents[2] / "files_of_0_1_0"
CARRIERS: Final = ("China Telecom", "中国移动", "=CT/Unicom")


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)


def feed_row(
    number: int, owner: int, *, day: int = 0, closed: str = "", kind: str = "person"
) -> list[Any]:
    """A row of a feed; owners are documents that were drawn for small numbers."""
    return [
        f"13800{number:06d}",
        f"11010519491231{owner:03d}X",
        kind,
        "mobile",
        f"2025-06-{1 + day:02d}T10:00:00",
        f"2025-06-{2 + day:02d}",
        closed,
        CARRIERS[number % len(CARRIERS)],
        "",
        "closed" if closed else "active",
    ]


def write_inputs(root: Path) -> None:
    """Feeds with some bad rows, a key, reports of every fate, and protected numbers."""
    root.mkdir(parents=True)
    base = [
        feed_row(10 * owner + place, owner, day=place) for owner in range(12) for place in range(4)
    ]
    base += [feed_row(500 + place, 700, kind="company") for place in range(3)]
    base.append(feed_row(900, 20, closed="2025-07-01"))
    base += [[*feed_row(901, 21)[:-1], "sleeping"], ["letters", *feed_row(902, 22)[1:]]]
    write_csv(root / "feed.csv", FEED, base)
    delta = [feed_row(4, 0, day=5), feed_row(900, 23, day=20), feed_row(0, 0, closed="2025-09-01")]
    write_csv(root / "delta.csv", FEED, [*delta, ["", *feed_row(903, 24)[1:]]])
    write_csv(root / "other.csv", FEED, [*base[:9], feed_row(950, 30)])
    key = root / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    told = ["2025-08-01T12:00:00", "case 1", "police of Haidian", "Li Si"]
    reports = [
        [f"r{owner}", f"13800{10 * owner:06d}", *told, "traced", "fraud"] for owner in range(5)
    ]
    reports += [
        ["r5", "13800000060", *told, "displayed", "fraud"],
        ["r6", "911", *told, "traced", "fraud"],
        ["r7", "13800000500", *told, "traced", "fraud"],
        ["r8", "13800000070", *told, "traced", "fraud"],
    ]
    write_csv(root / "reports.csv", REPORTS, reports)
    write_csv(root / "fewer.csv", REPORTS, reports[:2])
    (root / "protected.txt").write_text("13800000070\n13800000011\n")


@dataclass(frozen=True, slots=True)
class Case:
    """A command line and its time, and the commands that made what it starts from."""

    name: str
    arguments: tuple[str, ...]
    at: int
    before: tuple[str, ...] = ()


def cases(root: Path) -> dict[str, Case]:
    """Every command by name, for inputs below ``root``."""

    def case(name: str, line: str, at: int, *before: str) -> Case:
        words = [str(root / word[1:]) if word[0] == "/" else word for word in line.split()]
        return Case(name, tuple(words), AT + at, before)

    book = "--journal /journal.db --head /elsewhere/head.json"
    made = "--key-file /key --output /registry"
    planned = (
        "takedown plan --registry /registry --output /plan --protected /protected.txt "
        "--journal /journal.db"
    )
    steps = ("build", "plan", "approve", "second", "issue")
    listed = [
        case("build", f"registry build /feed.csv {made}", 0),
        case("rebuild", f"registry build /other.csv {made}", 1, "build"),
        case(
            "update",
            "registry update /delta.csv --registry /registry --key-file /key",
            2,
            "build",
        ),
        case("compact", "registry compact /registry", 3, "build", "update"),
        case("plan", f"{planned} --reports /reports.csv", 0, "build"),
        case("replan", f"{planned} --reports /fewer.csv", 1, "build", "plan"),
        case(
            "one",
            "takedown plan --registry /registry --output /one --number 13800000000 --case c1 "
            "--incident-at 2025-08-01 --authority police --certified-by Li --journal /journal.db",
            0,
            "build",
        ),
        case("approve", f"takedown approve /plan --by Zhang {book}", 1000, *steps[:2]),
        case("second", f"takedown approve /plan --by Li {book}", 1500, *steps[:3]),
        case("issue", f"takedown issue /plan {book}", 2000, *steps[:4]),
        case(
            "acknowledge",
            f"takedown acknowledge /answers.csv --by Zhao {book}",
            2600,
            *steps,
            "answers",
        ),
        case(
            "restore",
            f"takedown restore --report r1 --by Wang --reason appeal --output /restored {book}",
            3000,
            *steps,
        ),
        case("migrate", "takedown journal migrate --journal /journal.db", 3600, "old journal"),
        case(
            "onward",
            "takedown restore dc42c582481ea8abb26c3311f5d9c705 --by Wang --reason appeal "
            f"--output /restored {book}",
            3600,
            "old journal",
        ),
        case("export", "takedown export-list /list.txt --act all --journal /journal.db", 0, *steps),
        case(
            "reexport",
            "takedown export-list /list.txt --act all --journal /journal.db",
            0,
            *steps,
            "export",
            "restore",
        ),
    ]
    return {each.name: each for each in listed}


def answer(root: Path) -> None:
    """The carriers' answers to every order that was issued."""
    rows = []
    for path in sorted((root / "plan/issued").glob("*.csv")):
        with path.open(newline="") as stream:
            rows += [[row["order_id"], "executed"] for row in csv.DictReader(stream)]
    when = "2025-10-09T09:25:00Z"
    write_csv(root / "answers.csv", ("order_id", "outcome", "at"), [[*row, when] for row in rows])


def old_journal(root: Path) -> None:
    """A journal of version 1, which callguard 0.1.0 wrote."""
    shutil.copy(OLD / "journal.db", root)
    (root / "elsewhere").mkdir()
    shutil.copy(OLD / "head.json", root / "elsewhere")


class Stage:
    """The folder in which commands run, and copies of it as it stands before each of them."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.root = folder / "work"
        self.cases = cases(self.root)
        self.server = server
        self._copies = folder / "copies"
        self._inputs = folder / "inputs"
        write_inputs(self._inputs)

    def run(self, case: Case, fault: Fault | None = None, log: Path | None = None) -> Outcome:
        """Run a case's command in the folder as it stands."""
        return self.server.run(case.arguments, case.at, self.root, fault, log)

    def set_up(self, case: Case) -> None:
        """Make the folder what it is before a case's command."""
        copy = self._copies / "-".join(("start", *case.before))
        if not copy.exists():
            self._fresh(self._inputs)
            for name in case.before:
                if name == "answers":
                    answer(self.root)
                elif name == "old journal":
                    old_journal(self.root)
                else:
                    done = self.run(self.cases[name])
                    assert "Traceback" not in done.stderr, done.stderr
            self._copies.mkdir(exist_ok=True)
            self.root.rename(copy)
        self._fresh(copy)

    def aside(self, look: Callable[[Path], None]) -> None:
        """Show a copy of the folder to ``look``: reading a database may mend it."""
        copy = self.root.with_name("aside")
        shutil.copytree(self.root, copy)
        try:
            look(copy)
        finally:
            shutil.rmtree(copy)

    def _fresh(self, source: Path) -> None:
        if self.root.exists():
            shutil.rmtree(self.root)
        shutil.copytree(source, self.root)

"""Ten thousand identity documents go in; none stands in anything that was written."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.takedown.faults import planted_feeds
from tests.takedown.faults.command_cases import AT, write_csv
from tests.takedown.faults.injector import Fault, Outcome, Server, compile_injector
from tests.takedown.faults.planted_documents import Planted, Search

MANY: Final = 10_000
# Places at which documents pass by; each is made to raise, the last also to abort.
BROKEN: Final = (
    "callguard.takedown.registry.feeding:write_segment",
    "callguard.takedown.registry.intake.feed:read_csv",
    "callguard.takedown.registry.intake.fast:FastChecker.check",
    "callguard.takedown.registry.intake.plain:document_key",
    "callguard.takedown.registry.intake.rejects:json_lines",
    "callguard.takedown.registry.intake.owners:canonical_document",
)


class World:
    """Inputs with planted documents, the folder below which all else is written, what was run."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.inputs = folder / "inputs"
        self.written = folder / "written"
        self.server = server
        self.planted = Planted(7)
        self.outcomes: dict[str, Outcome] = {}
        self.feeds = [str(path) for path in planted_feeds.write_feeds(self.inputs, self.planted)]
        self.reports = str(self.inputs / "reports.csv")
        planted_feeds.write_reports(self.inputs / "reports.csv", self.planted)
        self.key = self.inputs / "key"
        self.key.write_bytes(bytes(range(100, 150)))
        self.key.chmod(0o600)

    def run(self, name: str, *words: str, at: int = AT, fault: Fault | None = None) -> Outcome:
        """Run a command line and keep how it ended under a name."""
        # What a command says is written as well, and has to be: faults strike elsewhere.
        done = self.server.run(words, at, self.written / name, fault)
        self.outcomes[name] = done
        return done

    def build(self, name: str, *words: str, fault: Fault | None = None) -> Outcome:
        """Build a registry of its own from feeds and options."""
        output = ("--output", str(self.written / name), "--key-file", str(self.key))
        return self.run(name, "registry", "build", *words, *output, fault=fault)

    def feed(self, name: str, data: bytes) -> str:
        """One more feed."""
        (self.inputs / name).write_bytes(data)
        return str(self.inputs / name)

    def rows(self, where: str, count: int = 40) -> list[planted_feeds.Row]:
        return planted_feeds.good_rows(self.planted, len(self.planted.places) * 10, count, where)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "written" / "tmp").mkdir(parents=True)
    (folder / "written" / "said").mkdir()
    temporary = str(folder / "written" / "tmp")
    library = compile_injector(folder)
    with Server(library, folder / "written" / "said", TMPDIR=temporary) as server:
        found = World(folder, server)
        sound_feeds(found)
        unreadable_feeds(found)
        bad_keys(found)
        broken_code(found)
        orders(found)
        desk(found)
        if library is not None:
            faults(found)
        yield found


def sound_feeds(world: World) -> None:
    """Registries out of all feeds that can be read, bad rows and all."""
    everything = ("--max-rejects", "100%")
    world.build("all", *world.feeds, *everything)
    world.build("as json", *world.feeds, *everything, "--json")
    world.build("too many rejects", *world.feeds)
    missing = MANY - len(world.planted.places) - 1000
    delta = world.feed("delta.csv", planted_feeds.csv_bytes(world.rows("a delta", missing)))
    registry = ("--registry", str(world.written / "all"), "--key-file", str(world.key))
    world.run("update", "registry", "update", delta, *registry)
    world.run("compact", "registry", "compact", str(world.written / "all"))
    world.run("verify", "registry", "verify", str(world.written / "all"))


def unreadable_feeds(world: World) -> None:
    """Feeds that are cut off, flipped, of odd types, without a header, or in another encoding."""
    whole = planted_feeds.parquet_bytes(world.rows("a truncated Parquet file"))
    for place in (len(whole) // 3, len(whole) - 9):
        world.build(f"cut {place}", world.feed(f"cut{place}.parquet", whole[:place]))
    for place in range(100, len(whole) - 600, len(whole) // 5):
        flipped = whole[:place] + bytes([whole[place] ^ 0x41]) * 9 + whole[place + 9 :]
        world.build(f"flipped {place}", world.feed(f"flipped{place}.parquet", flipped))
    for name, kind in {
        "binary": pa.binary(),
        "large": pa.large_string(),
        "dictionary": pa.dictionary(pa.int32(), pa.string()),
    }.items():
        data = planted_feeds.parquet_bytes(world.rows(f"Parquet, {name}"), {"owner_document": kind})
        world.build(f"type {name}", world.feed(f"{name}.parquet", data))
    digits = [
        planted_feeds.good(8_000_000 + place, world.planted.digits("Parquet, whole numbers"))
        for place in range(40)
    ]
    kinds = {"owner_document": pa.int64(), "number": pa.int64()}
    world.build("type int64", world.feed("int.parquet", planted_feeds.parquet_bytes(digits, kinds)))
    text = planted_feeds.csv_bytes(world.rows("an odd CSV file"))
    header, _, body = text.partition(b"\r\n")
    odd = {
        "no header": body,
        "no comma": text.replace(b",", b"~"),
        "header of documents": body.split(b"\r\n")[0] + b"\r\n" + text,
        "wrong name": text.replace(b"owner_document", b"owner_documnt", 1),
        "open quote": header + b'\r\n"' + body,
        "not UTF-8": text + b"\xff\xfe\x80\r\n",
        "half of UTF-16": text.decode().encode("utf-16")[:-1],
        "nulls": text.replace(b"person", b"per\0son"),
    }
    for name, data in odd.items():
        world.build(name, world.feed(f"{name}.csv", data))
    world.build("ASCII", world.feed("ascii.csv", text), "--encoding", "ascii")
    packed = gzip.compress(text)
    world.build("half of gzip", world.feed("half.csv.gz", packed[: len(packed) // 2]))


def bad_keys(world: World) -> None:
    feed = world.feed("key.csv", planted_feeds.csv_bytes(world.rows("a feed without a key")))
    world.run("no key", "registry", "build", feed, "--output", str(world.written / "no key"))
    world.key.chmod(0o644)
    world.build("open key", feed)
    world.key.chmod(0o600)


def broken_code(world: World) -> None:
    """Tracebacks, and what faulthandler says, from where documents are in the frames."""
    output = ("--output", str(world.written / "broken"), "--key-file", str(world.key))
    feed = world.feed("broken code.csv", planted_feeds.csv_bytes(world.rows("code that breaks")))
    bad = str(world.inputs / "bad.parquet")
    words = ("registry", "build", feed, bad, *output, "--max-rejects", "100%")
    for function in BROKEN:
        for how in ("raise", "abort") if function == BROKEN[-1] else ("raise",):
            done = world.server.broken(words, AT, function, how)
            world.outcomes[f"{how} {function}"] = done


def orders(world: World) -> None:
    """A plan and its orders, from reports and through names and answers that hold documents."""
    registry = ("--registry", str(world.written / "all"))
    book = ("--journal", str(world.written / "journal.db"), "--head", str(world.written / "head"))
    plan = str(world.written / "plan")
    planned = ("takedown", "plan", *registry, "--output", plan, *book[:2])
    world.run("plan", *planned, "--reports", world.reports)
    header_of_documents = world.inputs / "headless.csv"
    lines = Path(world.reports).read_text().splitlines()
    header_of_documents.write_text("\n".join(lines[-4:]))
    elsewhere = ("--output", str(world.written / "headless"))
    headless = ("--reports", str(header_of_documents))
    world.run("plan headless", "takedown", "plan", *registry, *elsewhere, *headless, *book[:2])
    number = world.planted.number("approve --by")
    world.run("approve", "takedown", "approve", plan, "--by", f"Zhang {number}", *book, at=AT + 1)
    world.run("approve 2", "takedown", "approve", plan, "--by", "Li", *book, at=AT + 2)
    world.run("issue", "takedown", "issue", plan, *book, at=AT + 3)
    sheets = sorted(Path(plan, "issued").glob("*.csv"))
    ids = [line.split('"')[1] for sheet in sheets for line in sheet.read_text().splitlines()[1:]]
    answers = [
        [one, "executed", "2025-10-09T08:53:30Z", f"done for {world.planted.number('an answer')}"]
        for one in ids[1:]
    ]
    strange = [[world.planted.number("order_id of an answer"), *answers[0][1:]]]
    for name, rows in (("answers", answers), ("strange answers", strange)):
        path = world.inputs / f"{name}.csv"
        write_csv(path, ("order_id", "outcome", "at", "detail"), rows)
        world.run(name, "takedown", "acknowledge", str(path), *book, at=AT + 100)
    named = ("--by", f"Wang {world.planted.number('restore --by')}")
    why = ("--reason", f"appeal of {world.planted.number('restore --reason')}")
    back = ("--output", str(world.written / "restored"), *named, *why, *book)
    world.run("restore", "takedown", "restore", ids[0], *back, at=AT + 200)
    stray = world.planted.number("restore ORDER_ID")
    world.run("restore nothing", "takedown", "restore", stray, *back, at=AT + 200)
    world.run("export", "takedown", "export-list", str(world.written / "list.txt"), *book[:2])
    world.run("status", "takedown", "status", *book[:2])


def desk(world: World) -> None:
    registry = ("--registry", str(world.written / "all"))
    when = ("--at", "2025-08-01")
    world.run("who", "takedown", "who", "13900000001", *when, *registry)
    world.run("who document", "takedown", "who", world.planted.number("who N"), *when, *registry)
    told = "--case c --incident-at 2025-08-01 --authority a --certified-by b".split()
    number = ("--number", world.planted.number("plan --number"))
    output = ("--output", str(world.written / "one"), "--journal", str(world.written / "none.db"))
    world.run("plan document", "takedown", "plan", *number, *told, *registry, *output)


def faults(world: World) -> None:
    """What is left behind when a build dies or its disk is full."""
    feed = world.feed("fault.csv", planted_feeds.csv_bytes(world.rows("a build that dies", 400)))
    for act in ("half", "full", "eio"):
        for at in (5, 12, 20, 30):
            world.build(f"{act} {at}", feed, fault=Fault(at, act))


def test_no_document_stands_in_anything_that_was_written(world: World) -> None:
    assert len(world.planted.places) >= MANY
    assert [] == Search(world.planted).below(world.written)


def test_the_commands_came_where_they_were_meant_to(world: World) -> None:
    statuses = {name: done.status for name, done in world.outcomes.items()}
    assert {} == {name: status for name, status in statuses.items() if status not in {0, 1, -6, -9}}
    done = {"update", "compact", "verify", "plan", "approve", "approve 2", "issue"}
    done |= {"answers", "restore", "export", "status", "who"}
    assert {} == {name: statuses[name] for name in done if statuses[name] != 0}
    # Rows were refused; all the other rows are there.
    assert 1 == statuses["all"]
    assert "rows refused" in world.outcomes["all"].stderr
    traced = [name for name in world.outcomes if name.startswith("raise ")]
    assert [] == [name for name in traced if "broken on purpose" not in world.outcomes[name].stderr]
    aborted = [name for name in world.outcomes if name.startswith("abort ")]
    assert [] == [name for name in aborted if "Fatal Python" not in world.outcomes[name].stderr]


def test_only_broken_code_prints_a_traceback(world: World) -> None:
    found = [name for name, done in world.outcomes.items() if "Traceback" in done.stderr]
    assert [name for name in world.outcomes if name.startswith("raise ")] == found


def test_the_search_finds_what_there_is(tmp_path: Path) -> None:
    planted = Planted(1)
    documents = [planted.new("here") for _ in range(50)]
    plain = [planted.new("here", how="plain") for _ in range(10)]
    digits = int(planted.digits("here"))
    text = "\n".join(documents[:20])
    (tmp_path / "text").write_text(text)
    (tmp_path / "utf-16").write_bytes("\n".join(plain).encode("utf-16"))
    (tmp_path / "gb18030").write_bytes("\n".join(documents[20:30]).encode("gb18030"))
    (tmp_path / "number").write_bytes(b"abc" + digits.to_bytes(8, "little"))
    table = pa.table({"a": documents[30:49]})
    parquet.write_table(table, tmp_path / "packed.parquet", compression="zstd")
    (tmp_path / documents[49].strip()).touch()
    found = Search(planted).below(tmp_path)
    assert set(planted.places) == {line.split(": ")[1].split(" of ")[0] for line in found}

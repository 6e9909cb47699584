"""What a folder holds, to compare: file by file, and a journal entry by entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from callguard.errors import PlanError, RegistryError
from callguard.files import digest_of
from callguard.takedown.journal.entry import Entry
from callguard.takedown.journal.head import read_head
from callguard.takedown.journal.store import Journal
from callguard.takedown.journal.verify import verify
from callguard.takedown.planning.folder import PlanFolder
from callguard.takedown.registry.store import Registry

JOURNAL: Final = "journal.db"
HEAD: Final = "elsewhere/head.json"


class Snapshot(NamedTuple):
    """Digests by path, the journal's entries and the version of its tables, 0 if there is none.

    Files of the journal's database are not among the paths.
    """

    files: Mapping[str, str]
    entries: tuple[Entry, ...]
    version: int


def snapshot(root: Path) -> Snapshot:
    files = {
        name: digest_of(path) if path.is_file() else ""
        for path in sorted(root.rglob("*"))
        if not (name := str(path.relative_to(root))).startswith(JOURNAL)
    }
    return Snapshot(files, *_journal(root))


def unsound(root: Path, start: Snapshot, clean: Snapshot) -> Iterator[str]:
    """What is wrong with a folder after a fault, before anything has mended it.

    All that is not hidden must be as it was before the command or as it is after it; a registry or
    plan that opens must be whole; the journal's chain must hold, and no order is issued twice.
    """
    now = snapshot(root)
    for path, digest in now.files.items():
        # The head may be any entry's that stands in the journal: verify() below says so.
        if path == HEAD or any(part.startswith(".") for part in Path(path).parts):
            continue
        if digest not in {start.files.get(path), clean.files.get(path)}:
            yield f"{path} is neither as it was nor as it is to be"
    yield from _registry(root, "registry/manifest.json" in start.files)
    yield from _plan(root)
    if now.entries not in {start.entries, clean.entries}:
        yield f"the journal has {len(now.entries)} entries, part of what a command writes"
    if now.version not in {start.version, clean.version}:
        yield f"the journal is of version {now.version}, part of what a command does"
    # A migration and the entries behind it are one transaction. A new journal is made before.
    both = start.version not in {0, clean.version} and start.entries != clean.entries
    if both and (now.entries == clean.entries) != (now.version == clean.version):
        yield f"the journal is of version {now.version} with {len(now.entries)} entries"
    if now.entries != clean.entries:
        early = {"issued", "restored"} & {path.split("/")[0] for path in new(now, start)}
        if early:
            yield f"{early} stand there without entries in the journal"
    twice = [order for order, count in Counter(issued(now)).items() if count > 1]
    if twice:
        yield f"issued twice: {twice}"
    if (root / JOURNAL).exists() and now.entries:
        found = verify(Journal.open(root / JOURNAL), read_head(root / HEAD))
        if not found.ok:
            yield f"the journal does not verify: {found.fault}"


def new(now: Snapshot, start: Snapshot) -> list[str]:
    return [path for path in now.files if path not in start.files]


def issued(found: Snapshot) -> list[str]:
    return [
        entry.order_id
        for entry in found.entries
        if entry.kind == "issued" and entry.order_id is not None
    ]


def different(expected: Snapshot, actual: Snapshot) -> Iterator[str]:
    """How a folder differs from what it should be."""
    for path in sorted(expected.files.keys() | actual.files.keys()):
        left, right = expected.files.get(path), actual.files.get(path)
        if left != right:
            how = "is missing" if right is None else "differs" if left else "is left over"
            yield f"{path} {how}"
    if expected.version != actual.version:
        yield f"the journal is of version {actual.version} instead of {expected.version}"
    if expected.entries != actual.entries:
        yield f"{len(actual.entries)} entries instead of {len(expected.entries)}, or other ones"


def _journal(root: Path) -> tuple[tuple[Entry, ...], int]:
    journal = Journal.find(root / JOURNAL)
    return ((), 0) if journal is None else (tuple(journal.raw()), journal.version)


def _registry(root: Path, had_one: bool) -> Iterator[str]:
    try:
        with Registry.open(root / "registry") as opened:
            opened.verify()
            rows = sum(batch.num_rows for batch in opened.rows())
            if rows != opened.manifest.rows:
                yield f"the registry has {rows} rows, its manifest says {opened.manifest.rows}"
    except RegistryError as error:
        if had_one:
            yield f"the registry that stood there is gone: {error}"


def _plan(root: Path) -> Iterator[str]:
    try:
        found = PlanFolder.load(root / "plan")
    except PlanError:
        return
    if len(found.orders) != found.summary["counts"]["orders"]:
        yield "the plan opens, and is not whole"

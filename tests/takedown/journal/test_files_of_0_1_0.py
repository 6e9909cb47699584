"""Files of callguard 0.1.0: registry, key, plans, journal, answers. Each opens and goes on."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from callguard.errors import JournalError, PlanError
from callguard.takedown.journal.acknowledge import acknowledge
from callguard.takedown.journal.approve import approve
from callguard.takedown.journal.export import export_numbers
from callguard.takedown.journal.head import read_head
from callguard.takedown.journal.issue import issue
from callguard.takedown.journal.restore import restore
from callguard.takedown.journal.status import status
from callguard.takedown.journal.store import Journal
from callguard.takedown.journal.verify import verify
from callguard.takedown.planning.folder import PARTS, PlanFolder
from callguard.takedown.planning.plan import plan
from callguard.takedown.registry.build import compact, update
from callguard.takedown.registry.store import Registry

OLD = Path(__file__).resolve().parents[2] / "files_of_0_1_0"
# Where the files were made: plans name their registry and their reports by absolute path.
MADE = Path("/tmp/callguard-files-of-0.1.0")  # noqa: S108  named in files that cannot change
# The second of the last entry.
AT = 1_796_092_846


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return copied(tmp_path / "old")


def copied(folder: Path) -> Path:
    shutil.copytree(OLD, folder)
    (folder / "registry.key").chmod(0o600)
    return folder


@pytest.fixture
def made() -> Iterator[Path]:
    """The files where they were made; one test at a time, of whichever process."""
    with MADE.with_suffix(".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        shutil.rmtree(MADE, ignore_errors=True)
        yield copied(MADE)
        shutil.rmtree(MADE)


def journal_in(folder: Path) -> Journal:
    return Journal.open(folder / "journal.db", head_file=folder / "head.json")


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_the_journal_is_read_and_not_written(old: Path) -> None:
    before = digests(old)
    journal = journal_in(old)
    found = verify(journal, read_head(old / "head.json"))
    assert (True, 42, ()) == (found.ok, found.entries, found.unguarded)
    expected = orjson.loads((old / "status.json").read_bytes())
    assert expected == status(journal, at=expected["at"]).as_dict()
    assert (old / "taken_down.txt").read_text() == export_numbers(journal)
    assert before == digests(old)


def test_an_order_is_restored(old: Path) -> None:
    journal = journal_in(old)
    entries = list(journal.entries())
    order = "dc42c582481ea8abb26c3311f5d9c705"
    done = restore(
        journal,
        order_id=order,
        by="C",
        reason="why",
        ground="error",
        output=old / "back",
        at=AT + 60,
    )
    assert (order,) == done.restored
    assert entries == list(journal.entries())[:-1]
    assert verify(journal, read_head(old / "head.json")).ok
    assert 43 == journal.head().seq


def test_what_was_restored_stays_so(old: Path) -> None:
    order = "f647abf981a97640118fb3767c9e284d"
    for _ in range(2):
        done = restore(
            journal_in(old),
            order_id=order,
            by="C",
            reason="why",
            ground="error",
            output=old / "restored",
            at=AT + 60,
        )
        assert (order,) == done.already
        assert 42 == journal_in(old).head().seq
    assert digests(OLD / "restored") == digests(old / "restored")


def test_answers_that_were_taken_in_are_known(old: Path) -> None:
    done = acknowledge(journal_in(old), [old / "answers.csv"], at=AT + 60, by="Zhao Min")
    assert (0, 0, 0, 4) == (done.acknowledged, done.executed, done.refused, done.repeated)


def test_people_who_approved_are_known(old: Path) -> None:
    folder = PlanFolder.load(old / "plan-2")
    with pytest.raises(PlanError, match="CHEN WEI has approved this plan already"):
        approve(journal_in(old), folder, by="CHEN WEI", at=AT + 60, reviewed=True)
    assert 1 == journal_in(old).version


def test_the_approved_plan_is_issued(made: Path) -> None:
    journal = journal_in(made)
    done = issue(journal, PlanFolder.load(made / "plan-2"), made / "out", at=AT + 60)
    assert not done.again
    assert 10 == done.orders + len(done.superseded)
    assert 42 + 1 + done.orders == journal.head().seq
    assert verify(journal, read_head(made / "head.json")).ok
    again = issue(journal, PlanFolder.load(made / "plan-2"), made / "out", at=AT + 99)
    assert again.again


def test_the_issued_plan_gives_the_same_files(made: Path) -> None:
    """But for the order that was restored since."""
    done = issue(journal_in(made), PlanFolder.load(made / "plan"), made / "plan/issued", at=AT)
    assert (True, 10, 1) == (done.again, done.orders, done.since_restored)
    before, after = digests(OLD / "plan" / "issued"), digests(made / "plan" / "issued")
    assert set(before) == set(after)
    changed = {name for name in before if before[name] != after[name]}
    assert all(name.startswith("china-unicom-") for name in changed)
    assert 2 == len(changed)


@pytest.mark.parametrize("name", ["plan", "plan-2"])
def test_the_same_plan_comes_out_again(old: Path, name: str) -> None:
    before = PlanFolder.load(old / name)
    with Registry.open(old / "registry") as registry:
        registry.verify()
    made = plan(
        old / f"reports{name.removeprefix('plan')}.csv",
        old / "registry",
        old / "again",
        at=before.summary["at"],
    )
    assert before.orders == made.orders
    for part in PARTS:
        assert (OLD / name / part).read_bytes() == (old / "again" / part).read_bytes()
    paths = {"path": ""}
    for key in ("registry", "reports"):
        assert {**before.summary[key], **paths} == {**made.summary[key], **paths}


def test_the_registry_goes_on_under_its_key(old: Path) -> None:
    built = update([old / "delta-2.csv"], old / "registry.key", old / "registry", at=AT + 60)
    assert ("38541ad9", 3) == (built.manifest.key_id, len(built.manifest.segments))
    # The rows are those of the first feed, owners included: none of them is new.
    assert 300 == built.manifest.rows
    assert 300 == compact(old / "registry", at=AT + 120).manifest.rows
    with Registry.open(old / "registry") as registry:
        registry.verify()


def test_a_cut_journal_shows(old: Path) -> None:
    head = (old / "head.json").read_bytes().replace(b'"seq":42', b'"seq":43')
    (old / "head.json").write_bytes(head)
    with pytest.raises(JournalError, match="was cut off"):
        status(journal_in(old), at=AT)

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import JournalError
from callguard.takedown.journal.entry import GENESIS, KINDS, Entry, Head, hash_of
from callguard.takedown.journal.head import read_head
from callguard.takedown.journal.schema import TABLE
from callguard.takedown.journal.status import status
from callguard.takedown.journal.store import Journal
from callguard.takedown.journal.verify import verify
from tests.made.journals import restored
from tests.made.plans import AT, order
from tests.takedown.journal.tampering import COLUMNS, Tamperer, chained, full_journal

Scene = tuple[Journal, Tamperer, list[Entry], Head]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    journal = full_journal(tmp_path)
    assert journal.head_file is not None
    head = read_head(journal.head_file)
    assert head is not None
    hands = Tamperer(journal)
    return journal, hands, hands.rows(), head


def test_an_untouched_journal_is_sound(tmp_path: Path) -> None:
    journal = full_journal(tmp_path)
    entries = list(journal.entries())
    assert set(KINDS) == {entry.kind for entry in entries}
    found = verify(journal, journal.head())
    assert (True, len(entries), journal.head(), None, ()) == (
        found.ok,
        found.entries,
        found.head,
        found.fault,
        found.unguarded,
    )


def test_a_finding_as_plain_values(tmp_path: Path) -> None:
    journal = full_journal(tmp_path)
    head = journal.head()
    assert {
        "ok": True,
        "entries": head.seq,
        "head": {"seq": head.seq, "hash": head.hash},
        "kept": {"seq": head.seq, "hash": head.hash},
        "beyond": 0,
        "seq": None,
        "fault": None,
        "unguarded": [],
    } == verify(journal, head).as_dict()


def test_entries_newer_than_the_head_are_counted(scene: Scene) -> None:
    journal, _, rows, _ = scene
    older = verify(journal, rows[-4].head)
    assert (True, 3, 3) == (older.ok, older.beyond, older.as_dict()["beyond"])
    assert (0, 0) == (verify(journal).beyond, verify(journal, rows[-1].head).beyond)


def _flips(column: str, value: Any) -> list[Any]:
    if column in {"seq", "at"}:
        return [value + 100, "text", 2.5]
    if value is None:
        return ["", b"\xff\xfe", 7]
    return [f"{value} ", b"\xff\xfe", *([None] if column == "order_id" else [7])]


def test_every_column_of_every_entry(scene: Scene) -> None:
    journal, hands, rows, head = scene
    # The same table without the checks of the database: whoever owns the file can do that.
    hands.run(f"DROP TABLE {TABLE}")
    hands.run(f"CREATE TABLE {TABLE} ({', '.join(COLUMNS)})")
    tried = 0
    for row in rows:
        for column in COLUMNS:
            for flip in _flips(column, getattr(row, column)):
                changed = row._replace(**{column: flip})
                hands.replace_all([changed if one is row else one for one in rows])
                found = verify(journal, head)
                assert not found.ok, (row.seq, column, flip)
                assert found.seq is not None
                if column != "seq":
                    assert row.seq == found.seq, (row.seq, column, flip, found.fault)
                tried += 1
    assert tried == 3 * len(rows) * len(COLUMNS)
    hands.replace_all(rows)
    assert verify(journal, head).ok


def test_every_bit_of_a_body(scene: Scene) -> None:
    journal, hands, rows, head = scene
    row = rows[-1]
    for place in range(len(row.body)):
        body = row.body[:place] + chr(ord(row.body[place]) ^ 1) + row.body[place + 1 :]
        hands.run(f"UPDATE {TABLE} SET body = ? WHERE seq = ?", body, row.seq)  # noqa: S608
        assert row.seq == verify(journal, head).seq


def test_every_entry_deleted(scene: Scene) -> None:
    journal, hands, rows, head = scene
    for row in rows:
        hands.replace_all([one for one in rows if one is not row])
        found = verify(journal, head)
        assert row.seq == found.seq
        assert "is missing" in (found.fault or "")


def test_every_entry_deleted_and_the_others_moved_up(scene: Scene) -> None:
    journal, hands, rows, head = scene
    for gone in rows[:-1]:
        kept = [row for row in rows if row is not gone]
        hands.replace_all([row._replace(seq=seq) for seq, row in enumerate(kept, 1)])
        assert gone.seq == verify(journal, head).seq


def test_every_two_entries_swapped(scene: Scene) -> None:
    journal, hands, rows, head = scene
    for first in range(len(rows)):
        for second in range(first + 1, len(rows)):
            swapped = list(rows)
            swapped[first] = rows[second]._replace(seq=first + 1)
            swapped[second] = rows[first]._replace(seq=second + 1)
            hands.replace_all(swapped)
            found = verify(journal, head)
            assert first + 1 == found.seq
            assert "reordered" in (found.fault or "")


def test_an_entry_put_in_anywhere(scene: Scene) -> None:
    journal, hands, rows, head = scene
    for place in range(len(rows)):
        forged = rows[place]._replace(actor="nobody", order_id=None)
        shifted = [*rows[:place], forged, *rows[place:]]
        hands.run(f"DROP INDEX IF EXISTS {TABLE}_plan_once")
        hands.replace_all([row._replace(seq=seq) for seq, row in enumerate(shifted, 1)])
        assert place + 1 == verify(journal, head).seq


@pytest.mark.parametrize("seq", [0, -5, -(1 << 63)])
def test_an_entry_put_in_before_the_first(scene: Scene, seq: int) -> None:
    journal, hands, rows, head = scene
    hands.run(f"DROP TABLE {TABLE}")
    hands.run(f"CREATE TABLE {TABLE} ({', '.join(COLUMNS)})")
    hands.replace_all([rows[0]._replace(seq=seq), *rows])
    found = verify(journal, head)
    assert f"entry {seq} was put in: entries count from 1" == found.fault


def test_every_tail_cut_off_shows_against_the_head_kept_elsewhere(scene: Scene) -> None:
    journal, hands, rows, head = scene
    for left in range(len(rows)):
        hands.replace_all(rows[:left])
        assert verify(journal).ok
        found = verify(journal, head)
        assert left + 1 == found.seq
        assert "the end was cut off" in (found.fault or "")


def test_a_journal_rewritten_as_a_whole_shows_against_the_head(scene: Scene) -> None:
    journal, hands, rows, head = scene
    hands.replace_all(chained([rows[0]._replace(actor="another"), *rows[1:]]))
    assert verify(journal).ok
    found = verify(journal, head)
    assert (len(rows), "has another hash than the head kept elsewhere: it was rewritten") == (
        found.seq,
        found.fault,
    )


def test_commands_refuse_a_journal_that_was_tampered_with(scene: Scene, tmp_path: Path) -> None:
    journal, hands, rows, _ = scene
    hands.run(f"UPDATE {TABLE} SET actor = 'x' WHERE seq = 3")  # noqa: S608
    with pytest.raises(JournalError, match=r"entry 3 was changed.*takedown verify"):
        status(journal, at=AT)
    with pytest.raises(JournalError, match="the database no longer refuses changes"):
        restored(journal, tmp_path / "out", order(2, "R2")["order_id"])
    hands.replace_all(rows[:-1])
    with pytest.raises(JournalError, match="was cut off"):
        restored(journal, tmp_path / "out", order(2, "R2")["order_id"])
    hands.replace_all(chained([rows[0]._replace(actor="another"), *rows[1:]]))
    with pytest.raises(JournalError, match="was rewritten"):
        restored(journal, tmp_path / "out", order(2, "R2")["order_id"])


def test_guards_that_are_gone_are_named_and_put_back(scene: Scene, tmp_path: Path) -> None:
    journal, hands, _, head = scene
    names = tuple(f"{TABLE}_{act}" for act in ("delete", "insert", "update"))
    assert names == verify(journal, head, guard=True).unguarded
    assert () == verify(journal, head).unguarded
    restored(journal, tmp_path / "out", order(2, "R2")["order_id"])
    hands.run(f"DROP TRIGGER {names[2]}")
    hands.run(f"UPDATE {TABLE} SET actor = 'x' WHERE seq = 3")  # noqa: S608
    assert 3 == verify(journal, guard=True).seq
    assert names[2:] == verify(journal).unguarded


_TEXT = st.text(max_size=8)
_ENTRY = st.builds(
    Entry,
    st.integers(1, 99),
    st.integers(),
    _TEXT,
    _TEXT,
    _TEXT | st.none(),
    _TEXT,
    _TEXT,
    _TEXT,
    st.just(""),
)


@given(_ENTRY, _ENTRY)
def test_entries_that_differ_have_hashes_that_differ(one: Entry, other: Entry) -> None:
    assert (one == other) == (hash_of(one) == hash_of(other))


def test_text_that_moves_between_columns_changes_the_hash() -> None:
    entry = Entry(1, 2, "ab", "c", "", "d", "e", "f", "")
    moved = entry._replace(kind="a", plan="bc")
    assert 3 == len({hash_of(one) for one in (entry, moved, entry._replace(order_id=None))})


def test_the_hash_is_this_for_ever() -> None:
    entry = Entry(1, AT, "approved", "ab" * 32, None, "王芳", "{}", GENESIS.hash, "")
    parts = [b"1", b"1795478400", b"approved", b"ab" * 32, None, "王芳".encode(), b"{}", b"0" * 64]
    data = b"callguard entry 1\0"
    for part in parts:
        data += b"\xff" * 8 if part is None else struct.pack(">Q", len(part)) + part
    assert hashlib.sha256(data).hexdigest() == hash_of(entry)
    assert hash_of(entry).startswith("c8310e126e59")

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import JournalError
from callguard.faults import Faults
from callguard.takedown.journal.acknowledge import acknowledge
from callguard.takedown.journal.answers import read_answers
from callguard.takedown.journal.sheets import guarded
from callguard.takedown.journal.store import Journal
from callguard.times import format_utc
from tests.made.journals import answered, issued, life_of, restored
from tests.made.plans import AT, order

ONE = order(1)["order_id"]
TWO = order(2, carrier="=x")["order_id"]


@pytest.fixture
def going(journal: Journal, tmp_path: Path) -> Journal:
    """A journal with two issued orders of two carriers, and a withdrawn one."""
    issued(journal, tmp_path / "plan", [order(1), order(2, carrier="=x")])
    return journal


@pytest.fixture
def quick(sqlite: Journal, tmp_path: Path) -> Journal:
    """The same on SQLite."""
    issued(sqlite, tmp_path / "plan", [order(1), order(2, carrier="=x")])
    return sqlite


def test_answers_move_orders_on(going: Journal, tmp_path: Path) -> None:
    found = answered(going, tmp_path, (ONE, "acknowledged", AT + 5), (TWO, "refused", AT + 6))
    assert (1, 0, 1, 0) == (found.acknowledged, found.executed, found.refused, found.repeated)
    assert ["acknowledged", "refused"] == [life_of(going, one).state for one in (ONE, TWO)]
    answered(going, tmp_path, (ONE, "executed", AT + 50))
    assert (AT + 5, AT + 50) == (
        life_of(going, ONE).acknowledged_at,
        life_of(going, ONE).executed_at,
    )


def test_executed_implies_acknowledged(going: Journal, tmp_path: Path) -> None:
    found = answered(going, tmp_path, (ONE, "executed", AT + 50))
    assert (1, 1) == (found.acknowledged, found.executed)
    assert AT + 50 == life_of(going, ONE).acknowledged_at
    last = [orjson.loads(entry.body) for entry in list(going.entries())[-2:]]
    assert [(True, ""), (False, "")] == [(body["implied"], body["detail"]) for body in last]


def test_what_a_carrier_adds_is_kept(going: Journal, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(
        f"order_id,outcome,at,detail\n{ONE},refused,{format_utc(AT + 5)},no such subscriber\n"
    )
    acknowledge(going, [path], at=AT + 5, by="D")
    *_, entry = going.entries()
    assert ("refused", "no such subscriber") == (entry.kind, orjson.loads(entry.body)["detail"])


def test_repeated_answers_have_no_further_effect(going: Journal, tmp_path: Path) -> None:
    files = [
        [(ONE, "acknowledged", AT + 1)],
        [(ONE, "refused", AT + 2), (ONE, "refused", AT + 2)],
        [(ONE, "executed", AT + 3), (ONE, "executed", AT + 9)],
    ]
    for answers in files:
        answered(going, tmp_path, *answers)
    head = going.head()
    for answers in files:
        assert len(answers) == answered(going, tmp_path, *answers).repeated
    assert head == going.head()
    assert AT + 3 == life_of(going, ONE).executed_at


def test_a_carrier_may_change_its_mind(quick: Journal, tmp_path: Path) -> None:
    answered(quick, tmp_path, (ONE, "acknowledged", AT + 1))
    answered(quick, tmp_path, (ONE, "refused", AT + 2))
    assert "refused" == life_of(quick, ONE).state
    answered(quick, tmp_path, (ONE, "acknowledged", AT + 1), at=AT + 3)
    assert "refused" == life_of(quick, ONE).state
    answered(quick, tmp_path, (ONE, "acknowledged", AT + 3))
    assert "acknowledged" == life_of(quick, ONE).state


def test_an_answer_after_the_restore_is_kept_and_told(quick: Journal, tmp_path: Path) -> None:
    restored(quick, tmp_path / "out", ONE)
    found = answered(quick, tmp_path, (ONE, "executed", AT + 200))
    assert (ONE,) == found.late
    assert "restored" == life_of(quick, ONE).state


FAULTS = [
    ({"order_id": "x"}, "order_id is not an order's id"),
    ({"order_id": "0" * 32}, f"no order {'0' * 32} is in the journal"),
    ({"outcome": "done"}, "outcome is not one of"),
    ({"at": "2026-11-24 00:01"}, "at is not an RFC 3339 time"),
    ({"at": "2026-11-24T00:01:00"}, "at is not an RFC 3339 time"),
    ({"at": "2026-11-31T00:01:00Z"}, "at is a time that does not exist"),
    ({"at": "2027-01-01T00:00:00Z"}, "at is later than now"),
    ({"at": "2026-11-23T23:00:00Z"}, "is before order"),
    ({"carrier": "=x"}, "went to another carrier"),
    ({"number": "+8613800000002"}, "is about another number"),
    ({"act": "restore"}, "the answer to a restore"),
]
SOUND = {
    "order_id": ONE,
    "outcome": "executed",
    "at": "2026-11-24T08:01:00.5+08:00",
    "carrier": "China Telecom",
    "number": "+8613800000001",
    "detail": "=done",
    "act": "stop",
}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize(("change", "message"), FAULTS, ids=[text for _, text in FAULTS])
def test_a_fault_anywhere_keeps_the_whole_file_out(
    quick: Journal, tmp_path: Path, change: dict[str, str], message: str, form: str
) -> None:
    head = quick.head()
    path = tmp_path / "answers"
    rows = [SOUND, {**SOUND, **change}]
    path.write_bytes(_csv(rows) if form == "csv" else b"".join(map(_json, rows)))
    with pytest.raises(JournalError) as caught:
        acknowledge(quick, [path], at=AT + 100, by="D")
    first, last = str(caught.value).splitlines()
    assert first.startswith(f"{path}:{3 if form == 'csv' else 2}: ")
    assert message in first
    assert "nothing of these files was taken in; 0 others were" == last
    assert head == quick.head()


def test_sound_files_are_taken_in_beside_faulty_ones(quick: Journal, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(b"\xef\xbb\xbf" + _csv([SOUND]))
    bad.write_bytes(_csv([SOUND, {**SOUND, "outcome": ""}]))
    with pytest.raises(JournalError, match="1 others were"):
        acknowledge(quick, [bad, good, tmp_path / "absent"], at=AT + 100, by="D")
    assert "executed" == life_of(quick, ONE).state


def test_executed_is_not_refused_afterwards(quick: Journal, tmp_path: Path) -> None:
    answered(quick, tmp_path, (ONE, "executed", AT + 1))
    with pytest.raises(JournalError, match="cannot be refused now"):
        answered(quick, tmp_path, (ONE, "refused", AT + 2))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1: the file is empty; its header is order_id,outcome,at,detail"),
        (b"order_id,at\n", ":1: the header lacks outcome"),
        (b"order_id,at,outcome,at\n", ":1: the header has at twice"),
        (b"\n\norder_id,at,outcome\nx\n", ":4: has 1 cells, and the header has 3"),
        (b'order_id,at,outcome\n"x', ":2: is not CSV as in RFC 4180"),
        (b"order_id,at,outcome\n\n\xff", ":3: is not UTF-8"),
        (b'{"order_id": 3}\n', ":1: has a value that is not text"),
        (b'{}\n{"a"', ":2: is not a JSON object"),
    ],
)
def test_files_that_cannot_be_read(
    sqlite: Journal, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "answers"
    path.write_bytes(content)
    with pytest.raises(JournalError) as caught:
        acknowledge(sqlite, [path], at=AT, by="D")
    assert f"{path}{message}" in str(caught.value)


@given(st.binary(max_size=200) | st.text(alphabet='order_id,outcome,at\n"{}:\r', max_size=80))
def test_no_bytes_crash_the_reader(tmp_path_factory: object, content: bytes | str) -> None:
    path = tmp_path_factory.getbasetemp() / "answers"  # type: ignore[attr-defined]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    faults = Faults(str(path))
    assert [] == read_answers(path, faults) or not faults


def test_no_fault_repeats_what_stands_in_the_file(quick: Journal, tmp_path: Path) -> None:
    path = tmp_path / "answers"
    document = "11010519491231002X"
    path.write_bytes(_csv([dict.fromkeys(SOUND, document), {**SOUND, "detail": document}]))
    with pytest.raises(JournalError) as caught:
        acknowledge(quick, [path], at=AT + 100, by="D")
    assert document not in str(caught.value)


def _csv(rows: list[dict[str, str]]) -> bytes:
    lines = [",".join(SOUND)]
    lines += [
        ",".join(guarded(row[key]) if key != "number" else row[key] for key in SOUND)
        for row in rows
    ]
    return "\r\n".join([*lines, ""]).encode()


def _json(row: dict[str, str]) -> bytes:
    return orjson.dumps(row) + b"\n"

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgpack
import pytest

from callguard.counters import CounterUpdate, WindowFigure
from callguard.errors import CounterError
from callguard.guard import Guard
from callguard.integrations.redis_stream import Control, Settings
from callguard.integrations.redis_stream.entries import Entry
from callguard.integrations.redis_stream.judging import QUIET_S, Judge
from tests.integrations.redis_stream.streams import (
    START,
    calls,
    figures,
    in_one_process,
    write_rules,
)
from tests.oracles.counters import PlainCounters


class Failing(PlainCounters):
    """Counters that fail as often as ``failures`` says, before or after they have counted."""

    def __init__(self, failures: int = 0, *, after_counting: bool = False) -> None:
        super().__init__()
        self.failures = failures
        self.asked = 0
        self._after_counting = after_counting

    def step_many(
        self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str] | None = None
    ) -> list[Sequence[WindowFigure] | None]:
        self.asked += 1
        if self.asked > self.failures:
            return super().step_many(records, ids)
        if self._after_counting:
            super().step_many(records, ids)
        raise CounterError("away")


class Moments:
    """A clock and a wait that moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class PatientControl(Control):
    def __init__(self, moments: Moments) -> None:
        super().__init__()
        self._moments = moments

    def wait(self, seconds: float) -> None:
        self._moments.now += seconds


def _judge(rules: Path, store: PlainCounters, **settings: Any) -> tuple[Judge, Moments, Control]:
    moments = Moments()
    control = PatientControl(moments)
    guard = Guard.load(rules, state=store)
    return Judge(guard, Settings(**settings), control=control, clock=moments), moments, control


def _entries(records: Sequence[dict[str, Any]], deliveries: int = 1) -> list[Entry]:
    return [
        Entry(f"{index}-0", [b"record", msgpack.packb(record)], deliveries)
        for index, record in enumerate(records, 1)
    ]


def _verdicts(answers: Any) -> list[dict[str, Any]]:
    return [msgpack.unpackb(answer.fields["verdict"]) for answer in answers]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rules(tmp_path_factory.mktemp("rules"))


def test_an_answer_is_the_verdict_of_the_guard_and_the_id_of_the_entry(rules: Path) -> None:
    records = calls(200)
    judge, _, _ = _judge(rules, PlainCounters())
    judged = judge.judge(_entries(records))
    alone = Guard.load(rules, state=PlainCounters())
    expected = [alone.score(record).to_dict() for record in records]
    assert expected == _verdicts(judged.answers)
    assert expected == [verdict.to_dict() for verdict in judged.verdicts]
    assert [f"{number}-0" for number in range(1, 201)] == [
        answer.fields["record_id"] for answer in judged.answers
    ]
    assert any(verdict["shadow"] for verdict in expected)


def test_what_holds_no_record_is_answered_in_its_place(rules: Path) -> None:
    first, second = _entries(calls(2))
    odd = Entry("1-5", [b"record", b"\xc1"])
    judged = judge_of(rules).judge([first, odd, second])
    assert ["verdict", "error", "verdict"] == [next(iter(one.fields)) for one in judged.answers]
    assert (["1-5"], []) == (judged.unreadable, judged.dead)
    assert {} == judged.answers[1].dead


def judge_of(rules: Path, **settings: Any) -> Judge:
    return _judge(rules, PlainCounters(), **settings)[0]


def test_an_entry_given_out_too_often_is_given_up_unread(rules: Path) -> None:
    store = PlainCounters()
    judge, _, _ = _judge(rules, store, max_deliveries=3)
    [entry] = _entries(calls(1), deliveries=4)
    judged = judge.judge([entry])
    reason = "given out 3 times and never acknowledged: it may end its worker"
    [answer] = judged.answers
    assert {"error": reason, "record_id": "1-0"} == answer.fields
    assert {
        "record": entry.data,
        "record_id": "1-0",
        "stream": "callguard:records",
        "deliveries": 3,
        "reason": reason,
    } == answer.dead
    assert (["1-0"], [], {}) == (judged.dead, judged.unreadable, store.events)


def test_the_last_delivery_is_still_judged(rules: Path) -> None:
    judged = judge_of(rules, max_deliveries=3).judge(_entries(calls(1), deliveries=3))
    assert (1, []) == (len(judged.verdicts), judged.dead)


def test_an_entry_that_comes_again_is_counted_once(rules: Path) -> None:
    store = PlainCounters()
    judge, _, _ = _judge(rules, store)
    records = calls(100)
    judge.judge(_entries(records))
    judge.judge(_entries(records, deliveries=2))
    assert in_one_process(rules, records) == figures(Guard.load(rules, state=store), store)


def test_entries_of_two_streams_are_not_taken_for_each_other(rules: Path) -> None:
    store = PlainCounters()
    records = calls(50)
    for stream in ("a", "b"):
        _judge(rules, store, input=stream)[0].judge(_entries(records))
    twice = in_one_process(rules, [*records, *records])
    assert twice == figures(Guard.load(rules, state=store), store)


def test_entries_that_are_forgotten_are_new_again(rules: Path) -> None:
    store = PlainCounters()
    judge, _, _ = _judge(rules, store)
    judge.judge(_entries(calls(50))).forget()
    assert set() == store.ids


@pytest.mark.parametrize("after_counting", [False, True])
def test_counters_that_come_back_in_time_leave_no_trace(rules: Path, after_counting: bool) -> None:
    records = calls(100)
    store = Failing(failures=5, after_counting=after_counting)
    judge, _, _ = _judge(rules, store)
    judged = judge.judge(_entries(records))
    assert (6, False) == (store.asked, judged.counted)
    assert [] == [verdict for verdict in judged.verdicts if verdict.degraded]
    assert in_one_process(rules, records) == figures(Guard.load(rules, state=store), store)


def test_counters_that_answer_at_once_have_counted(rules: Path) -> None:
    judged = judge_of(rules).judge(_entries(calls(10)))
    assert judged.counted


def test_counters_that_stay_away_cost_one_wait_and_not_one_a_batch(rules: Path) -> None:
    store = Failing(failures=10_000)
    judge, moments, _ = _judge(rules, store, patience_s=2.0)
    for _ in range(3):
        judged = judge.judge(_entries(calls(10)))
        assert [["counters"]] * 10 == [verdict.degraded for verdict in judged.verdicts]
    assert 2.0 <= moments.now < 2.1


def test_patience_is_whole_again_once_counters_were_well(rules: Path) -> None:
    store = Failing(failures=10_000)
    judge, moments, _ = _judge(rules, store, patience_s=2.0)
    judge.judge(_entries(calls(10)))
    store.failures = 0
    moments.now += QUIET_S
    judge.judge(_entries(calls(10)))
    store.failures = 10_000
    before = moments.now
    judge.judge(_entries(calls(10)))
    assert before + 2.0 <= moments.now < before + 2.1


def test_patience_is_whole_again_for_counters_that_came_back_in_time(rules: Path) -> None:
    store = Failing(failures=20)
    judge, moments, _ = _judge(rules, store, patience_s=2.0)
    judge.judge(_entries(calls(10)))
    store.failures = 10_000
    before = moments.now
    judge.judge(_entries(calls(10)))
    assert before + 2.0 <= moments.now < before + 2.1


def test_records_that_count_nothing_do_not_show_that_counters_are_well(rules: Path) -> None:
    judge, moments, _ = _judge(rules, Failing(failures=10_000), patience_s=2.0)
    uncounted = {"event": "sms", "at": START, "called_party_number": "13900000000"}
    for _ in range(3):
        judge.judge(_entries(calls(10)))
        judge.judge(_entries([uncounted]))
    assert 2.0 <= moments.now < 2.1


def test_no_patience_is_no_wait(rules: Path) -> None:
    judge, moments, _ = _judge(rules, Failing(failures=10_000), patience_s=0)
    judge.judge(_entries(calls(10)))
    assert 0.0 == moments.now


def test_a_worker_that_is_to_stop_does_not_wait(rules: Path) -> None:
    judge, moments, control = _judge(rules, Failing(failures=10_000))
    control.stop()
    judge.judge(_entries(calls(10)))
    assert 0.0 == moments.now


def test_records_without_a_count_do_not_wait(rules: Path) -> None:
    judge, moments, _ = _judge(rules, Failing(failures=10_000))
    uncounted = {"event": "sms", "at": START, "called_party_number": "13900000000"}
    judged = judge.judge(_entries([uncounted]))
    assert ([[]], 0.0) == ([verdict.degraded for verdict in judged.verdicts], moments.now)

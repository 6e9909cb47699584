"""The breaker over a store that fails on command: a fake, so that every order can be tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any, Literal, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from callguard.counters import BreakerCounters, CounterStore, CounterUpdate, Series, WindowFigure
from callguard.errors import CounterError, NodeError
from callguard.servers import Circuit, State
from tests.made.circuits import POLICY, Upper
from tests.oracles.counters import PlainCounters

T = TypeVar("T")
SERIES = Series("many", "event_count", 3600, 64, 1, 0)
STEPS: list[CounterUpdate] = [(SERIES, "+861380013", 5, 1, None)]
JUDGED: list[CounterUpdate] = [(SERIES, "+861380013", 5, 0, None)]
# "silent" does its work and does not say so, as a server does that is paused after the write.
Mode = Literal["well", "slow", "away", "silent", "odd"]
MODES: tuple[Mode, ...] = ("well", "slow", "away", "silent", "odd")
SECONDS = {"well": 0.0002, "slow": 0.1, "away": 0.0, "silent": 0.05, "odd": 0.0}


class FlakyCounters(PlainCounters):
    """The plain store, which fails in the way it was last told to."""

    batch = 200

    def __init__(self, modes: Callable[[], Mode] = lambda: "well") -> None:
        super().__init__()
        self.modes = modes
        self.asked = 0
        self.now = 1000.0

    def clock(self) -> float:
        return self.now

    def step(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        mode = self.meets()
        return self.says(mode, super().step(steps))

    def step_many(
        self,
        records: Sequence[Sequence[CounterUpdate]],
        ids: Sequence[str] | None = None,  # noqa: ARG002
    ) -> list[Sequence[WindowFigure] | None]:
        mode = self.meets()
        return self.says(mode, [PlainCounters.step(self, steps) for steps in records])

    def preview(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        return self.step([(series, group, at, 0, value) for series, group, at, _, value in steps])

    def meets(self) -> Mode:
        """Fail before the work is done, or say how it will end."""
        self.asked += 1
        mode = self.modes()
        self.now += SECONDS[mode]
        if mode == "away":
            raise CounterError("connection refused")
        if mode == "odd":
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate")
        return mode

    def says(self, mode: Mode, found: T) -> T:
        if mode == "silent":
            raise CounterError("timed out")
        return found


def guarded(store: FlakyCounters, **more: Any) -> BreakerCounters:
    return BreakerCounters(store, clock=store.clock, rng=Upper(), **more)


class Outages(RuleBasedStateMachine):
    """Calls to a store that fails in every way: what is said and what is counted."""

    def __init__(self) -> None:
        super().__init__()
        self.mode: Mode = "well"
        self.store = FlakyCounters(lambda: self.mode)
        self.counters = guarded(self.store)
        self.figures: list[int] = []
        self.asked_in_vain = 0

    @rule(mode=st.sampled_from(MODES))
    def turns(self, mode: Mode) -> None:
        self.mode = mode

    @rule(seconds=st.sampled_from([0.05, 0.5, 2.0]))
    def wait(self, seconds: float) -> None:
        self.store.now += seconds

    @rule(times=st.integers(1, 10))
    def count(self, times: int) -> None:
        for _ in range(times):
            asked, state = self.store.asked, self.counters.state
            barred = state == "open" and self.store.now < self.counters._circuit._retry_at
            try:
                (figure,) = self.counters.step(STEPS)
            except CounterError:
                assert barred == (asked == self.store.asked)
            except UnicodeEncodeError:
                assert "odd" == self.mode
                assert state == self.counters.state
            else:
                assert self.mode in ("well", "slow")
                assert isinstance(figure, int)
                self.figures.append(figure)
                continue
            self.asked_in_vain += self.store.asked - asked

    @rule()
    def recovers(self) -> None:
        self.mode = "well"
        self.store.now += POLICY.longest_s
        (figure,) = self.counters.step(STEPS)
        assert isinstance(figure, int)
        assert "closed" == self.counters.state
        self.figures.append(figure)

    @invariant()
    def nothing_is_counted_twice(self) -> None:
        assert self.figures == sorted(set(self.figures))
        counted = len(self.store.events.get((SERIES.key, "+861380013"), []))
        assert len(self.figures) <= counted <= len(self.figures) + self.asked_in_vain


TestOutages = Outages.TestCase


def test_while_it_is_well_everything_goes_through() -> None:
    store = FlakyCounters()
    counters: CounterStore = guarded(store)
    assert [1] == counters.step(STEPS)
    assert [[2], [3]] == counters.step_many([STEPS, STEPS], ["a", "b"])
    assert [3] == counters.preview(JUDGED)
    assert 200 == counters.batch
    counters.forget_ids([STEPS], ["a"])
    counters.retain(None, frozenset({SERIES.key}))
    assert 1 == counters.reset(SERIES.key, "+861380013")
    assert [None] == counters.preview(JUDGED)


USES: dict[str, Callable[[BreakerCounters], object]] = {
    "step": lambda counters: counters.step(STEPS),
    "step_many": lambda counters: counters.step_many([STEPS, STEPS]),
    "preview": lambda counters: counters.preview(STEPS),
}


@pytest.mark.parametrize("use", USES)
def test_an_outage_is_paid_for_once(use: str) -> None:
    store = FlakyCounters(lambda: "silent")
    counters = guarded(store)
    for _ in range(1000):
        with pytest.raises(CounterError):
            USES[use](counters)
    assert (1, "open", 1, "timed out") == (
        store.asked,
        counters.state,
        counters.opened_total,
        counters.last_error,
    )


def test_of_calls_under_way_each_waits_once_and_the_rest_not_at_all() -> None:
    threads, calls = 8, 50
    barrier = Barrier(threads)

    def when_all_are_in() -> Mode:
        barrier.wait(30)
        return "away"

    store = FlakyCounters(when_all_are_in)
    counters = guarded(store)
    refused = []

    def ask() -> None:
        for _ in range(calls):
            with pytest.raises(CounterError):
                counters.step(STEPS)
            refused.append(1)

    running = [Thread(target=ask) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
    assert (threads * calls, threads, 1) == (len(refused), store.asked, counters.opened_total)


def test_records_that_failed_alone_do_not_open_it() -> None:
    class Half(FlakyCounters):
        def step_many(
            self,
            records: Sequence[Sequence[CounterUpdate]],
            ids: Sequence[str] | None = None,  # noqa: ARG002
        ) -> list[Sequence[WindowFigure] | None]:
            return [self.step(records[0]), *([None] * (len(records) - 1))]

    counters = guarded(Half())
    assert [[1], None, None] == counters.step_many([STEPS] * 3)
    assert "closed" == counters.state


class Nodes(FlakyCounters):
    """A fake of two nodes, one of them always away; the other answers slowly."""

    def __init__(self) -> None:
        super().__init__(lambda: "slow")
        self.circuits = {"a": Circuit("a"), "b": Circuit("b")}

    def step(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        if steps is JUDGED:
            raise NodeError("b: timed out")
        return super().step(steps)


def test_a_node_of_several_is_a_matter_of_its_own_circuit() -> None:
    store = Nodes()
    counters = guarded(store, name="all")
    for _ in range(5):
        with pytest.raises(NodeError, match="b: timed out"):
            counters.step(JUDGED)
        counters.step(STEPS)
    assert ("closed", 0, ["all", "a", "b"]) == (
        counters.state,
        counters.opened_total,
        [*counters.circuits],
    )


def test_what_the_server_is_not_asked_for_says_nothing_about_it() -> None:
    modes: list[Mode] = ["away"]
    store = FlakyCounters(lambda: modes.pop(0) if modes else "well")
    counters = guarded(store)
    with pytest.raises(CounterError):
        counters.step(STEPS)
    store.now += POLICY.longest_s
    counters.retain(None, frozenset({SERIES.key}))
    assert [] == counters.step_many([])
    counters.forget_ids([], [])
    assert "open" == counters.state


def test_it_tells_of_every_change() -> None:
    modes: list[Mode] = ["away", "away", "well"]
    store = FlakyCounters(lambda: modes.pop(0))
    heard: list[tuple[str, State, str]] = []
    counters = guarded(store, name="redis:6379", on_change=lambda *given: heard.append(given))
    for _ in range(2):
        with pytest.raises(CounterError):
            counters.step(STEPS)
        store.now += POLICY.longest_s
    counters.step(STEPS)
    name, error = "redis:6379", "connection refused"
    states: list[State] = ["open", "probing", "open", "probing", "closed"]
    assert [(name, state, error) for state in states] == heard
    assert "<BreakerCounters redis:6379: closed>" == repr(counters)

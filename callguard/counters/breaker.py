"""A counter store that does not make calls wait for one that is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Concatenate, ParamSpec, TypeVar

from callguard.counters.protocol import CounterStore, CounterUpdate, Group, WindowFigure
from callguard.errors import CounterError, NodeError
from callguard.servers import DEFAULT, Circuit, OnChange, Policy, State

P = ParamSpec("P")
T = TypeVar("T")
X = TypeVar("X")


class BreakerCounters:
    """Passes everything on to ``store`` until that fails; from then on raises CounterError at once.

    When and how it is tried again: see :class:`Policy`. ``on_change`` hears of every change. A
    store of several nodes keeps a circuit for each in its ``circuits``: then only what concerns
    all of them counts here, neither NodeError nor slowness.
    """

    def __init__(
        self,
        store: CounterStore,
        *,
        name: str = "counters",
        policy: Policy = DEFAULT,
        clock: Callable[[], float] = time.monotonic,
        rng: Random | None = None,
        on_change: OnChange | None = None,
    ) -> None:
        self.store = store
        self._circuit = Circuit(
            name,
            policy=policy,
            clock=clock,
            rng=rng,
            on_change=on_change,
            failure=CounterError,
            partial=NodeError,
        )
        self._has_nodes = getattr(store, "circuits", None) is not None

    @property
    def state(self) -> State:
        """``closed`` (all is well), ``open``, or ``probing`` while one call finds out."""
        return self._circuit.state

    @property
    def opened_total(self) -> int:
        """How often the store was found to be away."""
        return self._circuit.opened_total

    @property
    def failed_total(self) -> int:
        """How many calls asked the store and failed. Calls that were not let through are none."""
        return self._circuit.failed_total

    @property
    def last_error(self) -> str | None:
        """What went wrong last, also if it is well again."""
        return self._circuit.last_error

    @property
    def circuits(self) -> dict[str, Circuit]:
        """The circuit of the whole and those of its nodes, by name: for metrics."""
        nodes: Mapping[str, Circuit] = getattr(self.store, "circuits", None) or {}
        return {self._circuit.name: self._circuit, **nodes}

    @property
    def batch(self) -> int:
        return self.store.batch

    def __repr__(self) -> str:
        return f"<BreakerCounters {self._circuit.name}: {self.state}>"

    def step(self, steps: Sequence[CounterUpdate]) -> Sequence[WindowFigure]:
        return self._ask(1, self.store.step, steps)

    def step_many(
        self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str] | None = None
    ) -> Sequence[Sequence[WindowFigure] | None]:
        return self._ask(len(records), self.store.step_many, records, ids)

    def preview(self, steps: Sequence[CounterUpdate]) -> Sequence[WindowFigure]:
        return self._ask(1, self.store.preview, steps)

    def forget_ids(self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str]) -> None:
        self._ask(len(ids), self.store.forget_ids, records, ids)

    def retain(self, owner: object, series_keys: frozenset[str]) -> None:
        # No question to the server, so its success would show nothing.
        self.store.retain(owner, series_keys)

    def reset(self, key: str, group: Group | None = None) -> int:
        return self._circuit.run(None, self.store.reset, key, group)

    def _ask(
        self,
        records: int,
        ask: Callable[Concatenate[Sequence[X], P], T],
        what: Sequence[X],
        *more: P.args,
        **options: P.kwargs,
    ) -> T:
        """``ask(what, ...)`` about so many records, if the store may be asked."""
        if not what:
            # Answered without the server: that it was shows nothing.
            return ask(what, *more, **options)
        # The slowness of a node is a matter of its own circuit.
        judged = None if self._has_nodes else records
        return self._circuit.run(judged, ask, what, *more, **options)

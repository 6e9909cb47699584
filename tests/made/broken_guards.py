"""Faults put into a guard on purpose: broken columns, lists, counters, numbering, mappings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from callguard.counters import CounterUpdate, Group, WindowFigure
from callguard.engine.columns import Column, build_columns, evaluate, look_up_of
from callguard.numbering import NumberClass, NumberingPlan

if TYPE_CHECKING:
    import pytest


class BrokenError(Exception):
    """Raised by everything here."""


def fail(*_: object) -> Any:
    raise BrokenError("out of order")


class BrokenList:
    """A list whose look-up fails."""

    digest = "broken"

    def __contains__(self, _: object) -> bool:
        raise BrokenError("list")

    def __len__(self) -> int:
        return 1


class EverythingList(BrokenList):
    """A list with everything on it."""

    def __contains__(self, _: object) -> bool:
        return True


class BrokenCounters:
    """A counter store that is down."""

    def __init__(self, batch: int = 1) -> None:
        self.batch = batch

    def step(self, _steps: Sequence[CounterUpdate]) -> Sequence[WindowFigure]:
        raise BrokenError("counters")

    def step_many(
        self, _records: Sequence[Sequence[CounterUpdate]], _ids: Sequence[str] | None = None
    ) -> Sequence[Sequence[WindowFigure] | None]:
        raise BrokenError("counters")

    def forget_ids(self, _records: Sequence[Sequence[CounterUpdate]], _ids: Sequence[str]) -> None:
        raise BrokenError("counters")

    def preview(self, _steps: Sequence[CounterUpdate]) -> Sequence[WindowFigure]:
        raise BrokenError("counters")

    def retain(self, _owner: object, _keys: frozenset[str]) -> None:
        raise BrokenError("counters")

    def reset(self, _key: str, _group: Group | None = None) -> int:
        raise BrokenError("counters")


class PickyPlan(NumberingPlan):
    """A numbering plan that fails on every number but some."""

    def __init__(self, home: str, readable: frozenset[str] = frozenset()) -> None:
        super().__init__(home)
        whole = self.classify

        def classify(raw: str, nature: str | None = None) -> tuple[str | None, NumberClass]:
            return whole(raw, nature) if raw in readable else fail()

        self.classify = classify


class BrokenMapping(Mapping[str, Any]):
    """A mapping that fails as soon as one looks into it."""

    def __getitem__(self, key: str) -> Any:
        raise BrokenError(key)

    def __iter__(self) -> Iterator[str]:
        raise BrokenError("iter")

    def __len__(self) -> int:
        return 3


class HalfBrokenMapping(Mapping[str, Any]):
    """A mapping that gives what it holds under known keys and fails otherwise."""

    def __init__(self, held: Mapping[str, Any]) -> None:
        self._held = held

    def __getitem__(self, key: str) -> Any:
        return self._held[key] if key in self._held else fail()

    def __iter__(self) -> Iterator[str]:
        raise BrokenError("iter")

    def __len__(self) -> int:
        return 3


class Breaker:
    """Makes columns fail at every value, once it is armed: what is looked up at load still works.

    It concerns the guards that are made while it is in place.
    """

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        broken: Callable[[int, Column], bool] = lambda *_: True,
    ) -> None:
        self.armed = False
        # Kept, so that no other column gets the identity of one of these.
        columns_broken: list[Column] = []

        def breakable(column: Column, mask: Callable[..., int]) -> Callable[..., int]:
            if not any(column is other for other in columns_broken):
                return mask
            return lambda *values: fail() if self.armed else mask(*values)

        def build_breakable(*arguments: Any) -> list[Column]:
            columns = build_columns(*arguments)
            columns_broken.extend(
                column for number, column in enumerate(columns) if broken(number, column)
            )
            return columns

        def look_up_breakable(column: Column, **others: Any) -> Callable[..., int]:
            return breakable(column, look_up_of(column, **others))

        def evaluate_breakable(column: Column, *others: Any) -> int:
            return breakable(column, partial(evaluate, column))(*others)

        monkeypatch.setattr("callguard.engine.program.build_columns", build_breakable)
        monkeypatch.setattr("callguard.engine.program.look_up_of", look_up_breakable)
        monkeypatch.setattr("callguard.engine.slow_path.evaluate", evaluate_breakable)
        monkeypatch.setattr("callguard.engine.codegen_columns.sole_strings", lambda _: None)

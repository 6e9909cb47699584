"""The steps that the written function makes are those of each correlation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from callguard.counters import CounterUpdate, Series, sampler
from callguard.engine.codegen_steps import write_steps
from callguard.engine.correlate import CompiledCorrelation, Trigger
from callguard.rules.correlation_types import TYPES
from tests.made.parts import changed
from tests.made.rules import counting

WANTED = 4
KINDS = st.sampled_from([*TYPES])


@st.composite
def correlations(draw: st.DrawFn) -> CompiledCorrelation:
    kind: str = draw(KINDS)
    timespan = draw(st.sampled_from((1, 7, 60, 86_400)))
    place = draw(st.integers(0, WANTED - 1))
    masks = tuple(draw(st.lists(st.integers(0, 15), min_size=1, max_size=3)))
    one_in = draw(st.sampled_from((1, 4))) if kind == "value_count" and any(masks) else 1
    series = Series(f"{draw(st.integers(0, 9))}", kind, timespan, 64, len(masks), 16, one_in)
    return CompiledCorrelation(
        rule=changed(counting("c", "x"), type=kind),
        series=series,
        trigger=(1 << draw(st.integers(4, 9)), bool),
        masks=masks,
        group=tuple(draw(st.lists(st.integers(0, WANTED - 1), max_size=3))),
        value=place if kind.startswith("value") and any(masks) else None,
        sample=sampler(series) if one_in > 1 else None,
    )


def written(found: Sequence[CompiledCorrelation]) -> Any:
    values = [f"g{place}" for place in range(WANTED)]
    names: dict[str, Any] = {}
    lines = write_steps(found, values, names)
    head = f"def steps_of(mask, at, {', '.join(values)}):"
    exec("\n".join([head, *lines, " return steps, triggers"]), names)  # noqa: S102
    return names["steps_of"]


def said(
    found: Sequence[CompiledCorrelation], mask: int, at: float, values: Sequence[Any]
) -> tuple[list[CounterUpdate], list[Trigger]]:
    wanted = [(one.step(mask, at, values), one.trigger) for one in found]
    steps = [step for step, _ in wanted if step is not None]
    return steps, [trigger for step, trigger in wanted if step is not None]


@given(
    st.lists(correlations(), max_size=5),
    st.integers(0, 15),
    st.floats(0, 253_402_300_799),
    st.lists(st.none() | st.floats(0, 1e9), min_size=WANTED, max_size=WANTED),
)
def test_written_steps_are_those_of_each_watch(
    found: list[CompiledCorrelation], mask: int, at: float, values: list[float | None]
) -> None:
    assert said(found, mask, at, values) == written(found)(mask, at, *values)

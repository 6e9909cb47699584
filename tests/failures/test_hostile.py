"""No record may switch the counters off for others, whatever it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from callguard.counters import BreakerCounters, CounterUpdate, Policy, Scalar, Series, open_counters
from tests.real_servers.outages import OPTIONS
from tests.real_servers.redis import PATIENCE_S, server

SUM = Series("sums", "value_sum", 3600, 64, 1, 0)
DISTINCT = Series("distinct", "value_count", 3600, 64, 1, 16)
ODD: dict[str, Scalar] = {
    "empty": "",
    "surrogate": "\ud800",
    "nul": "\0",
    "braces": "}{*",
    "long": "长" * 300_000,
    "true": True,
    "beyond 64 bits": 2**64,
    "far beyond": -(10**303),
    "nan": float("nan"),
    "infinite": float("inf"),
}
SUMS = {
    "greatest": 2**63 - 1,
    "too great": 2**63,
    "least": -(2**63),
    "far too great": 10**303,
    "far too small": -(10**303),
}


@pytest.fixture(scope="module")
def counters() -> Iterator[BreakerCounters]:
    with server(*OPTIONS) as one:
        # Slowness is not the subject here.
        found = open_counters(one.url, policy=Policy(slow_s=PATIENCE_S), timeout_s=PATIENCE_S)
        assert isinstance(found, BreakerCounters)
        yield found


def stays_closed(counters: BreakerCounters, step: CounterUpdate) -> None:
    with suppress(Exception):  # such a record may fail, and become a degraded verdict
        counters.step([step])
    _, other = counters.step_many([[step], [(SUM, "other", 5, 1, 1)]])
    assert other is not None
    assert ("closed", 0) == (counters.state, counters.opened_total)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_group_does_not_open_the_breaker(counters: BreakerCounters, name: str) -> None:
    stays_closed(counters, (SUM, ODD[name], 5, 1, 1000))
    stays_closed(counters, (SUM, (ODD[name], "b"), 5, 1, 1000))


@pytest.mark.parametrize("name", ODD)
def test_an_odd_value_does_not_open_the_breaker(counters: BreakerCounters, name: str) -> None:
    stays_closed(counters, (DISTINCT, "a", 5, 1, ODD[name]))


@pytest.mark.parametrize("name", SUMS)
def test_a_value_that_cannot_be_summed_does_not_open_the_breaker(
    counters: BreakerCounters, name: str
) -> None:
    for _ in range(3):
        stays_closed(counters, (SUM, name, 5, 1, SUMS[name]))


@pytest.mark.parametrize("bucket", [-(2**53), -1, 0, 2**53])
def test_an_odd_time_does_not_open_the_breaker(counters: BreakerCounters, bucket: int) -> None:
    stays_closed(counters, (SUM, "times", bucket, 1, 1))
    stays_closed(counters, (DISTINCT, "times", bucket, 1, "x"))

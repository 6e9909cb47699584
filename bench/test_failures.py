"""What calls feel of an outage of their counters, at 5,000 calls a second from two processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Final

import pytest

from bench.offering import CALLS_A_SECOND, Seen, offered
from bench.report import AT_MOST, Finding, Report
from bench.scene import SMOKE
from callguard.servers import State
from tests.real_servers.outages import OPTIONS, OUTAGES, Outage, killed
from tests.real_servers.proxy import Proxy
from tests.real_servers.redis import cluster, server

# Seconds of calls before, during and after the outage.
BEFORE_S, DURING_S, AFTER_S = (0.3, 0.3, 0.3) if SMOKE else (2.0, 2.0, 3.0)
P99_MS: Final = 10
OPEN_MS: Final = 100
_TITLE: Final = (
    f"Outages of the counters at {CALLS_A_SECOND:,} calls/s offered (ms; p99 should be at most "
    f"{P99_MS}; open: when the breaker was, after the outage began, aim {OPEN_MS}; back: when it "
    "was closed again, after the end)"
)
_HEAD: Final = [
    "| | before: calls/s | p99 | outage: calls/s | p50 | p99 | slowest | open | degraded | back |",
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
]
KINDS_OF_SMOKE: Final = ("killed", "slow")
# The address to ask, and the outage to enter.
Stage = tuple[str, Callable[[], AbstractContextManager[None]]]


@contextmanager
def _server(outage: Outage) -> Iterator[Stage]:
    with server(*OPTIONS) as one:
        yield one.url, partial(outage, one)


@contextmanager
def _far_server() -> Iterator[Stage]:
    @contextmanager
    def delayed() -> Iterator[None]:
        proxy.delay(0.007)
        yield
        proxy.delay(0)

    with server(*OPTIONS) as one, Proxy(one.port) as proxy:
        yield proxy.url, delayed


@contextmanager
def _node(outage: Outage) -> Iterator[Stage]:
    with cluster(3, 0, *OPTIONS) as nodes:
        yield nodes.url, partial(outage, nodes.masters[1])


STAGES: Final[dict[str, Callable[[], AbstractContextManager[Stage]]]] = {
    **{kind: partial(_server, outage) for kind, (outage, _) in OUTAGES.items()},
    "7 ms an answer (proxy)": _far_server,
    "killed, one node of three": partial(_node, killed),
}


@pytest.mark.parametrize("kind", KINDS_OF_SMOKE if SMOKE else STAGES)
def test_an_outage(report: Report, kind: str) -> None:
    with STAGES[kind]() as (url, outage), offered(url) as seen:
        time.sleep(BEFORE_S)
        struck = time.monotonic()
        with outage():
            time.sleep(max(0.0, struck + DURING_S - time.monotonic()))
            over = time.monotonic()
        repaired = time.monotonic()
        time.sleep(AFTER_S)
    opened = max(_opened(one, struck) for one in seen) * 1000
    if SMOKE:
        return
    calls = [call for one in seen for call in one.calls]
    before = [took for began, took, _ in calls if struck - BEFORE_S / 2 < began < struck]
    during = [(took, degraded) for began, took, degraded in calls if struck <= began < over]
    back = max(_closed(one, repaired) for one in seen) * 1000
    took = [seconds for seconds, _ in during]
    figures = [
        len(before) / (BEFORE_S / 2),
        _at(before, 0.99),
        len(during) / (over - struck),
        *(_at(took, share) for share in (0.5, 0.99, 1.0)),
        opened,
    ]
    shown = " | ".join(f"{figure:,.2f}" if figure < 100 else f"{figure:,.0f}" for figure in figures)
    share = sum(degraded for _, degraded in during) / len(during)
    lines = report.notes.setdefault(_TITLE, _HEAD.copy())
    lines.append(f"| {kind} | {shown} | {share:.1%} | {back:,.0f} |")
    report.findings += [
        Finding(f"p99 of `score` (ms), counters {kind}", AT_MOST, P99_MS, _at(took, 0.99)),
        Finding(f"breaker open (ms), counters {kind}", AT_MOST, OPEN_MS, opened),
    ]


def _opened(seen: Seen, struck: float) -> float:
    """Seconds from the strike until this process's breaker was open."""
    return _until("open", seen, struck)


def _closed(seen: Seen, repaired: float) -> float:
    """Seconds from the end of the outage until this process's breaker was closed."""
    return _until("closed", seen, repaired)


def _until(state: State, seen: Seen, since: float) -> float:
    if [change.state for change in seen.changes if change.at < since][-1:] == [state]:
        return 0.0
    return min(
        change.at - since for change in seen.changes if change.state == state and change.at >= since
    )


def _at(seconds: Sequence[float], share: float) -> float:
    """That quantile, in milliseconds."""
    return sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))] * 1000

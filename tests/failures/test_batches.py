"""Batches of records with ids, through outages: what failed comes again and counts once."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.failures.offered_calls import TRUNKS, Scene
from tests.real_servers.outages import OPTIONS, Outage, killed, paused
from tests.real_servers.redis import PATIENCE_S, server

BATCHES, SIZE = 60, 50


@pytest.mark.parametrize("outage", [killed, paused])
def test_records_that_failed_and_come_again_count_once(outage: Outage, tmp_path: Path) -> None:
    with server(*OPTIONS) as one:
        scene = Scene(one.url, tmp_path)
        left = [
            (str(number), scene.record(TRUNKS[number % len(TRUNKS)]))
            for number in range(BATCHES * SIZE)
        ]
        done = again = 0

        def strike() -> None:
            """From a thread of its own, so that it comes in the middle of a batch."""
            scene.until("half of the batches", lambda: done >= BATCHES * SIZE // 2)
            with outage(one):
                scene.until("records that failed", lambda: again >= 100 * SIZE)

        striking = Thread(target=strike, daemon=True)
        striking.start()

        def judge() -> bool:
            nonlocal done, again
            batch = left[:SIZE]
            scored = scene.guard.score_batch(*records_and_ids(batch))
            assert len(batch) == len(scored.verdicts)
            failed = [
                given
                for given, verdict in zip(batch, scored.verdicts, strict=True)
                if verdict.degraded
            ]
            assert all(verdict.degraded in ([], ["counters"]) for verdict in scored.verdicts)
            left[:SIZE] = failed
            done += len(batch) - len(failed)
            again += len(failed)
            return not left

        scene.until("every record counted", judge)
        striking.join(PATIENCE_S)
        assert scene.counters.opened_total > 0
        assert dict.fromkeys(TRUNKS, BATCHES * SIZE // len(TRUNKS)) == scene.figures()


def records_and_ids(batch: list[tuple[str, Any]]) -> tuple[list[Any], list[str]]:
    return [record for _, record in batch], [name for name, _ in batch]

"""How many records took the slow path, and why."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Lock
from typing import Final

from callguard.engine import degraded as degraded_words
from callguard.engine.slow_path import is_well_formed

# The record was not as the record format says.
RECORD: Final = "record"
# Something failed although the record was well formed.
FAULT: Final = "fault"
SLOW_PATH_REASONS: Final = (RECORD, FAULT)

_LOG = logging.getLogger(__name__)


class SlowPathCounts:
    """The counts of one guard, by reason. May be used by any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._total = dict.fromkeys(SLOW_PATH_REASONS, 0)
        self._logged: str | None = None

    def total(self) -> dict[str, int]:
        """The records counted so far, by reason."""
        with self._lock:
            return dict(self._total)

    def took(self, record: object, error: Exception, digest: str, degraded: Sequence[str]) -> None:
        """Count a record that the fast path of these rules gave up with ``error``.

        ``degraded`` is what the slow path found wrong. The first fault of each rule set is logged
        with its traceback; nothing is logged for odd records, since callers can make any number
        of them.
        """
        odd = any(said.startswith(degraded_words.RECORD) for said in degraded)
        reason = RECORD if odd or not is_well_formed(record) else FAULT
        with self._lock:
            self._total[reason] += 1
            first = reason == FAULT and self._logged != digest
            if first:
                self._logged = digest
        if first:
            _LOG.error(
                "rule set %s: a well-formed record could not be scored on the fast path and took "
                "the slow one (logged once, then counted in slow_path_total)",
                digest[:12],
                exc_info=error,
            )

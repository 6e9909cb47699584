"""Making a feed: chunks of rows, each with its own owners and numbers, into Parquet or CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callguard.demo.holders.owners import (
    LABELS,
    RING,
    Owners,
    documents,
    draw_owners,
    owner_keys,
)
from callguard.demo.holders.periods import (
    AGENTS,
    CARRIERS,
    NO_TIME,
    Lines,
    draw_lines,
    port,
)
from callguard.demo.holders.sinks import FeedSink, open_labels, open_sink
from callguard.demo.holders.spaces import CHUNK, LEADS, national_numbers
from callguard.errors import TakedownError
from callguard.takedown import FOREVER, OWNER_KINDS, SERVICES, STATUSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PORTED: Final = 0.02
_SUSPENDED: Final = 0.02
FEWEST_ROWS: Final = 50
# 24 November 2026, 00:00 in China.
DEFAULT_AT: Final = 1_795_449_600


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was made: the feed, the file of labels beside it, and counts.

    ``labels`` is CSV with owner_id (owner_document if the feed has that), label (``company``,
    ``agent``, ``iot``, ``guardian`` or ``ring``; persons are left out) and numbers.
    """

    feed: Path
    labels: Path
    rows: int
    owners: int
    rings: int


def labels_path(feed: Path) -> Path:
    """Where the labels of a feed are."""
    return feed.with_name(f"{feed.name.split('.')[0]}.labels.csv")


def simulate(
    output: Path,
    rows: int,
    seed: int,
    *,
    at: int = DEFAULT_AT,
    with_documents: bool = False,
    rings: float = 0.004,
    progress: Callable[[int], None] = lambda _: None,
) -> Simulated:
    """Write a feed of ``rows`` registrations as of ``at`` (seconds since 1970), and its labels.

    ``output`` ends in ``.parquet``, ``.csv`` or ``.csv.gz``. Same seed, same arguments: same
    bytes. ``rings`` is the share of numbers that fraud rings hold. Owners are given as 32 hex
    digits, or with ``with_documents`` as made-up identity numbers of a region that does not
    exist. ``progress`` gets the rows done so far. Memory stays below about half a gigabyte.
    Raises TakedownError for fewer than 50 rows or more than there are numbers, and OSError.
    """
    if rows < FEWEST_ROWS:
        raise TakedownError(f"{rows} rows are too few to simulate; ask for {FEWEST_ROWS} or more")
    if not 0 <= rings <= 0.5:
        raise TakedownError(f"a share of {rings} in rings cannot be simulated; give 0 to 0.5")
    owner_column = "owner_document" if with_documents else "owner_id"
    owners = ring_owners = 0
    with (
        open_sink(output, _schema(owner_column)) as sink,
        open_labels(labels_path(output), owner_column) as labels,
    ):
        for chunk, start in enumerate(range(0, rows, CHUNK)):
            wanted = min(CHUNK, rows - start)
            made = _Chunk(seed, chunk, wanted, at, rings, with_documents=with_documents)
            made.write(sink)
            labels.write_batch(made.labels(owner_column))
            owners += len(made.owners.sizes)
            ring_owners += int(np.count_nonzero(made.owners.labels == RING))
            progress(start + wanted)
    return Simulated(output, labels_path(output), rows, owners, ring_owners)


class _Chunk:
    """A stretch of a feed; nothing of it depends on other stretches."""

    def __init__(
        self,
        seed: int,
        chunk: int,
        rows: int,
        at: int,
        rings: float,
        *,
        with_documents: bool,
    ) -> None:
        self._rng = np.random.default_rng([seed, chunk])
        self._chunk = chunk
        ported = int(rows * _PORTED)
        self.owners: Owners = draw_owners(self._rng, rows - ported, rings)
        lines = port(self._rng, draw_lines(self._rng, self.owners, at), ported)
        # A feed comes out of many systems and has no order.
        self._lines = lines.take(self._rng.permutation(len(lines)))
        count = len(self.owners.sizes)
        self._ids = (
            documents(chunk * CHUNK, count) if with_documents else owner_keys(self._rng, count)
        )

    def write(self, sink: FeedSink) -> None:
        lines = self._lines
        numbers = national_numbers(lines.service, lines.index, self._chunk)
        columns = [
            _dialled(numbers, LEADS[lines.service]),
            _fixed_texts(self._ids[lines.owner]),
            _words(OWNER_KINDS, np.where(lines.label == RING, 0, lines.label)),
            _words(SERVICES, lines.service),
            _times(lines.registered, FOREVER),
            _times(lines.activated, NO_TIME),
            _times(lines.closed, FOREVER),
            _words(CARRIERS, lines.carrier),
            _words(AGENTS, lines.agent),
            _words(STATUSES, self._statuses(lines)),
        ]
        sink.write(pa.Table.from_arrays(columns, schema=sink.schema))

    def labels(self, owner_column: str) -> pa.RecordBatch:
        """Owners who are not ordinary persons."""
        chosen = np.flatnonzero(self.owners.labels != 0)
        return pa.RecordBatch.from_pydict(
            {
                owner_column: _fixed_texts(self._ids[chosen]),
                "label": _words(LABELS, self.owners.labels[chosen]).cast(pa.string()),
                "numbers": pa.array(self.owners.sizes[chosen]),
            }
        )

    def _statuses(self, lines: Lines) -> NDArray[np.int8]:
        statuses = (self._rng.random(len(lines)) < _SUSPENDED).astype(np.int8)
        statuses[lines.closed != FOREVER] = STATUSES.index("closed")
        return statuses


def _schema(owner_column: str) -> pa.Schema:
    word, time = pa.dictionary(pa.int16(), pa.string()), pa.timestamp("s", "UTC")
    kinds = {
        "number": pa.string(),
        owner_column: pa.string(),
        "owner_kind": word,
        "service": word,
        "registered_at": time,
        "activated_at": time,
        "closed_at": time,
        "carrier": word,
        "agent": word,
        "status": word,
    }
    return pa.schema(list(kinds.items()))


def _dialled(numbers: NDArray[np.int64], lead: NDArray[np.bool_]) -> pa.Array:
    """Numbers as people at home write them."""
    plain = pa.array(numbers).cast(pa.string())
    if not lead.any():
        return plain
    rows = np.flatnonzero(lead)
    with_lead = pc.binary_join_element_wise("0", plain.take(pa.array(rows)), "")
    return pc.replace_with_mask(plain, pa.array(lead), with_lead)


def _fixed_texts(signs: NDArray[np.uint8]) -> pa.Array:
    """A string column of texts of one length, given as their bytes, one row each."""
    count, width = signs.shape
    starts = np.arange(count + 1, dtype=np.int32) * width
    data = pa.py_buffer(np.ascontiguousarray(signs))
    return pa.StringArray.from_buffers(count, pa.py_buffer(starts), data)


def _words(words: tuple[str, ...], codes: NDArray[np.integer]) -> pa.Array:
    codes = codes.astype(np.int16)
    indices = pa.array(codes, mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words))


def _times(seconds: NDArray[np.int64], missing: int) -> pa.Array:
    values = pa.array(seconds, pa.int64(), mask=seconds == missing)
    return values.cast(pa.timestamp("s", "UTC"))

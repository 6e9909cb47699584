"""Made-up reports about a made-up feed: mostly of rings, and of all that must not go wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from callguard.demo.holders.periods import DAY
from callguard.demo.holders.sinks import GROUP
from callguard.demo.holders.spaces import CHUNK
from callguard.errors import TakedownError
from callguard.files import write_whole
from callguard.takedown import FOREVER, REPORT_COLUMNS
from callguard.times import format_time

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

_JUNK: Final = ("911", "0000000000", "833", "unknown", "no caller id", "12", "", "+", "99999999999")
_SHARES: Final = {"ring": 0.70, "displayed": 0.10, "person": 0.08, "recycled": 0.08, "junk": 0.04}
_CATEGORIES: Final = ("impersonation", "loan", "investment", "refund", "task", "parcel")
_AUTHORITIES: Final = ("Shenzhen police", "Beijing police", "Hangzhou police", "MIIT")
_ZONE: Final = ZoneInfo("Asia/Shanghai")
# Complaints about one company's number that somebody displays.
_VICTIM_COMPLAINTS: Final = 43


@dataclass(frozen=True, slots=True)
class _Sample:
    """Rows of the feed, sorted by number and registered_at. Times in seconds since 1970."""

    number: pa.ChunkedArray
    registered: NDArray[np.int64]
    closed: NDArray[np.int64]
    ring: NDArray[np.bool_]
    person: NDArray[np.bool_]
    earlier: NDArray[np.bool_]  # another owner holds the number later


def simulate_reports(feed: Path, labels: Path, output: Path, count: int, seed: int) -> int:
    """Write ``count`` reports (CSV) about a feed that ``simulate`` made; returns how many.

    Of ten reports, seven are of rings' numbers, traced, in the weeks after these were registered;
    the others are of numbers that were merely displayed (one of them 43 times, if there are so
    many), of ordinary persons, of recycled numbers at the time of an earlier owner, and junk.
    Same arguments: same bytes. Raises TakedownError if the feed or its labels cannot be read.
    """
    rng = np.random.default_rng([seed, count])
    sample = _sample(rng, feed, labels, count)
    counts = {name: int(count * share) for name, share in _SHARES.items()}
    counts["ring"] += count - sum(counts.values())
    rows: list[tuple[str, int, str, str]] = []
    for name, wanted in counts.items():
        rows += _reports(rng, sample, name, wanted)
    # Where a small feed has none of a sort, persons take their place.
    rows += _reports(rng, sample, "person", count - len(rows))
    order = rng.permutation(len(rows))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(REPORT_COLUMNS)
    for serial, index in enumerate(order.tolist()):
        number, incident, known_by, case = rows[index]
        authority = _AUTHORITIES[index % len(_AUTHORITIES)]
        certified = f"officer {index % 37:02}"
        category = _CATEGORIES[index % len(_CATEGORIES)]
        when = format_time(incident, _ZONE)
        writer.writerow(
            (f"R{serial + 1:07}", number, when, case, authority, certified, known_by, category)
        )
    write_whole(output, out.getvalue().encode())
    return len(rows)


def _reports(
    rng: Generator, sample: _Sample, name: str, wanted: int
) -> list[tuple[str, int, str, str]]:
    """Number, incident, known_by and case of the reports of one sort."""
    if name == "junk":
        latest = int(sample.registered.max())
        return [
            (_JUNK[index % len(_JUNK)], latest - DAY * index, "traced", f"J{index:05}")
            for index in range(wanted)
        ]
    able = {
        "ring": sample.ring,
        "displayed": ~sample.person,
        "person": sample.person & ~sample.ring & ~sample.earlier,
        "recycled": sample.earlier,
    }[name] & (sample.closed - sample.registered > 2 * DAY)
    indexes = rng.permutation(np.flatnonzero(able))[:wanted]
    if not len(indexes):
        return []
    # A small feed has fewer such rows than reports are wanted: they are reported again.
    indexes = np.resize(indexes, wanted)
    known_by = "traced"
    if name == "displayed":
        known_by = "displayed"
        if wanted >= 2 * _VICTIM_COMPLAINTS:
            indexes[:_VICTIM_COMPLAINTS] = indexes[0]
    spans = np.minimum(sample.closed[indexes] - sample.registered[indexes], 60 * DAY) - 1
    incidents = sample.registered[indexes] + (spans * rng.random(wanted)).astype(np.int64)
    return [
        (_form(number, index), incident, known_by, f"{name[0].upper()}{index:05}")
        for index, (number, incident) in enumerate(
            zip(sample.number.take(pa.array(indexes)).to_pylist(), incidents.tolist(), strict=True)
        )
    ]


def _form(number: str, index: int) -> str:
    """A number as this or that authority writes it."""
    national = number.removeprefix("0")
    forms = (
        number,
        f"+86{national}",
        f"0086{national}",
        f"{number[:3]}-{number[3:]}",
        f"86{national}",
    )
    # Digits behind 86 without a plus are only read as a mobile number beyond doubt.
    return forms[index % (5 if len(national) == 11 and national[0] == "1" else 4)]


def _sample(rng: Generator, feed: Path, labels: Path, count: int) -> _Sample:
    try:
        owners = arrow_csv.read_csv(labels)
        owner_column = owners.column_names[0]
        rings = owners.filter(pc.equal(owners["label"], "ring"))[owner_column].cast(pa.string())
        tables = []
        sampled = 0
        for table in _pieces(rng, feed, owner_column):
            ring = pc.is_in(table[owner_column], value_set=rings.combine_chunks())
            sampled += pc.sum(ring).as_py() or 0
            tables.append(table.append_column("ring", ring))
            if sampled >= count:
                break
    except (pa.ArrowException, OSError, KeyError, IndexError) as error:
        raise TakedownError(
            f"{feed}: cannot be read together with {labels} ({type(error).__name__}); make both "
            "with callguard registry simulate"
        ) from None
    table = pa.concat_tables(tables).sort_by(
        [("number", "ascending"), ("registered_at", "ascending")]
    )
    number, owner = (_codes(table[name]) for name in ("number", owner_column))
    earlier = np.zeros(len(number), np.bool_)
    earlier[:-1] = (number[1:] == number[:-1]) & (owner[1:] != owner[:-1])
    closed = table["closed_at"].cast(pa.int64()).fill_null(FOREVER).to_numpy()
    return _Sample(
        table["number"],
        table["registered_at"].cast(pa.int64()).to_numpy(),
        np.minimum(closed, int(np.max(closed, where=closed < FOREVER, initial=0)) + DAY),
        np.asarray(table["ring"].to_numpy()),
        np.asarray(pc.equal(table["owner_kind"], "person").to_numpy()),
        earlier,
    )


def _codes(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """A whole number for each row, the same for the same text."""
    return np.asarray(column.combine_chunks().dictionary_encode().indices)


def _pieces(rng: Generator, feed: Path, owner_column: str) -> Iterator[pa.Table]:
    """Parts of the feed, each with all that is in it of its owners and numbers."""
    names = ["number", owner_column, "owner_kind", "registered_at", "closed_at"]
    time = pa.timestamp("s", "UTC")
    schema = pa.schema(
        [pa.field(name, time if name.endswith("_at") else pa.string()) for name in names]
    )
    if feed.name.endswith(".parquet"):
        with pq.ParquetFile(feed) as file:
            # Row groups that begin a chunk; what belongs together is in one chunk.
            per_chunk = CHUNK // GROUP
            chunks = range(0, file.num_row_groups, per_chunk)
            for chunk in rng.permutation(len(chunks)).tolist():
                first = chunks[chunk]
                groups = range(first, min(first + per_chunk, file.num_row_groups))
                yield file.read_row_groups(list(groups), columns=names).cast(schema)
        return
    texts = arrow_csv.ConvertOptions(
        column_types={field.name: field.type for field in schema}, include_columns=names
    )
    yield arrow_csv.read_csv(feed, convert_options=texts).cast(schema)

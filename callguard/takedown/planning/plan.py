"""Planning a takedown: reports and a registry in, orders and exclusions out, and no more."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from callguard.errors import PlanError
from callguard.numbering import NumberingPlan
from callguard.takedown.expansion import DuckRunner, Expansion, Setting, expand
from callguard.takedown.planning.folder import PlanFolder, write_plan
from callguard.takedown.planning.outcome import Expander, outcome_of
from callguard.takedown.planning.protected import Protected
from callguard.takedown.planning.reports import read_reports
from callguard.takedown.registry.store import Registry

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_FLOOR: Final = 500
_DAY_S: Final = 86_400
MAX_REGISTRY_AGE_S: Final = 7 * _DAY_S


@dataclass(frozen=True, slots=True)
class Caps:
    """The most numbers that may be ordered unseen: expanded ones an owner and a report, all in all.

    ``batch`` None stands for 500, or twice the median of the batches of the last 30 days if that
    is more.
    """

    owner: int = 20
    report: int = 20
    batch: int | None = None

    def batch_limit(self, batches: Sequence[int]) -> int:
        """The most orders that a batch may hold, after batches of these sizes."""
        if self.batch is not None:
            return self.batch
        return max(BATCH_FLOOR, int(2 * median(batches))) if batches else BATCH_FLOOR


def plan(  # noqa: PLR0913  all but three of them have defaults and names
    reports: Path,
    registry: Path,
    output: Path,
    *,
    at: int,
    window_days: int = 90,
    protected: Sequence[Path] = (),
    caps: Caps = Caps(),
    batches: Sequence[int] = (),
    restored: Mapping[str, int] | None = None,
    max_registry_age_s: int = MAX_REGISTRY_AGE_S,
    home: str | None = None,
    engine: Callable[[Registry], Expander] | None = None,
) -> PlanFolder:
    """Write the plan for a file of reports into ``output`` and read it back.

    ``at`` (seconds since 1970) is "now": what is open then. ``batches`` are the sizes of the
    batches of the last 30 days, ``restored`` the numbers that were given back and when, both from
    the journal. ``engine`` is another than the embedded DuckDB. The
    same input gives the same bytes. Raises PlanError (also if the registry is older than
    ``max_registry_age_s``: numbers may have changed hands since), RegistryError, or OSError where
    a file cannot be written; there is no plan in ``output`` then.
    """
    with Registry.open(registry) as opened, _uncollected():
        _check_age(registry, opened.manifest.built_at, at, max_registry_age_s)
        numbers = opened.manifest.numbering if home is None else NumberingPlan(home)
        spared = Protected.load(protected, numbers, restored)
        read, reports_digest = read_reports(reports, numbers, opened.zone, at)
        setting = Setting(at, window_days, caps.owner, caps.report)
        run = (engine or embedded)(opened)
        outcome = outcome_of(read, setting, spared, run, caps.batch_limit(batches), opened.zone)
        described = {"path": str(registry.resolve()), "digest": opened.digest}
        rows = opened.manifest.rows
    summary = {
        **outcome.summary,
        "at": at,
        "zone": opened.zone.key,
        "window_days": window_days,
        "caps": {**asdict(caps), "batch": caps.batch_limit(batches)},
        "registry": {**described, "rows": rows},
        "reports": {
            "path": str(reports.resolve()),
            "digest": reports_digest,
            "rows": len(read),
        },
        "protected": spared.described(),
    }
    return write_plan(output, outcome.parts, summary)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do without the search for cyclic garbage: a plan is made of many small objects that stay.

    Searching them again and again took a tenth of the time at 10,000 reports.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _check_age(registry: Path, built_at: int, at: int, longest_s: int) -> None:
    if at - built_at > longest_s:
        raise PlanError(
            f"{registry}: was last brought up to date {(at - built_at) // _DAY_S} days before, "
            f"more than {longest_s // _DAY_S}; numbers may have changed hands since: fold in the "
            "deltas (callguard registry update), or say --registry-age"
        )


def embedded(registry: Registry) -> Expander:
    """Expansion on DuckDB in this process, over the rows that the registry's index finds."""

    def run(reports: pa.Table, setting: Setting, protected: Protected) -> Expansion:
        touched = registry.touched(
            reports.column("number").to_numpy(), reports.column("incident_at").to_numpy()
        )
        with DuckRunner() as runner:
            runner.put("touched", touched)
            runner.put("report", reports)
            return expand(runner, setting, protected.among)

    return run

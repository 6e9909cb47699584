"""What was measured of takedowns: kept as JSON, shown as tables, drawn as a plot."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import orjson

from bench.report import AT_MOST, Finding
from bench.stopwatch import spread
from bench.takedown_scene import Made

_HERE: Final = Path(__file__).resolve().parent
KEPT: Final = _HERE / "results" / "takedown.json"
TABLES: Final = _HERE / "results" / "takedown.md"
PLOT: Final = _HERE.parent / "docs" / "takedown-growth.png"

SCAN: Final = "DuckDB scans the owner column only"
OURS: Final = "callguard"
COLD: Final = f"{OURS}, cold files"
COLD_SCAN: Final = f"{SCAN}, cold file"
# The aims are those of a registry of that many rows.
_AIMED: Final = 10**8
_MIB: Final = 2**20
Kept = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SingleLookUps:
    """Single look-ups: how many, and milliseconds."""

    count: int
    p50_ms: float
    p99_ms: float
    slowest_ms: float


@dataclass(frozen=True, slots=True)
class Figures:
    """One run on one scene. ``laps`` are seconds; ``dropped`` says how files were made cold.

    ``look_ups`` is of numbers that were reported, ``drawn_look_ups`` of numbers drawn from all.
    """

    made: Made
    touched: int
    orders: int
    laps: Mapping[str, Sequence[float]]
    dropped: str
    peak_bytes: int
    look_ups: SingleLookUps
    drawn_look_ups: SingleLookUps
    load: float
    cores: int
    machine: str

    def kept(self) -> Kept:
        """As it is kept, with today's date."""
        return {**asdict(self), "date": dt.datetime.now(tz=dt.UTC).date().isoformat()}


def keep(found: Kept) -> None:
    """Put one run in the place of the last one of its size; write tables and plot again."""
    kept = {run["made"]["rows"]: run for run in _kept()} | {found["made"]["rows"]: found}
    runs = [kept[rows] for rows in sorted(kept)]
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_bytes(orjson.dumps(runs, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    TABLES.write_text(tables(runs), encoding="utf-8")
    draw(runs, PLOT)


def _kept() -> list[Kept]:
    return list(orjson.loads(KEPT.read_bytes())) if KEPT.exists() else []


def findings(run: Kept) -> Iterator[Finding]:
    """The aims, of any size: at 100 million rows they count."""
    at = f"at {run['made']['rows']:,} rows"
    laps = {name: median(spent) for name, spent in run["laps"].items()}
    yield Finding(f"warm plan over scan, {at}", AT_MOST, 0.25, laps[OURS] / laps[SCAN])
    yield Finding(f"cold plan over warm scan, {at}", AT_MOST, 1, laps[COLD] / laps[SCAN])
    yield Finding(f"peak memory of a plan (GB), {at}", AT_MOST, 2, run["peak_bytes"] / 1e9)
    yield Finding(f"p99 of one reported number (ms), {at}", AT_MOST, 50, run["look_ups"]["p99_ms"])


def tables(runs: Sequence[Kept]) -> str:
    """Every run in Markdown, the aims first."""
    parts = ["# Takedowns, measured", *(part for run in runs for part in _run(run))]
    return "\n\n".join(parts) + "\n"


def _run(run: Kept) -> Iterator[str]:
    made = run["made"]
    yield f"## {made['rows']:,} registrations, {made['reports']:,} reports"
    yield (
        f"{run['machine']}, {run['cores']} cores, {run['date']}, load {run['load']:.1f} when the "
        f"run ended. The reports touch {run['touched']:,} rows and lead to {run['orders']:,} "
        f"orders. Files were made cold by {run['dropped']}."
    )
    lines = ["| | aim | measured | |", "|---|--:|--:|---|"]
    for aim in findings(run):
        verdict = ("met" if aim.met() else "missed") if made["rows"] >= _AIMED else ""
        lines.append(f"| {aim.what} | {aim.bound} {aim.aim:g} | {aim.value:.3f} | {verdict} |")
    yield "\n".join(lines)
    yield "\n".join(_laps(run["laps"]))
    yield "\n".join(
        [
            "| | |",
            "|---|--:|",
            f"| peak memory of a plan, MiB | {run['peak_bytes'] / _MIB:,.0f} |",
            *_look_up_line("reported numbers", run["look_ups"]),
            *_look_up_line("numbers drawn from all", run["drawn_look_ups"]),
            f"| build, s | {made['build_s']:,.1f} |",
            f"| build, rows/s | {made['rows'] / made['build_s']:,.0f} |",
            f"| registry on disk, MiB | {made['registry_bytes'] / _MIB:,.0f} |",
            f"| the feed (Parquet), MiB | {made['feed_bytes'] / _MIB:,.0f} |",
            f"| the plain Parquet, MiB | {made['plain_bytes'] / _MIB:,.0f} |",
        ]
    )


def _look_up_line(which: str, look_ups: Kept) -> Iterator[str]:
    figures = ", ".join(f"{look_ups[name]:.1f}" for name in ("p50_ms", "p99_ms", "slowest_ms"))
    asked = f"one number at a time, {look_ups['count']:,} {which}"
    yield f"| {asked}: p50, p99, slowest, ms | {figures} |"


def _laps(laps: Mapping[str, Sequence[float]]) -> Iterator[str]:
    floor = median(laps[SCAN])
    yield "| s | median | min | IQR | over the scan | times |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, spent in sorted(laps.items(), key=lambda item: median(item[1])):
        yield (
            f"| {name} | {median(spent):,.3f} | {min(spent):,.3f} | {spread(spent):,.3f} "
            f"| {median(spent) / floor:,.2f} | {len(spent)} |"
        )


def draw(runs: Sequence[Kept], path: Path) -> None:
    """Seconds against rows, both on logarithmic scales, a line for each way."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    names = dict.fromkeys(name for run in runs for name in run["laps"])
    for name in names:
        points = [
            (run["made"]["rows"], median(run["laps"][name])) for run in runs if name in run["laps"]
        ]
        own = name.startswith(OURS)
        axes.plot(
            [rows for rows, _ in points],
            [seconds for _, seconds in points],
            label=name,
            marker="o",
            linewidth=2.5 if own else 1.2,
            linestyle="--" if "cold" in name else "-",
            color="black" if own else None,
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="registrations in the registry",
        ylabel="seconds",
        title=f"A plan of {max(run['made']['reports'] for run in runs):,} reports",
    )
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
    figure.savefig(path, dpi=120, metadata={"Software": None})
    plt.close(figure)


def machine() -> str:
    """The processor's name."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        names = (line.partition(":")[2].strip() for line in lines if "model name" in line)
        return next(names, platform.machine())

"""Every figure that ``docs/sizing.md`` rests on, from one run on one day of generated traffic.

``python3 -m bench.sizing`` measures and prints the tables of the page; with ``--write`` it puts
them into the page, between the marks that delimit them. No way of scoring is timed before its
verdicts were compared with those of the embedded engine. Nothing else should run on the machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import os
import platform
import sys
from pathlib import Path
from typing import Final

from bench import sizing_page, sizing_room, sizing_ways
from bench.scene import SMOKE
from bench.sizing_page import Figures
from callguard import Guard, rulepack
from callguard.demo import generate_day
from callguard.engine.verdict import Verdict

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "sizing.md"
_CALLS: Final = 600 if SMOKE else 40_000
_SPARK_TIMES: Final = 3
_ROUNDS: Final = 1 if SMOKE else 5


def measure(number: int, rounds: int) -> Figures:
    """Everything, on a day of ``number`` calls; on Spark, which takes seconds to begin, of more."""
    load = os.getloadavg()[0]
    day = [one.record for one in generate_day(calls=number)]
    guard = Guard.load(rulepack.path(), clock=lambda: math.inf)
    # Each record's time and what it asks of the counters.
    asked = [
        (float(str(record["at"])), [] if isinstance(found, Verdict) else found.steps)
        for record in day
        for found in [guard.begin(record)]
    ]
    calls = sum(record["event"] in ("setup", "sms") for record in day)
    later = [record for record in day if record["event"] in ("answer", "release")]
    setups = sum(record["event"] == "setup" for record in day)
    ways = {
        "embedded": sizing_ways.embedded(day, rounds),
        "single": sizing_ways.single(day, rounds),
        "pipelined": sizing_ways.pipelined(day, rounds),
        "worker": sizing_ways.worker(day, rounds),
        "spark": sizing_ways.spark(
            [one.record for one in generate_day(calls=_SPARK_TIMES * number)], _ROUNDS
        ),
    }
    return Figures(
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        machine=f"{_processor()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}",
        load=load,
        calls=calls,
        records=len(day),
        rounds=rounds,
        records_a_call=1 + len(later) / setups,
        asking=sum(bool(steps) for _, steps in asked) / len(day),
        counters=sum(len(steps) for _, steps in asked) / len(day),
        groups_a_call=sizing_room.most_alive(asked) / calls,
        memory_bytes=sizing_room.in_memory(asked),
        server_bytes=sizing_room.on_a_server(asked),
        ways=ways,
    )


def _processor() -> str:
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        names = (line.partition(":")[2].strip() for line in lines if "model name" in line)
        return next(names, platform.machine())


def main() -> None:
    """Measure, and print the tables or put them into the page."""
    parser = argparse.ArgumentParser(prog="bench.sizing", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    parser.add_argument("--calls", type=int, default=_CALLS, help="calls of the generated day")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="how often each way is timed")
    given = parser.parse_args()
    parts = sizing_page.parts(measure(given.calls, given.rounds))
    if given.write:
        PAGE.write_text(sizing_page.filled(PAGE.read_text(encoding="utf-8"), parts), "utf-8")
        return
    for name, text in parts.items():
        sys.stdout.write(f"## {name}\n\n{text}\n\n")


if __name__ == "__main__":
    main()

"""``callguard worker``: scores the records of a Redis stream until it is stopped."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callguard import extras, rulepack
from callguard.cli import commands, options, terminal
from callguard.cli.worker_line import Line
from callguard.errors import CounterError, StreamError
from callguard.guard import Guard

if TYPE_CHECKING:
    from callguard.counters import CounterStore
    from callguard.integrations.redis_stream import Settings, Tally
    from callguard.observe.logs import Log

# Nobody waits on the line for a worker: an answer about hundreds of records may take its time.
COUNTERS_TIMEOUT_S = 1.0
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_PACKAGES = ("redis", "hiredis", "structlog", "prometheus_client")


class Duration(click.ParamType[float]):
    """``500ms``, ``30s``, ``5m``, ``1h``, ``1d``: seconds."""

    name = "TIME"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds; wrong usage without a unit."""
        if isinstance(value, float):
            return value
        parts = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", value)
        if parts is None:
            self.fail(f"{value!r}: expected a time such as 500ms, 30s or 5m", param, ctx)
        return float(parts[1]) * _UNITS[parts[2]]


@click.command(cls=commands.Command)
@click.option("--stream", "url", metavar="URL", required=True, help="Server of the streams.")
@options.rules
@options.home
@options.number_ranges
@click.option(
    "--input",
    "input_",
    metavar="KEY",
    default="callguard:records",
    show_default=True,
    help="Stream of records.",
)
@click.option(
    "--output",
    metavar="KEY",
    default="callguard:verdicts",
    show_default=True,
    help="Stream of verdicts.",
)
@click.option("--dead", metavar="KEY", help="Stream of entries given up.  [default: INPUT:dead]")
@click.option("--group", default="callguard", show_default=True, help="Consumer group.")
@click.option("--name", help="Name among the workers of the group.  [default: a new one]")
@click.option(
    "--counters", metavar="URL", help="Server of the counters.  [default: that of the streams]"
)
@click.option(
    "--patience",
    type=Duration(),
    default="2s",
    show_default=True,
    help="How long a batch waits for counters that are away before it is judged without.",
)
@click.option("--batch", type=int, default=256, show_default=True, help="Entries read at once.")
@click.option(
    "--claim-after",
    type=Duration(),
    default="30s",
    show_default=True,
    help="Take over entries that another worker has had for this long.",
)
@click.option(
    "--deliveries",
    type=int,
    default=5,
    show_default=True,
    help="Give an entry up that was given out this many times and never acknowledged.",
)
@click.option("--maxlen", type=int, help="Keep about this many entries of the output stream.")
@click.option("--delete", is_flag=True, help="Delete entries whose verdict is written.")
@click.option("--once", is_flag=True, help="Stop when there is nothing left to do.")
@click.option(
    "--metrics-port", type=click.IntRange(0, 65_535), help="Answer Prometheus on this port."
)
@click.option(
    "--metrics-address",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Address of the metrics port.",
)
@click.option("--log-json", is_flag=True, help="Log JSON lines on a terminal too.")
def worker(url: str, rule_file: Path | None, home: str, once: bool, **rest: Any) -> int:
    """Score the records of a Redis stream.

    Reads records (MessagePack) from the field `record` of the entries of one stream as one of a
    consumer group, writes each verdict to another, and acknowledges the entry in the same step.
    Any number of workers share the work and the counters; when one dies, another takes over its
    records. SIGTERM and SIGINT end it after the current batch, SIGHUP reads the rules again.
    """
    _need_packages()
    from callguard.integrations import redis_stream
    from callguard.observe import logs
    from callguard.observe.control import signals_to
    from callguard.observe.metrics import Metrics
    from callguard.observe.scrapes import served

    control = redis_stream.Control()
    on_terminal = sys.stderr.isatty() and not rest["log_json"]
    with ExitStack() as stack:
        stack.enter_context(signals_to(control))
        stream = redis_stream.Stream.from_url(url, _settings(url, rest))
        line = stack.enter_context(closing(Line())) if on_terminal else None
        log = logs.json_log() if line is None else logs.plain_log(line.note)
        stack.enter_context(logs.library_faults(log))
        counters = _counters(rest["counters"] or url, log)
        guard = Guard.load(
            rule_file or rulepack.path(),
            home=home,
            state=counters,
            number_ranges=rest["number_ranges"],
        )
        metrics = Metrics(counters)
        one = redis_stream.Worker(
            guard,
            stream,
            metrics=metrics,
            log=log,
            control=control,
            on_progress=None if line is None else line.show,
        )
        if rest["metrics_port"] is not None:
            address = rest["metrics_address"]
            port = stack.enter_context(served(metrics.registry, address, rest["metrics_port"]))
            log.info("metrics_served", address=address, port=port)
        tally = one.run(once)
    if on_terminal:
        terminal.note(_summary(tally))
    return 1 if once and (tally.unreadable or tally.dead) else 0


def _settings(url: str, rest: dict[str, Any]) -> Settings:
    from callguard.integrations.redis_stream.settings import SETTLE_S, Settings

    return Settings(
        input=rest["input_"],
        output=rest["output"],
        dead=rest["dead"] or "",
        group=rest["group"],
        name=rest["name"] or "",
        batch=rest["batch"],
        claim_after_s=rest["claim_after"],
        max_deliveries=rest["deliveries"],
        maxlen=rest["maxlen"],
        delete=rest["delete"],
        patience_s=rest["patience"],
        settle_s=0.0 if rest["counters"] is None and "+cluster" not in url else SETTLE_S,
    )


def _counters(where: str, log: Log) -> CounterStore:
    from callguard.counters import Policy, open_counters
    from callguard.observe.logs import counters_log

    if "://" not in where:
        raise CounterError(f"--counters {where!r}: expected a URL, for workers share their counts")
    return open_counters(
        where,
        # An answer that comes is early enough.
        policy=Policy(slow_s=COUNTERS_TIMEOUT_S),
        on_change=counters_log(log),
        timeout_s=COUNTERS_TIMEOUT_S,
        connect_timeout_s=COUNTERS_TIMEOUT_S,
    )


def _need_packages() -> None:
    for name in _PACKAGES:
        try:
            __import__(name)
        except ModuleNotFoundError as error:
            raise StreamError(extras.needed("worker", error, "worker")) from error


def _summary(tally: Tally) -> str:
    actions = ", ".join(f"{action} {number:,}" for action, number in sorted(tally.actions.items()))
    text = f"{tally.records:,} scored" + (f" ({actions})" if actions else "")
    if tally.unreadable:
        text += f", {tally.unreadable:,} could not be read"
    if tally.dead:
        text += f", {tally.dead:,} given up"
    return text

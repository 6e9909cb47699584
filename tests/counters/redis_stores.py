"""A store on a real server, and steps that use all of its script."""

from __future__ import annotations

from typing import Any

from callguard.counters import CounterUpdate, RedisCounters, Scalar, Series
from tests.real_servers.redis import PATIENCE_S, Nodes, Server
from tests.strategies.counters import series

COUNT = series("event_count", 3600)
STEP: CounterUpdate = (COUNT, "g", 1_000_000, 1, None)
MANY = series("value_count", 60, keep=128)
EVERY_KIND: tuple[tuple[Series, Scalar | None], ...] = (
    (COUNT, None),
    (series("value_count", 60, keep=16), "v"),
    (MANY, "v"),
    (series("value_sum", 60), 5),
    (series("temporal", 60, rules=2), None),
    (series("temporal_ordered", 60, rules=2), None),
)
SECRET = "hunter2-Tr0ub4dor"  # noqa: S105  planted, to be looked for
# The least that a user needs; the line stands in docs/redis.md.
RIGHTS = (
    "resetchannels -@all ~callguard:* +fcall +function|load +get +set +setrange +ttl +expire "
    "+copy +del +unlink +scan +zadd +zcard +zcount +zscore +zrevrange +zrangebyscore "
    "+zremrangebyscore +zremrangebyrank"
)
# And in a cluster.
CLUSTER_RIGHTS = "+cluster|slots +asking"


def open_store(url: str, timeout_s: float = PATIENCE_S, prefix: str = "callguard") -> RedisCounters:
    return RedisCounters.from_url(
        url, timeout_s=timeout_s, connect_timeout_s=PATIENCE_S, prefix=prefix
    )


def keys_of(one: Server, store: RedisCounters) -> list[str]:
    """The keys that the store has made."""
    return list(one.client().keys(f"{store.prefix}:*"))


def do_all(store: RedisCounters) -> None:
    """Everything that a store is asked for, so that every command of its script is used."""
    for bucket, matched in ((1_000_000, 1), (1_000_010, 1), (1_000_500, 0), (1_000_500, 1)):
        store.step([(one, "g", bucket, matched, value) for one, value in EVERY_KIND])
    for bucket in (*range(1_000_500, 1_000_520), 1_000_519):
        store.step([(COUNT, "g", bucket, 1, None)])
    many: list[list[CounterUpdate]] = [
        [(MANY, "g", 1_000_500, 1, f"v{number}")] for number in range(200)
    ]
    ids = [f"{number}-0" for number in range(len(many))]
    store.step_many(many, ids)
    assert [MANY.keep] == store.step([(MANY, "g", 1_000_500, 1, "one more")])
    store.forget_ids(many, ids)
    assert [MANY.keep] == store.preview([many[0][0]])
    assert 1 == store.reset(MANY.key, "g")
    assert 1 == store.reset(COUNT.key)


class Move:
    """A slot on its way from one master to another, step by step."""

    def __init__(self, nodes: Nodes, number: int, source: int, target: int) -> None:
        self.slot = number
        self.nodes = nodes
        self.source, self.target = nodes.masters[source], nodes.masters[target]

    def begin(self) -> None:
        self._set(self.target, "IMPORTING", self._name(self.source))
        self._set(self.source, "MIGRATING", self._name(self.target))

    def send(self, *keys: str) -> None:
        self.source.client().execute_command(
            "MIGRATE", "127.0.0.1", self.target.port, "", 0, 5000, "KEYS", *keys
        )

    def end(self) -> None:
        for one in (self.target, self.source, *self.nodes.masters):
            self._set(one, "NODE", self._name(self.target))

    def _set(self, one: Server, *command: Any) -> None:
        one.client().execute_command("CLUSTER", "SETSLOT", self.slot, *command)

    def _name(self, one: Server) -> str:
        return str(one.client().execute_command("CLUSTER", "MYID"))

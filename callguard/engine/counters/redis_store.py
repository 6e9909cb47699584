"""Counters that any number of processes share: in Redis (7 or later) or Valkey."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from uuid import uuid4

from callguard.engine.counters.circuit import Circuit
from callguard.engine.counters.redis_cluster import Cluster
from callguard.engine.counters.redis_codec import Batch, counter_key, tag_of
from callguard.engine.counters.redis_node import Node, read_answer
from callguard.engine.counters.redis_url import Address, parse_url
from callguard.engine.series import Figure, Group, Step
from callguard.errors import CounterError, NodeError

PREFIX: Final = "callguard"
# Records read ahead by score_many.
BATCH: Final = 256
# Steps in one call of the script: it holds the server for well under a millisecond.
_STEPS: Final = 32
_DELETED: Final = 500


class RedisCounters:
    """Exact counters on a server or a cluster, shared by all who name it and ``prefix``.

    A record costs one call of a script on the server (in a cluster one a group, sent together).
    Nothing is connected until the first call. Every failure is a CounterError, or a NodeError if
    only the nodes of a record's groups are away. Groups expire by themselves.
    """

    batch = BATCH

    def __init__(
        self,
        address: Address,
        *,
        timeout_s: float = 0.05,
        connect_timeout_s: float = 0.05,
        prefix: str = PREFIX,
        circuit: Callable[[str], Circuit] | None = None,
    ) -> None:
        if not prefix or set(prefix) & set("{}*?[]\\"):
            raise CounterError(f"prefix {prefix!r}: expected text without {{}}*?[]\\")
        self.address = address
        self._prefix = prefix
        self._node: Node | None = None
        self._cluster: Cluster | None = None
        if address.cluster:
            self._cluster = Cluster(address, timeout_s, connect_timeout_s, circuit)
        else:
            seed = address.seeds[0] if address.seeds else None
            self._node = Node(address, seed, timeout_s, connect_timeout_s)

    @classmethod
    def from_url(
        cls,
        url: str,
        *,
        timeout_s: float = 0.05,
        connect_timeout_s: float = 0.05,
        prefix: str = PREFIX,
        circuit: Callable[[str], Circuit] | None = None,
    ) -> RedisCounters:
        """The counters at a URL: see :func:`~callguard.engine.counters.redis_url.parse_url`.

        ``timeout_s`` is how long an answer may take, ``connect_timeout_s`` a connection;
        ``prefix`` begins every key, ``circuit`` makes the breaker of each node of a cluster.
        Raises CounterError if the URL is wrong; the server need not be up.
        """
        return cls(
            parse_url(url, os.environ),
            timeout_s=timeout_s,
            connect_timeout_s=connect_timeout_s,
            prefix=prefix,
            circuit=circuit,
        )

    def __repr__(self) -> str:
        return f"<RedisCounters {self.address}>"

    @property
    def circuits(self) -> Mapping[str, Circuit] | None:
        """The breaker of each node of a cluster, None for a single server."""
        return None if self._cluster is None else self._cluster.circuits

    def step(self, steps: Sequence[Step]) -> list[Figure]:
        """As :class:`~callguard.engine.series.CounterStore` says."""
        (found,) = self._count([steps], None)
        if isinstance(found, CounterError):
            raise found
        return found

    def step_many(
        self, records: Sequence[Sequence[Step]], ids: Sequence[str] | None = None
    ) -> list[list[Figure] | None]:
        """As the protocol says. An id is remembered for seven days, or until it is forgotten.

        Raises CounterError if no record was answered.
        """
        found = self._count(records, ids)
        failed = [one for one in found if isinstance(one, CounterError)]
        if failed and len(failed) == len(found) and not isinstance(failed[0], NodeError):
            raise failed[0]
        return [None if isinstance(one, CounterError) else one for one in found]

    def _count(
        self, records: Sequence[Sequence[Step]], ids: Sequence[str] | None
    ) -> list[list[Figure] | CounterError]:
        tagged = [[(tag_of(step[1]), step) for step in steps] for steps in records]
        if self._cluster is not None:
            return self._cluster.count(self._prefix, tagged, ids)
        assert self._node is not None
        batches: list[Batch] = []
        for index, steps in enumerate(tagged):
            if not batches or batches[-1].steps >= _STEPS:
                batches.append(Batch(self._prefix))
            marker = None if ids is None else f"{self._prefix}:id:{ids[index]}"
            batches[-1].add(steps, marker)
        answers = self._node.ask([batch.command() for batch in batches])
        found: list[list[Figure] | CounterError] = []
        rest = iter(records)
        for batch, answer in zip(batches, answers, strict=True):
            found += read_answer(list(islice(rest, len(batch.records))), answer, self._node)
        return found

    def preview(self, steps: Sequence[Step]) -> list[Figure]:
        """What :meth:`step` would answer, counting nothing. The server works on a copy."""
        found: list[Figure] = []
        for step in steps:
            tag = tag_of(step[1])
            batch = Batch(self._prefix)
            batch.add([(tag, step)])
            copy = f"{counter_key(self._prefix, step[0].key, tag)}:{uuid4().hex}"
            node = self._node_of(batch.keys[0])
            (answer,) = node.ask([batch.command(copy)])
            (figures,) = read_answer([[step]], answer, node)
            if isinstance(figures, CounterError):
                raise figures
            found += figures
        return found

    def forget_ids(self, records: Sequence[Sequence[Step]], ids: Sequence[str]) -> None:
        """These records will not come again: their ids are removed."""
        if self._cluster is not None:
            tags = [{tag_of(step[1]) for step in steps} for steps in records]
            self._cluster.forget(self._prefix, tags, ids)
            return
        assert self._node is not None
        names = [f"{self._prefix}:id:{name}" for name in ids]
        self._node.ask([("UNLINK", *part) for part in _parts(names)])

    def retain(self, owner: object, keys: frozenset[str]) -> None:
        """Does nothing: others may count what ``owner`` does not, and what nobody does expires."""

    def reset(self, key: str, group: Group | None = None) -> int:
        """Forget one group of a series, or all of them. The number of groups forgotten."""
        if group is not None:
            name = counter_key(self._prefix, key, tag_of(group))
            return int(self._node_of(name).one("UNLINK", name))
        pattern = counter_key(self._prefix, key, "@").replace("{@}", "{*}")
        nodes = [self._node] if self._node is not None else self._masters()
        return sum(_unlink(node, pattern) for node in nodes)

    def close(self) -> None:
        """Close every connection. A later call opens new ones."""
        for node in [self._node] if self._node is not None else self._masters(known=True):
            node.close()

    def _masters(self, known: bool = False) -> list[Node]:
        assert self._cluster is not None
        return self._cluster.known() if known else self._cluster.masters()

    def _node_of(self, key: str) -> Node:
        if self._node is not None:
            return self._node
        assert self._cluster is not None
        return self._cluster.node_of(key)


def _unlink(node: Node, pattern: str) -> int:
    cursor, gone = b"0", 0
    while True:
        cursor, names = node.one("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
        # A cluster takes names of one slot only at a time.
        answers = node.ask([("UNLINK", name) for name in names]) if names else []
        for answer in answers:
            if isinstance(answer, Exception):
                raise node.fault(answer)
            gone += answer
        if int(cursor) == 0:
            return gone


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _DELETED):
        yield names[start : start + _DELETED]

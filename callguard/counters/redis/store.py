"""Counters that any number of processes share: in Redis (7 or later) or Valkey."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, Final
from uuid import uuid4

from callguard.counters.protocol import CounterUpdate, Group, WindowFigure
from callguard.counters.redis import cluster as clustered
from callguard.counters.redis.batch import Batch
from callguard.counters.redis.errors import counter_error, raises_counter_errors
from callguard.counters.redis.keys import counter_key, marker_key, tag_of
from callguard.counters.redis.script import Script, script
from callguard.errors import CommandError, CounterError, NodeError, ServerError
from callguard.servers import Access, Address, Circuit, parse_url
from callguard.servers.connected import Cluster, Command, Node

PREFIX: Final = "callguard"
# Records read ahead by score_many.
BATCH: Final = 256
# What one call of the script is given: it holds the server for well under a millisecond.
_STEPS: Final = 128
_RECORDS: Final = 128
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
        for name, seconds in (("timeout_s", timeout_s), ("connect_timeout_s", connect_timeout_s)):
            if not (seconds > 0 and isfinite(seconds)):
                raise CounterError(f"{name} {seconds!r}: expected seconds above 0")
        self.address = address
        self.prefix = prefix
        self._script = script()
        self._node: Node | None = None
        self._cluster: Cluster | None = None
        access = Access(address, timeout_s, connect_timeout_s, self._script.source)
        if address.cluster:
            self._cluster = Cluster(access, circuit)
        else:
            self._node = Node(access)

    @classmethod
    @raises_counter_errors
    def from_url(
        cls,
        url: str,
        *,
        timeout_s: float = 0.05,
        connect_timeout_s: float = 0.05,
        prefix: str = PREFIX,
        circuit: Callable[[str], Circuit] | None = None,
    ) -> RedisCounters:
        """The counters at a URL: see :func:`~callguard.servers.parse_url`.

        ``timeout_s`` is how long an answer may take until it is whole, ``connect_timeout_s`` each
        step of a connection (TCP, TLS, login); a batch may take four times ``timeout_s``.
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

    @raises_counter_errors
    def step(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        """As :class:`~callguard.counters.protocol.CounterStore` says."""
        (figures,) = self._count([steps], None)
        if isinstance(figures, CounterError):
            raise figures
        return figures

    @raises_counter_errors
    def step_many(
        self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str] | None = None
    ) -> list[list[WindowFigure] | None]:
        """As the protocol says. An id is remembered for seven days, or until it is forgotten.

        Raises CounterError if no record was answered.
        """
        counted = self._count(records, ids)
        failed = [one for one in counted if isinstance(one, CounterError)]
        if failed and len(failed) == len(counted) and not isinstance(failed[0], NodeError):
            raise failed[0]
        return [None if isinstance(one, CounterError) else one for one in counted]

    def _count(
        self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str] | None
    ) -> list[list[WindowFigure] | CounterError]:
        if self._cluster is not None:
            return clustered.count(self._cluster, self._script, self.prefix, records, ids)
        assert self._node is not None
        batches: list[Batch] = []
        # The next one is packed while the server works on the one before.
        commands = (
            batch.command() for batch in _batches(self._script, self.prefix, records, ids, batches)
        )
        answers = self._node.send(commands).answers()
        counted: list[list[WindowFigure] | CounterError] = []
        for batch, answer in zip(batches, answers, strict=True):
            if isinstance(answer, Exception):
                error = counter_error(self._node.error(answer))
                counted += [error] * len(batch.records)
            else:
                counted += _figures(batch, answer, self._node.name)
        return counted

    @raises_counter_errors
    def preview(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        """What :meth:`step` would answer, counting nothing. The server works on a copy."""
        previewed: list[WindowFigure] = []
        for step in steps:
            batch = Batch(self._script, self.prefix)
            batch.add([step])
            key = batch.keys[0]
            answer = self._one(key, batch.command(f"{key}:{uuid4().hex}"))
            (figures,) = _figures(batch, answer, str(self.address))
            if isinstance(figures, CounterError):
                raise figures
            previewed += figures
        return previewed

    @raises_counter_errors
    def forget_ids(self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str]) -> None:
        """These records will not come again: their ids are removed."""
        if self._cluster is not None:
            clustered.forget(self._cluster, self.prefix, records, ids)
            return
        assert self._node is not None
        names = [marker_key(self.prefix, name) for name in ids]
        for answer in self._node.ask(("UNLINK", *part) for part in _parts(names)):
            if isinstance(answer, Exception):
                raise self._node.error(answer)

    def retain(self, owner: object, series_keys: frozenset[str]) -> None:
        """Does nothing: others may count what ``owner`` does not, and what nobody does expires."""

    @raises_counter_errors
    def reset(self, key: str, group: Group | None = None) -> int:
        """Forget one group of a series, or all of them. The number of groups forgotten."""
        if group is not None:
            name = counter_key(self.prefix, key, tag_of(group))
            return _number(self._one(name, ("UNLINK", name)), str(self.address))
        pattern = counter_key(self.prefix, key, "@").replace("{@}", "{*}")
        nodes = [self._node] if self._node is not None else self._masters()
        return sum(_unlink(node, pattern) for node in nodes)

    def close(self) -> None:
        """Close every connection. A later call opens new ones."""
        for node in [self._node] if self._node is not None else self._masters(known=True):
            node.close()

    def _masters(self, known: bool = False) -> list[Node]:
        assert self._cluster is not None
        return self._cluster.known() if known else self._cluster.masters()

    def _one(self, key: str, command: Command) -> Any:
        if self._cluster is not None:
            (answer,) = self._cluster.ask([(key, command)])
            if isinstance(answer.value, CommandError):
                raise answer.value
            return answer.value
        assert self._node is not None
        return self._node.one(*command)


def _batches(
    script: Script,
    prefix: str,
    records: Sequence[Sequence[CounterUpdate]],
    ids: Sequence[str] | None,
    batches: list[Batch],
) -> Iterator[Batch]:
    """The records in parts for one call each, which are also put into ``batches``."""
    batch = Batch(script, prefix)
    for index, steps in enumerate(records):
        if batch.steps >= _STEPS or len(batch.records) >= _RECORDS:
            batches.append(batch)
            yield batch
            batch = Batch(script, prefix)
        batch.add(steps, None if ids is None else marker_key(prefix, ids[index]))
    if batch.records:
        batches.append(batch)
        yield batch


def _figures(batch: Batch, answer: bytes, name: str) -> Sequence[list[WindowFigure] | CounterError]:
    """Each record's figures, or what was wrong with the answer."""
    try:
        return batch.figures(answer, name)
    except ValueError as error:
        return [CounterError(f"{name}: {error}")] * len(batch.records)


def _unlink(node: Node, pattern: str) -> int:
    cursor, gone = b"0", 0
    while True:
        try:
            cursor, names = node.one("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
            # A cluster takes names of one slot only at a time.
            commands = [("UNLINK", name) for name in names]
            last = int(cursor) == 0
        except (TypeError, ValueError):
            raise ServerError(f"{node.name}: its answer to SCAN cannot be read") from None
        for answer in node.ask(commands) if commands else []:
            if isinstance(answer, Exception):
                raise node.error(answer)
            gone += _number(answer, node.name)
        if last:
            return gone


def _number(answer: object, name: str) -> int:
    if not isinstance(answer, int):
        raise ServerError(f"{name}: its answer to UNLINK cannot be read")
    return answer


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _DELETED):
        yield names[start : start + _DELETED]

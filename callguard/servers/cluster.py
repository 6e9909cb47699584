"""A cluster: every command at the node that has its key, all of them asked together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from redis.exceptions import AskError, MovedError

from callguard.errors import CommandError, ServerError
from callguard.servers.address import Access
from callguard.servers.circuit import Circuit
from callguard.servers.errors import ELSEWHERE
from callguard.servers.node import Command, Node, Sent
from callguard.servers.slots import Seed, Slots, slot_of

# A command is sent on as often as this while slots move.
_MOVES: Final = 3


class Answer(NamedTuple):
    """The answer to one command, or the CommandError instead; ``node`` is the name of who gave it.

    ``node`` is empty if nobody was asked.
    """

    value: Any
    node: str


class _Question:
    """One command, and what is known of its answer."""

    __slots__ = ("answer", "command", "node", "slot")

    def __init__(self, key: str, command: Command) -> None:
        self.slot = slot_of(key)
        self.command = command
        self.answer: Any = None
        self.node = ""


class _Exchange(NamedTuple):
    """Questions that were sent to one node."""

    node: Node
    circuit: Circuit
    ticket: int
    sent: Sent
    questions: Sequence[_Question]


class Cluster:
    """The nodes of a cluster, each with a breaker of its own, which ``circuit`` makes."""

    def __init__(self, access: Access, circuit: Callable[[str], Circuit] | None = None) -> None:
        self._address = access.address
        self._batch_s = access.batch_s
        self._slots = Slots(access, circuit)
        self.known = self._slots.known
        self.masters = self._slots.masters

    @property
    def circuits(self) -> Mapping[str, Circuit]:
        """Each node's breaker by the node's name; empty until nodes are known."""
        return self._slots.circuits

    def node_of(self, key: str) -> Node:
        """The node that has a key. Raises CommandError if none has, ServerError if none says."""
        return self._slots.node(self._slots.owner(slot_of(key)))

    def ask(self, commands: Iterable[tuple[str, Command]]) -> list[Answer]:
        """The answers to commands, each given with its key, in order.

        What a node cannot answer is a CommandError. Raises ServerError if no node can be asked
        where slots are.
        """
        questions = [_Question(key, command) for key, command in commands]
        self._ask(questions)
        return [Answer(one.answer, one.node) for one in questions]

    def _ask(self, questions: Sequence[_Question]) -> None:
        """Have every question answered, and follow slots that moved."""
        left, ends = questions, time.monotonic() + self._batch_s
        for _ in range(_MOVES):
            self._exchange(left, ends)
            left = [one for one in left if isinstance(one.answer, ELSEWHERE)]
            if not left:
                return
            self._follow(left, ends)
            left = [one for one in left if isinstance(one.answer, ELSEWHERE)]
            if time.monotonic() >= ends:
                break
        for one in left:
            one.answer = CommandError(f"{self._address}: slot {one.slot} is being moved")

    def _exchange(self, questions: Sequence[_Question], ends: float) -> None:
        """Send every question to its node, all of a node's together, before reading any answer."""
        by_seed: dict[Seed, list[_Question]] = {}
        for one in questions:
            try:
                by_seed.setdefault(self._slots.owner(one.slot), []).append(one)
            except CommandError as error:
                one.answer = error
        exchanges: list[_Exchange] = []
        try:
            for seed, some in by_seed.items():
                exchanges += self._send(seed, some, ends)
            while exchanges:
                self._read(exchanges.pop(0))
        finally:
            for exchange in exchanges:
                exchange.sent.give_up()
                exchange.circuit.abandon(exchange.ticket)

    def _send(self, seed: Seed, questions: Sequence[_Question], ends: float) -> Iterable[_Exchange]:
        node, circuit = self._slots.node(seed), self._slots.circuit(seed)
        try:
            ticket = circuit.enter()
        except ServerError as error:
            _fail(questions, error)
            return []
        try:
            sent = node.send([one.command for one in questions], ends)
        except ServerError as error:
            circuit.fail(ticket, error)
            self._lost(questions, error)
            return []
        except BaseException:
            circuit.abandon(ticket)
            raise
        return [_Exchange(node, circuit, ticket, sent, questions)]

    def _read(self, exchange: _Exchange) -> None:
        node, circuit, ticket, sent, questions = exchange
        # From here, not from when it was sent: other nodes' answers were waited for since.
        start = time.monotonic()
        try:
            answers = sent.answers()
        except ServerError as error:
            circuit.fail(ticket, error)
            self._lost(questions, error)
            return
        except BaseException:
            circuit.abandon(ticket)
            raise
        state: ServerError | None = None
        for one, answer in zip(questions, answers, strict=True):
            one.answer, one.node = answer, node.name
            if isinstance(answer, Exception) and not isinstance(answer, ELSEWHERE):
                fault = node.error(answer)
                one.answer = CommandError(str(fault))
                if not isinstance(fault, CommandError):
                    state = fault
        if state is None:
            circuit.leave(ticket, time.monotonic() - start, len(questions))
        else:
            circuit.fail(ticket, state)
            self._slots.forget()

    def _lost(self, questions: Sequence[_Question], error: ServerError) -> None:
        _fail(questions, error)
        # Another node may have taken its slots over.
        self._slots.forget()

    def _follow(self, questions: Sequence[_Question], ends: float) -> None:
        """Learn from the answers where the slots are now, or are about to be."""
        targets = {}
        for one in questions:
            answer = one.answer
            # A MovedError is an AskError too.
            if isinstance(answer, MovedError):
                targets[answer.slot_id] = answer.host, answer.port
            elif isinstance(answer, AskError) and time.monotonic() < ends:
                node = self._slots.node((answer.host, answer.port))
                one.node = node.name
                try:
                    one.answer = node.ask_moving(one.command, ends)
                except ServerError as error:
                    one.answer = CommandError(str(error))
        self._slots.moved(targets)


def _fail(questions: Sequence[_Question], error: ServerError) -> None:
    for one in questions:
        one.answer = CommandError(str(error))

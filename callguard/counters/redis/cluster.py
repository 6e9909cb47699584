"""Counting in a cluster: every group of a record at its own node, all of them asked together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from redis.exceptions import AskError, MovedError

from callguard.counters.protocol import CounterUpdate, WindowFigure
from callguard.counters.redis.codec import LIBRARY, Batch
from callguard.counters.redis.keys import marker_key, tag_of
from callguard.errors import CounterError, NodeError
from callguard.servers.address import Address
from callguard.servers.answers import ELSEWHERE
from callguard.servers.circuit import Circuit
from callguard.servers.node import Command, Flight, Node
from callguard.servers.slots import Seed, Slots, slot_of

# A command is sent on as often as this while slots move.
_MOVES: Final = 3


class _Piece:
    """What one record wants of one group: one call of the script."""

    __slots__ = ("answer", "batch", "command", "name", "positions", "slot")

    def __init__(
        self, key: str, command: Command, batch: Batch | None = None, positions: Sequence[int] = ()
    ) -> None:
        self.slot = slot_of(key)
        self.command = command
        self.batch = batch
        # Where in the record the steps stand.
        self.positions = positions
        self.answer: Any = None
        # The node that gave the answer.
        self.name = ""

    def figures(self) -> list[WindowFigure] | CounterError:
        if isinstance(self.answer, CounterError):
            return self.answer
        assert self.batch is not None
        try:
            (found,) = self.batch.figures(self.answer, self.name)
        except ValueError as error:
            return NodeError(f"{self.name}: {error}")
        return found


class _Flown(NamedTuple):
    """Pieces on their way to one node."""

    node: Node
    circuit: Circuit
    ticket: int
    flight: Flight
    pieces: Sequence[_Piece]


class Cluster:
    """The nodes of a cluster, each with a breaker of its own."""

    def __init__(
        self,
        address: Address,
        timeout_s: float,
        connect_s: float,
        circuit: Callable[[str], Circuit] | None,
    ) -> None:
        self._address = address
        self._slots = Slots(address, timeout_s, connect_s, circuit, LIBRARY)
        self.known = self._slots.known
        self.masters = self._slots.masters

    @property
    def circuits(self) -> Mapping[str, Circuit]:
        """Each node's breaker by the node's name; empty until nodes are known."""
        return self._slots.circuits

    def one(self, key: str, command: Command) -> Any:
        """The answer to a command about one key. Raises NodeError if its node cannot give it."""
        piece = _Piece(key, command)
        self._ask([piece])
        if isinstance(piece.answer, CounterError):
            raise piece.answer
        return piece.answer

    def count(
        self, prefix: str, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str] | None
    ) -> list[list[WindowFigure] | CounterError]:
        """Each record's figures, or the NodeError of the nodes that it needed."""
        wanted = [
            _pieces(prefix, steps, None if ids is None else ids[index])
            for index, steps in enumerate(records)
        ]
        self._ask([piece for pieces in wanted for piece in pieces])
        return [_merged(len(steps), some) for steps, some in zip(records, wanted, strict=True)]

    def forget(
        self, prefix: str, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str]
    ) -> None:
        """Remove the marker of each id beside each of its record's groups."""
        markers = [
            marker_key(prefix, name, tag)
            for steps, name in zip(records, ids, strict=True)
            for tag in {tag_of(step[1]) for step in steps}
        ]
        self._ask([_Piece(marker, ("UNLINK", marker)) for marker in markers])

    def _ask(self, pieces: Sequence[_Piece]) -> None:
        """Have every piece answered, and follow slots that moved."""
        left = pieces
        for _ in range(_MOVES):
            self._exchange(left)
            left = [piece for piece in left if isinstance(piece.answer, ELSEWHERE)]
            if not left:
                return
            self._follow(left)
            left = [piece for piece in left if isinstance(piece.answer, ELSEWHERE)]
        for piece in left:
            piece.answer = NodeError(f"{self._address}: slot {piece.slot} is being moved")

    def _exchange(self, pieces: Sequence[_Piece]) -> None:
        """Send every piece to its node, all of a node's together, before any answer is awaited."""
        by_seed: dict[Seed, list[_Piece]] = {}
        for piece in pieces:
            try:
                by_seed.setdefault(self._slots.owner(piece.slot), []).append(piece)
            except NodeError as error:
                piece.answer = error
        flown: list[_Flown] = []
        try:
            for seed, some in by_seed.items():
                flown += self._send(seed, some)
            while flown:
                self._land(flown.pop(0))
        finally:
            for one in flown:
                one.flight.give_up()
                one.circuit.abandon(one.ticket)

    def _send(self, seed: Seed, pieces: Sequence[_Piece]) -> Iterable[_Flown]:
        node, circuit = self._slots.node(seed), self._slots.circuit(seed)
        try:
            ticket = circuit.enter()
        except CounterError as error:
            _fail(pieces, error)
            return []
        try:
            flight = node.send([piece.command for piece in pieces])
        except CounterError as error:
            circuit.fail(ticket, error)
            self._lost(pieces, error)
            return []
        except BaseException:
            circuit.abandon(ticket)
            raise
        return [_Flown(node, circuit, ticket, flight, pieces)]

    def _land(self, flown: _Flown) -> None:
        node, circuit, ticket, flight, pieces = flown
        # From here, not from when it was sent: other nodes' answers were waited for since.
        start = time.monotonic()
        try:
            answers = flight.answers()
        except CounterError as error:
            circuit.fail(ticket, error)
            self._lost(pieces, error)
            return
        except BaseException:
            circuit.abandon(ticket)
            raise
        state: CounterError | None = None
        for piece, answer in zip(pieces, answers, strict=True):
            piece.answer, piece.name = answer, node.name
            if isinstance(answer, Exception) and not isinstance(answer, ELSEWHERE):
                fault = node.fault(answer)
                piece.answer = NodeError(str(fault))
                if not isinstance(fault, NodeError):
                    state = fault
        if state is None:
            circuit.leave(ticket, time.monotonic() - start, len(pieces))
        else:
            circuit.fail(ticket, state)
            self._slots.forget()

    def _lost(self, pieces: Sequence[_Piece], error: CounterError) -> None:
        _fail(pieces, error)
        # Another node may have taken its slots over.
        self._slots.forget()

    def _follow(self, pieces: Sequence[_Piece]) -> None:
        """Learn from the answers where the slots are now, or are about to be."""
        targets = {}
        for piece in pieces:
            answer = piece.answer
            # A MovedError is an AskError too.
            if isinstance(answer, MovedError):
                targets[answer.slot_id] = answer.host, answer.port
            elif isinstance(answer, AskError):
                node = self._slots.node((answer.host, answer.port))
                piece.name = node.name
                try:
                    piece.answer = node.ask_early(piece.command)
                except CounterError as error:
                    piece.answer = NodeError(str(error))
        self._slots.moved(targets)


def _fail(pieces: Sequence[_Piece], error: CounterError) -> None:
    for piece in pieces:
        piece.answer = NodeError(str(error))


def _merged(length: int, pieces: Sequence[_Piece]) -> list[WindowFigure] | CounterError:
    figures: list[WindowFigure] = [None] * length
    for piece in pieces:
        found = piece.figures()
        if isinstance(found, CounterError):
            return found
        for position, figure in zip(piece.positions, found, strict=True):
            figures[position] = figure
    return figures


def _pieces(prefix: str, steps: Sequence[CounterUpdate], name: str | None) -> list[_Piece]:
    by_tag: dict[str, list[int]] = {}
    for position, step in enumerate(steps):
        by_tag.setdefault(tag_of(step[1]), []).append(position)
    pieces = []
    for tag, positions in by_tag.items():
        batch = Batch(prefix)
        some = [steps[position] for position in positions]
        batch.add(some, None if name is None else marker_key(prefix, name, tag))
        pieces.append(_Piece(batch.keys[0], batch.command(), batch, positions))
    return pieces

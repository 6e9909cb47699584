"""A cluster: which node has which slot, and one breaker a node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, MasterDownError, MovedError, ResponseError

from callguard.engine.counters.circuit import Circuit
from callguard.engine.counters.redis_codec import Batch
from callguard.engine.counters.redis_node import ELSEWHERE, Node, read_answer
from callguard.engine.counters.redis_url import Address, place
from callguard.engine.series import Figure, Step
from callguard.errors import CounterError, NodeError

if TYPE_CHECKING:
    from collections.abc import Iterable

SLOTS: Final = 16_384
# A command is sent on as often as this while slots move.
_MOVES: Final = 3
# Errors that speak of a node's state and not of the command.
_NODE_FAULTS: Final = (ClusterDownError, MasterDownError)
_STATES: Final = ("OOM", "READONLY", "LOADING", "NOREPLICAS", "MISCONF", "BUSY")

Tagged = Sequence[Sequence[tuple[str, Step]]]


class _Piece:
    """What one record wants of one group: one call of the script."""

    __slots__ = ("answer", "command", "positions", "slot", "steps")

    def __init__(
        self, slot: int, command: Sequence[Any], positions: Sequence[int], steps: Sequence[Step]
    ) -> None:
        self.slot = slot
        self.command = command
        # Where in the record the steps stand.
        self.positions = positions
        self.steps = steps
        self.answer: Any = None


class Cluster:
    """The nodes of a cluster. The map of slots is read when first needed, and when it was wrong."""

    def __init__(
        self,
        address: Address,
        timeout_s: float,
        connect_s: float,
        circuit: Callable[[str], Circuit] | None,
    ) -> None:
        self._address = address
        self._timeouts = timeout_s, connect_s
        self._make_circuit = circuit or Circuit
        self._nodes: dict[tuple[str, int], Node] = {}
        self._circuits: dict[str, Circuit] = {}
        self._owners: list[tuple[str, int] | None] = []

    @property
    def circuits(self) -> Mapping[str, Circuit]:
        """Each node's breaker by the node's name; empty until nodes are known."""
        return self._circuits

    def known(self) -> list[Node]:
        """The nodes that were met so far."""
        return list(self._nodes.values())

    def masters(self) -> list[Node]:
        """Every node that has slots. Raises CounterError if no node tells."""
        self._read_map()
        return [self._node(seed) for seed in dict.fromkeys(filter(None, self._owners))]

    def node_of(self, key: str) -> Node:
        """The node that has a key. Raises NodeError if none has."""
        return self._node(self._owner(key_slot(key.encode())))

    def count(
        self, prefix: str, records: Tagged, ids: Sequence[str] | None
    ) -> list[list[Figure] | CounterError]:
        """Each record's figures, or the NodeError of the nodes that it needed."""
        wanted = [
            _pieces(prefix, steps, None if ids is None else ids[index])
            for index, steps in enumerate(records)
        ]
        self._ask([piece for pieces in wanted for piece in pieces])
        found: list[list[Figure] | CounterError] = []
        for steps, pieces in zip(records, wanted, strict=True):
            figures: list[Figure] = [None] * len(steps)
            error: CounterError | None = None
            for piece in pieces:
                one = self._read(piece)
                if isinstance(one, CounterError):
                    error = one
                    continue
                for position, figure in zip(piece.positions, one, strict=True):
                    figures[position] = figure
            found.append(error or figures)
        return found

    def _read(self, piece: _Piece) -> list[Figure] | CounterError:
        if isinstance(piece.answer, CounterError):
            return piece.answer
        (found,) = read_answer([piece.steps], piece.answer, self._node(self._owner(piece.slot)))
        return NodeError(str(found)) if isinstance(found, CounterError) else found

    def forget(self, prefix: str, tags: Sequence[Iterable[str]], ids: Sequence[str]) -> None:
        """Remove the marker of each id beside each of its record's groups."""
        pieces = []
        for names, name in zip(tags, ids, strict=True):
            for tag in names:
                marker = _marker(prefix, tag, name)
                pieces.append(_Piece(key_slot(marker.encode()), ("UNLINK", marker), (), ()))
        self._ask(pieces)

    def _ask(self, pieces: Sequence[_Piece]) -> None:
        """Send every piece to its node, all of a node's together, and follow slots that moved."""
        left = list(pieces)
        for _ in range(_MOVES):
            by_node: dict[tuple[str, int], list[_Piece]] = {}
            for piece in left:
                try:
                    by_node.setdefault(self._owner(piece.slot), []).append(piece)
                except NodeError as error:
                    piece.answer = error
            for seed, some in by_node.items():
                self._ask_node(seed, some)
            left = [piece for piece in left if isinstance(piece.answer, ELSEWHERE)]
            if not left:
                return
            self._follow(left)
        for piece in left:
            piece.answer = NodeError(f"{self._address}: slot {piece.slot} is being moved")

    def _ask_node(self, seed: tuple[str, int], pieces: Sequence[_Piece]) -> None:
        node, circuit = self._node(seed), self._circuits[place(*seed)]
        try:
            answers = circuit.run(len(pieces), _checked, node, [one.command for one in pieces])
        except CounterError as error:
            for piece in pieces:
                piece.answer = NodeError(str(error))
            # Another node may have taken its slots over.
            self._owners = []
            return
        for piece, answer in zip(pieces, answers, strict=True):
            piece.answer = answer

    def _follow(self, pieces: Sequence[_Piece]) -> None:
        """Learn from the answers where the slots are now."""
        for piece in pieces:
            answer = piece.answer
            if isinstance(answer, AskError):
                # The slot is on its way there; the node takes the key only when asked to.
                node = self._node((answer.host, answer.port))
                try:
                    piece.answer = node.ask([("ASKING",), piece.command])[1]
                except CounterError as error:
                    piece.answer = NodeError(str(error))
            elif isinstance(answer, MovedError) and self._owners:
                self._owners[answer.slot_id] = (answer.host, answer.port)

    def _owner(self, slot: int) -> tuple[str, int]:
        if not self._owners:
            self._read_map()
        owner = self._owners[slot]
        if owner is None:
            raise NodeError(f"{self._address}: no node has slot {slot}")
        return owner

    def _read_map(self) -> None:
        last: CounterError | None = None
        for seed in dict.fromkeys([*self._nodes, *self._address.seeds]):
            node, circuit = self._node(seed), self._circuits[place(*seed)]
            try:
                ranges = circuit.run(None, node.one, "CLUSTER", "SLOTS")
                owners: list[tuple[str, int] | None] = [None] * SLOTS
                for first, end, (host, port, *_), *_ in ranges:
                    here = host.decode() or seed[0]
                    owners[first : end + 1] = [(here, port)] * (end + 1 - first)
                self._owners = owners
                return
            except CounterError as error:
                last = error
            except (ValueError, TypeError, AttributeError):
                last = CounterError(f"{node.name}: an answer to CLUSTER SLOTS that is none")
        raise CounterError(f"{self._address}: no node answers; the last said: {last}")

    def _node(self, seed: tuple[str, int]) -> Node:
        node = self._nodes.get(seed)
        if node is None:
            name = place(*seed)
            self._circuits.setdefault(name, self._make_circuit(name))
            node = self._nodes.setdefault(seed, Node(self._address, seed, *self._timeouts))
        return node


def _pieces(prefix: str, steps: Sequence[tuple[str, Step]], name: str | None) -> list[_Piece]:
    by_tag: dict[str, list[int]] = {}
    for position, (tag, _) in enumerate(steps):
        by_tag.setdefault(tag, []).append(position)
    pieces = []
    for tag, positions in by_tag.items():
        batch = Batch(prefix)
        batch.add(
            [steps[position] for position in positions],
            None if name is None else _marker(prefix, tag, name),
        )
        slot = key_slot(batch.keys[0].encode())
        some = [steps[position][1] for position in positions]
        pieces.append(_Piece(slot, batch.command(), positions, some))
    return pieces


def _marker(prefix: str, tag: str, name: str) -> str:
    return f"{prefix}:{{{tag}}}:id:{name}"


def _checked(node: Node, commands: Sequence[Sequence[Any]]) -> list[Any]:
    """The answers; raises CounterError where one says that the node cannot work now."""
    answers = node.ask(commands)
    for answer in answers:
        if isinstance(answer, _NODE_FAULTS) or (
            isinstance(answer, ResponseError) and str(answer).startswith(_STATES)
        ):
            raise node.fault(answer)
    return answers

"""Which node of a cluster has which slot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from redis.crc import key_slot

from callguard.errors import CommandError, ServerError
from callguard.servers.address import Access, endpoint
from callguard.servers.circuit import Circuit
from callguard.servers.node import Node

SLOTS: Final = 16_384

Seed = tuple[str, int]


class Slots:
    """The nodes of a cluster, one circuit each, and the map of slots, read when first needed."""

    def __init__(self, access: Access, circuit: Callable[[str], Circuit] | None) -> None:
        self.circuits: dict[str, Circuit] = {}
        self._access = access
        self._make_circuit = circuit or Circuit
        self._nodes: dict[Seed, Node] = {}
        self._owners: list[Seed | None] = []

    def known(self) -> list[Node]:
        """The nodes that were met so far."""
        return list(self._nodes.values())

    def masters(self) -> list[Node]:
        """Every node that has slots. Raises ServerError if no node says."""
        return [self.node(seed) for seed in dict.fromkeys(self._read()) if seed is not None]

    def owner(self, slot: int) -> Seed:
        """Where a slot is. Raises CommandError if nowhere, ServerError if no node says."""
        # Another thread may forget the map between two looks at it.
        owner = (self._owners or self._read())[slot]
        if owner is None:
            raise CommandError(f"{self._access.address}: no node has slot {slot}")
        return owner

    def node(self, seed: Seed) -> Node:
        """The node at an address, whether it is in the map or not."""
        node = self._nodes.get(seed)
        if node is None:
            self.circuit(seed)
            node = self._nodes.setdefault(seed, Node(self._access, seed))
        return node

    def circuit(self, seed: Seed) -> Circuit:
        """The circuit of the node at an address."""
        name = endpoint(*seed)
        circuit = self.circuits.get(name)
        if circuit is None:
            circuit = self.circuits.setdefault(name, self._make_circuit(name))
        return circuit

    def forget(self) -> None:
        """The map may be wrong: it is read again when next needed."""
        self._owners = []

    def moved(self, targets: Mapping[int, Seed]) -> None:
        """Nodes said where these slots are now. Others are likely to have moved with them."""
        if targets:
            owners = self._read()
            for slot, seed in targets.items():
                owners[slot] = seed

    def _read(self) -> list[Seed | None]:
        last: ServerError | None = None
        for seed in dict.fromkeys([*self._nodes, *self._access.address.seeds]):
            node = self.node(seed)
            try:
                ranges = self.circuit(seed).run(None, node.one, "CLUSTER", "SLOTS")
                self._owners = _owners(ranges, seed)
                return self._owners
            except ServerError as error:
                last = error
            except (ValueError, TypeError, AttributeError):
                last = ServerError(f"{node.name}: its answer to CLUSTER SLOTS cannot be read")
        raise ServerError(
            f"{self._access.address}: no node says where slots are; the last error: {last}"
        )


def _owners(ranges: Iterable[Any], seed: Seed) -> list[Seed | None]:
    owners: list[Seed | None] = [None] * SLOTS
    for first, end, (host, port, *_), *_ in ranges:
        # No host: the one that was asked.
        here = host.decode() if host else seed[0]
        owners[first : end + 1] = [(here, port)] * (end + 1 - first)
    return owners


def slot_of(key: str) -> int:
    """The slot of a key."""
    return int(key_slot(key.encode()))

"""How much a store may keep, and who has to go when it is full."""

from __future__ import annotations

from typing import Final, Protocol

# Room is handed out in pieces, so that it need not be counted at every step.
_PIECE: Final = 64


class Tenant(Protocol):
    """What takes room."""

    held: int  # how much it takes
    quota: int  # how much it may take without asking again

    def shrink(self) -> bool:
        """Take less room; False if there is nothing left to forget."""
        ...


class Room:
    """Room for ``limit`` groups, shared by all tables; a group that grows takes that of several."""

    __slots__ = ("limit", "tenants")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.tenants: list[Tenant] = []

    def grant(self, tenant: Tenant) -> None:
        """Raise the tenant's quota above what it holds; if need be, the largest one forgets some.

        Nobody forgets anything while there is room that another was granted and has not used.
        """
        if self._left() <= 0:
            for other in self.tenants:
                other.quota = other.held
            while self._left() <= 0:
                largest = max(self.tenants, key=_held)
                if not largest.shrink():
                    break
                largest.quota = largest.held
        tenant.quota = tenant.held + max(1, min(_PIECE, self._left()))

    def _left(self) -> int:
        return self.limit - sum([max(tenant.held, tenant.quota) for tenant in self.tenants])


def _held(tenant: Tenant) -> int:
    return tenant.held

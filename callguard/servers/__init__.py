"""Redis and Valkey servers: their addresses, and breakers for servers that are away or slow.

:mod:`callguard.servers.connected` asks them, and needs the package redis. The other modules are for
these two alone. Every error is a :class:`~callguard.errors.ServerError`; the counters and the
streams say what that means to them.
"""

from callguard.servers.address import PASSWORD, SCHEMES, USERNAME, Access, Address, parse_url
from callguard.servers.circuit import DEFAULT, Circuit, OnChange, Policy, State

__all__ = [
    "DEFAULT",
    "PASSWORD",
    "SCHEMES",
    "USERNAME",
    "Access",
    "Address",
    "Circuit",
    "OnChange",
    "Policy",
    "State",
    "parse_url",
]

"""Addresses of Redis and Valkey servers, and what is needed to get in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from callguard.errors import CounterError

USERNAME: Final = "CALLGUARD_REDIS_USERNAME"
PASSWORD: Final = "CALLGUARD_REDIS_PASSWORD"  # noqa: S105  the name of a variable
PORT: Final = 6379
SCHEMES: Final = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster")
# Options of the URL, handed to the TLS layer; all but the last are paths.
TLS_OPTIONS: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
# [LOGIN@]HOSTS[/PATH][?QUERY]. A @ or # elsewhere belongs to a password that is not quoted.
_PARTS: Final = re.compile(r"(?:([^/?#]*)@)?([^/?#@]*)(?:/([^?#@]*))?(?:\?([^#@]*))?")
_HOST: Final = re.compile(
    r"(?:\[(?P<inner>[0-9A-Fa-f:.]+(?:%\w+)?)\]|(?P<host>[\w.-]+))(?::(?P<port>[0-9]{1,5}))?"
)
_TRUTH: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is. ``seeds`` are (host, port) of a server, or of some nodes of a cluster.

    ``path`` is that of a Unix socket. The password is in no text that this prints.
    """

    seeds: tuple[tuple[str, int], ...]
    path: str | None = None
    cluster: bool = False
    tls: Mapping[str, Any] | None = None
    database: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        if self.path is not None:
            return f"unix://{self.path}"
        scheme = ("rediss" if self.tls is not None else "redis") + ("+cluster" * self.cluster)
        places = ",".join(place(host, port) for host, port in self.seeds)
        return f"{scheme}://{places}" + (f"/{self.database}" if self.database else "")


def place(host: str, port: int) -> str:
    """``HOST:PORT``, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def parse_url(url: str, environment: Mapping[str, str] = os.environ) -> Address:
    """The address in a URL, with user and password from the URL or else the environment.

    ``redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]``, ``rediss://`` for TLS, ``unix://PATH``,
    ``redis+cluster://HOST:PORT,HOST:PORT``, ``rediss+cluster://``. Options after ``?`` are those
    of TLS. Raises CounterError, which repeats nothing that may be part of a password.
    """
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    if scheme not in SCHEMES:
        expected = ", ".join(f"{one}://" for one in SCHEMES)
        raise CounterError(f"a URL of Redis or Valkey: expected it to begin with one of {expected}")
    if scheme == "unix":
        return _socket(rest, environment)
    found = _PARTS.fullmatch(rest)
    if found is None:
        raise CounterError(
            f"{scheme}://...: a part of it is in a wrong place; write / ? # @ in a user, a "
            "password or the path of a file as %2F %3F %23 %40"
        )
    login, hosts, path, query = (part or "" for part in found.groups())
    username, password = _login(login, environment)
    options = dict(parse_qsl(query, keep_blank_values=True))
    tls = _tls(options) if scheme.startswith("rediss") else None
    if tls is None and options:
        raise CounterError(f"{scheme}://...: options are for rediss:// only")
    cluster = scheme.endswith("+cluster")
    seeds = tuple(_seed(scheme, text) for text in hosts.split(","))
    if len(seeds) > 1 and not cluster:
        raise CounterError(
            f"{scheme}://...: found {len(seeds)} hosts, expected one; a cluster is "
            f"{scheme}+cluster://"
        )
    return Address(
        seeds,
        cluster=cluster,
        tls=tls,
        database=_database(scheme, path, cluster),
        username=username,
        password=password,
    )


def _socket(rest: str, environment: Mapping[str, str]) -> Address:
    login, path = "", rest
    if not rest.startswith("/"):
        login, _, path = rest.partition("@")
    if not path.startswith("/") or "?" in path:
        raise CounterError("unix://...: expected [USER:PASSWORD@]/PATH of a socket and no options")
    username, password = _login(login, environment)
    return Address((), path=unquote(path), username=username, password=password)


def _login(login: str, environment: Mapping[str, str]) -> tuple[str | None, str | None]:
    user, _, password = login.partition(":")
    return (
        unquote(user) or environment.get(USERNAME) or None,
        unquote(password) or environment.get(PASSWORD) or None,
    )


def _seed(scheme: str, text: str) -> tuple[str, int]:
    found = _HOST.fullmatch(text)
    port = int(found["port"] or PORT) if found else 0
    if found is None or not 0 < port < 65_536:
        raise CounterError(
            f"{scheme}://...: expected HOST or HOST:PORT (an IPv6 address in brackets) where the "
            "host stands"
        )
    return found["inner"] or found["host"], port


def _database(scheme: str, path: str, cluster: bool) -> int:
    text = path.strip("/")
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or (cluster and int(text)):
        raise CounterError(
            f"{scheme}://.../...: expected "
            + ("no database: a cluster has none" if cluster else "the number of a database")
        )
    return int(text)


def _tls(options: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in options.items():
        if name not in TLS_OPTIONS:
            raise CounterError(f"an option of a URL: expected one of {', '.join(TLS_OPTIONS)}")
        if name == "ssl_check_hostname":
            if value.lower() not in _TRUTH:
                raise CounterError(f"option {name}={value!r}: expected true or false")
            found[name] = _TRUTH[value.lower()]
        elif not os.access(value, os.R_OK):
            raise CounterError(f"option {name}: no file {value!r} that can be read")
        else:
            found[name] = value
    return found

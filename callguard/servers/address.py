"""Addresses of Redis and Valkey servers, and what is needed to get in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from callguard.errors import ServerError

USERNAME: Final = "CALLGUARD_REDIS_USERNAME"
PASSWORD: Final = "CALLGUARD_REDIS_PASSWORD"  # noqa: S105  the name of a variable
PORT: Final = 6379
# What is asked together may take as long as so many answers.
_BATCH_ANSWERS: Final = 4
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
    """Where a server or a cluster is.

    ``seeds`` are (host, port) of the server, or of some nodes of the cluster; ``path`` is that of a
    Unix socket. The password is in no text that this prints.
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
        endpoints = ",".join(endpoint(host, port) for host, port in self.seeds)
        return f"{scheme}://{endpoints}" + (f"/{self.database}" if self.database else "")


@dataclass(frozen=True, slots=True)
class Access:
    """How a server, or every node of a cluster, is asked.

    ``timeout_s`` is how long (seconds) an answer may take until it is whole, ``connect_s`` how long
    each step of a connection: TCP, TLS, logging in.
    ``library`` is the source of the functions that a server is given when it does not know one.
    """

    address: Address
    timeout_s: float
    connect_s: float
    library: str = ""

    @property
    def batch_s(self) -> float:
        """How long (seconds) all that is asked together may take, however much it is."""
        return _BATCH_ANSWERS * self.timeout_s


def endpoint(host: str, port: int) -> str:
    """``HOST:PORT``, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def parse_url(url: str, environment: Mapping[str, str] = os.environ) -> Address:
    """The address in a URL, with user and password from the URL or else from ``environment``.

    ``redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]``, ``rediss://`` for TLS, ``unix://PATH``,
    ``redis+cluster://HOST:PORT,HOST:PORT``, ``rediss+cluster://``. Options after ``?`` are those
    of TLS. Raises ServerError, which repeats nothing that may be part of a password.
    """
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    if scheme not in SCHEMES:
        expected = ", ".join(f"{one}://" for one in SCHEMES)
        raise ServerError(f"a URL of Redis or Valkey: expected it to begin with one of {expected}")
    if scheme == "unix":
        return _socket(rest, environment)
    parts = _PARTS.fullmatch(rest)
    if parts is None:
        raise ServerError(
            f"{scheme}://...: its parts are not in order; write / ? # @ in a user, a "
            "password or the path of a file as %2F %3F %23 %40"
        )
    login, hosts, path, query = (part or "" for part in parts.groups())
    username, password = _login(login, environment)
    options = dict(parse_qsl(query, keep_blank_values=True))
    tls = _tls(options) if scheme.startswith("rediss") else None
    if tls is None and options:
        raise ServerError(f"{scheme}://...: options are for rediss:// only")
    cluster = scheme.endswith("+cluster")
    seeds = tuple(_seed(scheme, text) for text in hosts.split(","))
    if len(seeds) > 1 and not cluster:
        raise ServerError(
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
        raise ServerError("unix://...: expected [USER:PASSWORD@]/PATH of a socket and no options")
    username, password = _login(login, environment)
    return Address((), path=unquote(path), username=username, password=password)


def _login(login: str, environment: Mapping[str, str]) -> tuple[str | None, str | None]:
    user, _, password = login.partition(":")
    return (
        unquote(user) or environment.get(USERNAME) or None,
        unquote(password) or environment.get(PASSWORD) or None,
    )


def _seed(scheme: str, text: str) -> tuple[str, int]:
    host = _HOST.fullmatch(text)
    port = int(host["port"] or PORT) if host else 0
    if host is None or not 0 < port < 65_536:
        raise ServerError(
            f"{scheme}://...: expected HOST or HOST:PORT, an IPv6 address in brackets"
        )
    return host["inner"] or host["host"], port


def _database(scheme: str, path: str, cluster: bool) -> int:
    text = path.strip("/")
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or (cluster and int(text)):
        raise ServerError(
            f"{scheme}://.../...: expected "
            + ("no database: a cluster has none" if cluster else "the number of a database")
        )
    return int(text)


def _tls(options: Mapping[str, str]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for name, value in options.items():
        if name not in TLS_OPTIONS:
            raise ServerError(f"an option of a URL: expected one of {', '.join(TLS_OPTIONS)}")
        if name == "ssl_check_hostname":
            if value.lower() not in _TRUTH:
                raise ServerError(f"option {name}={value!r}: expected true or false")
            settings[name] = _TRUTH[value.lower()]
        elif not os.access(value, os.R_OK):
            raise ServerError(f"option {name}: no file {value!r} that can be read")
        else:
            settings[name] = value
    return settings

"""Addresses of Redis and Valkey servers, and what is needed to get in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from callguard.errors import CounterError

USERNAME: Final = "CALLGUARD_REDIS_USERNAME"
PASSWORD: Final = "CALLGUARD_REDIS_PASSWORD"  # noqa: S105  the name of a variable
PORT: Final = 6379
SCHEMES: Final = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster")
# Options of the URL, handed to the TLS layer; all but the last are paths.
TLS_OPTIONS: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
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
    of TLS. Raises CounterError, which never repeats the password.
    """
    scheme = url.partition("://")[0]
    if scheme not in SCHEMES:
        raise CounterError(
            f"{scheme[:20]}://...: expected one of {', '.join(f'{one}://' for one in SCHEMES)}"
        )
    parts = urlsplit(url)
    username, password = _login(parts, environment)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if scheme == "unix":
        path = unquote(parts.netloc.rpartition("@")[2] + parts.path)
        if not path or options:
            raise CounterError("unix://...: expected the path of a socket and no options")
        return Address((), path=path, username=username, password=password)
    tls = _tls(options) if scheme.startswith("rediss") else None
    if tls is None and options:
        raise CounterError(f"{scheme}://...: option {next(iter(options))!r} is for rediss:// only")
    cluster = scheme.endswith("+cluster")
    hosts = parts.netloc.rpartition("@")[2]
    seeds = tuple(_seed(scheme, text) for text in hosts.split(","))
    if len(seeds) > 1 and not cluster:
        raise CounterError(
            f"{scheme}://{hosts}: expected one host; a cluster is {scheme}+cluster://"
        )
    return Address(
        seeds,
        cluster=cluster,
        tls=tls,
        database=_database(scheme, parts.path, cluster),
        username=username,
        password=password,
    )


def _login(parts: SplitResult, environment: Mapping[str, str]) -> tuple[str | None, str | None]:
    login = parts.netloc.rpartition("@")[0]
    user, _, password = login.partition(":")
    return (
        unquote(user) or environment.get(USERNAME) or None,
        unquote(password) or environment.get(PASSWORD) or None,
    )


def _seed(scheme: str, text: str) -> tuple[str, int]:
    try:
        found = urlsplit(f"//{text}")
        host, port = found.hostname, found.port
    except ValueError:
        host = port = None
    if not host:
        raise CounterError(f"{scheme}://{text}: expected HOST or HOST:PORT")
    return host, PORT if port is None else port


def _database(scheme: str, path: str, cluster: bool) -> int:
    text = path.strip("/")
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or (cluster and int(text)):
        raise CounterError(
            f"{scheme}://.../{text}: expected "
            + ("no database, a cluster has none" if cluster else "the number of a database")
        )
    return int(text)


def _tls(options: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in options.items():
        if name not in TLS_OPTIONS:
            raise CounterError(f"option {name!r}: expected one of {', '.join(TLS_OPTIONS)}")
        if name == "ssl_check_hostname":
            if value.lower() not in _TRUTH:
                raise CounterError(f"option {name}={value!r}: expected true or false")
            found[name] = _TRUTH[value.lower()]
        elif not os.access(value, os.R_OK):
            raise CounterError(f"option {name}: no file {value!r} that can be read")
        else:
            found[name] = value
    return found

"""Addresses of servers: what a URL says, and what no error may repeat."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import pytest

from callguard.errors import ServerError
from callguard.servers import PASSWORD, USERNAME, Address, parse_url


def server(
    *seeds: tuple[str, int], login: tuple[str | None, str | None] = (None, None), **more: Any
) -> Address:
    username, password = login
    return Address(seeds, username=username, password=password, **more)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://host", server(("host", 6379))),
        ("REDIS://host:1/3", server(("host", 1), database=3)),
        ("redis://[::1]:7000/", server(("::1", 7000))),
        ("redis://me@host", server(("host", 6379), login=("me", None))),
        ("redis://:pw@host", server(("host", 6379), login=(None, "pw"))),
        ("redis://me:p%40%2F%3F%23%3A@host:2", server(("host", 2), login=("me", "p@/?#:"))),
        ("redis://me:p:w@host", server(("host", 6379), login=("me", "p:w"))),
        ("unix:///run/my.sock", server(path="/run/my.sock")),
        ("unix:///run/@1/my%20.sock", server(path="/run/@1/my .sock")),
        ("unix://me:pw@/run/my.sock", server(path="/run/my.sock", login=("me", "pw"))),
        (
            "redis+cluster://a:1,b:2,[::1]",
            server(("a", 1), ("b", 2), ("::1", 6379), cluster=True),
        ),
        ("rediss://host", server(("host", 6379), tls={})),
        (
            "rediss+cluster://a,b?ssl_check_hostname=no",
            server(("a", 6379), ("b", 6379), cluster=True, tls={"ssl_check_hostname": False}),
        ),
    ],
)
def test_a_url_says_where_and_who(url: str, expected: Address) -> None:
    assert expected == parse_url(url, {})


def test_files_of_tls_are_checked_at_once(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    with pytest.raises(ServerError, match="ssl_ca_certs: no file"):
        parse_url(f"rediss://host?ssl_ca_certs={file}", {})
    file.write_text("")
    assert {"ssl_ca_certs": str(file)} == parse_url(f"rediss://host?ssl_ca_certs={file}", {}).tls


def test_user_and_password_come_from_the_environment_where_the_url_has_none() -> None:
    environment = {USERNAME: "me", PASSWORD: "pw"}
    found = parse_url("redis://host", environment)
    assert ("me", "pw") == (found.username, found.password)
    found = parse_url("redis://you:other@host", environment)
    assert ("you", "other") == (found.username, found.password)
    found = parse_url("unix:///socket", environment)
    assert ("me", "pw") == (found.username, found.password)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("host:6379", "begin with one of redis://, rediss://"),
        ("http://host", "begin with one of redis://, rediss://"),
        ("redis://", "expected HOST or HOST:PORT"),
        ("redis://host:0", "expected HOST or HOST:PORT"),
        ("redis://host:65536", "expected HOST or HOST:PORT"),
        ("redis://host:port", "expected HOST or HOST:PORT"),
        ("redis://::1", "expected HOST or HOST:PORT"),
        ("redis+cluster://a,,b", "expected HOST or HOST:PORT"),
        ("redis://a,b", "found 2 hosts, expected one; a cluster is redis"),
        ("redis://host/first", "expected the number of a database"),
        ("redis+cluster://host/1", "expected no database: a cluster has none"),
        ("redis://host?ssl_ca_certs=x", "options are for rediss:// only"),
        ("rediss://host?ca=x", "expected one of ssl_ca_certs, ssl_certfile"),
        ("rediss://host?ssl_check_hostname=maybe", "expected true or false"),
        ("unix://run/my.sock", "/PATH of a socket"),
        ("unix:///run/my.sock?db=1", "no options"),
    ],
)
def test_what_is_wrong_with_a_url_is_said(url: str, expected: str) -> None:
    with pytest.raises(ServerError, match=expected):
        parse_url(url, {})


@pytest.mark.parametrize("sign", [*"/?#@[]: %\\\"'&=,", "//", "%2", "\u2100", "\0", "\ud800", ""])
@pytest.mark.parametrize(
    "form",
    [
        "redis://me:{}@host:1/0",
        "redis://:{}@host/x",
        "redis://me:{}@/0",
        "redis+cluster://me:{}@a:1,b:x",
        "rediss://me:{}@host?ssl_keyfile=none",
        "rediss://me:{}@host?none={}",
        "unix://me:{}@/socket?",
        "redis:{}@host",
        "me:{}@host",
        "me:{}://host",
    ],
)
def test_no_error_repeats_a_part_of_the_password(form: str, sign: str) -> None:
    url = form.replace("{}", f"SECRET{sign}HIDDEN")
    try:
        said: Any = parse_url(url, {})
    except ServerError:
        said = traceback.format_exc().partition("Traceback")[2].rpartition("ServerError")[2]
    for text in (str(said), repr(said)):
        assert "SECRET" not in text
        assert "HIDDEN" not in text

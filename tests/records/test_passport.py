from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records.codecs.sip.message import SipMessage
from callguard.records.codecs.sip.passport import Claims, parse_passport, read_claims

HEADER = {"alg": "ES256", "ppt": "shaken", "typ": "passport", "x5u": "https://c.example/c.pem"}
PAYLOAD = {"attest": "A", "dest": {"tn": ["110"]}, "iat": 1, "orig": {"tn": "1"}, "origid": "o-1"}


def _part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _token(payload: object = PAYLOAD, header: object = HEADER) -> str:
    return f"{_part(header)}.{_part(payload)}.c2ln"


def test_the_claims_of_a_token() -> None:
    assert Claims("A", "o-1") == parse_passport(_token())


@pytest.mark.parametrize(
    ("changes", "claims"),
    [
        ({"attest": "C"}, Claims("C", "o-1")),
        ({"attest": "D"}, Claims(None, "o-1")),
        ({"attest": "a"}, Claims(None, "o-1")),
        ({"attest": None, "origid": None}, Claims(None, None)),
        ({"attest": ["A"], "origid": 5}, Claims(None, None)),
        ({"attest": "B", "origid": ""}, Claims("B", None)),
    ],
)
def test_claims_of_the_wrong_kind_are_none(changes: dict[str, Any], claims: Claims) -> None:
    assert claims == parse_passport(_token({**PAYLOAD, **changes}))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "..",
        f"..{'c2ln'}",
        _token().rpartition(".")[0],
        _token() + ".x",
        _token(header={**HEADER, "ppt": "div"}),
        _token(header={"alg": "ES256"}),
        _token(header=[1]),
        _token(payload="A"),
        _token(payload=b"{"),
        _token(payload=b'{"attest": "\xff"}'),
        _token(payload=b"[" * 10_000),
        _token({**PAYLOAD, "x": "y" * 20_000}),
        "#.#.#",
        "é.é.é",
        _token().replace(".", "+/.", 1),
    ],
)
def test_what_is_no_shaken_passport(token: str) -> None:
    assert parse_passport(token) is None


def _message(*values: str) -> SipMessage:
    return SipMessage("", {"identity": values})


def test_the_shaken_token_is_found_among_others() -> None:
    div = _token(header={**HEADER, "ppt": "div"})
    info = ";info=<https://c.example/a,b.pem>;alg=ES256;ppt="
    claims = Claims("A", "o-1")
    assert claims == read_claims(_message(f"{div}{info}div", f"{_token()}{info}shaken"))
    assert claims == read_claims(_message(f"x, {div}{info}div,{_token()} {info}shaken"))


@pytest.mark.parametrize("values", [(), ("",), ("x",), ('"unclosed',), (";info=<x",)])
def test_no_claims(values: tuple[str, ...]) -> None:
    assert Claims(None, None) == read_claims(_message(*values))


@given(st.text() | st.from_regex(r"[A-Za-z0-9_=-]{0,20}\.[A-Za-z0-9_=-]{0,20}\.x", fullmatch=True))
def test_no_token_breaks_it(token: str) -> None:
    assert parse_passport(token) is None


@given(
    st.dictionaries(st.sampled_from(["attest", "origid"]), st.none() | st.text() | st.integers())
)
def test_no_payload_breaks_it(payload: dict[str, Any]) -> None:
    claims = parse_passport(_token(payload))
    assert claims is not None
    assert claims.attestation in (None, "A", "B", "C")

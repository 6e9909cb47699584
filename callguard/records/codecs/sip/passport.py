"""What an Identity header field claims (RFC 8224, RFC 8225, RFC 8588). Nothing is verified."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

import orjson

from callguard.errors import RecordError
from callguard.records.codecs.sip.message import SipMessage
from callguard.records.fields import CHOICES

MAX_TOKEN: Final = 16 * 1024
_TOKEN_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Claims:
    """The attestation and origid of a SHAKEN PASSporT, as its sender wrote them.

    The signature, the certificate, the age and the numbers in the token are **not** checked:
    the sender of the call can write anything here. None where the token has no such claim.
    """

    attestation: str | None
    origid: str | None


NO_CLAIMS: Final = Claims(None, None)


def read_claims(message: SipMessage) -> Claims:
    """The claims of the first Identity header field that holds a SHAKEN PASSporT.

    Other PASSporT types (``div``, ``rcd``, ``msg``), compact tokens without a payload and tokens
    that cannot be read are passed over.
    """
    try:
        values = message.listed("identity")
    except RecordError:
        return NO_CLAIMS
    for value in values:
        claims = parse_passport(value.partition(";")[0].strip())
        if claims is not None:
            return claims
    return NO_CLAIMS


def parse_passport(token: str) -> Claims | None:
    """The claims of a token in JWS full form; None if it is not a readable SHAKEN PASSporT."""
    parts = token.split(".")
    if len(token) > MAX_TOKEN or len(parts) != _TOKEN_PARTS:
        return None
    header, payload = _json_object(parts[0]), _json_object(parts[1])
    if header is None or payload is None or header.get("ppt") != "shaken":
        return None
    attest, origid = payload.get("attest"), payload.get("origid")
    return Claims(
        attest if isinstance(attest, str) and attest in CHOICES["attestation"] else None,
        origid if isinstance(origid, str) and origid else None,
    )


def _json_object(part: str) -> dict[str, object] | None:
    try:
        padded = part + "=" * (-len(part) % 4)
        value = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
    return value if isinstance(value, dict) else None

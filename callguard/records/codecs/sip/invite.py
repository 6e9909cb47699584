"""A SIP INVITE as the keys of a ``setup`` record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from callguard.errors import RecordError
from callguard.records.codecs.sip.identity import asserted_identity, display_name
from callguard.records.codecs.sip.message import SipMessage, parse_message
from callguard.records.codecs.sip.name_addr import NameAddr, parse_name_addr
from callguard.records.codecs.sip.passport import read_claims
from callguard.records.codecs.sip.redirection import redirecting_number
from callguard.records.codecs.sip.unreadable import UnreadableError
from callguard.records.codecs.sip.uri import Uri, parse_uri
from callguard.records.fields import CHOICES

# "SIP" is in either case (RFC 3261 section 7.1); a method is not.
_REQUEST_LINE = re.compile(r"INVITE[ \t]+(\S+)[ \t]+(?i:SIP)/2\.0[ \t]*")
_METHOD: Final = (b"INVITE ", b"INVITE\t")
# RFC 3323 section 4.2 and RFC 3325 section 9.3: values that keep the caller's number private.
_PRIVATE: Final = frozenset({"id", "user", "header"})
_VERSTAT: Final = {word.lower(): word for word in CHOICES["verstat"]}
# Some networks append the attestation: TN-Validation-Passed-A.
_VERSTAT_SUFFIX = re.compile(r"-[abc]$")


def is_invite(data: bytes, cut: bool = False) -> bool:
    """True if a message calls itself a SIP INVITE, well-formed or not.

    A malformed one is to be reported, not passed over; so is one of which the capture has too
    little to show more than the method (``cut``).
    """
    line, newline, _ = data.lstrip(b"\r\n").partition(b"\n")
    if not line.startswith(_METHOD):
        return False
    return cut or (newline != b"" and b"SIP/" in line.upper())


class Invite(dict[str, object]):
    """The record keys that an INVITE gives. ``faults`` say what it says twice, and differently."""

    def __init__(self, fields: Mapping[str, object], faults: tuple[str, ...] = ()) -> None:
        super().__init__(fields)
        self.faults = faults


def read_invite(data: bytes, cut: bool = False) -> Invite | None:
    """The record keys that an INVITE gives; None for any other message.

    ``cut`` says that the capture does not hold the whole message. As long as its header section
    is there, nothing that a record has is missing.

    ``at`` and ``source_ip`` are not among them: the message does not hold them.
    The called party number is that of the Request-URI, because the network routes on it and the
    To header field is only what the caller wrote. ``urn:service:...`` is kept whole. An address
    that is not a telephone number gives its user part; one without a user part gives ``""``.
    ``sip_to_tag`` is in requests within a dialogue (re-INVITE).

    Raises :class:`RecordError` if the Request-URI or the caller cannot be read in one way only.
    The error of a caller who withheld his number does not quote it.
    """
    if not is_invite(data, cut):
        return None
    message = parse_message(data)
    privacy = _privacy(message)
    caller = _caller(message, privacy == "restricted")
    asserted = asserted_identity(message)
    claims = read_claims(message)
    fields = {
        "event": "setup",
        "call_id": _only(message, "call-id"),
        "calling_party_number": caller.uri.signalled,
        "called_party_number": _called(message),
        "presentation": privacy,
        "asserted_identity": asserted.uri.signalled if asserted.uri else None,
        "redirecting_number": redirecting_number(message),
        "display_name": display_name(data, message, caller),
        "user_agent": _only(message, "user-agent"),
        "priority": _only(message, "priority"),
        "attestation": claims.attestation,
        "verstat": _verstat(asserted.uri, caller.uri),
        "origid": claims.origid,
        "sip_to_tag": _to_tag(message),
    }
    present = {key: value for key, value in fields.items() if value is not None}
    return Invite(present, asserted.faults)


def _called(message: SipMessage) -> str:
    line = _REQUEST_LINE.fullmatch(message.start_line)
    if line is None:
        raise RecordError("the request line is not INVITE, one URI, SIP/2.0")
    uri = parse_uri(line[1])
    return f"{uri.scheme}:{uri.opaque}" if uri.opaque else uri.signalled


def _caller(message: SipMessage, withheld: bool) -> NameAddr:
    value = message.single("from")
    if value is None:
        raise RecordError("the From header field is missing")
    try:
        return parse_name_addr(value)
    except UnreadableError as error:
        if withheld or "anonymous" in value.lower() or _is_private_by_remote_party_id(message):
            raise RecordError(f"{error.unquoted} (not shown: the caller is withheld)") from None
        raise


def _is_private_by_remote_party_id(message: SipMessage) -> bool:
    """True if Remote-Party-ID, which predates Privacy, keeps anything of the caller private."""
    fields = " ".join(message.values("remote-party-id")).lower()
    return re.search(r";\s*privacy\s*=\s*\"?(?!off\b)", fields) is not None


def _privacy(message: SipMessage) -> str | None:
    wanted = {
        word.strip().lower()
        for value in message.values("privacy")
        for word in re.split("[;,]", value)
    }
    if wanted & _PRIVATE:
        return "restricted"
    return "allowed" if "none" in wanted else None


def _verstat(*uris: Uri | None) -> str | None:
    """The first known verification status (3GPP TS 24.229, ATIS-1000074)."""
    for uri in uris:
        said = uri.params.get("verstat", "").lower() if uri else ""
        known = _VERSTAT.get(said) or _VERSTAT.get(_VERSTAT_SUFFIX.sub("", said))
        if known:
            return known
    return None


def _to_tag(message: SipMessage) -> str | None:
    try:
        value = message.single("to")
        return parse_name_addr(value).params.get("tag") if value else None
    except RecordError:
        return None


def _only(message: SipMessage, name: str) -> str | None:
    """The value of a header field, unless it contradicts itself by standing there twice."""
    try:
        return message.single(name) or None
    except RecordError:
        return None

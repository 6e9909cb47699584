"""The last number that redirected a call: Diversion (RFC 5806), History-Info (RFC 7044)."""

from __future__ import annotations

from callguard.errors import RecordError
from callguard.records.codecs.sip.message import SipMessage
from callguard.records.codecs.sip.name_addr import NameAddr, parse_name_addr


def redirecting_number(message: SipMessage) -> str | None:
    """The number from which the call was redirected last; None if nothing says so."""
    try:
        diversions = [parse_name_addr(value) for value in message.listed("diversion")]
        history = [parse_name_addr(value) for value in message.listed("history-info")]
    except RecordError:
        return None
    if diversions:
        # Each party that redirects puts its own on top (RFC 5806).
        return diversions[0].uri.number or None
    redirecting = _last_redirecting(history)
    return redirecting.uri.number or None if redirecting else None


def _last_redirecting(history: list[NameAddr]) -> NameAddr | None:
    by_index = {entry.params.get("index"): entry for entry in history}
    for index in range(len(history) - 1, 0, -1):
        entry = history[index]
        # "mp" names the entry from which the target user was mapped to this one.
        if entry.params.get("mp") in by_index and entry.params["mp"]:
            return by_index[entry.params["mp"]]
        # Before RFC 7044: a redirection cause in the new target (RFC 4458), or a reason in the
        # escaped headers of the old one (RFC 4244).
        if "cause" in entry.uri.params:
            return history[index - 1]
        if "reason=" in history[index - 1].uri.headers.lower():
            return history[index - 1]
    return None

"""The last number that redirected a call: Diversion (RFC 5806), History-Info (RFC 7044)."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import unquote

from callguard.errors import RecordError
from callguard.records.codecs.sip.message import SipMessage
from callguard.records.codecs.sip.name_addr import NameAddr, parse_name_addr
from callguard.records.codecs.sip.uri import is_telephone

_INDEX = re.compile(r"\d{1,9}(?:\.\d{1,9})*", re.ASCII)
# A number with parameters of its own in an address that lacks its brackets.
_BARE = re.compile(
    r"(?P<uri>sips?:(?P<number>[^;@\s]+);[^@]*@[^;]*)(?P<params>.*)", re.IGNORECASE | re.DOTALL
)


def redirecting_number(message: SipMessage) -> str | None:
    """The number from which the call was redirected last; None if nothing says so.

    Diversion counts before History-Info. Each party that redirects puts its own Diversion on top
    (RFC 5806 section 4), so the topmost is the last one, whatever stands below it.
    """
    diversions = _addresses(message, "diversion")
    if diversions and diversions[0] is not None and diversions[0].uri.number:
        return diversions[0].uri.signalled
    redirecting = _last_redirecting(_addresses(message, "history-info"))
    return redirecting.uri.signalled or None if redirecting else None


def _addresses(message: SipMessage, name: str) -> list[NameAddr | None]:
    """The elements of a header field, in their order; None for one that cannot be read."""
    try:
        return [_address(value) for value in message.listed(name)]
    except RecordError:
        return []


def _address(value: str) -> NameAddr | None:
    bare = _BARE.fullmatch(value)
    if bare is not None and is_telephone(bare["number"]):
        # No host looks like a telephone number, so the parameters before the @ are those of one.
        value = f"<{bare['uri']}>{bare['params']}"
    try:
        return parse_name_addr(value)
    except RecordError:
        return None


def _in_order(entries: list[NameAddr]) -> list[NameAddr]:
    """By index, if all have one: ``1``, ``1.1``, ``1.1.1``, ``1.2`` (RFC 7044 section 5)."""
    indexes = [entry.params.get("index", "") for entry in entries]
    if not all(_INDEX.fullmatch(index) for index in indexes):
        return entries
    order = sorted(
        range(len(entries)), key=lambda place: [int(part) for part in indexes[place].split(".")]
    )
    return [entries[place] for place in order]


def _last_redirecting(entries: list[NameAddr | None]) -> NameAddr | None:
    history = _in_order([entry for entry in entries if entry is not None])
    if len(history) < len(entries):
        # The one that cannot be read may be the one.
        return None
    by_index = _by_index(history)
    for place in range(len(history) - 1, 0, -1):
        entry, before = history[place], history[place - 1]
        # "mp" names the entry from which the target user was mapped to this one. "rc" and "np"
        # (a contact of the same user, and no change) are no redirections.
        mapped = by_index.get(entry.params.get("mp", ""))
        if mapped is not None and mapped is not entry:
            return mapped
        # Before RFC 7044: a redirection cause in the new target (RFC 4458), or a reason in the
        # escaped header fields of the old one (RFC 4244).
        if "cause" in entry.uri.params or _has_reason(before):
            return before
    return None


def _by_index(history: list[NameAddr]) -> dict[str, NameAddr]:
    """The entries under their indexes. An index that two entries have names neither."""
    times = Counter(entry.params.get("index", "") for entry in history)
    return {
        index: entry
        for entry in history
        if (index := entry.params.get("index", "")) and times[index] == 1
    }


def _has_reason(entry: NameAddr) -> bool:
    """True if the URI holds a Reason header field (``?Reason=SIP%3Bcause%3D486``)."""
    names = (header.partition("=")[0] for header in entry.uri.headers.split("&"))
    return any(unquote(name).strip().lower() == "reason" for name in names)

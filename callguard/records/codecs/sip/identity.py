"""Who the network says is calling (P-Asserted-Identity, RFC 3325), and the name to be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from callguard.errors import RecordError
from callguard.numbering.text import WITHHELD
from callguard.records.codecs.sip.message import SipMessage, parse_message, split_list
from callguard.records.codecs.sip.name_addr import NameAddr, parse_name_addr
from callguard.records.codecs.sip.uri import Uri
from callguard.records.names import fold_name

_ASSERTED: Final = "p-asserted-identity"
# Headers that name the caller beside From, in the order in which they count.
_NAMING: Final = (_ASSERTED, "remote-party-id", "p-preferred-identity")
_REPLACED: Final = "\ufffd"
_NOT_DIGITS = re.compile(r"\D+")
# What GB 18030 text of a name consists of: ASCII, punctuation, kana, Han, full-width letters.
_CHINESE = re.compile(r"[ -~·\u2010-\u203b\u3000-\u30ff\u3400-\u9fff\uff01-\uffee]+")
# A Han character alone among Latin letters is a Latin-1 letter that took its neighbour with it.
_TOGETHER = re.compile(r"[^\x00-\x7f]{2}")
_BESIDE_LETTER = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]|[^\x00-\x7f](?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Asserted:
    """The asserted identity of a message, None if there is none; and what there is to say of it."""

    uri: Uri | None
    faults: tuple[str, ...]


def asserted_identity(message: SipMessage) -> Asserted:
    """The network's word on the caller: at most one sip and one tel value (RFC 3325 section 9.1).

    The first value with a number counts, a tel value before a sip value; what more there is does
    not (RFC 5876). If another one names another number, a fault says so, without quoting either.
    """
    addresses = list(_addresses(message, _ASSERTED))
    uris = [address.uri for address in addresses if address is not None and address.uri.number]
    tel = [uri for uri in uris if uri.scheme == "tel"]
    sip = [uri for uri in uris if uri.scheme in ("sip", "sips")]
    faults = []
    if None in addresses:
        faults.append("asserted_identity: a value that cannot be read was left out")
    if _differ(tel) or _differ(sip):
        faults.append("asserted_identity: found different numbers, the first counts")
    elif tel and sip and all(uri.number[0] == "+" for uri in uris) and _differ([*tel, *sip]):
        faults.append("asserted_identity: the tel and the sip value differ, the tel value counts")
    return Asserted(next(iter([*tel, *sip]), None), tuple(faults))


def _differ(uris: list[Uri]) -> bool:
    return len({_digits(uri) for uri in uris}) > 1


def display_name(data: bytes, message: SipMessage, caller: NameAddr) -> str | None:
    """The name that a telephone may show for the caller; None if the message holds none.

    That of From, unless it says nothing (absent, "anonymous", the caller's own number) and another
    header field names the caller: P-Asserted-Identity, Remote-Party-ID, P-Preferred-Identity. A
    name that is not UTF-8 is read as GB 18030 if it is that (trade practice under GB/T 28181);
    other bytes become U+FFFD. ``data`` is the message as it was received.
    """
    name = _chosen(message, caller)
    if name is None or _REPLACED not in name:
        return name
    escaped = parse_message(data, errors="surrogateescape")
    as_sent = escaped.single("from")
    try:
        sender = parse_name_addr(as_sent) if as_sent else caller
        bytes_of_name = (_chosen(escaped, sender) or "").encode("utf-8", "surrogateescape")
    except (RecordError, UnicodeEncodeError):
        return name
    return _in_chinese(bytes_of_name) or name


def _chosen(message: SipMessage, caller: NameAddr) -> str | None:
    for address in (caller, *_naming(message)):
        if _says_something(address.display_name, caller.uri):
            return address.display_name
    return caller.display_name or None


def _naming(message: SipMessage) -> Iterator[NameAddr]:
    for header in _NAMING:
        for address in _addresses(message, header):
            # Remote-Party-ID may be about the called party.
            if address is not None and address.params.get("party", "calling") == "calling":
                yield address


def _says_something(name: str, caller: Uri) -> bool:
    shown = fold_name(name)
    if shown in WITHHELD:
        return False
    digits = _NOT_DIGITS.sub("", shown)
    return not (digits and digits == _digits(caller) and not re.search("[^\\W\\d]", shown))


def _addresses(message: SipMessage, header: str) -> Iterator[NameAddr | None]:
    """The addresses in a header field in order, None for each that cannot be read."""
    for value in message.values(header):
        try:
            elements = split_list(value)
        except RecordError:
            yield None
            continue
        for element in elements:
            try:
                yield parse_name_addr(element)
            except RecordError:
                yield None


def _digits(uri: Uri) -> str:
    return _NOT_DIGITS.sub("", uri.number) or uri.number


def _in_chinese(name: bytes) -> str | None:
    """The name if its bytes are GB 18030 and no Latin-1; the two cannot always be told apart."""
    try:
        text = name.decode("gb18030")
    except UnicodeDecodeError:
        return None
    if _CHINESE.fullmatch(text) is None:
        return None
    return text if _TOGETHER.search(text) or not _BESIDE_LETTER.search(text) else None

"""Torture messages of RFC 4475 and other people's sample messages: who is calling?"""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard.errors import RecordError
from callguard.records import validate
from callguard.records.codecs.sip.invite import read_invite
from callguard.records.codecs.sip.message import parse_message
from callguard.records.codecs.sip.name_addr import parse_name_addr

LONG = "amazinglylongcallername" * 5

# The user part of the From address as RFC 4475 prints each message; None where the RFC's text
# leaves no caller to name (none, two, no legal address, no SIP or tel address).
CALLERS: dict[str, str | None] = {
    "badaspec": "a.g.bell",
    "badbranch": "caller",
    "baddate": "caller",
    "baddn": "a.g.bell",
    "badinv01": "caller",
    "badvers": "a.g.bell",
    "bcast": "user",
    "bext01": "caller",
    "bigcode": "user",
    "clerr": "caller",
    "cparam01": "watson",
    "cparam02": "watson",
    "dblreq": "j.user",
    "esc01": "I have spaces",
    "esc02": "resource",
    "escnull": "null-\0-null",
    "escruri": "caller",
    "insuf": None,
    "intmeth": "mundane",
    "inv2543": "+13035551111",
    "invut": "caller",
    "longreq": LONG,
    "ltgtruri": "caller",
    "lwsdisp": "caller",
    "lwsruri": "caller",
    "lwsstart": "caller",
    "mcl01": "other",
    "mismatch01": "caller",
    "mismatch02": "caller",
    "mpart01": "fluffy",
    "multi01": None,
    "ncl": "caller",
    "noreason": "user",
    "novelsc": "caller",
    "quotbal": "caller",
    "regaut01": "j.user",
    "regbadct": "user",
    "regescrt": "user",
    "scalar02": "user",
    "scalarlg": "other",
    "sdp01": "caller",
    "semiuri": "caller",
    "test": None,
    "transports": "caller",
    "trws": "local-resource",
    "unkscm": "caller",
    "unksm2": None,
    "unreason": "user",
    "wsinv": "jdrosen",
    "zeromf": "caller",
}
# Called party, and display name where there is one, of the INVITEs; the rest are refused.
INVITES = {
    "baddate": ("user", None),
    "badinv01": ("user", None),
    "clerr": ("user", None),
    "esc01": ("sips:user@example.com", None),
    "escruri": ("user", None),
    "inv2543": ("UserB", None),
    "invut": ("user", None),
    "longreq": ("user", None),
    "lwsstart": ("user", None),
    "ncl": ("user", None),
    "quotbal": ("user", None),
    "sdp01": ("user", None),
    "wsinv": ("vivekg", 'J Rosenberg \\"'),
}
REFUSED = {"insuf", "ltgtruri", "lwsruri", "multi01"}


def _torture(shared: Path) -> dict[str, bytes]:
    folder = shared / "data/sip-torture-rfc4475"
    return {path.stem: path.read_bytes() for path in folder.glob("*.dat")}


def test_every_torture_message_is_expected_here(shared: Path) -> None:
    assert set(CALLERS) == set(_torture(shared))
    assert 50 == len(CALLERS)


@pytest.mark.parametrize("name", CALLERS)
def test_no_torture_message_gives_a_wrong_caller(shared: Path, name: str) -> None:
    data = _torture(shared)[name]
    if name == "baddn":
        # The file lacks the blank line with which the RFC prints it.
        with pytest.raises(RecordError, match="cut short"):
            parse_message(data)
        data += b"\r\n"
    try:
        caller = parse_name_addr(parse_message(data).single("from") or "").uri.number or None
    except RecordError:
        caller = None
    assert CALLERS[name] == caller


@pytest.mark.parametrize("name", CALLERS)
def test_exactly_the_torture_invites_become_records(shared: Path, name: str) -> None:
    data = _torture(shared)[name]
    if name in REFUSED:
        with pytest.raises(RecordError):
            read_invite(data)
        return
    fields = read_invite(data)
    if name not in INVITES:
        assert fields is None
        return
    assert fields is not None
    called, display_name = INVITES[name]
    assert (CALLERS[name], called, display_name) == (
        fields["calling_party_number"],
        fields["called_party_number"],
        fields.get("display_name"),
    )
    validate({**fields, "at": 1})


def test_the_second_request_of_a_datagram_is_not_read(shared: Path) -> None:
    data = _torture(shared)["dblreq"]
    start = data.index(b"INVITE sip:joe")
    assert read_invite(data) is None
    fields = read_invite(data[start:])
    assert fields is not None
    assert ("caller", "joe") == (fields["calling_party_number"], fields["called_party_number"])


SAMPLE_CALLERS = {"", "alice", "caller", "user", "jdrosen", "a.g.bell", "+1-303-555-1111"}


def test_sample_messages(shared: Path) -> None:
    callers: dict[str, object] = {}
    refused = set()
    for path in sorted((shared / "data/sip-sample-messages").glob("*.txt")):
        try:
            fields = read_invite(path.read_bytes())
        except RecordError:
            refused.add(path.stem)
            continue
        if fields is not None:
            validate({**fields, "at": 1})
            callers[path.stem] = fields["calling_party_number"]
    assert SAMPLE_CALLERS == set(callers.values())
    # A cut message, no From, two of them, a URI in brackets or with blanks, SIP/7.0.
    assert {
        "10052", "test1", "test11", "test12", "test21", "test22", "test41", "test42"
    } == refused  # fmt: skip
    assert {"own1", "test3"} == {name for name, caller in callers.items() if caller == ""}
    assert 26 == len(callers)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RecordError
from callguard.records import validate
from callguard.records.codecs.sip.invite import read_invite
from tests.made.captures import PLAIN, invite
from tests.made.read_results import or_refusal
from tests.records.test_passport import _token


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_plain_invite(end: str) -> None:
    assert PLAIN == read_invite(invite(end=end, body="v=0"))


def test_everything_that_an_invite_tells() -> None:
    data = invite(
        "To: <sip:110@b.example>;tag=t2".replace("To:", "X-To:"),
        'P-Asserted-Identity: "Bank, the" <sip:+864008@n.example;user=phone>',
        "p-asserted-identity: <tel:+864008;verstat=TN-Validation-Passed>",
        "Privacy: id;critical",
        "Diversion: <sip:+8610@n.example>;reason=unconditional, <sip:+8611@n.example>",
        f"Identity: {_token()};info=<https://c.example/c.pem>;alg=ES256;ppt=shaken",
        "User-Agent: dialler/1.0",
        caller='"Bank" <sip:anonymous@anonymous.invalid>;tag=9',
    )
    fields = read_invite(data)
    assert fields is not None
    assert {
        **PLAIN,
        "calling_party_number": "anonymous",
        "display_name": "Bank",
        "asserted_identity": "+864008",
        "verstat": "TN-Validation-Passed",
        "presentation": "restricted",
        "redirecting_number": "+8610",
        "attestation": "A",
        "origid": "o-1",
        "user_agent": "dialler/1.0",
    } == fields
    assert fields.items() <= validate({**fields, "at": 1}).items()


@pytest.mark.parametrize(
    ("uri", "called"),
    [
        ("sip:+8610110@h;user=phone", "+8610110"),
        ("sips:%31%31%30@h", "110"),
        ("tel:110;phone-context=+86", "110;phone-context=+86"),
        ("urn:service:sos", "urn:service:sos"),
        ("URN:service:sos.police", "urn:service:sos.police"),
        ("sip:h", ""),
        ("isbn:2983792873", "isbn:2983792873"),
    ],
)
def test_the_called_number_is_that_of_the_request_uri(uri: str, called: str) -> None:
    fields = read_invite(invite(uri=uri))
    assert fields is not None
    assert called == fields["called_party_number"]


@pytest.mark.parametrize(
    ("caller", "number", "name"),
    [
        ("<tel:+8613800138000>;tag=1", "+8613800138000", None),
        ('"" <sip:192.0.2.1>;tag=1', "", None),
        ("<http://www.example.com>;tag=1", "", None),
        ("公安局 <sip:0086110@h>;tag=1", "0086110", "公安局"),
        ("sip:138@h;tag=1", "138", None),
    ],
)
def test_callers(caller: str, number: str, name: str | None) -> None:
    fields = read_invite(invite(caller=caller))
    assert fields is not None
    assert (number, name) == (fields["calling_party_number"], fields.get("display_name"))


@pytest.mark.parametrize(
    ("asserted", "number"),
    [
        (["<sip:+861@h>"], "+861"),
        (["<sips:+861@h>, <tel:+862>"], "+862"),
        (["<tel:+862>", "<sip:+861@h>"], "+862"),
        (["<tel:+862>", "tel:+862"], "+862"),
        (["<tel:+862>", "<tel:+863>"], "+862"),
        (["<sip:+861@h>", "<sip:+863@h>"], "+861"),
        (["<tel:>, <tel:+863>"], "+863"),
        (["<sip:h>", "<sip:+863@h>"], "+863"),
        (["<tel:110;phone-context=+86>"], "110;phone-context=+86"),
        (['"open <tel:+862>'], None),
        (['"open <tel:+862>', "<tel:+863>"], "+863"),
        (["<sip:a@b@c>, <tel:+863>"], "+863"),
        (["<sip:a@b@c>"], None),
        (["<urn:x:y>"], None),
        ([], None),
    ],
)
def test_asserted_identity(asserted: list[str], number: str | None) -> None:
    fields = read_invite(invite(*(f"P-Asserted-Identity: {value}" for value in asserted)))
    assert fields is not None
    assert number == fields.get("asserted_identity")


@pytest.mark.parametrize(
    ("privacy", "presentation"),
    [
        (["id"], "restricted"),
        (["header; user"], "restricted"),
        (["none", "ID"], "restricted"),
        (["none"], "allowed"),
        (["history"], None),
        ([""], None),
        ([], None),
    ],
)
def test_presentation(privacy: list[str], presentation: str | None) -> None:
    fields = read_invite(invite(*(f"Privacy: {value}" for value in privacy)))
    assert fields is not None
    assert presentation == fields.get("presentation")


@pytest.mark.parametrize(
    ("caller", "asserted", "verstat"),
    [
        ("<sip:+1;verstat=TN-Validation-Failed@h;user=phone>", "", "TN-Validation-Failed"),
        ("<sip:+1@h;user=phone;verstat=no-tn-validation>", "", "No-TN-Validation"),
        ("<tel:+1;verstat=TN-Validation-Passed-A>", "", "TN-Validation-Passed"),
        (
            "<tel:+1;verstat=TN-Validation-Passed>",
            "<tel:+1;verstat=TN-Validation-Failed>",
            "TN-Validation-Failed",
        ),
        ("<tel:+1;verstat=Passed>", "<tel:+1>", None),
        ("<tel:+1>;verstat=TN-Validation-Passed", "", None),
    ],
)
def test_verstat(caller: str, asserted: str, verstat: str | None) -> None:
    fields = read_invite(invite(f"P-Asserted-Identity: {asserted}", caller=caller))
    assert fields is not None
    assert verstat == fields.get("verstat")


@pytest.mark.parametrize(
    ("headers", "number"),
    [
        (["Diversion: <tel:+861>;reason=no-answer", "Diversion: <tel:+862>"], "+861"),
        (["History-Info: <sip:+861@h>;index=1, <sip:+862@h;cause=302>;index=1.1"], "+861"),
        (
            [
                "History-Info: <sip:+861@h>;index=1",
                "History-Info: <sip:+862@h>;index=1.1;mp=1",
                "History-Info: <sip:+862@192.0.2.1>;index=1.1.1;rc=1.1",
            ],
            "+861",
        ),
        (
            [
                "History-Info: <sip:+861@h?Reason=SIP%3Bcause%3D486>;index=1",
                "History-Info: <sip:+862@h>;index=1.1",
            ],
            "+861",
        ),
        (["History-Info: <sip:+861@h>;index=1, <sip:+861@r>;index=1.1;rc=1"], None),
        (["History-Info: <sip:+861@h>;index=1"], None),
        (["Diversion: <tel:+861"], None),
        (["Diversion: <sip:h>"], None),
        ([], None),
    ],
)
def test_redirecting_number(headers: list[str], number: str | None) -> None:
    fields = read_invite(invite(*headers))
    assert fields is not None
    assert number == fields.get("redirecting_number")


def test_a_request_within_a_dialogue_shows_its_tag() -> None:
    data = invite().replace(b"To: <sip:110@b.example>", b"To: <sip:110@b.example>;tag=t2")
    assert {**PLAIN, "sip_to_tag": "t2"} == read_invite(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"OPTIONS sip:a@b SIP/2.0\r\n\r\n",
        b"SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n",
        b"INVITE\r\n\r\n",
        b"INVITE me to your party\r\n\r\n",
        b"invite sip:a@b SIP/2.0\r\n\r\n",
        b"INVITED sip:a@b SIP/2.0\r\n\r\n",
        b"xINVITE sip:a@b SIP/2.0\r\n\r\n",
        b"INVITE sip:a@b SIP/2.0",
    ],
)
def test_other_messages_are_none(data: bytes) -> None:
    assert read_invite(data) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (invite(uri="<sip:a@b>"), "expected a URI"),
        (invite(uri="sip:a@b ; lr"), "the request line is not INVITE, one URI, SIP/2.0"),
        (invite().replace(b"SIP/2.0\r\nVia", b"SIP/7.0\r\nVia"), "the request line is not"),
        (invite().replace(b"From", b"X-From"), "the From header field is missing"),
        (invite("From: <sip:other@h>"), "found 2 different from header fields"),
        (invite(caller="<sip:a@h>, <sip:b@h>"), "expected one address in angle brackets"),
        (invite().replace(b"\r\n\r\n", b"\r\n"), "the message is cut short"),
    ],
)
def test_a_malformed_invite_is_refused_not_passed_over(data: bytes, reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        read_invite(data)
    assert reason in caught.value.reason


def test_contradicting_headers_that_identify_nobody_are_left_out() -> None:
    fields = read_invite(invite("Call-ID: c2", "To: <sip:x@h>;tag=7"))
    assert {key: value for key, value in PLAIN.items() if key != "call_id"} == fields


WHOLE = invite(
    "P-Asserted-Identity: <tel:+864008;verstat=TN-Validation-Passed>, <sip:+864008@h>",
    'Diversion: "x" <sip:+8610@n.example>;reason=unconditional',
    "History-Info: <sip:+861@h>;index=1, <sip:+862@h;cause=302>;index=1.1",
    f"Identity: {_token()};info=<https://c.example>",
    "Privacy: id",
    caller='"Name \\" x" <sip:+8613800138000@h;user=phone>;tag=1',
)


@given(st.data())
def test_a_damaged_invite_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged) - 1))
        length = data.draw(st.integers(0, 20))
        damaged[start : start + length] = data.draw(st.binary(max_size=10))
    fields = or_refusal(read_invite, bytes(damaged))
    assert fields is None or isinstance(fields, RecordError) or validate({**fields, "at": 1})


@given(st.binary())
def test_no_header_bytes_break_it(noise: bytes) -> None:
    invite = b"INVITE sip:a@b SIP/2.0\r\nFrom: <sip:c@d>\r\n" + noise + b"\r\n\r\n"
    fields = or_refusal(read_invite, invite)
    assert fields is not None
    # Noise that begins with a blank could be a continuation of the From header field.
    continued = noise[:1] in (b" ", b"\t")
    assert isinstance(fields, RecordError) or continued or "c" == fields["calling_party_number"]


def test_a_number_that_is_local_to_a_place_keeps_it() -> None:
    def called(uri: str) -> object:
        fields = read_invite(invite(uri=uri))
        assert fields is not None
        return fields["called_party_number"]

    assert "110;phone-context=+44" == called("tel:110;phone-context=+44")
    assert "110;phone-context=+44" == called("sip:110;phone-context=%2B44@h;user=phone")
    assert "110" == called("tel:110;phone-context=example.com")
    assert "+8613812345678" == called("tel:+8613812345678;phone-context=+86")

"""The asserted identity, and the name that a telephone shows: where they come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard import Guard
from callguard.records.codecs.sip.invite import read_invite
from tests.conftest import ROOT
from tests.made.captures import invite

PAI = "P-Asserted-Identity: "
RPID = "Remote-Party-ID: "
FROM = "<sip:+8613800138000@h>;tag=1"


def name_of(caller: str, *headers: str) -> object:
    fields = read_invite(invite(*headers, caller=caller))
    assert fields is not None
    return fields.get("display_name")


def named_in_bytes(name: bytes, before: str = "From: ") -> object:
    """The display name of an INVITE that holds these bytes, quoted, in From."""
    data = invite(caller='"NAME" <sip:+8613800138000@h>;tag=1')
    fields = read_invite(data.replace(b"NAME", name))
    assert fields is not None
    assert "+8613800138000" == fields["calling_party_number"]
    return fields.get("display_name")


@pytest.mark.parametrize(
    ("caller", "headers", "name"),
    [
        (FROM, [f'{PAI}"公安局" <tel:+8610110>'], "公安局"),
        (FROM, [f'{RPID}"Police" <sip:1@h>;party=calling;screen=no'], "Police"),
        (FROM, ['P-Preferred-Identity: "Police" <sip:1@h>'], "Police"),
        (FROM, [f"{PAI}<sip:1@h>", f'{RPID}"Police" <sip:1@h>'], "Police"),
        (FROM, [f'{PAI}<tel:+1>, "Bank" <sip:1@h>'], "Bank"),
        (FROM, [f'{PAI}"open <tel:+1>', f'{PAI}"Bank" <sip:1@h>'], "Bank"),
        (FROM, [f'{RPID}"Callee" <sip:1@h>;party=called'], None),
        (FROM, [f'{RPID}"Callee" <sip:1@h>;party=called, "Bank" <sip:2@h>'], "Bank"),
        (f'"Ann" {FROM}', [f'{PAI}"Bank" <tel:+1>'], "Ann"),
        (f'"" {FROM}', [f'{PAI}"Bank" <tel:+1>'], "Bank"),
        (f'"\u200b " {FROM}', [f'{PAI}"Bank" <tel:+1>'], "Bank"),
        (f'"Anonymous" {FROM}', [f'{PAI}"Bank" <tel:+1>'], "Bank"),
        (f'"+86 138 0013 8000" {FROM}', [f'{PAI}"Bank" <tel:+1>'], "Bank"),
        (f'"Anonymous" {FROM}', [], "Anonymous"),
        (f'"+8613800138000" {FROM}', [], "+8613800138000"),
        (f'"110" {FROM}', [f'{PAI}"Bank" <tel:+1>'], "110"),
        (r'"a \"b\" \\c" ' + FROM, [], r'a "b" \c'),
        (f'"=?utf-8?B?5YWs?=" {FROM}', [], "=?utf-8?B?5YWs?="),
        (FROM, [], None),
    ],
)
def test_the_name_that_is_shown(caller: str, headers: list[str], name: str | None) -> None:
    assert name == name_of(caller, *headers)


@pytest.mark.parametrize(
    "name",
    [
        "公安局",
        "中国工商银行",
        "联通",
        "公安局110",
        "ICBC工商银行",
        "銀行",
        "（公安）",
        "A座 公安局",
    ],
)
def test_names_in_gbk_are_read(name: str) -> None:
    assert name == named_in_bytes(name.encode("gb18030"))


@pytest.mark.parametrize("name", ["Müller", "José García", "Ångström", "Größe", "Renée", "Zoë"])
def test_latin_1_is_not_taken_for_gbk(name: str) -> None:
    assert name.encode("latin-1").decode("utf-8", "replace") == named_in_bytes(
        name.encode("latin-1")
    )


def test_gbk_names_in_other_headers_are_read() -> None:
    data = invite(f'{PAI}"NAME" <tel:+8610110>', caller=FROM)
    fields = read_invite(data.replace(b"NAME", "公安局".encode("gbk")))
    assert fields is not None
    assert "公安局" == fields["display_name"]


@given(st.binary(max_size=12).filter(lambda name: not set(name) & set(b'"\\\r\n')))
def test_no_bytes_of_a_name_change_who_calls(name: bytes) -> None:
    named_in_bytes(name)


def test_a_byte_of_a_name_hides_no_quote() -> None:
    """0x5C is the second byte of a GBK character, and an escape in SIP: SIP counts."""
    data = invite(caller='"NAME" <sip:+8613800138000@h>;tag=1')
    attack = b'X\x81\\" <sip:110@h>;x="'
    fields = read_invite(data.replace(b'"NAME"', b'"' + attack[:-4] + b'"'))
    assert fields is not None
    assert "+8613800138000" == fields["calling_party_number"]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ([f"{PAI}<tel:+861>, <tel:+861>"], []),
        ([f"{PAI}<tel:+861>, <sip:ann@h>"], []),
        ([f"{PAI}<tel:+861>, <sip:+86-1@h>"], []),
        ([f"{PAI}<tel:+861>, <tel:+862>"], ["different numbers, the first counts"]),
        ([f"{PAI}<sip:+861@h>", f"{PAI}<sip:+862@h>"], ["different numbers, the first counts"]),
        ([f"{PAI}<sip:+861@h>, <tel:+862>"], ["differ, the tel value counts"]),
        ([f'{PAI}"open <tel:+1>'], ["cannot be read was left out"]),
    ],
)
def test_what_contradicts_itself_is_said(headers: list[str], said: list[str]) -> None:
    fields = read_invite(invite(*headers))
    assert fields is not None
    assert len(said) == len(fields.faults)
    for words, fault in zip(said, fields.faults, strict=True):
        assert fault.startswith("asserted_identity: ")
        assert fault.endswith(words)
        assert "86" not in fault


def test_two_assertions_do_not_hide_a_restricted_home_number() -> None:
    fields = read_invite(
        invite(
            f"{PAI}<tel:+8613812345678>, <tel:+8613812345679>",
            "Privacy: id",
            caller="<sip:anonymous@anonymous.invalid>;tag=1",
        )
    )
    assert fields is not None
    guard = Guard.load(ROOT / "rules.yaml")
    call = {**fields, "called_party_number": "13912345678", "ingress": "international"}
    call |= {"roaming": "no"}
    verdict = guard.score({**call, "at": 1795395600.0})
    assert "restricted-home-identity-from-abroad" in {*verdict.rules, *verdict.shadow}

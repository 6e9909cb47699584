from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RecordError
from callguard.records.codecs.sip.name_addr import parse_name_addr
from callguard.records.codecs.sip.uri import Uri, parse_params, parse_uri
from tests.made.read_results import or_refusal


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("sip:alice@a.example", {"number": "alice", "host": "a.example"}),
        ("SIPS:alice@A.example:5061", {"number": "alice", "host": "a.example", "port": 5061}),
        ("sip:a.example", {"host": "a.example"}),
        ("sip:a.example;lr", {"host": "a.example", "params": {"lr": ""}}),
        ("sip:+1@[2001:db8::1]:5060", {"number": "+1", "host": "[2001:db8::1]", "port": 5060}),
        ("sip:a:secret@h", {"number": "a", "password": "secret", "host": "h"}),
        ("sip:%2B86%31%33@h", {"number": "+8613", "host": "h"}),
        ("sip:j%40s0n@h", {"number": "j@s0n", "host": "h"}),
        ("sip:caf%C3%A9%FF@h", {"number": "café\ufffd", "host": "h"}),
        (
            "sip:+1-201;isub=5;verstat=x@h;user=phone;Transport=tcp",
            {
                "number": "+1-201",
                "host": "h",
                "params": {"isub": "5", "verstat": "x", "user": "phone", "transport": "tcp"},
            },
        ),
        (
            "sip:1;verstat=inner@h;verstat=outer",
            {"number": "1", "host": "h", "params": {"verstat": "inner"}},
        ),
        (
            "sip:user;par=u%40h@example.com",
            {"number": "user;par=u@h", "host": "example.com"},
        ),
        (
            "sip:a?b@h;x=1?Route=%3Csip:r%3E",
            {"number": "a?b", "host": "h", "params": {"x": "1"}, "headers": "Route=%3Csip:r%3E"},
        ),
        (
            "tel:7042;phone-context=a.example;ext=5",
            {"number": "7042", "params": {"phone-context": "a.example", "ext": "5"}},
        ),
        ("tel:+86-10-110", {"number": "+86-10-110"}),
        ("urn:service:sos.police", {"opaque": "service:sos.police"}),
        ("http://a@b/c", {"opaque": "//a@b/c"}),
    ],
)
def test_uris(text: str, parts: dict[str, Any]) -> None:
    assert Uri(text.partition(":")[0].lower(), **parts) == parse_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice@a.example",
        "sip:",
        "sip:a@",
        "sip:a@b@c",
        "sip:a@b c",
        "sip: a@b",
        "sip:a@b:port",
        "sip:a@b:123456",
        "sip:a@[::1",
        "<sip:a@b>",
        "9tel:1",
    ],
)
def test_what_is_no_uri(text: str) -> None:
    with pytest.raises(RecordError, match="found"):
        parse_uri(text)


@pytest.mark.parametrize(
    ("number", "telephone"),
    [
        ("+8613800138000", True),
        ("110", True),
        ("*31#110", True),
        ("(010)6552-9988", True),
        ("", False),
        ("alice", False),
        ("bea", False),
        ("+", False),
        ("anonymous", False),
    ],
)
def test_what_looks_like_a_telephone_number(number: str, telephone: bool) -> None:
    assert telephone == Uri("sip", number).is_telephone


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("", {}),
        (";;", {}),
        ("a=1;B;a=2", {"a": "1", "b": ""}),
        (' tag = x ;q="a;tag=y"', {"tag": "x", "q": "a;tag=y"}),
        ('p="unclosed;tag=1', {"p": "unclosed;tag=1"}),
    ],
)
def test_parameters(text: str, params: dict[str, str]) -> None:
    assert params == parse_params(text)


@pytest.mark.parametrize(
    ("text", "name", "number", "tag"),
    [
        ("<sip:a@h>", "", "a", None),
        ("  <sip:a@h> ; tag = 1", "", "a", "1"),
        ("<sip:a@h;tag=inner>;tag=outer", "", "a", "outer"),
        ("sip:a@h;tag=1", "", "a", "1"),
        ("tel:110;tag=1", "", "110", "1"),
        ("Alice <sip:a@h>;tag=1", "Alice", "a", "1"),
        ("Alice  B. <sip:a@h>", "Alice B.", "a", None),
        ("caller<sip:a@h>", "caller", "a", None),
        ('"" <sip:a@h>', "", "a", None),
        ('"Alice"<sip:a@h>', "Alice", "a", None),
        (r'"J \\\"R\"" <sip:a@h>', r'J \"R"', "a", None),
        ('"<sip:evil@h>" <sip:a@h>', "<sip:evil@h>", "a", None),
        (r'"x\" <sip:evil@h>, \"" <sip:a@h>;tag=1', 'x" <sip:evil@h>, "', "a", "1"),
        ('"公安局" <tel:110>', "公安局", "110", None),
        ("公安局 <tel:110>", "公安局", "110", None),
        ("Bell, Alexander <sip:a@h>", "Bell, Alexander", "a", None),
        (r"\"arik\" <sip:a@h>", r"\"arik\"", "a", None),
        ("Bank: Service <sip:a@h>", "Bank: Service", "a", None),
        ("<http://h>", "", "", None),
        ("< sip:a@h >", "", "a", None),
    ],
)
def test_addresses(text: str, name: str, number: str, tag: str | None) -> None:
    address = parse_name_addr(text)
    assert (name, number, tag) == (
        address.display_name,
        address.uri.number,
        address.params.get("tag"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        "a@h",
        '"Alice <sip:a@h>',
        '"Alice" sip:a@h',
        '"A" "B" <sip:a@h>',
        "<sip:a@h",
        "<sip:a@h> x",
        "<sip:a@h>, <sip:b@h>",
        "sip:a@h, sip:b@h",
        "sip:b@h, Alice <sip:a@h>",
        "sip:b <sip:a@h>",
        "b@h <sip:a@h>",
        'x "y <sip:b@h>" <sip:a@h>',
        "sip:+1;tag=x@h",
        "sip:a@h;tag=a@b",
        "<<sip:a@h>>",
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_refused(text: str) -> None:
    with pytest.raises(RecordError, match="found"):
        parse_name_addr(text)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@given(st.text(), st.text(min_size=1), st.text())
def test_whatever_is_in_the_quotes_the_address_is_the_one_behind_them(
    name: str, user: str, tag: str
) -> None:
    address = parse_name_addr(f"{_quoted(name)} <sip:{quote(user, safe='')}@h>;tag={quote(tag)}")
    assert (name, user) == (address.display_name, address.uri.number)


@given(st.text(alphabet='"<>\\;,@:sipeva= ') | st.text())
def test_no_text_breaks_an_address(text: str) -> None:
    for full in (text, f"<{text}>", f"sip:{text}", f"{text} <sip:real@h>", f"tel:{text}"):
        address = or_refusal(parse_name_addr, full)
        assert isinstance(address, RecordError) or isinstance(address.uri.number, str)


@given(st.text(alphabet='"<>\\;, abc\té'))
def test_a_display_name_never_takes_the_place_of_the_address(name: str) -> None:
    """Without @ or a scheme there is no second address for anyone to believe in."""
    address = or_refusal(parse_name_addr, f"{name} <sip:real@h>")
    assert isinstance(address, RecordError) or "real" == address.uri.number

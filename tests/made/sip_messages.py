"""INVITEs to take apart."""

from __future__ import annotations


def invite(
    *headers: str,
    caller: str = "<sip:+8613800138000@a.example>;tag=1",
    uri: str = "sip:110@b.example",
    end: str = "\r\n",
    body: str = "",
) -> bytes:
    lines = [
        f"INVITE {uri} SIP/2.0",
        "Via: SIP/2.0/UDP a.example;branch=z9hG4bK1",
        f"From: {caller}",
        "To: <sip:110@b.example>",
        "Call-ID: c1",
        "CSeq: 1 INVITE",
        *headers,
        f"Content-Length: {len(body)}",
        "",
        body,
    ]
    return end.join(lines).encode()


# What any such INVITE gives unless a test changes it.
PLAIN = {
    "event": "setup",
    "call_id": "c1",
    "calling_party_number": "+8613800138000",
    "called_party_number": "110",
}

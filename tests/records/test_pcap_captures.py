"""Captures of other projects give exactly the INVITEs that are known to be in them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from callguard.records.codecs import check
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.pcap import read_pcap
from tests.made.read_results import Results

CAPTURES = [
    "ndpi/FAX-Call-t38-CA-TDM-SIP-FB-1.pcap",
    "ndpi/h323.pcap",
    "ndpi/http_on_sip_port.pcap",
    "ndpi/iax.pcap",
    "ndpi/mgcp.pcap",
    "ndpi/sip.pcap",
    "ndpi/sip_hello.pcapng",
    "ndpi/skinny.pcap",
    "sngrep/aaa.pcap",
    "suricata-verify/sip-body-frames/public-cloudshark-sip-s0.pcap",
    "suricata-verify/sip-body-large/sip-body-large.pcap",
    "suricata-verify/sip-compact-form/sip_compact_form.pcap",
    "suricata-verify/sip-header-multi-value/sip_header_multi_val.pcap",
    "suricata-verify/sip-method/sip.pcap",
    "suricata-verify/sip-options-method/input.pcap",
    "suricata-verify/sip-pattern-matching/sip.pcap",
    "suricata-verify/sip-sdp/sdp.pcap",
    "suricata-verify/sip-ssdp-pm/ssdp.pcap",
    "suricata-verify/sip-tcp-method/sip-tcp.pcap",
    "suricata-verify/sip-tcp-pattern-matching/sip.pcap",
    "zeek/invalid-content-length.pcap",
    "zeek/sip-junk-before-request.pcap",
    "zeek/sip-long-request-response-paths.pcap",
    "zeek/wireshark.pcap",
]


def _expected_counts(shared: Path) -> dict[str, int]:
    with (shared / "data/sip-pcaps/expected.csv").open(newline="") as file:
        return {row["capture"]: int(row["invite_requests"]) for row in csv.DictReader(file)}


def _file(path: Path) -> Results:
    with path.open("rb") as file:
        return Results(read_pcap(ByteSource(file, path.name), check.strict))


def test_every_capture_is_named_here(shared: Path) -> None:
    assert CAPTURES == sorted(_expected_counts(shared))


@pytest.mark.parametrize("name", CAPTURES)
def test_captures_give_exactly_the_expected_invites(shared: Path, name: str) -> None:
    results = _file(shared / "data/sip-pcaps" / name)
    assert ([], _expected_counts(shared)[name]) == (results.errors, len(results.records))


def test_callers_of_a_known_capture(shared: Path) -> None:
    results = _file(shared / "data/sip-pcaps/zeek/wireshark.pcap")
    assert [("816666", "97239287044", "arik")] * 3 == [
        (record["calling_party_number"], record["called_party_number"], record["display_name"])
        for record in results.records[:3]
    ]
    assert {"35104723", "816666", "voi18062"} == {
        record["calling_party_number"] for record in results.records
    }

"""What somebody probably meant, and where nothing is near enough to say so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.closeness import nearest
from callguard.records.fields import FIELDS
from callguard.rules.countries import COUNTRIES
from callguard.rules.modifiers import MODIFIERS

HEADER = ("title", "id", "name", "status", "level", "tags", "detection", "callguard", "logsource")
FOUND = [
    *[(word, "calling.e164") for word in ("caling.e164", "calling_e164", "Calling.E164")],
    *[(word, "calling.e164") for word in ("calling.e146", "calling.164", "callinge164")],
    *[(word, "called.kind") for word in ("caled.kind", "called.knd", "CALLED KIND")],
    *[(word, "verstat") for word in ("Verstat", "vestat", "verstatt", "verstats")],
    *[(word, "ingress") for word in ("ingres", "Ingress", "ingerss", "ingresss")],
    *[(word, "calling_party_number") for word in ("calling_number", "callingPartyNumber")],
    *[(word, "calling_party_number") for word in ("caling_party_number", "calling-party-number")],
    *[("src_ip", None), ("ip", "source_ip"), ("sourceip", "source_ip"), ("source-ip", "source_ip")],
    *[("duration", "duration_s"), ("duration_sec", "duration_s"), ("durations", "duration_s")],
    *[("user-agent", "user_agent"), ("UserAgent", "user_agent"), ("agent", "user_agent")],
    *[("Status", None), ("status", None), ("state", None), ("number", None), ("country", None)],
    *[("msisdn", None), ("from", None), ("x", None), ("", None), ("*", None), ("kind", None)],
    *[("attest", None), ("atestation", "attestation"), ("attestations", "attestation")],
    *[("pressentation", "presentation"), ("prefix", None), ("shared", "shared_prefix")],
    *[
        ("caller_id", "call_id"),
        ("callid", "call_id"),
        ("trunk", "trunk_group"),
        ("texst", "text"),
        ("tekst", None),
    ],
]


@pytest.mark.parametrize(("word", "meant"), FOUND)
def test_fields(word: str, meant: str | None) -> None:
    fields = [field for field in FIELDS if "folded" not in field]
    assert meant == nearest(word, fields)


@pytest.mark.parametrize(
    ("word", "options", "meant"),
    [
        ("titel", HEADER, "title"),
        ("Title", HEADER, "title"),
        ("detections", HEADER, "detection"),
        ("detect", HEADER, None),
        ("action", HEADER, None),
        ("severity", HEADER, None),
        ("contain", MODIFIERS, "contains"),
        ("starts_with", MODIFIERS, "startswith"),
        ("startwith", MODIFIERS, "startswith"),
        ("regex", MODIFIERS, None),
        ("ge", ("gt", "gte", "lt", "lte"), "gte"),
        ("ZZ", sorted(COUNTRIES), None),
        ("gb", sorted(COUNTRIES), "GB"),
        ("hihg", ("low", "medium", "high"), "high"),
        ("experimentel", ("stable", "test", "experimental"), "experimental"),
        ("on_ring", ("default", "one_ring"), "one_ring"),
    ],
)
def test_other_words(word: str, options: tuple[str, ...], meant: str | None) -> None:
    assert meant == nearest(word, options)


@given(st.sampled_from(sorted(FIELDS)))
def test_a_word_is_meant_as_itself(field: str) -> None:
    assert field == nearest(field, FIELDS)
    assert field == nearest(field.upper(), FIELDS)


@given(st.sampled_from(sorted(FIELDS)), st.integers(0, 30), st.sampled_from("aeiqz5"))
def test_one_letter_more_is_still_the_word_or_one_as_near(
    field: str, place: int, letter: str
) -> None:
    word = field[:place] + letter + field[place:]
    if len(field) > 2:
        assert nearest(word, FIELDS) is not None

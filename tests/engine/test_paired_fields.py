"""Fields that compare readings and numbers: the scoring function against plain derivation."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.field_reading import PAIRED
from callguard.records import derive
from callguard.records.fields import PARTIES
from tests.made.guards import plan
from tests.made.rules import call
from tests.made.traced_scoring import Walk

FIELDS = (*sorted(PAIRED), *(f"{party}.certain" for party in PARTIES))
NUMBERS = st.sampled_from(
    """13812345678 +8613812345678 8613812345678 12025550123 13055551234 +12025550123 85261234567
    +85261234567 95588 +449098790123 +8612012345678 4008123456 00442079460123 442079460123 x
    anonymous sip:x@h tel:+4989123456789 138 0000000000""".split()
) | st.text("+0123456789", max_size=14)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "calling_party_number": NUMBERS,
            "redirecting_number": NUMBERS,
            "asserted_identity": NUMBERS,
            "nature_of_address": st.sampled_from(["international", "national", "unknown"]),
        },
    ),
    NUMBERS.filter(lambda number: plan().classify(number)[1].kind != "emergency"),
)
def test_scoring_reads_them_as_derivation_does(given_fields: dict[str, Any], called: str) -> None:
    record = call(calling_party_number=None, called_party_number=called) | given_fields
    walk = Walk(group_fields=FIELDS)
    walk.score(record)
    fields = derive(record, plan())
    expected = {name: fields[name] for name in FIELDS if name in fields}
    found = dict(zip(FIELDS, walk.groups[-1][1:], strict=True)) if walk.groups else {}
    assert expected == {name: value for name, value in found.items() if value is not None}

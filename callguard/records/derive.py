"""The derived fields, computed plainly from a record and a numbering plan."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from callguard.numbering import repaired
from callguard.records.fields import PARTIES
from callguard.records.names import folded_names, shown_number

# Shorter numbers are codes, or whole networks.
SHORTEST_WITH_PREFIX: Final = 9

if TYPE_CHECKING:
    from callguard.numbering import NumberingPlan


def derive(record: Mapping[str, object], plan: NumberingPlan) -> dict[str, object]:
    """The derived fields of a record; those that cannot be known are absent.

    For each party whose number the record holds: ``X.kind`` (str), ``X.valid`` (bool) and, where
    known, ``X.e164`` (``+`` and digits), ``X.country`` (ISO 3166 alpha-2) and ``X.prefix``: the
    E.164 number without its last four digits, the block of ten thousand in which numbers are
    allocated, where at least nine digits are known. An empty number and ``anonymous`` are present:
    kind ``unknown``, not valid. Where there is an E.164 form, ``X.certain`` (bool) says whether no
    other reading of the digits is a number in use. ``X.repaired`` (str) names the characters that
    were left out of the number or read as digits. ``shared_prefix`` (int) and ``self_call`` (bool)
    need an E.164 form of both the calling and the called number. ``redirected`` (bool) says whether
    the redirecting number can be one: a line other than the calling and the called party's.
    ``display_name.folded`` and, of an ``sms``, ``sender.folded`` (str) are names as they are
    compared (:mod:`callguard.records.names`), and ``display_name.e164`` is the number that a
    display name is, if it is one.

    ``nature_of_address`` describes the calling party number (ITU-T Q.763 clause 3.10), so no
    other number is read with it.
    """
    fields: dict[str, object] = {}
    for party, key in PARTIES.items():
        raw = record.get(key)
        if isinstance(raw, str):
            nature = record.get("nature_of_address") if party == "calling" else None
            fields.update(_party_fields(party, raw, nature, plan))
    fields.update(folded_names(record))
    name = record.get("display_name")
    shown = shown_number(name) if isinstance(name, str) else None
    e164 = plan.classify(shown)[0] if shown is not None else None
    if e164 is not None:
        fields["display_name.e164"] = e164
    calling, called = fields.get("calling.e164"), fields.get("called.e164")
    if isinstance(calling, str) and isinstance(called, str):
        fields["shared_prefix"] = _shared_digits(calling, called)
        fields["self_call"] = calling == called
    redirecting = record.get("redirecting_number")
    if isinstance(redirecting, str):
        fields["redirected"] = _is_redirected(redirecting, record, plan)
    return fields


def _party_fields(party: str, raw: str, nature: object, plan: NumberingPlan) -> dict[str, object]:
    nature = nature if isinstance(nature, str) else None
    e164, number_class = plan.classify(raw, nature)
    fields: dict[str, object] = {
        f"{party}.kind": number_class.kind,
        f"{party}.valid": number_class.valid,
    }
    if e164 is not None:
        fields[f"{party}.e164"] = e164
        fields[f"{party}.certain"] = plan.is_certain(raw, nature, e164, number_class)
        if len(e164.lstrip("+")) >= SHORTEST_WITH_PREFIX:
            fields[f"{party}.prefix"] = e164[:-4]
    characters = repaired(raw)
    if characters is not None:
        fields[f"{party}.repaired"] = characters
    if number_class.country is not None:
        fields[f"{party}.country"] = number_class.country
    return fields


def _is_redirected(redirecting: str, record: Mapping[str, object], plan: NumberingPlan) -> bool:
    e164, number_class = plan.classify(redirecting)
    for party in ("calling", "called"):
        other = record.get(PARTIES[party])
        if isinstance(other, str):
            nature = record.get("nature_of_address") if party == "calling" else None
            same = plan.classify(other, nature if isinstance(nature, str) else None)[0] == e164
            if same or other == redirecting:
                return False
    return plan.may_redirect(redirecting, e164, number_class)


def _shared_digits(first: str, second: str) -> int:
    pairs = zip(first.lstrip("+"), second.lstrip("+"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

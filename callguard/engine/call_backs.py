"""Call-backs from public-safety answering points: like emergency calls, judged by no rule.

Somebody who rang for help is called back, and the number that the desk shows may look wrong: a
short code, an extension that no table knows. Two things prove such a call: the header field
``Priority: psap-callback`` (RFC 7090), where a network that is trusted at home has set or passed
it, and an operator's list of the desks' numbers.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sized
from typing import Any, Final

from callguard.numbering import NumberingPlan
from callguard.records.values import SPELLINGS

# As RFC 7090 writes it; tokens have no case (RFC 3261 clause 7.3.1).
PRIORITY: Final = "psap-callback"
# RFC 7090 warns of strangers that write the header field. A carrier at home removes it
# from what its subscribers send; a foreign gateway passes whatever it was given.
_TRUSTED: Final = frozenset({"on_net", "interconnect"})
_ABROAD: Final = "international"


class CallBacks:
    """Says of a record whether it is about a call-back from public safety.

    ``listed`` holds the desks' numbers in E.164 form. A number at home on that list proves nothing
    on a call from abroad: no desk at home calls by way of a foreign gateway, and its number is the
    one that impostors like best. ``lists_desks`` is false if only a priority can prove a call-back.
    """

    def __init__(self, plan: NumberingPlan, listed: Container[str] | None) -> None:
        self._plan = plan
        self._listed = listed
        self.lists_desks = listed is not None and not (isinstance(listed, Sized) and not listed)

    def __call__(self, record: Mapping[str, Any]) -> bool:
        """True for a call-back. Raises what a list or a numbering plan that fails raises."""
        ingress = _word("ingress", record.get("ingress"))
        priority = record.get("priority")
        said = isinstance(priority, str) and priority.strip().lower() == PRIORITY
        if said and ingress in _TRUSTED:
            return True
        if not self.lists_desks:
            return False
        nature = _word("nature_of_address", record.get("nature_of_address"))
        calling = self._listed_in(record.get("calling_party_number"), nature)
        if ingress == _ABROAD:
            return calling is not None and calling not in (self._plan.home, "")
        # The network's own word counts, also where the caller's number is withheld.
        return calling is not None or self._listed_in(record.get("asserted_identity")) is not None

    def _listed_in(self, raw: object, nature: str | None = None) -> str | None:
        """The country of a listed number (``""`` if it has none); None if it is not listed."""
        if not isinstance(raw, str) or self._listed is None:
            return None
        e164, number = self._plan.classify(raw, nature)
        return None if e164 is None or e164 not in self._listed else number.country or ""


def _word(field: str, value: object) -> str | None:
    return SPELLINGS[field].get(value.lower()) if isinstance(value, str) else None

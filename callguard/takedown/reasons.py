"""Why a number is left out of a plan: every reason, once, with the sentence that explains it.

The words are in ``exclusions.jsonl``, and the steps of expansion (``expansion/steps/*.sql``) write
some of them. A test compares this table with the words in the SQL, in the Python code and in
``docs/takedown.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from callguard.errors import PlanError

INVALID_NUMBER: Final = "invalid_number"
NOT_TRACED: Final = "not_traced"
INVALID_REPORT: Final = "invalid_report"
NOT_CERTIFIED: Final = "not_certified"
INVALID_TIME: Final = "invalid_time"
NOT_PERSON: Final = "not_person"
REPORT_PROTECTED: Final = "report_protected"
PROTECTED: Final = "protected"
RESTORED: Final = "restored"
NO_REGISTRATION: Final = "no_registration_at_incident"
AMBIGUOUS_OWNER: Final = "ambiguous_owner"
CLOSED: Final = "closed"
DUPLICATE: Final = "duplicate"
OWNER_CAP: Final = "owner_cap"
REPORT_CAP: Final = "report_cap"
LAST_NUMBER: Final = "last_number"
BATCH_CAP: Final = "batch_cap"

# In the order in which they are looked for: a number has the first that holds. Names in braces are
# given where the number is left out.
SENTENCES: Final[Mapping[str, str]] = {
    INVALID_NUMBER: "{fault}",
    NOT_TRACED: "the number was only displayed: its owner may be the victim of spoofing",
    INVALID_REPORT: "known_by is {known_by!r}; expected {expected}",
    NOT_CERTIFIED: "{missing}",
    INVALID_TIME: "incident_at {fault}",
    NOT_PERSON: "the owner is no person ({kind}); a person decides on such numbers",
    REPORT_PROTECTED: "the reported number itself is spared, so its owner is not expanded",
    PROTECTED: "the number is on a list of protected numbers, or is an emergency number",
    RESTORED: "the number was given back to its holder; a person decides about it",
    NO_REGISTRATION: "nobody had the number registered at the incident",
    AMBIGUOUS_OWNER: "the registry has the number under two owners at once",
    CLOSED: "the reported registration has closed since; the number may be somebody else's",
    DUPLICATE: "the number is ordered already, through another report of this batch",
    OWNER_CAP: "{count} candidates for one owner, more than {limit}: none is ordered unseen",
    REPORT_CAP: "{count} candidates for one report, more than {limit}: none is ordered unseen",
    LAST_NUMBER: "the owner's last open number stays",
    BATCH_CAP: "{count} orders in one batch, more than {limit}: none is made unseen",
}


def sentence(reason: str, **values: Any) -> str:
    """What a reason means, as ``detail`` of an exclusion says it.

    Raises PlanError for a reason that is not in the table: then the code that gave it is newer or
    older than the table, and no plan made with it can be trusted.
    """
    try:
        text = SENTENCES[reason]
    except KeyError:
        raise PlanError(
            f"a number was left out for {reason!r}, a reason that this callguard does not know; "
            "nothing was planned: install one whole version of callguard"
        ) from None
    return text.format_map(values)

"""Why the rules touch legitimate calls of the generated day: a cause for each kind."""

from __future__ import annotations

from typing import Final

CAUSES: Final[dict[str, str]] = {
    "office_abroad": "a firm's line at home shown from abroad: proven_home_origin is empty",
    "forwarded_back": "a call forwarded back from abroad looks like a forged one",
    "roamer": "the roaming look-up failed or was wrong",
    "wrongly_set_switchboard": "the switchboard sends an inner number, which no table has",
    "police_station": "an authority's name with an ordinary line: authority_numbers lacks it",
    "foreign_caller": "the number lost its + on the way and is read in two ways",
    "voice_mail_box": "people abroad ring their own mailbox, and the call shows their own number",
}
UNKNOWN: Final = "no cause is known: look at the rules that matched"

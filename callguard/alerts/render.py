"""From a template's name and a record to the text that the called person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from callguard.alerts.texts import TEXTS, UNKNOWN_CALLER, WITHHELD_CALLER
from callguard.engine.verdict import Alert
from callguard.numbering import NumberingPlan
from callguard.records import Record
from callguard.records.values import SPELLINGS

TEMPLATES: Final = tuple(TEXTS)
# Homes whose people read Chinese; everywhere else the text is in English.
_CHINESE_HOMES: Final = frozenset(("CN", "HK", "MO", "TW"))
# "+" and the 15 digits of ITU-T E.164 clause 6, and what Chinese privacy relays add.
_LONGEST_NUMBER: Final = 21


def render(template: str, record: Mapping[str, Any], plan: NumberingPlan) -> Alert:
    """The warning that a rule's ``alert`` names, in the language of the home country.

    A number whose presentation is restricted is never shown (RFC 3323, RFC 3325 section 9.3), and
    neither is text that is not a number, since the caller chose it. Raises KeyError for a template
    that does not exist.
    """
    language = "zh" if plan.home in _CHINESE_HOMES else "en"
    return Alert(template, TEXTS[template][language].format(caller=_caller(record, plan, language)))


def _caller(record: Mapping[str, Any], plan: NumberingPlan, language: str) -> str:
    if not _may_be_shown(record):
        return WITHHELD_CALLER[language]
    calling = record.get("calling_party_number")
    if not isinstance(calling, str):
        return UNKNOWN_CALLER[language]
    nature = SPELLINGS["nature_of_address"].get(str(record.get("nature_of_address")).lower())
    e164, _ = plan.classify(calling, nature)
    if e164 is None or len(e164) > _LONGEST_NUMBER:
        return UNKNOWN_CALLER[language]
    return e164


def _may_be_shown(record: Mapping[str, Any]) -> bool:
    """A presentation that is there but cannot be read counts as restricted."""
    if isinstance(record, Record) and any(
        fault.startswith("presentation:") for fault in record.faults
    ):
        return False
    presentation = record.get("presentation")
    return presentation is None or str(presentation).lower() == "allowed"

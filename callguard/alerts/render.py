"""From a template's name and a record to the text that the called person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from callguard.alerts.texts import TEXTS, UNKNOWN_CALLER, WITHHELD_CALLER, Template
from callguard.engine.verdict import Alert
from callguard.numbering import NumberingPlan
from callguard.numbering.text import Dialled, read
from callguard.records import Record
from callguard.records.values import SPELLINGS

TEMPLATES: Final = tuple(TEXTS)
# Homes whose people read Chinese; everywhere else the text is in English.
_CHINESE_HOMES: Final = frozenset(("CN", "HK", "MO", "TW"))
# "+" and the 15 digits of ITU-T E.164 clause 6, and what Chinese privacy relays add.
_LONGEST_NUMBER: Final = 21
# Codes have no international form.
_CODES: Final = frozenset(("emergency", "short_code", "service"))


def render(template: str, record: Mapping[str, Any], plan: NumberingPlan) -> Alert:
    """The warning that a rule's ``alert`` names, in the language of the home country.

    A text that says more than the record does (a call from abroad, where the call did not come in
    there; a call, where it is a message) gives way to that of another template, which the alert
    then names. A number whose presentation is restricted is never shown (RFC 3323, RFC 3325
    section 9.3), and neither is text that is not a number, since the caller chose it. Raises
    KeyError for a template that does not exist.
    """
    text = _text(template, record)
    if not _is_borne_out(text, record):
        template = text.otherwise
        text = _text(template, record)
    chinese = plan.home in _CHINESE_HOMES
    caller = _caller(record, plan, "zh" if chinese else "en")
    return Alert(template, (text.zh if chinese else text.en).format(caller=caller))


def _text(template: str, record: Mapping[str, Any]) -> Template:
    text = TEXTS[template]
    return text.message if text.message and _is_message(record) else text


def _is_message(record: Mapping[str, Any]) -> bool:
    return _word(record, "event") == "sms"


def _is_borne_out(text: Template, record: Mapping[str, Any]) -> bool:
    if text.about == ("call" if _is_message(record) else "message"):
        return False
    return not text.from_abroad or _word(record, "ingress") == "international"


def _word(record: Mapping[str, Any], key: str) -> str | None:
    return SPELLINGS[key].get(str(record.get(key)).lower())


def _caller(record: Mapping[str, Any], plan: NumberingPlan, language: str) -> str:
    if not _may_be_shown(record):
        return WITHHELD_CALLER[language]
    calling = record.get("calling_party_number")
    if not isinstance(calling, str):
        return UNKNOWN_CALLER[language]
    number = _shown(calling, _word(record, "nature_of_address"), plan)
    if number is None or len(number) > _LONGEST_NUMBER:
        return UNKNOWN_CALLER[language]
    return number


def _shown(calling: str, nature: str | None, plan: NumberingPlan) -> str | None:
    """The E.164 form if it is beyond doubt, else the digits as they were signalled."""
    e164, number = plan.classify(calling, nature)
    if (
        number.valid
        and number.kind not in _CODES
        and plan.is_certain(calling, nature, e164, number)
    ):
        return e164
    dialled = read(calling)
    if not isinstance(dialled, Dialled):
        return None
    return f"+{dialled.digits}" if dialled.international else dialled.digits


def _may_be_shown(record: Mapping[str, Any]) -> bool:
    """A presentation that is there but cannot be read counts as restricted."""
    if isinstance(record, Record) and any(
        fault.startswith("presentation:") for fault in record.faults
    ):
        return False
    presentation = record.get("presentation")
    return presentation is None or str(presentation).lower() == "allowed"

"""The wording of each warning, in English and Chinese, and what a record has to say for it.

``{caller}`` is the calling party number, or words that stand for it; never text that the caller
chose. A finished text fits one short message (3GPP TS 23.040: 160 GSM characters, or 70 in UCS-2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

UNKNOWN_CALLER: Final = {"en": "an unknown number", "zh": "未知号码"}
WITHHELD_CALLER: Final = {"en": "a withheld number", "zh": "隐藏号码"}


@dataclass(frozen=True, slots=True)
class Template:
    """A warning in both languages.

    ``about`` is what the text says it is about; ``from_abroad`` if it says where the call came in.
    ``message`` is the text about a message, where it is another one. A record that does not say
    what the text says gets that of the template ``otherwise``.
    """

    en: str
    zh: str
    about: Literal["call", "message", "either"] = "either"
    from_abroad: bool = False
    message: Template | None = None
    otherwise: str = "unverified_caller"


TEXTS: Final[dict[str, Template]] = {
    "default": Template(
        "Warning: the call from {caller} looks like fraud. Do not pay or give codes.",
        "防诈提醒：{caller}来电疑似诈骗，请勿转账，勿提供验证码。",
        about="call",
        message=Template(
            "Warning: the message from {caller} looks like fraud. Do not pay or give codes.",
            "防诈提醒：{caller}发来的短信疑似诈骗，请勿转账，勿提供验证码。",
            about="message",
        ),
    ),
    "police_impersonation": Template(
        "Warning: {caller} may be posing as police. Police never ask for money by phone. "
        "Hang up and dial them yourself.",
        "防诈提醒：{caller}疑似冒充公检法。公检法不会电话要求转账，请挂断后自行拨打核实。",
        about="call",
    ),
    "bank_impersonation": Template(
        "Warning: {caller} may be posing as your bank. Give no codes. "
        "Call the number on your card.",
        "防诈提醒：{caller}疑似冒充银行客服，勿提供验证码，请拨打卡背面电话核实。",
    ),
    "foreign_spoof": Template(
        "Warning: the call from {caller} came from abroad, and its number may be forged.",
        "防诈提醒：{caller}来电实际来自境外，号码可能为伪造，请勿转账。",
        about="call",
        from_abroad=True,
    ),
    "one_ring": Template(
        "Warning: {caller} may be ringing only so that you call back at a high price. "
        "Do not call it.",
        "防诈提醒：{caller}疑似响一声电话，请勿回拨，以免产生高额话费。",
        about="call",
    ),
    "unverified_caller": Template(
        "Caution: the number {caller} may be forged. Make sure who it is.",
        "提醒：所示号码（{caller}）可能为伪造，请谨慎对待，核实对方身份。",
    ),
    "call_centre": Template(
        "Caution: {caller} may belong to a call centre. Check who is calling before you answer.",
        "提醒：{caller}可能为呼叫中心号码，请核实对方身份。",
        about="call",
    ),
    "international_call": Template(
        "Notice: the call from {caller} comes from abroad.",
        "提醒：{caller}来电来自境外。",
        about="call",
        from_abroad=True,
    ),
    "sms_scam": Template(
        "Warning: the message from {caller} looks like fraud. Do not open links in it.",
        "防诈提醒：{caller}发来的短信疑似诈骗，请勿点击链接。",
        about="message",
        otherwise="default",
    ),
}

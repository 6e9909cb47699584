"""The wording of each warning, in English and Chinese.

``{caller}`` is the calling party number in E.164 form, or words that stand for it; never text that
the caller chose. A finished text fits one short message (3GPP TS 23.040: 160 GSM characters, or 70
in UCS-2).
"""

from __future__ import annotations

from typing import Final

UNKNOWN_CALLER: Final = {"en": "an unknown number", "zh": "未知号码"}
WITHHELD_CALLER: Final = {"en": "a withheld number", "zh": "隐藏号码"}

TEXTS: Final[dict[str, dict[str, str]]] = {
    "default": {
        "en": "Warning: the call from {caller} looks like fraud. Do not pay or give codes.",
        "zh": "防诈提醒：{caller}来电疑似诈骗，请勿转账，勿提供验证码。",
    },
    "police_impersonation": {
        "en": "Warning: {caller} may be posing as police. Police never ask for money by phone. "
        "Hang up and dial them yourself.",
        "zh": "防诈提醒：{caller}疑似冒充公检法。公检法不会电话要求转账，请挂断后自行拨打核实。",
    },
    "bank_impersonation": {
        "en": "Warning: {caller} may be posing as your bank. Give no codes. "
        "Call the number on your card.",
        "zh": "防诈提醒：{caller}疑似冒充银行客服，勿提供验证码，请拨打卡背面电话核实。",
    },
    "foreign_spoof": {
        "en": "Warning: the call from {caller} came from abroad although its number looks local.",
        "zh": "防诈提醒：{caller}来电实际来自境外，号码可能为伪造，请勿转账。",
    },
    "one_ring": {
        "en": "Warning: {caller} rings once so that you call back at a high price. Do not call it.",
        "zh": "防诈提醒：{caller}疑似响一声电话，请勿回拨，以免产生高额话费。",
    },
    "unverified_caller": {
        "en": "Caution: the number {caller} could not be verified and may be forged.",
        "zh": "提醒：{caller}来电号码未通过核验，可能为伪造，请谨慎接听。",
    },
    "call_centre": {
        "en": "Caution: {caller} belongs to a call centre. Check who is calling before you answer.",
        "zh": "提醒：{caller}为呼叫中心号码，请核实对方身份。",
    },
    "international_call": {
        "en": "Notice: the call from {caller} comes from abroad.",
        "zh": "提醒：{caller}来电来自境外。",
    },
    "sms_scam": {
        "en": "Warning: the message from {caller} looks like fraud. Do not open its link.",
        "zh": "防诈提醒：{caller}发来的短信疑似诈骗，请勿点击链接。",
    },
}

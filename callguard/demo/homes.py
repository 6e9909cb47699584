"""What the generator must know of each home country: its numbers, its authorities, its messages.

In a pattern each ``#`` is one random digit. Patterns are E.164 with ``+``; codes are as
people dial them.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final


@dataclass(frozen=True, slots=True)
class Home:
    """One home country.

    ``utc_offset_h`` is its offset from UTC in hours on the generated day. ``inbound_only`` are
    patterns of numbers that receive calls and never make them, ``authority_lines`` and
    ``bank_lines`` numbers that impostors like to show. Public safety calls back from
    ``marked_desks``, which set ``Priority: psap-callback``, and from ``listed_desks``, which the
    carrier has on its list.
    """

    country: str
    code: str
    utc_offset_h: float
    trunk_prefix: str
    mobile: tuple[str, ...]
    fixed: tuple[str, ...]
    impossible: tuple[str, ...]
    emergency: tuple[str, ...]
    authority_lines: tuple[str, ...]
    bank_lines: tuple[str, ...]
    inbound_only: tuple[str, ...]
    marked_desks: tuple[str, ...]
    listed_desks: tuple[str, ...]
    call_centres: tuple[str, ...]
    bulk_senders: tuple[str, ...]
    authority_names: tuple[str, ...]
    bank_names: tuple[str, ...]
    phishing: tuple[str, ...]
    notices: tuple[str, ...]

    def national(self, e164: str) -> str:
        """The number as people at home dial it; a foreign number with ``00`` in front."""
        own = f"+{self.code}"
        if not e164.startswith(own):
            return f"00{e164[1:]}"
        digits = e164[len(own) :]
        # Chinese mobile numbers are dialled without the trunk prefix.
        bare = self.country == "CN" and digits.startswith("1") and len(digits) == 11
        return digits if bare else f"{self.trunk_prefix}{digits}"


def draw(rng: Random, patterns: tuple[str, ...]) -> str:
    """A number that one of the patterns describes."""
    return "".join(
        rng.choice("0123456789") if sign == "#" else sign for sign in rng.choice(patterns)
    )


_ENGLISH_PHISHING: Final = (
    "FINAL NOTICE: unpaid toll. Pay at http://toll-pay.example.top/{n}",
    "Your account has been suspended. Verify your details: https://secure-login.example.click/{n}",
    "Parcel held. Customs fee due: www.parcel-release.example/{n}",
    "Hi mum, my phone broke. This is my new number, call me on it",
)
_ENGLISH_NOTICES: Final = (
    "Your parcel arrives today between 10 and 12. Track: https://post.example/t/{n}",
    "Your code is {n}. Never tell it to anyone.",
    "Card ending 4{n} was used for 18.40",
)
_ENGLISH_POLICE: Final = ("Metropolitan Police", "Police Headquarters", "Ministry of Justice")
_ENGLISH_BANKS: Final = ("Your Bank Fraud Team", "Bank Customer Service", "Card Services")

HOMES: Final = {
    home.country: home
    for home in (
        Home(
            country="CN",
            code="86",
            utc_offset_h=8,
            trunk_prefix="0",
            mobile=("+86138########", "+86139########", "+86158########", "+86186########"),
            fixed=("+8610622#####", "+8621612#####", "+86755262#####", "+86571871#####"),
            impossible=("+86120########", "+861381234#########", "+86000######", "+861101######"),
            emergency=("110", "119", "120", "122"),
            authority_lines=("110", "0086110", "+8612345", "+8696110", "12309", "+8612368"),
            bank_lines=("95588", "+8695533", "95599", "0086955661", "+8695559", "+8695555"),
            inbound_only=("400812####", "+86400681####", "800820####"),
            marked_desks=("+86571110####",),
            listed_desks=("+86769110####",),
            call_centres=("9501####", "9521####", "+8621612#####", "+8610622#####"),
            bulk_senders=("10698#######", "106575######", "10690########"),
            authority_names=("上海市公安局", "北京市公安局", "最高人民检察院", "通信管理局"),
            bank_names=("中国工商银行", "建设银行客服", "银联客服", "京东客服"),
            phishing=(
                "【中国工商银行】您的账户异常，请登录 http://icbc-safe.example.top/{n} 核实",
                "【ETC】您的卡已停用，请点击 www.etc-auth.example/{n} 重新认证",
                "您涉嫌洗钱，账户将冻结，详情 https://police-case.example.cc/{n}",
                "妈，我手机掉水里了，这是我的新号码，方便时加我微信",
            ),
            notices=(
                "【菜鸟】您的包裹已到驿站，取件码 {n}",
                "【招商银行】您尾号{n}的卡消费128.00元",
                "验证码 {n}，请勿告诉他人",
            ),
        ),
        Home(
            country="GB",
            code="44",
            utc_offset_h=0,
            trunk_prefix="0",
            mobile=("+447400######", "+4477120#####", "+447833######"),
            fixed=("+4420794#####", "+44161496####", "+44131496####"),
            impossible=("+44655#######", "+4420794########", "+44000######"),
            emergency=("999", "112"),
            authority_lines=("999", "101", "+4420723#####"),
            bank_lines=("159", "+448081570###", "+443457404###"),
            inbound_only=("0800158####", "+44808157####"),
            marked_desks=("+4420794#####",),
            listed_desks=("+442079411212",),
            call_centres=("+443300######", "+4420794#####"),
            bulk_senders=("EVRI", "RoyalMail", "61016"),
            authority_names=_ENGLISH_POLICE,
            bank_names=_ENGLISH_BANKS,
            phishing=_ENGLISH_PHISHING,
            notices=_ENGLISH_NOTICES,
        ),
        Home(
            country="IN",
            code="91",
            utc_offset_h=5.5,
            trunk_prefix="0",
            mobile=("+919812######", "+919900######", "+918105######"),
            fixed=("+9111233#####", "+9122227#####"),
            impossible=("+910012######", "+9198120000####", "+91000######"),
            emergency=("112", "100", "108"),
            authority_lines=("100", "112", "1930"),
            bank_lines=("18001234###", "+9118001234###"),
            inbound_only=("18001234###", "18601234###"),
            marked_desks=("+9111233#####",),
            listed_desks=("+911123311212",),
            call_centres=("+9111233#####", "+9122227#####"),
            bulk_senders=("VM-HDFCBK", "AD-DELHVR", "JD-SBIINB"),
            authority_names=("Mumbai Police", "Customs Department", "Narcotics Police"),
            bank_names=_ENGLISH_BANKS,
            phishing=_ENGLISH_PHISHING,
            notices=_ENGLISH_NOTICES,
        ),
        Home(
            country="SG",
            code="65",
            utc_offset_h=8,
            trunk_prefix="",
            mobile=("+6591######", "+6581######", "+6596######"),
            fixed=("+6562######", "+6567######"),
            impossible=("+6512######", "+65912#######", "+6500######"),
            emergency=("999", "995"),
            authority_lines=("999", "995", "1799"),
            bank_lines=("18001######", "18001111111"),
            inbound_only=("18001######", "+6518001######"),
            marked_desks=("+6562######",),
            listed_desks=("+6562112112",),
            call_centres=("+6562######", "+6567######"),
            bulk_senders=("SingPost", "DBS", "NinjaVan"),
            authority_names=("Singapore Police", "Immigration", "Ministry of Justice"),
            bank_names=_ENGLISH_BANKS,
            phishing=_ENGLISH_PHISHING,
            notices=_ENGLISH_NOTICES,
        ),
        Home(
            country="AU",
            code="61",
            utc_offset_h=11,
            trunk_prefix="0",
            mobile=("+61412######", "+61402######", "+61438######"),
            fixed=("+6128001####", "+6138001####", "+6173001####"),
            impossible=("+61112######", "+614120000#####", "+61000######"),
            emergency=("000", "112"),
            authority_lines=("000", "131444"),
            bank_lines=("132221", "1300123###", "1800123###"),
            inbound_only=("1300123###", "1800123###", "+611300123###"),
            marked_desks=("+6128001####",),
            listed_desks=("+61280011121",),
            call_centres=("+6128001####", "+6138001####"),
            bulk_senders=("AusPost", "NAB", "Linkt"),
            authority_names=("Federal Police", "Tax Office", "Customs"),
            bank_names=_ENGLISH_BANKS,
            phishing=_ENGLISH_PHISHING,
            notices=_ENGLISH_NOTICES,
        ),
        Home(
            country="FI",
            code="358",
            utc_offset_h=2,
            trunk_prefix="0",
            mobile=("+35840#######", "+35850#######", "+35845#######"),
            fixed=("+35894######", "+35832######"),
            impossible=("+35811#########", "+358000#####", "+358999999999999"),
            emergency=("112",),
            authority_lines=("112", "+3582954#####"),
            bank_lines=("+358200#####", "+358800######"),
            inbound_only=("+358800######", "0800######"),
            marked_desks=("+35894######",),
            listed_desks=("+35894112112",),
            call_centres=("+35894######", "+35832######"),
            bulk_senders=("Posti", "Matkahuolto", "16100"),
            authority_names=("Helsinki Police", "Border Force", "Tax Office"),
            bank_names=_ENGLISH_BANKS,
            phishing=_ENGLISH_PHISHING,
            notices=_ENGLISH_NOTICES,
        ),
        Home(
            country="US",
            code="1",
            utc_offset_h=-5,
            trunk_prefix="1",
            mobile=("+1212736####", "+1303837####", "+1415626####"),
            fixed=("+1202456####", "+1312744####"),
            impossible=("+1099#######", "+121273600####", "+1000#######"),
            emergency=("911",),
            authority_lines=("911", "+1202324####"),
            bank_lines=("+18004321###", "+18009359###"),
            inbound_only=("+18008291###",),
            marked_desks=("+1202456####",),
            listed_desks=("+12024561121",),
            call_centres=("+1202456####", "+18004321###"),
            bulk_senders=("28777", "692632", "72166"),
            authority_names=("County Sheriff", "IRS", "Social Security Police"),
            bank_names=_ENGLISH_BANKS,
            phishing=_ENGLISH_PHISHING,
            notices=_ENGLISH_NOTICES,
        ),
    )
}

# Ordinary numbers of several countries.
FOREIGN: Final = (
    "+85261######",
    "+6591######",
    "+4420794#####",
    "+1415626####",
    "+81903#######",
    "+61412######",
    "+4915112######",
    "+33612######",
)
# Where calling back is expensive.
ONE_RING: Final = (
    "+44909879####",
    "+88216#######",
    "+67570######",
    "+23276######",
    "+2526#######",
    "+5352######",
)


def foreign(rng: Random, home: Home) -> str:
    """An ordinary number of another country."""
    own = f"+{home.code}"
    return draw(rng, tuple(pattern for pattern in FOREIGN if not pattern.startswith(own)))

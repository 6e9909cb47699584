"""Words that bench records and bench rules are made of: names, devices, trunk groups, numbers.

The pools are a few hundred entries long, as at a real interconnect: few carriers, few makes of
equipment, many names. Everything here is invented.
"""

from __future__ import annotations

from random import Random
from typing import Final

INGRESS: Final = ("international", "interconnect", "on_net")
INGRESS_SHARE: Final = (0.3, 0.5, 0.2)

# Home dialling: mobile blocks (three digits) and area codes of the home country, China.
MOBILE_BLOCKS: Final = tuple(
    str(block)
    for block in (
        *range(130, 140),
        *(145, 147, 149),
        *range(150, 154),
        *range(155, 160),
        *(166, 171, 175, 176, 177, 178),
        *range(180, 190),
        *(191, 198, 199),
    )
)
AREA_CODES: Final = (
    "10 20 21 22 23 24 25 27 28 29 311 351 371 411 431 451 471 512 513 531 532 551 571 574 575 "
    "591 592 595 731 755 756 757 760 769 771 791 851 871 891 898 931 951 971 991"
).split()

# Country code, first digits of the national number, how many digits follow those.
FOREIGN: Final = (
    ("1", "212", 7),
    ("1", "646", 7),
    ("1", "415", 7),
    ("44", "7911", 6),
    ("44", "7700", 6),
    ("44", "20", 8),
    ("49", "1512", 7),
    ("33", "6", 8),
    ("81", "90", 8),
    ("82", "10", 8),
    ("852", "5", 7),
    ("852", "9", 7),
    ("853", "6", 7),
    ("886", "9", 8),
    ("65", "8", 7),
    ("60", "12", 7),
    ("63", "917", 7),
    ("66", "8", 8),
    ("84", "90", 7),
    ("91", "98", 8),
    ("95", "9", 8),
    ("855", "12", 6),
    ("856", "20", 8),
    ("371", "2", 7),
    ("252", "61", 7),
    ("675", "7", 7),
    ("232", "76", 6),
    ("53", "5", 7),
)

AUTHORITIES: Final = (
    "公安局 检察院 人民法院 反诈中心 税务局 社保局 银行 客服 信用卡中心 快递 顺丰速运 "
    "京东客服 支付宝 微信支付 医保中心 通信管理局 移动客服 联通客服 电信客服 "
    "police bank customs support tax refund delivery paypal amazon visa service security verify"
).split()

_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文"
_FIRST: Final = (
    "John Mary Wei Anna Tom Lucy Omar Priya Ken Sara Ivan Mei Paul Nina Luis Yuki".split()
)
_LAST: Final = (
    "Smith Chen Khan Garcia Ito Novak Brown Singh Lee Mora Weber Rossi Silva Park".split()
)
_COMPANIES: Final = "Acme Globex Initech Umbrella Hooli Vandelay Stark Wayne Wonka Soylent".split()
_SUFFIXES: Final = ("Trading", "Logistics", "Telecom", "Travel", "Finance", "Group", "Services")

_DEVICES: Final = (
    ("Asterisk PBX {}.{}.{}", 16),
    ("FPBX-{}.{}.{}(18.9.0)", 14),
    ("FreeSWITCH-mod_sofia/1.{}.{}-release-{}", 12),
    ("Cisco-SIPGateway/IOS-{}.{}.{}", 12),
    ("Kamailio ({}.{}.{} (x86_64/linux))", 12),
    ("OpenSIPS ({}.{}.{})", 10),
    ("SoftX3000 V{}R00{}C{}", 10),
    ("ZXSS10 SS1b V{}.{}.{}", 10),
    ("Yealink SIP-T46S {}.84.{}.{}", 12),
    ("Grandstream GXP2160 {}.0.{}.{}", 12),
    ("PolycomVVX-VVX_411-UA/{}.{}.{}", 10),
    ("sipcli/v{}.{}.{}", 6),
    ("friendly-scanner {}.{}.{}", 4),
    ("pplsip {}.{}.{}", 4),
    ("MicroSIP/3.{}.{}.{}", 8),
    ("Zoiper rv{}.{}.{}", 8),
)


def names() -> list[str]:
    """Display names: people, companies, imitated authorities; the empty one stands for a third."""
    draw = Random("display names")
    found = {draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=2)) for _ in range(150)}
    found |= {f"{draw.choice(_FIRST)} {draw.choice(_LAST)}" for _ in range(150)}
    found |= {f"{draw.choice(_COMPANIES)} {draw.choice(_SUFFIXES)}" for _ in range(60)}
    found |= {f"{draw.choice(AREA_CODES)} {word}" for word in AUTHORITIES for _ in range(2)}
    return sorted(found)


def agents() -> list[str]:
    """User agents: each make in several versions."""
    draw = Random("user agents")
    return sorted(
        {
            make.format(draw.randrange(1, 22), draw.randrange(10), draw.randrange(30))
            for make, versions in _DEVICES
            for _ in range(versions)
        }
    )


def trunk_groups() -> dict[str, list[str]]:
    """Trunk groups by ingress, 160 in all."""
    return {
        "international": [
            f"INTL-{city}-{n:02}" for city in ("HKG", "LON", "FRA") for n in range(16)
        ],
        "interconnect": [
            f"IC-{net}-{n:02}" for net in ("CT", "CU", "CM", "CBN") for n in range(20)
        ],
        "on_net": [f"PBX-{n:04}" for n in range(1000, 1032)],
    }

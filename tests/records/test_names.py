"""Names in every encoding in which they are sent, and as rules compare them."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard import Guard
from callguard.characters import fold
from callguard.engine.name_reading import read_shown
from callguard.numbering import NumberingPlan
from callguard.records import derive
from callguard.records.names import MAX_SHOWN, decode_name, fold_name, folded_names
from tests.made.read_results import LEAST
from tests.rules.faulty_files.fault import item

CARRIED = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("=?utf-8?B?5YWs5a6J5bGA?=", "公安局"),
        ("=?UTF-8?b?5YWs5a6J5bGA?=", "公安局"),
        ("=?utf-8*zh?B?5YWs5a6J5bGA?=", "公安局"),
        ("=?gb2312?B?uauwsr7W?=", "公安局"),
        ("=?gb18030?Q?=B9=AB=B0=B2=BE=D6?=", "公安局"),
        ("=?utf-8?Q?City_Police?=", "City Police"),
        ("=?iso-8859-1?Q?Caf=E9?= Paris", "Café Paris"),
        ("=?utf-8?B?5YWs?= =?utf-8?B?5a6J?=", "公安"),
        ("=?utf-8?B?5YU=?= =?utf-8?B?rOWuiQ==?=", "公安"),  # a character cut in two
        ("=?utf-8?B?5YWs?= and =?utf-8?B?5a6J?=", "公 and 安"),
        ("=?utf-8?B?5YWs?= =?gbk?B?sLI=?=", "公安"),
        ("=?utf-8?B?5YWs5a6J5bGA?", "=?utf-8?B?5YWs5a6J5bGA?"),  # not closed
        ("=?x-unknown?B?5YWs?=", "=?x-unknown?B?5YWs?="),
        ("=?utf-8?B?//8=?=", "=?utf-8?B?//8=?="),  # not UTF-8
        ("=?punycode?Q?abc-?=", "=?punycode?Q?abc-?="),
        ("%E5%85%AC%E5%AE%89", "公安"),
        ("City%20Police", "City Police"),
        ("50% off", "50% off"),
        ("%FF%FE", "%FF%FE"),
        ("å\x85¬å®\x89", "公安"),  # UTF-8 read as Latin-1
        ("Café", "Café"),
        ("公安", "公安"),
    ],
)
def test_names_are_decoded(sent: str, name: str) -> None:
    assert name == decode_name(sent)
    assert fold(name) == fold_name(sent)


@given(CARRIED)
def test_every_name_survives_its_encoding(name: str) -> None:
    encoded = base64.b64encode(name.encode()).decode()
    assert fold_name(name) == fold_name(f"=?utf-8?B?{encoded}?=") == fold_name(quote(name, safe=""))
    quoted = "".join(f"={byte:02X}" for byte in name.encode())
    assert fold_name(name) == fold_name(f"=?utf-8?Q?{quoted}?=")


@given(st.text() | st.text(st.sampled_from("=?utf-8BbQqgk%41FEé \t")))
def test_no_name_breaks_the_reading(name: str) -> None:
    folded = fold_name(name)
    assert len(folded) <= MAX_SHOWN
    assert folded == fold(folded)


def test_invisible_characters_do_not_push_a_name_out_of_sight() -> None:
    assert "police" == fold_name("\u200b" * 4000 + "Police")
    assert "a" * MAX_SHOWN == fold_name("a" * MAX_SHOWN + "Police")


def test_fields_of_a_call_and_of_a_message() -> None:
    record = {**LEAST, "display_name": "Роlice", "calling_party_number": "ＩＣＢＣ"}
    assert {"display_name.folded": "police"} == folded_names({**record, "event": "setup"})
    both = {"display_name.folded": "police", "sender.folded": "icbc"}
    assert both == folded_names({**record, "event": "sms"})
    assert {} == folded_names({**LEAST, "event": "sms"})


def test_rules_and_lists_name_the_folded_fields(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "known.txt").write_text("Полиция*\nMy  Bank\n", encoding="utf-8")
    rules = tmp_path / "rules.yaml"
    text = item("sender.folded|expand: '%known%'").replace("call_setup", "sms")
    rules.write_text(text, encoding="utf-8")
    guard = Guard.load(rules)
    call = {"event": "sms", "at": 1.0, "called_party_number": "13912345678"}
    for sender, matched in {
        "ПОЛИЦИЯ 24": True,
        "Пoлиция": True,
        "МY\u00a0ВANK": True,
        "My Banker": False,
        "13812345678": False,
    }.items():
        verdict = guard.score({**call, "calling_party_number": sender})
        assert matched == bool(verdict.shadow), sender
    assert not guard.score({**call, "event": "setup", "calling_party_number": "My Bank"}).shadow


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("110", "+86110"),
        ("１１０", "+86110"),
        ("①①⓪", "+86110"),
        ("1\ufe0f\u20e31\ufe0f\u20e30\ufe0f\u20e3", "+86110"),
        ("+86 110", "+86110"),
        ("010-110", "+86110"),
        ("  95588\u200b ", "+8695588"),
        ("=?utf-8?Q?=39=35588?=", "+8695588"),
        ("11О", "+86110"),  # Cyrillic O
        ("(400) 820-8820", "+864008208820"),
        ("*110*", "+86110"),
        ("lol", None),
        ("l0", None),
        ("110 police", None),
        ("Ann", None),
        ("公安", None),
        ("7", None),
        ("", None),
    ],
)
def test_the_number_that_a_name_shows(name: str, number: str | None) -> None:
    fields = derive({**LEAST, "display_name": name}, NumberingPlan("CN"))
    assert number == fields.get("display_name.e164")


@given(CARRIED | st.text(st.sampled_from("0159+-OlО１①٣ ()")), st.sampled_from(["CN", "GB"]))
def test_shown_numbers_are_read_alike_when_scoring(name: str, home: str) -> None:
    plan = NumberingPlan(home)
    field = derive({**LEAST, "display_name": name}, plan).get("display_name.e164")
    assert field == read_shown(name, plan.classify)

"""What the lists beside the pack do when a carrier fills them."""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard import Guard, Verdict
from tests.made.rule_pack import AT, call, from_abroad, pack_with


def score(guard: Guard, calling: str, called: str, ingress: str, **others: object) -> Verdict:
    return guard.score(
        {
            "event": "setup",
            "at": AT,
            "calling_party_number": calling,
            "called_party_number": called,
            "ingress": ingress,
            **others,
        }
    )


@pytest.mark.parametrize("number", ["05321102024", "120", "119", "122", "96110"])
def test_public_safety_call_backs_pass_at_home(number: str) -> None:
    for ingress in ("on_net", "interconnect"):
        assert "allow" == call("CN", number, "13912345678", ingress=ingress).action


def test_a_listed_desk_calls_back_whatever_other_lists_say(tmp_path: Path) -> None:
    desks = "+865711101234\n+864008999999\n"
    listed = pack_with(tmp_path, psap_numbers=desks, taken_down=desks, do_not_originate=desks)
    guard = Guard.load(listed)
    for number in ("05711101234", "4008999999"):
        verdicts = {
            ingress: score(guard, number, "13912345678", ingress)
            for ingress in ("on_net", "interconnect", "international")
        }
        assert ["allow", "allow", "block"] == [verdict.action for verdict in verdicts.values()]
        assert [True, True, False] == [verdict.call_back for verdict in verdicts.values()]


@pytest.mark.parametrize("number", ["120", "96110", "0086110"])
def test_the_allow_list_does_not_open_the_gateway(number: str) -> None:
    assert "block" == from_abroad("CN", number, "13912345678").action


def test_the_allow_list_outranks_validity_and_do_not_originate(tmp_path: Path) -> None:
    allowed = Guard.load(pack_with(tmp_path, allow="+865711100001\n+864008999999\n+8612110\n"))
    for number in ("05711100001", "12110"):
        assert "block" == call("CN", number, "13912345678", ingress="interconnect").action
        assert "allow" == score(allowed, number, "13912345678", "interconnect").action


def test_a_licensed_400_number_may_call(tmp_path: Path) -> None:
    guard = Guard.load(pack_with(tmp_path, licensed_400="+864008999999\n"))
    licensed = score(guard, "4008999999", "13912345678", "interconnect")
    other = score(guard, "4008999998", "13912345678", "interconnect")
    assert ("allow", "block") == (licensed.action, other.action)
    assert "block" == score(guard, "4008999999", "13912345678", "international").action


def test_calls_to_a_guests_roaming_number_are_exempt(tmp_path: Path) -> None:
    guard = Guard.load(pack_with(tmp_path, msrn_ranges="+358457999*\n"), home="FI")
    for calling, roaming in (
        ("+358501234567", "no"),
        ("+358501234567", None),
        ("+35894241000", None),
    ):
        verdicts = [
            score(guard, calling, called, "international", roaming=roaming).action
            for called in ("+358457999123", "+358457111123")
        ]
        assert "allow" == verdicts[0]
        assert "allow" != verdicts[1]


def test_a_proven_home_number_may_enter_from_abroad(tmp_path: Path) -> None:
    guard = Guard.load(pack_with(tmp_path, proven_home_origin="+441614960*\n"), home="GB")
    assert "allow" == score(guard, "+441614960123", "+447400123456", "international").action
    assert "block" == score(guard, "+441614970123", "+447400123456", "international").action


def test_a_taken_down_number_is_blocked_in_every_role(tmp_path: Path) -> None:
    guard = Guard.load(pack_with(tmp_path, taken_down="+8617012345678\n"))
    shown = score(guard, "17012345678", "13912345678", "on_net", attestation="A")
    hidden = score(guard, "anonymous", "13912345678", "on_net", asserted_identity="+8617012345678")
    for verdict in (shown, hidden):
        assert ("block", "deterministic") == (verdict.action, verdict.basis)
    assert hidden.alert is not None
    assert "17012345678" not in hidden.alert.text
    help_call = score(guard, "17012345678", "110", "on_net")
    assert ("allow", True) == (help_call.action, help_call.emergency)


def test_an_enterprise_shows_its_own_numbers(tmp_path: Path) -> None:
    guard = Guard.load(pack_with(tmp_path, enterprise_numbers="+8610622012*\n"))
    own = score(guard, "01062201234", "13912345678", "on_net", trunk_group="pbx-7")
    other = score(guard, "01062301234", "13912345678", "on_net", trunk_group="pbx-7")
    assert ("allow", "label") == (own.action, other.action)


def test_a_listed_authority_is_believed(tmp_path: Path) -> None:
    guard = Guard.load(pack_with(tmp_path, authority_numbers="+862161234567\n"))
    name = {"display_name": "徐汇派出所"}
    assert "allow" == score(guard, "02161234567", "13912345678", "interconnect", **name).action
    assert "label" == score(guard, "02161234568", "13912345678", "interconnect", **name).action


def test_a_known_dialler_is_not_counted(tmp_path: Path) -> None:
    guard = Guard.load(pack_with(tmp_path, known_diallers="+862161234567\n"))
    for second in range(150):
        for number in ("02161234567", "02161234568"):
            guard.score(
                {
                    "event": "release",
                    "at": AT + second * 10,
                    "calling_party_number": number,
                    "called_party_number": f"139{second:08}",
                    "ingress": "interconnect",
                    "cause": 16,
                    "duration_s": 6,
                }
            )
    later = AT + 1500
    known = score(guard, "02161234567", "13912345678", "interconnect", at=later)
    other = score(guard, "02161234568", "13912345678", "interconnect", at=later)
    assert ("allow", "label") == (known.action, other.action)
    assert ["hundred-short-calls-an-hour"] == other.rules

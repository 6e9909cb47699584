"""Every block of Chinese mobile numbers in use, if the list of blocks is on this machine."""

from __future__ import annotations

import os
import struct
from collections import Counter
from pathlib import Path

import pytest

from callguard.numbering import NumberingPlan
from tests.conftest import ROOT

SHARED = Path(os.environ.get("CALLGUARD_SHARED", ROOT.parent / "shared"))
SEGMENTS = SHARED / "data" / "china-mobile-segments" / "phone.dat"
BLOCKS = 499_527
# Version, place of the index; then 9 bytes a block, the first four its 7 digits.
HEAD, ENTRY = struct.Struct("<4si"), struct.Struct("<iiB")

pytestmark = pytest.mark.skipif(
    not SEGMENTS.exists(), reason=f"no {SEGMENTS}; name its folder in CALLGUARD_SHARED"
)


def blocks() -> list[str]:
    data = SEGMENTS.read_bytes()
    _, index = HEAD.unpack_from(data)
    return [str(block) for block, _, _ in ENTRY.iter_unpack(data[index:])]


def test_every_block_in_use_holds_mobile_numbers() -> None:
    plan = NumberingPlan("CN")
    found: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for number, block in enumerate(blocks()):
        national = f"{block}{number % 10_000:04}"
        answers = [plan.classify(national), plan.classify(f"+86{national}")]
        found[answers[0][1].kind, answers[0][1].valid] += 1
        if answers != [(f"+86{national}", answers[0][1])] * 2:
            wrong.append(national)
    assert ([], {("mobile", True): BLOCKS}) == (wrong, dict(found))


def test_the_list_as_an_operators_list_of_blocks(tmp_path: Path) -> None:
    listed = blocks()
    path = tmp_path / "blocks.txt"
    path.write_text("\n".join(listed))
    plan = NumberingPlan("CN", mobile_blocks=path)
    known = set(map(int, listed))
    kinds = {
        block: plan.classify(f"+86{block}0000")[1].kind for block in range(1_300_000, 2_000_000, 7)
    }
    expected = {block: "mobile" if block in known else "unallocated" for block in kinds}
    assert expected == kinds

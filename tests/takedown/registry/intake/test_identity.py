"""Identity documents are found wherever they stand, and little else is."""

from __future__ import annotations

import random
import uuid

import pytest

from callguard.takedown.registry.intake.identity import looks_like_document


@pytest.mark.parametrize(
    "text",
    [
        "11010119900307123X",
        "11010119900307123x",
        "110101900307123",
        "id110101199003071231.",
        "China Mobile 110101199003071231",
        "110101-19900307-1231",
        "110101 1990 0307 1231",
        "110101\u201319900307\u20131231",
        "110101\u221219900307\u22121231",
        "1101\u200b01199003\u00ad071231",
        "１１０１０１１９９００３０７１２３Ｘ",
        "１１０１０１\u3000１９９００３０７\u3000１２３１",
        "١١٠١٠١١٩٩٠٠٣٠٧١٢٣١",
        "110101/1990.03.07/1231",
        "客户110101199003071231号",
        "110101199003071231 110101199003071248",
    ],
)
def test_documents(text: str) -> None:
    assert looks_like_document(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "C-7",
        "China Mobile",
        "110101199013071231",  # no month 13
        "110101199003321231",  # no day 32
        "11010119900307",
        "1101011990030712310",
        "+110101900307123",
        "0123456789abcdef0123456789abcdef",
        "a110101199003071231b110101199003",
    ],
)
def test_others(text: str) -> None:
    assert not looks_like_document(text)


def test_digests_and_uuids_are_no_documents() -> None:
    rng = random.Random(1)
    for _ in range(20_000):
        assert not looks_like_document(str(uuid.UUID(int=rng.getrandbits(128))))
        assert not looks_like_document(f"{rng.getrandbits(256):064x}")

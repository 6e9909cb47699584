from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records.codecs.net.fragments import Fragments
from callguard.records.codecs.net.packets import Packet


def _fragment(offset: int, payload: bytes, more: bool, identification: int = 1) -> Packet:
    return Packet(b"srcA", b"dstB", 17, payload, identification, offset, more)


@given(st.data())
def test_any_order_and_repetition_gives_the_packet_once(data: st.DataObject) -> None:
    whole = data.draw(st.binary(min_size=17, max_size=80))
    cuts = sorted({0, *data.draw(st.sets(st.sampled_from(range(8, len(whole), 8)), min_size=1))})
    ends = [*cuts[1:], len(whole)]
    pieces = [
        _fragment(start, whole[start:end], end < len(whole))
        for start, end in zip(cuts, ends, strict=True)
    ]
    order = data.draw(st.permutations(pieces))
    given = [piece for piece in order[:-1] for _ in range(data.draw(st.integers(1, 2)))]
    fragments = Fragments()
    assert [None] * len(given) == [fragments.add(piece, 0.0) for piece in given]
    assert Packet(b"srcA", b"dstB", 17, whole, 1) == fragments.add(order[-1], 0.0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_fragment(0, b"A" * 16, True), _fragment(8, b"B" * 16, True)),
        (_fragment(0, b"A" * 16, True), _fragment(0, b"B" * 16, True)),
        (_fragment(8, b"A" * 8, False), _fragment(0, b"B" * 16, True)),
    ],
)
def test_overlapping_fragments_discard_the_packet(first: Packet, second: Packet) -> None:
    fragments = Fragments()
    assert fragments.add(first, 0.0) is None
    assert fragments.add(second, 0.0) is None
    assert fragments.add(_fragment(16, b"C", False), 0.0) is None


@pytest.mark.parametrize(("later", "joined"), [(30.0, True), (30.1, False), (-1.0, False)])
def test_fragments_of_different_times_are_not_joined(later: float, joined: bool) -> None:
    fragments = Fragments()
    fragments.add(_fragment(0, b"A" * 8, True), 100.0)
    whole = fragments.add(_fragment(8, b"B", False), 100.0 + later)
    assert joined == (whole is not None)


@pytest.mark.parametrize(
    "fragment",
    [_fragment(65_528, b"12345678", False), _fragment(8, b"", False)],
)
def test_impossible_fragments_are_dropped(fragment: Packet) -> None:
    fragments = Fragments()
    fragments.add(_fragment(0, b"A" * 8, True), 0.0)
    assert fragments.add(fragment, 0.0) is None
    assert fragments.add(_fragment(8, b"B", False), 0.0) is None


def test_the_oldest_gives_way() -> None:
    fragments = Fragments(max_packets=2)
    for identification in (1, 2, 3):
        fragments.add(_fragment(0, b"A" * 8, True, identification), 0.0)
    done = [fragments.add(_fragment(8, b"B", False, number), 0.0) for number in (3, 2, 1)]
    assert [True, True, False] == [whole is not None for whole in done]


def test_too_many_fragments_are_dropped() -> None:
    fragments = Fragments()
    for place in range(200):
        assert fragments.add(_fragment(place * 8, b"A" * 8, True), 0.0) is None
    assert fragments.add(_fragment(1600, b"B", False), 0.0) is None

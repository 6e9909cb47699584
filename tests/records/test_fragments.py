from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records.codecs.net.found import Place
from callguard.records.codecs.net.fragments import (
    EMPTY,
    LOST,
    MAX_FRAGMENTS,
    OVERLAP,
    TOO_LONG,
    TOO_MANY,
    Fragments,
    Incomplete,
)
from callguard.records.codecs.net.packets import Packet

PLACE = Place(1, 0.0)


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
    assert [[]] * len(given) == [fragments.add(piece, 0.0, PLACE) for piece in given]
    assert [Packet(b"srcA", b"dstB", 17, whole, 1)] == fragments.add(order[-1], 0.0, PLACE)
    # What is sent once more after that is passed over, but a first fragment begins a packet.
    again = next(piece for piece in pieces if piece.offset)
    assert ([], []) == (fragments.add(again, 0.0, PLACE), fragments.finish())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_fragment(0, b"A" * 16, True), _fragment(8, b"B" * 16, True)),
        (_fragment(0, b"A" * 16, True), _fragment(0, b"B" * 16, True)),
        (_fragment(0, b"A" * 16, True), _fragment(8, b"B" * 4, True)),
        (_fragment(8, b"A" * 8, False), _fragment(0, b"B" * 16, True)),
    ],
)
def test_overlapping_fragments_discard_the_packet(first: Packet, second: Packet) -> None:
    fragments = Fragments()
    assert [] == fragments.add(first, 0.0, Place(1, 0.0))
    (given_up,) = fragments.add(second, 0.0, Place(2, 0.0))
    assert isinstance(given_up, Incomplete)
    assert (OVERLAP, Place(1 if first.offset == 0 else 2, 0.0)) == (
        given_up.reason,
        given_up.place,
    )
    # The rest of the packet is passed over.
    assert [] == fragments.add(_fragment(16, b"C", False), 0.0, Place(3, 0.0))
    assert [] == fragments.finish()


@pytest.mark.parametrize(("later", "joined"), [(30.0, True), (30.1, False), (-1.0, False)])
def test_fragments_of_different_times_are_not_joined(later: float, joined: bool) -> None:
    fragments = Fragments()
    first = _fragment(0, b"A" * 8, True)
    fragments.add(first, 100.0, Place(1, 100.0))
    given = fragments.add(_fragment(8, b"B", False), 100.0 + later, Place(2, 100.0 + later))
    whole = replace(first, payload=b"A" * 8 + b"B", more_fragments=False)
    cut = replace(first, more_fragments=False, cut=True)
    assert [whole if joined else Incomplete(cut, 17, LOST, Place(1, 100.0))] == given


def test_what_stays_incomplete_is_given_up_in_time_or_at_the_end() -> None:
    fragments = Fragments()
    for identification, at in ((1, 0.0), (2, 20.0)):
        fragment = _fragment(0, b"A" * 8, True, identification)
        fragments.add(fragment, at, Place(identification, at))
    fragments.add(_fragment(8, b"no first", False, 3), 21.0, Place(3, 21.0))
    assert [] == fragments.aged(30.0)
    assert [Place(1, 0.0)] == [given.place for given in _given_up(fragments.aged(30.1))]
    rest = _given_up(fragments.finish())
    assert [(Place(2, 20.0), True), (Place(3, 21.0), False)] == [
        (given.place, given.packet is not None) for given in rest
    ]
    assert [] == fragments.finish()


def _given_up(given: list[Packet | Incomplete]) -> list[Incomplete]:
    assert all(isinstance(one, Incomplete) for one in given)
    return [one for one in given if isinstance(one, Incomplete)]


@pytest.mark.parametrize(
    ("fragment", "reason"),
    [
        (_fragment(65_528, b"12345678", False), TOO_LONG),
        (_fragment(8, b"", False), EMPTY),
        (replace(_fragment(8, b"", False), cut=True), LOST),
    ],
)
def test_impossible_fragments_discard_the_packet(fragment: Packet, reason: str) -> None:
    fragments = Fragments()
    fragments.add(_fragment(0, b"A" * 8, True), 0.0, PLACE)
    assert [reason] == [given.reason for given in _given_up(fragments.add(fragment, 0.0, PLACE))]
    assert [] == fragments.add(_fragment(8, b"B", False), 0.0, PLACE)


def test_a_fragment_cut_by_the_capture_ends_what_is_known() -> None:
    fragments = Fragments()
    cut = replace(_fragment(8, b"B" * 8, True), cut=True)
    for piece in (_fragment(0, b"A" * 8, True), cut, _fragment(16, b"C", False)):
        assert [] == fragments.add(piece, 0.0, PLACE)
    (given,) = _given_up(fragments.finish())
    assert given.packet is not None
    assert (b"A" * 8 + b"B" * 8, True) == (given.packet.payload, given.packet.cut)


def test_a_packet_that_was_captured_twice_comes_twice() -> None:
    first, second = _fragment(0, b"A" * 8, True), _fragment(8, b"B", False)
    fragments = Fragments()
    counts = [len(fragments.add(piece, 0.0, PLACE)) for piece in (first, second) * 2]
    assert [0, 1, 0, 1] == counts


def test_the_oldest_gives_way() -> None:
    fragments = Fragments(max_packets=2)
    given = [
        fragments.add(_fragment(0, b"A" * 8, True, number), 0.0, Place(number, 0.0))
        for number in (1, 2, 3)
    ]
    assert [Place(1, 0.0)] == [one.place for one in _given_up(given[2])]
    done = [fragments.add(_fragment(8, b"B", False, number), 0.0, PLACE) for number in (3, 2)]
    assert [True, True] == [isinstance(whole[0], Packet) for whole in done]


def test_too_many_fragments_discard_the_packet() -> None:
    fragments = Fragments()
    given = [
        one
        for place in range(200)
        for one in fragments.add(_fragment(place * 8, b"A" * 8, True), 0.0, Place(place, 0.0))
    ]
    (given_up,) = _given_up(given)
    assert (TOO_MANY, Place(0, 0.0)) == (given_up.reason, given_up.place)
    assert given_up.packet is not None
    assert MAX_FRAGMENTS * 8 == len(given_up.packet.payload)
    assert [] == fragments.add(_fragment(1600, b"B", False), 0.0, PLACE)

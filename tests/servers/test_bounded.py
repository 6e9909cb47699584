from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from callguard.servers import bounded
from callguard.servers.bounded import MOST_BYTES, BoundedSocket


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


class FakeSocket:
    """Gives one byte after ``each_s`` seconds of the clock, or times out."""

    def __init__(self, clock: Clock, each_s: float, size: int = 1) -> None:
        self.clock = clock
        self.each_s = each_s
        self.size = size
        self.timeout: float | None = None

    def settimeout(self, timeout: float | None) -> None:
        self.timeout = timeout

    def recv_into(self, _buffer: bytearray) -> int:
        assert self.timeout is not None
        self.clock.now += min(self.each_s, self.timeout)
        if self.timeout < self.each_s:
            raise TimeoutError
        return self.size

    def recv(self, size: int, _flags: int = 0) -> bytes:
        return b"x" * self.recv_into(bytearray(size))

    def sendall(self, _data: bytes) -> None:
        self.recv_into(bytearray())

    def fileno(self) -> int:
        return 7


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(bounded, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


def reads_until_given_up(socket: BoundedSocket) -> int:
    for number in range(10_000):
        try:
            socket.recv_into(bytearray(1))
        except TimeoutError:
            return number
    raise AssertionError("never given up")


def test_an_answer_that_drips_is_given_up_when_its_time_is_over(clock: Clock) -> None:
    socket = BoundedSocket(FakeSocket(clock, 0.02), 0.05, clock.now + 1)
    socket.next_answer()
    assert 2 == reads_until_given_up(socket)
    assert 100.05 == pytest.approx(clock.now)


def test_each_answer_has_its_own_time_within_that_of_the_batch(clock: Clock) -> None:
    socket = BoundedSocket(FakeSocket(clock, 0.04), 0.05, clock.now)
    socket.until(clock.now + 0.21)
    read = 0
    with pytest.raises(TimeoutError):
        for _ in range(10):
            socket.next_answer()
            socket.recv_into(bytearray(1))
            read += 1
    assert 5 == read
    assert 100.21 == pytest.approx(clock.now)


def test_nothing_is_sent_when_no_time_is_left(clock: Clock) -> None:
    socket = BoundedSocket(FakeSocket(clock, 0.01), 0.05, clock.now + 0.015)
    socket.sendall(b"PING")
    with pytest.raises(TimeoutError):
        socket.sendall(b"PING")
    with pytest.raises(TimeoutError, match="no time is left"):
        socket.sendall(b"PING")


def test_an_answer_that_fills_the_memory_is_given_up(clock: Clock) -> None:
    socket = BoundedSocket(FakeSocket(clock, 0.0, MOST_BYTES // 2), 0.05, clock.now + 1)
    socket.next_answer()
    socket.recv_into(bytearray(1))
    socket.recv_into(bytearray(1))
    with pytest.raises(OSError, match="an answer of more than 67108864 bytes"):
        socket.recv_into(bytearray(1))
    socket.next_answer()
    assert MOST_BYTES // 2 == socket.recv_into(bytearray(1))


def test_a_look_waits_for_nothing_and_a_timeout_of_zero_neither(clock: Clock) -> None:
    fake: Any = FakeSocket(clock, 0.0)
    socket = BoundedSocket(fake, 0.05, clock.now + 1)
    socket.settimeout(0)
    socket.recv(1)
    assert 0 == fake.timeout
    socket.settimeout(0.3)
    socket.recv(1)
    assert 1.0 == pytest.approx(fake.timeout)
    fake.timeout = 5.0
    assert b"x" == socket.recv(1, 2)
    assert 5.0 == fake.timeout
    assert 7 == socket.fileno()

from __future__ import annotations

import os
import signal
import time
from threading import Timer

import pytest

from callguard.observe.control import Control, signals_to


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_to_end_asks_for_a_stop(number: signal.Signals) -> None:
    control = Control()
    before = signal.getsignal(number)
    with signals_to(control):
        os.kill(os.getpid(), number)
        assert (True, False) == (control.stopping, control.reloading)
    assert signal.getsignal(number) is before


def test_a_second_signal_to_end_ends_the_process() -> None:
    pid = os.fork()
    if pid == 0:
        with signals_to(Control()):
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert -signal.SIGTERM == os.waitstatus_to_exitcode(status)


def test_a_hangup_asks_for_a_reload() -> None:
    control = Control()
    with signals_to(control):
        os.kill(os.getpid(), signal.SIGHUP)
    assert (False, True) == (control.stopping, control.reloading)


def test_a_wait_ends_when_a_stop_is_asked_for() -> None:
    control = Control()
    Timer(0.05, control.stop).start()
    start = time.monotonic()
    control.wait(60.0)
    assert control.stopping
    assert time.monotonic() - start < 30.0

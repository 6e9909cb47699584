from __future__ import annotations

import io
import json
import logging
from datetime import datetime

import pytest
import structlog

from callguard.observe.logs import counters_log, json_log, library_faults, plain_log
from tests.integrations.redis_stream.streams import Events


def test_an_event_is_one_line_of_json() -> None:
    stream = io.StringIO()
    log = json_log(stream)
    log.warning("stream_away", error="Connection refused\nby 公安", in_hand=3)
    log.info("stream_back")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert datetime.fromisoformat(first.pop("timestamp")).tzinfo is not None
    assert {
        "event": "stream_away",
        "level": "warning",
        "error": "Connection refused\nby 公安",
        "in_hand": 3,
    } == first
    assert ("stream_back", "info") == (second["event"], second["level"])


def test_a_value_that_json_has_not_is_shown_as_text() -> None:
    stream = io.StringIO()
    json_log(stream).info("worker_started", name=b"w")
    assert "b'w'" == json.loads(stream.getvalue())["name"]


def test_an_event_is_one_line_for_a_person() -> None:
    lines: list[str] = []
    plain_log(lines.append).error("entry_given_up", entry="5-0", to="dead")
    assert ["error: entry_given_up entry=5-0 to=dead"] == lines


def test_a_plain_line_steers_no_terminal() -> None:
    lines: list[str] = []
    plain_log(lines.append).warning("stream_away", error="-ERR \x1b[2J\u2028\u202e\x9b")
    assert r"warning: stream_away error=-ERR \x1b[2J\u2028\u202e\x9b" == lines[0]


def test_the_settings_of_the_program_around_are_left_alone() -> None:
    before = structlog.get_config()
    json_log(io.StringIO()).info("worker_started")
    assert before == structlog.get_config()


class Full(io.StringIO):
    tried = 0

    def write(self, _: str) -> int:
        self.tried += 1
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_does_not_end_the_work() -> None:
    full = Full()
    log = json_log(full)
    log.info("worker_started")
    log.info("worker_stopped")
    assert 1 == full.tried  # and then it is given up


@pytest.mark.parametrize("error", ["refused", ""])
def test_counters_are_logged_when_they_go_and_when_they_are_back(error: str) -> None:
    log = Events()
    changed = counters_log(log)
    for place in ("a", "b"):
        changed(place, "open", error)
        for _ in range(3):
            changed(place, "probing", error)
            changed(place, "open", error)
    changed("a", "probing", error)
    changed("a", "closed", error)
    changed("a", "closed", error)
    assert [
        ("counters_away", {"place": "a", "error": error}),
        ("counters_away", {"place": "b", "error": error}),
        ("counters_back", {"place": "a"}),
    ] == log


def test_errors_that_the_library_logs_are_events_without_data_of_callers() -> None:
    log = Events()
    logger = logging.getLogger("callguard.guard.anything")
    with library_faults(log):
        try:
            raise KeyError("+8613800138000")
        except KeyError:
            logger.exception("rule set %s: failed", "abc")
        logger.warning("no error")
        logging.getLogger("another.library").error("not ours")
    logger.error("nobody listens any more")
    ((event, fields),) = log
    assert ("internal_fault", "KeyError") == (event, fields["error"])
    assert ("callguard.guard.anything", "rule set abc: failed") == (
        fields["logger"],
        fields["message"],
    )
    (frame,) = fields["frames"]
    assert frame.startswith(__file__)
    assert frame.endswith(" test_errors_that_the_library_logs_are_events_without_data_of_callers")
    assert "138" not in str(fields)


def test_a_program_that_listens_to_the_library_does_so_again_afterwards() -> None:
    logger = logging.getLogger("callguard")
    before = logger.propagate, [*logger.handlers]
    with library_faults(Events()):
        assert before != (logger.propagate, logger.handlers)
    assert before == (logger.propagate, logger.handlers)

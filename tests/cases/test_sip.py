from __future__ import annotations

from typing import Any

import pytest

from callguard.errors import RecordError
from callguard.records import validate
from callguard.records.codecs.sip.invite import read_invite
from tests.cases.case_files import cases_of
from tests.made.captures import invite

EXPECTED = {"record", "error", "unsaid"}
KEYS = {"why", "from", "uri", "headers", "message"} | EXPECTED


@pytest.mark.parametrize("case", cases_of("sip", KEYS))
def test_invite_is_read_as_the_case_says(case: dict[str, Any]) -> None:
    assert EXPECTED & set(case), "say what is expected"
    message = _message(case)
    if "error" in case:
        with pytest.raises(RecordError) as caught:
            read_invite(message)
        assert case["error"] in caught.value.reason
        assert case.get("unsaid", "no such text") not in caught.value.reason
        return
    fields = read_invite(message)
    assert fields is not None, "not taken for an INVITE"
    record = validate({**fields, "at": 1.0})
    assert case["record"] == {key: record.get(key) for key in case["record"]}


def _message(case: dict[str, Any]) -> bytes:
    if "message" in case:
        assert not {"from", "uri", "headers"} & set(case), "message is the whole of it"
        return str(case["message"]).replace("\n", "\r\n").encode()
    parts = {key: case[name] for key, name in (("caller", "from"), ("uri", "uri")) if name in case}
    return invite(*case.get("headers", ()), **parts)

"""A record that lacks its ingress does not look as if every rule had judged it."""

from __future__ import annotations

from typing import Any

import pytest

from callguard.engine.slow_path import score_on_slow_path
from tests.made.rules import call, detection, equals, program_of

RULES = [
    detection("abroad", equals("ingress", "international"), equals("trunk_group", "t")),
    detection("home", equals("ingress", "on_net", negated=True), equals("trunk_group", "u")),
    detection("either", equals("trunk_group", "v")),
]


@pytest.mark.parametrize(
    ("changes", "degraded"),
    [
        ({"trunk_group": "t"}, ["no ingress"]),
        ({"trunk_group": "t", "ingress": "international"}, []),
        ({"trunk_group": "t", "ingress": "on_net"}, []),
        # It matches without: nothing is missed.
        ({"trunk_group": "u"}, []),
        ({"trunk_group": "v"}, []),
        ({"trunk_group": "other"}, []),
        ({}, []),
        ({"trunk_group": "t", "event": "release"}, []),
    ],
)
def test_no_ingress_is_said_where_a_rule_could_have_matched(
    changes: dict[str, Any], degraded: list[str]
) -> None:
    program = program_of(*RULES)
    record = call(**changes)
    assert degraded == program.score_event[record["event"]](record).degraded
    assert degraded == score_on_slow_path(program, record).degraded

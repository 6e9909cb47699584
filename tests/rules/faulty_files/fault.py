"""Rule files for the tests of wording: one fault each, and where it is."""

from __future__ import annotations

RECORD = "{event: setup, at: 1, called_party_number: '+8613900139000'}"

RULE = """\
title: A rule
id: 0f4f0d3e-0000-4000-8000-000000000001
name: a-rule
status: experimental
logsource: {product: telecom, category: call_setup}
detection:
  sel:
    ingress: international
  condition: sel
"""

CORRELATION = """\
---
title: Many
id: 0f4f0d3e-0000-4000-8000-000000000002
name: many
status: experimental
correlation:
  type: event_count
  rules: [a-rule]
  group-by: [calling.e164]
  timespan: 10m
  condition: {gte: 5}
"""


def rule(old: str = "", new: str = "") -> str:
    """The good rule with one part replaced."""
    assert old in RULE, old
    return RULE.replace(old, new) if old else RULE + new


def item(text: str) -> str:
    """The good rule whose selection has this item, in line 8, column 5."""
    return rule("ingress: international", text)


def condition(text: str, *selections: str) -> str:
    """The good rule with this condition and further selections before it."""
    lines = "".join(f"  {name}: {{ingress: on_net}}\n" for name in selections)
    return rule("  condition: sel", f"{lines}  condition: {text}")


def extension(text: str, status: str = "experimental") -> str:
    """The good rule with this under its ``callguard`` key, from line 11 on."""
    lines = "".join(f"  {line}\n" for line in text.splitlines())
    return rule("status: experimental", f"status: {status}") + "callguard:\n" + lines


def counted(old: str = "", new: str = "") -> str:
    """The good rule and a good correlation, one part of which is replaced."""
    assert old in CORRELATION, old
    return RULE + (CORRELATION.replace(old, new) if old else CORRELATION + new)


def sequence(text: str) -> str:
    """The good correlation with this example, in line 25, column 9."""
    return counted("", f"callguard:\n  examples:\n    matches:\n      - {text}\n")


def pairs(count: int) -> str:
    """The good rule with a condition of that many ``(a or b)`` joined by ``and``."""
    names = [f"s{index}" for index in range(2 * count)]
    selections = "".join(f"  {name}: {{text|contains: '{name}.'}}\n" for name in names)
    both = " and ".join(f"({a} or {b})" for a, b in zip(names[::2], names[1::2], strict=True))
    return rule(
        "  sel:\n    ingress: international\n  condition: sel", f"{selections}  condition: {both}"
    )

"""Telephone numbers of all regions, drawn from the very patterns of ``phonenumbers``."""

from __future__ import annotations

import random
from collections.abc import Iterator

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from tools.numbering_table.regex import (
    Choice,
    Digits,
    Group,
    Node,
    Repeat,
    Sequence,
    bits,
    parse,
)

TYPES = (
    "general_desc",
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
SHORT_TYPES = ("emergency", "short_code")

# One calling code, and the patterns of all its regions.
Patterns = tuple[str, list[Node]]


def all_patterns() -> list[Patterns]:
    """The number patterns and short-code patterns of every calling code."""
    found = []
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        texts = []
        for region in regions:
            if region == "001":
                metadata, short = PhoneMetadata.metadata_for_nongeo_region(code, None), None
            else:
                metadata = PhoneMetadata.metadata_for_region(region, None)
                short = PhoneMetadata.short_metadata_for_region(region, None)
            texts += [_text(metadata, name) for name in TYPES]
            texts += [_text(short, name) for name in SHORT_TYPES]
        found.append((str(code), [parse(text) for text in texts if text]))
    return found


def _text(metadata: object, name: str) -> str | None:
    desc = getattr(metadata, name, None)
    return desc.national_number_pattern if desc is not None else None


def draw(node: Node, source: random.Random) -> str:
    """A random string that the pattern matches."""
    match node:
        case Digits(mask):
            return str(source.choice(list(bits(mask))))
        case Sequence(parts):
            return "".join(draw(part, source) for part in parts)
        case Choice(options):
            return draw(source.choice(options), source)
        case Group(body, _):
            return draw(body, source)
        case Repeat(body, least, most):
            return "".join(draw(body, source) for _ in range(source.randint(least, most)))
        case _:
            raise AssertionError(f"unexpected pattern {node}")


def digits(length: int, source: random.Random) -> str:
    return "".join(source.choices("0123456789", k=length))


def mutate(national: str, source: random.Random) -> str:
    """The number with another length, another digit, or a prefix in front."""
    place = source.randrange(len(national))
    match source.randrange(7):
        case 0:
            return national[:-1]
        case 1:
            return national + digits(source.randint(1, 3), source)
        case 2:
            return national[:place] + digits(1, source) + national[place + 1 :]
        case 3:
            return national[:place] + digits(len(national) - place, source)
        case 4:
            return source.choice(("0", "1", "8", "00", "06")) + national
        case 5:
            return national[:place] + national[place + 1 :]
        case _:
            return digits(source.randint(1, 2), source) + national


def national_numbers(
    patterns: list[Patterns], count: int, source: random.Random
) -> Iterator[tuple[str, str]]:
    """``count`` pairs of calling code and national digits, valid and invalid ones."""
    for _ in range(count):
        code, nodes = source.choice(patterns)
        if source.random() < 0.1:
            yield code, digits(source.randint(1, 18), source)
            continue
        national = draw(source.choice(nodes), source)
        for _ in range(source.choice((0, 0, 1, 1, 2))):
            national = mutate(national, source) or "0"
        yield code, national

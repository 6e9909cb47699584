"""Allocated numbers of every region, in every form in which carriers signal them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

REGIONS = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
INGRESSES = ("international", "interconnect", "on_net")
NATURES = (None, "unknown", "international")


class Form(NamedTuple):
    """A calling party number as signalled, with the nature of address."""

    number: str
    nature: str | None


@cache
def examples(region: str) -> tuple[str, ...]:
    """The example numbers of every type of a region, in E.164 form."""
    numbers = (
        phonenumbers.example_number_for_type(region, kind) for kind in PhoneNumberType.values()
    )
    return tuple(
        sorted(
            {
                phonenumbers.format_number(number, PhoneNumberFormat.E164)
                for number in numbers
                if number is not None
            }
        )
    )


def metadata_of(region: str) -> PhoneMetadata:
    metadata = PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    return metadata


@cache
def prefix_of(home: str) -> str:
    """What is dialled at home before a calling code."""
    metadata = metadata_of(home)
    prefix = metadata.preferred_international_prefix or metadata.international_prefix or ""
    plain = prefix.replace("~", "")
    return plain if plain.isdigit() else "00"


def forms_from_elsewhere(e164: str, home: str) -> Iterator[Form]:
    """With the calling code in front, and everything that says so or fails to."""
    digits = e164[1:]
    number = phonenumbers.parse(e164)
    pretty = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    for nature in NATURES:
        yield Form(digits, nature)
        yield Form(e164, nature)
    yield Form(f"00{digits}", None)
    yield Form(prefix_of(home) + digits, None)
    yield Form(prefix_of(home) + digits, "international")
    yield Form(pretty, None)
    yield Form(pretty.replace(" ", "-").removeprefix("+"), None)
    yield Form(f"tel:{e164}", None)
    yield Form(f"sip:{e164}@gw.example;user=phone", None)
    yield Form(f"sip:{digits}@192.0.2.1", None)
    yield Form(f"tel:{digits};phone-context=example.com", None)
    yield Form(digits, "national")


def forms_at_home(e164: str, home: str) -> Iterator[Form]:
    """Without the calling code: as a number of home, signalled or dialled at home."""
    number = phonenumbers.parse(e164)
    significant = phonenumbers.national_significant_number(number)
    trunk = metadata_of(home).national_prefix or ""
    yield Form(significant, None)
    yield Form(significant, "national")
    yield Form(significant, "unknown")
    yield Form(trunk + significant, None)
    yield Form(trunk + significant, "national")
    yield Form(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL), None)
    yield Form(f"sip:{trunk}{significant}@192.0.2.1;user=phone", None)
    yield Form(f"tel:{significant};phone-context=+{number.country_code}", None)


def examples_in(metadata: Path) -> dict[str, set[str]]:
    """Region -> the example numbers of libphonenumber's metadata file, in E.164 form."""
    found: dict[str, set[str]] = {}
    for territory in ET.parse(metadata).iter("territory"):  # noqa: S314  a file of ours
        region, code = territory.get("id", ""), territory.get("countryCode", "")
        if region.isalpha():
            found[region] = {f"+{code}{one.text}" for one in territory.iter("exampleNumber")}
    return found

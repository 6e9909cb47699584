"""Numbers that ``phonenumbers`` lacks or reads otherwise: patterns that outrank its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from callguard.errors import NumberingError
from callguard.faults import Faults
from callguard.numbering.rangefile import BAD_RANGE, RangeText, read_lines
from tools.numbering_table.metadata import Region

RANGES: Final = Path(__file__).with_name("ranges.txt")


@dataclass(frozen=True, slots=True)
class Addition:
    """A pattern over national digits. ``drop`` digits come off in front of what matches.

    ``country`` is that of the numbers, None for the main one of the calling code.
    """

    pattern: str
    kind: str
    drop: int = 0
    country: str | None = None


def range_additions(
    plans: dict[str, tuple[Region, ...]], path: Path = RANGES
) -> dict[str, tuple[Addition, ...]]:
    """The ranges of our own file by calling code. Raises NumberingError with every bad line."""
    faults = Faults(str(path))
    found: dict[str, list[Addition]] = {}
    for line in read_lines(RangeText.load(path).text, faults):
        digits = line.prefix.removeprefix("+")
        code = next((digits[:n] for n in (1, 2, 3) if digits[:n] in plans), None)
        if code is None or not line.prefix.startswith("+") or code == digits:
            message = f"{line.prefix!r} is not + and a calling code and more"
            faults.add(BAD_RANGE, message, "write it so", line=line.line, column=1)
            continue
        countries = [region.country for region in plans[code]]
        if (line.country is None and len(countries) > 1) or (
            line.country is not None and line.country not in countries
        ):
            message = f"+{code} is shared by {', '.join(map(str, countries))}"
            faults.add(BAD_RANGE, message, "write one behind the kind", line=line.line, column=1)
            continue
        rest = f"{line.least - line.written},{line.most - line.written}"
        pattern = f"{digits[len(code) :]}\\d{{{rest}}}"
        found.setdefault(code, []).append(Addition(pattern, line.kind, country=line.country))
    if faults:
        raise NumberingError.of(faults)
    return {code: tuple(additions) for code, additions in found.items()}

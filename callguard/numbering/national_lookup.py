"""The everyday national numbers of home, by their first three digits."""

from __future__ import annotations

from callguard.numbering.emergency import EmergencyNumbers
from callguard.numbering.home import Home
from callguard.numbering.table import GROUP_DIGITS, NumberingTable, Row

LEADING_DIGITS = 3

# Bounds and rows for the digits as dialled; what to add to their number to find the entry in the
# row; how many of them are trunk prefix.
NationalLookup = tuple[list[str], list[Row], int, int]


def national_lookups(
    table: NumberingTable, home: Home, emergency: EmergencyNumbers
) -> dict[str, NationalLookup]:
    """What to look numbers up in that can be nothing but national ones.

    Left out is every start that an international prefix, home's calling code or an emergency
    number has as well, or of which the table says that a valid number may be read otherwise.
    """
    if not home.bare_is_national:
        return {}
    others = {home.calling_code, *home.international_starts, *emergency.national, "00"}
    taken = {other[:LEADING_DIGITS] for other in others}
    lookups = {}
    for number in range(10**LEADING_DIGITS):
        leading = f"{number:0{LEADING_DIGITS}}"
        if not any(leading[:length] in taken for length in range(1, LEADING_DIGITS + 1)):
            lookup = _lookup(table, home, leading)
            if lookup is not None:
                lookups[leading] = lookup
    return lookups


def _lookup(table: NumberingTable, home: Home, leading: str) -> NationalLookup | None:
    code, trunk = home.calling_code, home.trunk
    skip = 0
    if trunk and (leading.startswith(trunk) or trunk.startswith(leading)):
        skip = len(trunk)
        if not home.trunk_lengths:
            return None
    start = code + leading[skip:]
    if len(start) < GROUP_DIGITS or start[:GROUP_DIGITS] not in table.groups:
        return None
    bounds, rows = table.groups[start[:GROUP_DIGITS]]
    dialled = [trunk[:skip] + bound.removeprefix(code) for bound in bounds]
    return dialled, rows, len(code) - skip, skip

"""Plans in which the numbering table cannot prove that a number is in use by nobody.

Keys are calling codes. Two kinds of numbers are right and in no table:

- *Open plans*: geographic numbers have no fixed length. A switchboard's root number is shorter
  than the table says, and direct dial-in digits behind it make it longer. Sources: Germany,
  Bundesnetzagentur, numbering plan for local network numbers (variable lengths before 2010,
  Durchwahl); Austria, RTR, KEM-V 2009 (dial-in digits behind the subscriber number); Luxembourg,
  ILR, national numbering plan; Italy with San Marino and the Vatican, AGCOM, resolution 8/15/CIR
  (root numbers with passing selection); Serbia, RATEL, numbering plan; Indonesia, Kominfo
  regulation 14/2018; Finland, Traficom, regulation 32 (subscriber numbers of variable length).
- *Older forms* of plans that moved, which old equipment goes on sending: the digits that became
  part of every number, and how many national digits stand before them. Sources: ITU Operational
  Bulletins on Benin (01 in front, 30 November 2024), Ivory Coast (two digits of the operator in
  front, 31 January 2021) and Brazil (9 behind the area code, 2012 to 2016).
"""

from __future__ import annotations

from typing import Final

OPEN: Final = frozenset({"39", "43", "49", "62", "352", "358", "378", "381"})

# Calling code -> (national digits before the inserted ones, number of national digits before
# the move, what was inserted).
OLDER_FORMS: Final[dict[str, tuple[int, int, tuple[str, ...]]]] = {
    "55": (2, 10, ("9",)),
    "225": (0, 8, ("01", "05", "07", "21", "25", "27")),
    "229": (0, 8, ("01",)),
}

"""A fault of callguard's own costs one record, never the rest of a file."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

from callguard.errors import UnforeseenError


def unforeseen(error: Exception, source: str) -> UnforeseenError:
    """What stands in a record's place when reading it raised what no reader should raise.

    It names the exception and the line of code, and nothing of the record: its caller may have
    withheld his number.
    """
    places = extract_tb(error.__traceback__)
    place = f" in {Path(places[-1].filename).name}, line {places[-1].lineno}" if places else ""
    stands_in = UnforeseenError(
        f"cannot be read because of a fault in callguard ({type(error).__name__}{place}); "
        "please report it together with the record",
        source,
    )
    stands_in.__cause__ = error
    return stands_in

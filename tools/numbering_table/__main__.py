"""Build the numbering table: ``python -m tools.numbering_table [--output FILE]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import callguard.numbering
from callguard.errors import NumberingError
from tools.numbering_table.table import compile_table

SHIPPED = Path(callguard.numbering.__file__).with_name("table.bin")


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile the installed ``phonenumbers`` into a table file. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.numbering_table",
        description="Compile the numbering metadata of the installed phonenumbers package.",
    )
    parser.add_argument(
        "--output", type=Path, default=SHIPPED, help="file to write (default: the shipped table)"
    )
    options = parser.parse_args(arguments)
    try:
        data = compile_table()
    except NumberingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    options.output.write_bytes(data)
    print(f"{options.output}: {len(data):,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

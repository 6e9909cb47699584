"""Build the tables of characters: ``python -m tools.unicode_tables FOLDER [--output FILE]``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import callguard.characters
from tools.unicode_tables.imitations import imitations
from tools.unicode_tables.sources import FILES, SourceError, Sources, read_sources

SHIPPED = Path(callguard.characters.__file__).with_name("unicode.json")
NOTICE = (
    "Made by tools/unicode_tables from data files of the Unicode Consortium; "
    "their licence is in UNICODE-LICENSE.txt beside this file."
)


def compile_tables(sources: Sources) -> str:
    """The tables as JSON text; ``callguard/characters/tables.py`` says what they hold."""
    looking_like: dict[str, list[str]] = {}
    for source, target in imitations(sources).items():
        looking_like.setdefault(target, []).append(source)
    tables = {
        "notice": NOTICE,
        "unicode": sources.version,
        "default_ignorable": [
            [f"{code:04X}" for code in pair] for pair in sources.default_ignorable
        ],
        "blank": "".join(sorted(_blank(sources))),
        "imitations": {key: "".join(sorted(looking_like[key])) for key in sorted(looking_like)},
    }
    lines = (f"{json.dumps(key)}: {_value(value)}" for key, value in tables.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _blank(sources: Sources) -> list[str]:
    """Spaces, and symbols that are drawn as nothing but take room."""
    return [
        character
        for character, line in sources.characters.items()
        if line.category in ("Zs", "Zl", "Zp")
        or line.name.endswith((" BLANK", "SCRIPT FILLER", "NULL NOTEHEAD"))
    ]


def _value(value: object) -> str:
    if isinstance(value, dict):
        items = (f"  {json.dumps(key)}: {json.dumps(held)}" for key, held in value.items())
        return "{\n" + ",\n".join(items) + "\n}"
    return json.dumps(value)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile the data files in a folder into a table file. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.unicode_tables",
        description="Compile the tables of characters from the Unicode Consortium's data files.",
        epilog="Files, from https://www.unicode.org/Public/: " + ", ".join(FILES.values()),
    )
    parser.add_argument("folder", type=Path, help="folder that holds the data files")
    parser.add_argument(
        "--output", type=Path, default=SHIPPED, help="file to write (default: the shipped table)"
    )
    options = parser.parse_args(arguments)
    try:
        text = compile_tables(read_sources(options.folder))
    except SourceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    options.output.write_text(text, encoding="utf-8")
    print(f"{options.output}: {len(text):,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

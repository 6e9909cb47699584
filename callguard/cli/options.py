"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from callguard.errors import NumberingError
from callguard.numbering import NumberingPlan

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Country(click.ParamType[str]):
    """An ISO 3166 alpha-2 code that has a numbering plan."""

    name = "CC"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code in capital letters; wrong usage if no numbering plan has it."""
        code = value.upper()
        try:
            NumberingPlan(code)
        except NumberingError as error:
            self.fail(str(error), param, ctx)
        return code


home: Decorator = click.option(
    "--home",
    type=Country(),
    default="CN",
    show_default=True,
    help="Home country: how numbers in national form are read.",
)
number_ranges: Decorator = click.option(
    "--number-ranges",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Number ranges that the numbering table lacks, one a line: +86149 13 mobile.",
)
as_json: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
counters: Decorator = click.option(
    "--counters",
    metavar="WHERE",
    help="Where correlations count: a file, or the URL of a Redis server (redis://HOST).",
)
rules: Decorator = click.option(
    "--rules",
    "rule_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Rule file; without it, the rule pack that comes with callguard.",
)
rule_file: Decorator = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)

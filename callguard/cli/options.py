"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from callguard.errors import NumberingError, RecordError
from callguard.numbering import NumberingPlan
from callguard.records import field_value

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


def given_fields(texts: Sequence[str]) -> dict[str, object]:
    """The fields of ``FIELD=VALUE`` texts. Raises BadParameter for what no record can hold."""
    given: dict[str, object] = {}
    for text in texts:
        field, equals, value = text.partition("=")
        field = field.strip()
        if not equals:
            raise click.BadParameter(f"found {text!r}, expected FIELD=VALUE")
        if field in given:
            raise click.BadParameter(f"{field!r} is set twice; a record has one value")
        try:
            given[field] = field_value(field, value)
        except RecordError as error:
            raise click.BadParameter(error.reason) from None
    return given


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
set_field: Decorator = click.option(
    "--set",
    "given",
    metavar="FIELD=VALUE",
    multiple=True,
    callback=lambda _ctx, _param, texts: given_fields(texts),
    help="Fill a field that a record lacks. May be given several times, once a field.",
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

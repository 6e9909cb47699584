"""Options that the takedown and registry commands share, and how their values are read."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from callguard import rulepack
from callguard.cli.options import Decorator
from callguard.takedown import clean
from callguard.times import parse_time

if TYPE_CHECKING:
    from callguard.numbering import NumberingPlan
    from callguard.takedown import Journal

_SECONDS = re.compile(r"\d{9,11}")
TIME_HELP = "an ISO 8601 time (without an offset: of the registry's zone), or seconds since 1970"


class Days(click.ParamType[int]):
    """``90d``: whole days, up to ten years."""

    name = "DAYS"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Days; wrong usage for anything else."""
        match = re.fullmatch(r"(\d{1,4})d?", str(value))
        if match is None or int(match[1]) > 3660:
            self.fail(
                f"{clean(str(value))!r}: expected days such as 90d, at most 3660d", param, ctx
            )
        return int(match[1])


class Share(click.ParamType[float]):
    """``5%`` or ``0.05``: a share between 0 and 1."""

    name = "SHARE"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The share; wrong usage for what is not a share."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", str(value))
        share = float(match[1]) / (100 if match[2] else 1) if match else -1.0
        if not 0 <= share <= 1:
            self.fail(f"{clean(str(value))!r}: expected a share such as 5% or 0.05", param, ctx)
        return share


registry: Decorator = click.option(
    "--registry",
    "registry_folder",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="The registry, a folder that callguard registry build made.",
)
registry_folder: Decorator = click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path)
)
window: Decorator = click.option(
    "--window",
    "window_days",
    metavar="DAYS",
    type=Days(),
    default="90d",
    show_default=True,
    help="How many days apart registrations or activations still are of the same period.",
)
owner_cap: Decorator = click.option(
    "--owner-cap",
    metavar="N",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="If one owner has more numbers to expand to, none of them is ordered.",
)
report_cap: Decorator = click.option(
    "--report-cap",
    metavar="N",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="If one report has more numbers to expand to, none of them is ordered.",
)
protected: Decorator = click.option(
    "--protected",
    metavar="FILE",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of numbers and prefixes that no order may touch; may be given several times.",
)
no_default_protected: Decorator = click.option(
    "--no-default-protected",
    is_flag=True,
    help="Leave out the list of authorities' numbers that comes with callguard.",
)
journal: Decorator = click.option(
    "--journal",
    "where",
    metavar="WHERE",
    envvar="CALLGUARD_JOURNAL",
    default="journal.db",
    help="The journal: a file (SQLite), or the URL of a PostgreSQL database. "
    "Default: $CALLGUARD_JOURNAL, else journal.db.",
)
head: Decorator = click.option(
    "--head",
    "head_file",
    metavar="FILE",
    envvar="CALLGUARD_HEAD",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where else the journal's head is kept, apart from the journal. "
    "Default: $CALLGUARD_HEAD, else nowhere.",
)
plan_folder: Decorator = click.argument(
    "plan_path", metavar="PLAN", type=click.Path(path_type=Path)
)
by: Decorator = click.option(
    "--by", metavar="NAME", required=True, help="The person who does this, as the journal has it."
)
by_program: Decorator = click.option(
    "--by",
    metavar="NAME",
    default="callguard",
    show_default=True,
    help="Who does this, as the journal has it.",
)


def protected_lists(files: Sequence[Path], *, without_default: bool) -> list[Path]:
    """The given lists and, unless left out, that of authorities' numbers."""
    if without_default:
        return list(files)
    return [rulepack.path().parent / "lists" / "authority_numbers.txt", *files]


def counted(number: int, name: str) -> str:
    """``1 order``, ``2 orders``, ``1,200 orders``."""
    return f"{number:,} {name}" + ("" if number == 1 else "s")


def now() -> int:
    """Seconds since 1970, by the clock."""
    return int(time.time())


def moment(text: str, zone: ZoneInfo, option: str) -> int:
    """Seconds since 1970 of a time as people give it; wrong usage for what is not a time."""
    if _SECONDS.fullmatch(text):
        return int(text)
    try:
        return parse_time(text, zone)
    except ValueError as error:
        # Cleaned, for people paste identity documents into the wrong place.
        raise click.BadParameter(f"{clean(text)!r} {error}", param_hint=f"'{option}'") from None


@contextmanager
def interruptible() -> Iterator[None]:
    """Have Ctrl-C within DuckDB, which makes an error of it, end the command like any other."""
    try:
        yield
    except RuntimeError as error:
        if "interrupted" in str(error).lower():
            raise click.Abort from None
        raise


def registry_place(folder: Path) -> tuple[ZoneInfo, NumberingPlan]:
    """The time zone and the numbering plan of a registry. Raises RegistryError."""
    from callguard.takedown import Manifest
    from callguard.times import open_zone

    manifest = Manifest.read(folder)
    return open_zone(manifest.zone), manifest.numbering


def open_journal(where: str, head_file: Path | None = None, *, create: bool = False) -> Journal:
    """The journal of the command line. Raises JournalError."""
    from callguard.takedown import Journal

    return Journal.open(where, head_file=head_file, create=create)

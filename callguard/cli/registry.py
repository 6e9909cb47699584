"""``callguard registry``: registrations of a carrier in a form that answers at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callguard.cli import commands, options, takedown_options, terminal
from callguard.cli.options import Decorator
from callguard.cli.registry_progress import building
from callguard.cli.registry_shown import described, show, show_manifest
from callguard.cli.registry_simulate import simulate_command
from callguard.cli.takedown_options import Share, moment
from callguard.errors import RegistryError
from callguard.files import whole_file

if TYPE_CHECKING:
    from callguard.takedown import Intake

_inputs: Decorator = click.argument(
    "inputs",
    metavar="INPUT...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
_key_file: Decorator = click.option(
    "--key-file",
    metavar="KEY",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The secret under which identity documents become owners; needed if an INPUT has "
    "owner_document. callguard registry key makes one.",
)
_at: Decorator = click.option(
    "--at",
    metavar="TIME",
    help="The time to note as that of the build; without it, now.",
)
_encoding: Decorator = click.option(
    "--encoding",
    metavar="NAME",
    help="Encoding of CSV files; without it, detected (UTF-8, UTF-16 or GB18030).",
)
_max_rejects: Decorator = click.option(
    "--max-rejects",
    metavar="SHARE",
    type=Share(),
    default="5%",
    show_default=True,
    help="Build nothing if more than 100 rows, and a larger share of all, are refused.",
)


@click.group(cls=commands.Group)
def registry() -> None:
    """Make, update and look at registries: who had which number when."""


registry.add_command(simulate_command)


@registry.command("build")
@_inputs
@_key_file
@click.option(
    "--output",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The registry, a folder; a registry that is there is replaced when all went well.",
)
@click.option(
    "--zone",
    metavar="ZONE",
    default="Asia/Shanghai",
    show_default=True,
    help="Time zone of times without an offset, and of the days that a window counts.",
)
@options.home
@options.number_ranges
@_at
@_encoding
@_max_rejects
@options.as_json
def build_command(  # noqa: PLR0913  one argument an option
    *,
    inputs: Sequence[Path],
    key_file: Path | None,
    folder: Path,
    zone: str,
    home: str,
    number_ranges: Path | None,
    at: str | None,
    encoding: str | None,
    max_rejects: float,
    as_json: bool,
) -> int:
    """Make a registry of each INPUT (CSV, packed with gzip or not, or Parquet), all together.

    Identity documents are kept only as HMAC-SHA256 under the key. Rows that cannot be used are
    listed in a file, and status is 1 if there is any; the registry of the others is made.
    """
    from callguard.takedown import build, check_registry_folder
    from callguard.times import open_zone

    check_registry_folder(folder)
    time = takedown_options.now() if at is None else moment(at, open_zone(zone), "--at")
    with building() as progress:
        built = build(
            inputs,
            key_file,
            folder,
            zone=zone,
            home=home,
            number_ranges=number_ranges,
            at=time,
            progress=progress,
            intake=_intake(encoding, max_rejects),
        )
    return show(folder, built, as_json=as_json)


@registry.command("update")
@_inputs
@_key_file
@takedown_options.registry
@options.number_ranges
@_at
@_encoding
@_max_rejects
@options.as_json
def update_command(  # noqa: PLR0913  one argument an option
    *,
    inputs: Sequence[Path],
    key_file: Path | None,
    registry_folder: Path,
    number_ranges: Path | None,
    at: str | None,
    encoding: str | None,
    max_rejects: float,
    as_json: bool,
) -> int:
    """Add what is new in each INPUT to a registry: new registrations, and changed ones.

    A row wins over the one of the same number, owner, registered_at and carrier. The same INPUT
    given again changes nothing. --number-ranges takes the place of those that the registry has.
    """
    from callguard.takedown import update

    zone, _ = takedown_options.registry_place(registry_folder)
    time = takedown_options.now() if at is None else moment(at, zone, "--at")
    with building() as progress:
        built = update(
            inputs,
            key_file,
            registry_folder,
            number_ranges=number_ranges,
            at=time,
            progress=progress,
            intake=_intake(encoding, max_rejects),
        )
    return show(registry_folder, built, as_json=as_json)


@registry.command("compact")
@takedown_options.registry_folder
@_at
@options.as_json
def compact_command(folder: Path, at: str | None, as_json: bool) -> int:
    """Write the base and all deltas of a registry as one; what it says stays the same."""
    from callguard.takedown import compact

    zone, _ = takedown_options.registry_place(folder)
    time = takedown_options.now() if at is None else moment(at, zone, "--at")
    with building() as progress:
        built = compact(folder, at=time, progress=progress)
    show(folder, built, as_json=as_json)
    return 0


@registry.command("verify")
@takedown_options.registry_folder
@options.as_json
def verify_command(folder: Path, as_json: bool) -> int:
    """Compare every file of a registry with what was noted when it was written.

    Status 1 if one is missing or is not as it was.
    """
    from callguard.takedown import Registry

    try:
        with Registry.open(folder) as opened:
            opened.verify()
            files = [name for segment in opened.manifest.segments for name in segment.files]
            digest = opened.digest
    except RegistryError as error:
        if as_json:
            terminal.say_json({"registry": str(folder), "ok": False, "fault": str(error)})
        terminal.complain(error)
        return 1
    if as_json:
        terminal.say_json(
            {"registry": str(folder), "ok": True, "files": len(files), "digest": digest}
        )
    else:
        terminal.say(f"{folder}: {terminal.count(files, 'file')} as written, digest {digest}")
    return 0


@registry.command("show")
@takedown_options.registry_folder
@options.as_json
def show_command(folder: Path, as_json: bool) -> int:
    """Say what a registry holds: rows, segments, zone, key id, digest."""
    from callguard.takedown import Manifest

    manifest = Manifest.read(folder)
    if as_json:
        terminal.say_json(described(folder, manifest))
    else:
        show_manifest(folder, manifest)
    return 0


@registry.command("key")
@click.argument("file", metavar="KEY", type=click.Path(dir_okay=False, path_type=Path))
def key_command(file: Path) -> int:
    """Make a new secret for --key-file that only you may read. Never replaces a file.

    Keep a copy in a safe place: with another key, owners of documents become other owners.
    """
    from callguard.takedown import read_key

    try:
        with whole_file(file, 0o600, replace=False) as stream:
            stream.write(secrets.token_hex(32).encode() + b"\n")
    except FileExistsError:
        terminal.complain(
            f"{file}: exists, and a key in use must not be lost; name a file that does not"
        )
        return 1
    key_id = read_key(file).key_id
    terminal.say(f"{file}: a new key, key id {key_id}")
    return 0


def _intake(encoding: str | None, max_rejects: float) -> Intake:
    from callguard.takedown import Intake

    return Intake(encoding=encoding, max_rejects=max_rejects)

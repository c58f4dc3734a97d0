"""`samspil agreement`: agreements from files, and whether a file is a signed one."""

import hashlib
from pathlib import Path

import click

from portal.agreements import archive, checking, loading
from portal.clock import today
from portal.commands import Commands
from portal.crypto import Forged
from portal.db import db
from portal.settings import CONFIG

commands = Commands("agreement", help="Cooperation agreements, from files.")


@commands.command()
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=CONFIG / "agreements",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def load(folder: Path, dry_run: bool) -> None:
    """Load the agreements in FOLDER; nothing when anything is wrong."""
    try:
        written = checking.read(folder, loading.kinds())
        done = loading.load(written, today=today())
    except checking.Flawed as flawed:
        raise click.ClickException(f"Nothing was changed.\n{flawed}") from None
    for agreement in done:
        state = "new" if agreement.is_new else "unchanged"
        click.echo(f"{agreement.key}: version {agreement.number}, {state}")
    if dry_run:
        db.session.rollback()
        click.echo("Dry run: nothing was changed.")


@commands.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say whether FILE is a signed agreement, byte for byte. It is hashed and not read."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    try:
        found = archive.known(sha256)
    except Forged as forged:
        raise click.ClickException(f"Touched: {forged}.") from None
    if found is None:
        raise click.ClickException(f"No signed agreement has this hash: {sha256}")
    click.echo(f"{found.key}, version {found.number}, signed {found.signed_at:%Y-%m-%d %H:%M} UTC")

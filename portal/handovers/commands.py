"""`samspil clocks`, the round that the worker makes, on a day that one names; `samspil package`."""

import json
from datetime import datetime
from pathlib import Path

import click

from portal import crypto, jws
from portal.agreements.archive import signing_key
from portal.clock import today
from portal.commands import Commands, Transaction
from portal.crypto import Forged
from portal.db import db
from portal.handovers import digests, transfer
from portal.settings import load


@click.command("clocks", cls=Transaction)
@click.option("--at", "day", type=click.DateTime(["%Y-%m-%d"]), help="today unless named")
@click.option("--dry-run", is_flag=True, help="say what would happen, and leave nothing")
def commands(day: datetime | None, dry_run: bool) -> None:
    """Tell who is to know of a deadline that comes, or has passed. Twice does no more than once."""
    at = day.date() if day else today()
    if at > today() and not dry_run and load().environment == "production":
        raise click.ClickException("A day that has not come can only be asked for with --dry-run.")
    noted, told = digests.note(at), digests.tell(at)
    for number, lines in enumerate(told, 1):
        for line in lines:
            click.echo(f"mail {number}: {line.reference} {line.what} {line.day}")
    click.echo(f"{noted} noted, {len(told)} mails")
    if dry_run:
        db.session.rollback()


package = Commands("package", help="Packages as files for other systems.")


@package.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say whether FILE is a package that this Samspil has signed, whole and untouched."""
    try:
        header, payload = jws.opened(file.read_text("ascii"), crypto.public_key(signing_key()))
    except (Forged, UnicodeDecodeError) as error:
        raise click.ClickException(f"Not signed by Samspil, or touched: {error}") from None
    content = json.loads(payload)
    if header.get("typ") != transfer.TYPE:
        raise click.ClickException("Signed by Samspil, but no package.")
    click.echo(
        f"{header['reference']}, version {content['package']['version']}, from {header['org']} to "
        f"{header['to']}, sent {content['package']['frozen_at']}"
    )

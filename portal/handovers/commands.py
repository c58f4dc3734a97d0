"""`samspil clocks`: the round that the worker makes, on a day that one names."""

from datetime import datetime

import click

from portal.clock import today
from portal.commands import Transaction
from portal.db import db
from portal.handovers import digests
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

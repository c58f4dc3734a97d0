"""`samspil successor`: what becomes of the packages of an organisation that is no more."""

import click

from portal.clock import moment, today
from portal.commands import Commands
from portal.db import db
from portal.departures import merging, stranded
from portal.workflow import Refused

commands = Commands("successor", help="Organisations that have ended, and who took over.")


@commands.command()
def missing() -> None:
    """Organisations with open packages where nobody is left."""
    for one in stranded.stranded(today()):
        click.echo(one.slug)


@commands.command()
@click.argument("slug")
@click.option("--dry-run", is_flag=True, help="say what would happen, and leave nothing")
def packages(slug: str, dry_run: bool) -> None:
    """Let the packages and cases of municipality or fund SLUG go on under its successor.

    One event for each; both parties are told by mail. What cannot be moved is said,
    and stays. Twice does no more than once.
    """
    at = moment()
    try:
        ended, to = merging.succession(slug, at)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    done = [*merging.move(ended, to, at)]
    for one in done:
        click.echo(f"{one.reference} {one.state}: {one.obstacle or f'to {to.slug}'}")
    left = sum(one.obstacle is not None for one in done)
    click.echo(f"{len(done) - left} to {to.slug}, {left} left")
    if dry_run:
        db.session.rollback()

"""`samspil participants`: what is counted of people in projects, proved."""

import click

from portal.clock import today
from portal.commands import Commands, prove
from portal.companies import leaving
from portal.db import db
from portal.participants import tallying, upkeep

commands = Commands("participants", help="People in projects.")


@commands.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and take nothing away.")
def forget(*, dry_run: bool) -> None:
    """What every night takes away of projects that are over; what is counted stays."""
    found = leaving.forget(today()) | {"participant": upkeep.forget(today())}
    for name, number in found.items():
        click.echo(f"{number:>7}  {name}")
    if dry_run:
        db.session.rollback()
        click.echo("Nothing was taken away.")


@commands.command()
def check() -> None:
    """Count all events anew; fail where the tally says another number."""
    prove([(f"{one.project_id} {one.kind} {one.first_day}", one) for one in tallying.differing()])

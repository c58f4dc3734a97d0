"""`samspil participants`: what is counted of people in projects, proved."""

import click

from portal.commands import Commands
from portal.participants import tallying

commands = Commands("participants", help="People in projects.")


@commands.command()
def check() -> None:
    """Count all events anew; fail where the tally says another number."""
    wrong = tallying.differing()
    for line in wrong:
        place = f"{line.project_id} {line.kind} {line.first_day}"
        click.echo(f"{place}: {line.told} in the tally, {line.counted} counted")
    if wrong:
        raise click.ClickException(f"{len(wrong)} numbers are not what is counted now.")
    click.echo("The tally is as counted now.")

"""`samspil council`: what is counted ahead of the projects of areas, proved."""

import click

from portal.commands import Commands
from portal.council import tallying

commands = Commands("council", help="What councils follow.")


@commands.command()
def check() -> None:
    """Count all projects anew; fail where a tally says another number."""
    wrong = tallying.differing()
    for one in wrong:
        place = f"{one.organisation_id} {one.trade} {one.fund or '-'} {one.year} {one.what}"
        click.echo(f"{place}: {one.told} in the tally, {one.counted} counted")
    if wrong:
        raise click.ClickException(f"{len(wrong)} numbers are not what is counted now.")
    click.echo("The tallies are as counted now.")

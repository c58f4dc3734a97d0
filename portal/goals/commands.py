"""`samspil goals`: figures counted anew, or proved to be what they should be."""

import click

from portal.agreements.indicators import counted
from portal.clock import now, today
from portal.commands import Commands
from portal.goals import rollup

commands = Commands("goals", help="What agreements measure.")


@commands.command()
@click.option("--quarters", default=5, show_default=True, help="The running one and those before.")
@click.option("--check", is_flag=True, help="Change nothing; fail where a figure is another.")
def recount(quarters: int, check: bool) -> None:
    """Count every indicator anew from the rows themselves."""
    day, number, wrong = today(), 0, []
    for quarter in rollup.recent(day, quarters):
        for one in counted():
            if check:
                wrong += rollup.differing(one, quarter, today=day)
            else:
                number += rollup.write(one, quarter, today=day, at=now())
    for line in wrong:
        place = f"{line['set']}/{line['code']} {line['first_day']}"
        click.echo(f"{place} {line['breakdown']} {line['cell']}: another figure now")
    if wrong:
        raise click.ClickException(f"{len(wrong)} figures are not what is counted now.")
    click.echo("All figures are as counted now." if check else f"{number} figures counted.")

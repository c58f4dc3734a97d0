"""`samspil case`: what follows from rules is counted anew when a rule has changed."""

import click

from portal.cases import actions, queries
from portal.commands import Commands

commands = Commands("case", help="The cases of members.")


@commands.command("recount")
def recount() -> None:
    """Forecast anew when responsibility passes, for every open case; confirmed days stay."""
    changed = total = 0
    for cases in queries.open_cases_in_batches():
        before = [case.transfer_on for case in cases]
        actions.recount(*cases)
        changed += sum(case.transfer_on != day for case, day in zip(cases, before, strict=True))
        total += len(cases)
    click.echo(f"{total} counted, {changed} changed")

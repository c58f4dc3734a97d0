"""`samspil council`: what is counted ahead of the projects of areas, proved."""

from portal.commands import Commands, prove
from portal.council import tallying

commands = Commands("council", help="What councils follow.")


@commands.command()
def check() -> None:
    """Count all projects anew; fail where a tally says another number."""
    prove(
        [
            (f"{one.organisation_id} {one.trade} {one.fund or '-'} {one.year} {one.what}", one)
            for one in tallying.differing()
        ]
    )

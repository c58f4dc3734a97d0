"""`samspil project`: organisations that a project's lead wants and that have no place yet."""

import uuid

import click

from portal.clock import moment
from portal.commands import Commands
from portal.projects import newcomers
from portal.workflow import Refused

commands = Commands("project", help="Organisations that are to take part in a project.")


@commands.command()
def wanted() -> None:
    """Those without a place in Samspil, the oldest first."""
    for one, reference in newcomers.waiting():
        click.echo(
            f"{one.id}  {reference}  {one.name}  {one.cvr or '-'}  {one.contact}  {one.mail}"
        )


@commands.command("open")
@click.argument("newcomer", type=click.UUID)
@click.argument("slug")
def open_(newcomer: uuid.UUID, slug: str) -> None:
    """Give NEWCOMER a place under SLUG, and invite it to the project that wants it.

    Nobody signs in there before `samspil provider add SLUG`; the first local administrator comes
    from that provider.
    """
    try:
        newcomers.open_place(newcomer, slug, at=moment())
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{slug} is invited. Connect its provider: samspil provider add {slug} …")

"""`samspil reference`: organisations, names and councils from files; `samspil organisation`."""

from pathlib import Path

import click

from portal.clock import today
from portal.commands import Commands
from portal.organisations import actions, importing, reference
from portal.settings import CONFIG
from portal.workflow import Refused

commands = Commands("reference", help="Organisations, their names and councils, from files.")


@commands.command("import")
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=CONFIG / "reference",
)
def import_(folder: Path) -> None:
    """Make the database say what the files in FOLDER say; nothing when anything is wrong."""
    try:
        done = importing.import_reference(reference.read(folder))
    except reference.Flawed as flawed:
        raise click.ClickException(f"Nothing was changed.\n{flawed}") from None
    click.echo(f"{done.added} added, {done.changed} changed, {done.removed} removed")


stubs = Commands("organisation", help="Organisations that are not on board yet.")


@stubs.command()
@click.argument("slug")
@click.argument("address")
def mailbox(slug: str, address: str) -> None:
    """Let the functional mailbox ADDRESS of municipality SLUG get the references of its packages.

    As long as the municipality has no users. Again with another address, it changes.
    """
    try:
        unit = actions.set_mailbox(slug, address, today=today())
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{slug}: {unit.mailbox}")

"""`samspil reference`: organisations, names and councils from files."""

from pathlib import Path

import click

from portal.commands import Commands
from portal.organisations import importing, reference
from portal.settings import CONFIG

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

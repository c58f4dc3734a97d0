"""`samspil agreements`: agreements from files."""

from pathlib import Path

import click

from portal.agreements import checking, loading
from portal.clock import today
from portal.commands import Commands
from portal.db import db
from portal.settings import CONFIG

commands = Commands("agreements", help="Cooperation agreements, from files.")


@commands.command()
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=CONFIG / "agreements",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def load(folder: Path, dry_run: bool) -> None:
    """Load the agreements in FOLDER; nothing when anything is wrong."""
    try:
        written = checking.read(folder, loading.kinds())
        done = loading.load(written, today=today())
    except checking.Flawed as flawed:
        raise click.ClickException(f"Nothing was changed.\n{flawed}") from None
    for agreement in done:
        state = "new" if agreement.is_new else "unchanged"
        click.echo(f"{agreement.key}: version {agreement.number}, {state}")
    if dry_run:
        db.session.rollback()
        click.echo("Dry run: nothing was changed.")

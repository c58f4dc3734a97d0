"""`samspil citizen-report`: the same report as the auditor's page, for who has no sign-in there."""

from pathlib import Path

import click
from flask import current_app
from sqlalchemy import func, select

from portal import cpr, keys
from portal.audit import AuditEvent
from portal.clock import moment, today
from portal.commands import Transaction
from portal.db import db
from portal.lookups.forms import reference
from portal.lookups.queries import Citizen, lookups
from portal.lookups.report import as_file, as_pdf
from portal.lookups.words import REPORT
from portal.organisations.models import Organisation


@click.command("citizen-report", cls=Transaction)
@click.option("--organisation", "slug", required=True, help="whose citizen it is: a slug")
@click.option("--reference", "named", help="of a package or a case; else the number is asked for")
@click.option("--reason", required=True, help="why; it goes into the log and stays there")
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), required=True)
def commands(slug: str, named: str | None, reason: str, file: Path) -> None:
    """Write who has looked at a citizen to a file: day, purpose and organisation.

    A PDF to be posted where the name of the file ends so, else CSV.

    The CPR number is asked for and not an argument, so that no shell remembers it.
    """
    if cpr.find_in(reason):
        raise click.ClickException("The reason goes into the log: write no CPR number in it.")
    by_slug = select(Organisation).where(Organisation.slug == slug)
    organisation = db.session.scalars(by_slug).one_or_none()
    if organisation is None:
        raise click.ClickException(f"There is no organisation {slug!r}.")
    citizen = Citizen(reference=reference(named)) if named else Citizen(number=asked_for())
    asker = func.set_config("samspil.organisation", str(organisation.id), True)
    db.session.execute(select(asker))
    rows = lookups(citizen, keys=keys.of(current_app.extensions["samspil"]), today=today())
    newest = rows[0] if rows else None
    told = AuditEvent(
        organisation_id=organisation.id,
        person="samspil citizen-report",
        roles="",
        action=REPORT,
        subject_type=newest.subject_type if newest else None,
        subject_id=newest.subject_id if newest else None,
        purpose=reason,
        detail={"rows": len(rows)},
    )
    db.session.add(told)
    db.session.flush()
    is_pdf = file.suffix.lower() == ".pdf"
    made = as_pdf(rows, organisation.id, moment()) if is_pdf else as_file(rows, organisation.id)
    file.write_bytes(made)
    click.echo(f"{len(rows)} look-ups written to {file}")


def asked_for() -> cpr.Cpr:
    """Raises ClickException for what is no number; it is not repeated."""
    try:
        return cpr.parse(click.prompt("CPR", hide_input=True), today=today())
    except cpr.NotCpr:
        raise click.ClickException("That is no CPR number.") from None

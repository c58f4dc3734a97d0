"""Whom an agreement names to be written to: the functions that say so, filled as of the day."""

import uuid
from datetime import date

from portal.access import CASEWORKERS, Role
from portal.agreements.beside import AgreementContact
from portal.agreements.contacts import functions, rows_on
from portal.agreements.models import AgreementVersion
from portal.db import db
from portal.organisations.queries import Reader, acting, mailbox

# The keys of `governed.TOLD_OF`.
PACKAGES, LATE, STUCK = "packages", "late", "stuck"
OWNERS = CASEWORKERS | {Role.AGREEMENT_OWNER}


def named(
    version_id: uuid.UUID | None, organisation_id: uuid.UUID, told_of: str, day: date
) -> list[Reader]:
    """Who fills the party's functions that are `told_of` it; empty where nobody does.

    Of each function the first that there is on `day`: the person, else who stands in, else the
    deputy, else the mailbox. Nobody is written to of a package that their roles do not open; what
    has come to a halt the owners see too, by its reference.
    """
    version = db.session.get(AgreementVersion, version_id) if version_id else None
    if version is None:
        return []
    codes = {
        row["code"]
        for side in version.sides
        if side.organisation_id == organisation_id
        for row in functions(version, side)
        if row.get("told_of") == told_of
    }
    filled = rows_on(version.agreement_id, day)
    mine = [filled[key] for code in sorted(codes) if (key := (organisation_id, code)) in filled]
    return [*dict.fromkeys(reader for row in mine for reader in answering(row, told_of, day))]


def roles_for(told_of: str) -> frozenset[Role]:
    """Whose page opens what the mail is about."""
    return OWNERS if told_of == STUCK else CASEWORKERS


def answering(row: AgreementContact, told_of: str, day: date) -> list[Reader]:
    roles = roles_for(told_of)
    return (
        acting(row.organisation_id, row.user_id, day, roles)
        or acting(row.organisation_id, row.deputy_id, day, roles)
        or box(row, day)
    )


def box(row: AgreementContact, day: date) -> list[Reader]:
    """The one written for the function, or that of the unit named for it."""
    if row.mailbox:
        return [Reader(row.mailbox, "da")]
    return mailbox(row.organisation_id, row.unit_id, day) if row.unit_id else []

"""Who asks, and whom a provider vouches for."""

import uuid
from datetime import timedelta

from sqlalchemy import select, text

from portal.access import OrganisationKind, Role
from portal.db import db
from portal.identity.models import IdentityProvider, Person, hashed

# The person and, in the same round trip, the organisation for which this transaction sees; the
# setting ends with the transaction, so a pooled connection carries nothing over.
SESSION = text("""
select asker.*, set_config('samspil.organisation', asker.organisation_id::text, true)
from session_of(:hash, :idle, :touch) asker
""").execution_options(trace=True)


def person(token: str, *, idle: timedelta, touch: bool = True) -> Person | None:
    """Whose session this is, as long as it lives; `touch` keeps it alive (polling must not, D4)."""
    values = {"hash": hashed(token), "idle": idle, "touch": touch}
    row = db.session.execute(SESSION, values).one_or_none()
    if row is None:
        return None
    return Person(
        token=token,
        session_id=row.session_id,
        user_id=row.user_id,
        name=row.name,
        language=row.language,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        organisation_slug=row.organisation_slug,
        kind=OrganisationKind(row.kind),
        unit_id=row.unit_id,
        roles=frozenset(map(Role, row.roles)),
    )


def provider(slug: str) -> IdentityProvider:
    """Raises NoResultFound for an unknown provider, and for one that was disabled."""
    row = select(IdentityProvider).where(
        IdentityProvider.slug == slug, IdentityProvider.enabled.is_(True)
    )
    return db.session.scalars(row).one()


def act_for(organisation_id: uuid.UUID) -> None:
    """From here on this transaction sees what the organisation sees; only sign-in may say so."""
    setting = text("select set_config('samspil.organisation', :id, true)")
    db.session.execute(setting, {"id": str(organisation_id)})

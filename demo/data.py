"""Synthetic people and their packages: the same seed and day give the same rows, whenever.

    python -m demo.data --day 2026-11-22 --seed 1

Written once: where cases are already, nothing is changed. Nobody in it exists, and no CPR number
in it was ever given to anybody.
"""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import Engine, NullPool, create_engine, exists, select
from sqlalchemy.orm import Session

from demo import writing
from demo.ground import Ground, ground
from demo.population import generate
from portal import keys
from portal.agreements.models import AgreementSide
from portal.cases.models import MemberCase
from portal.identity.actions import secret_of
from portal.identity.models import IdentityProvider
from portal.organisations.models import Organisation
from portal.settings import database_url, load


def fill(*, day: date, seed: int) -> bool:
    """Give the organisations that are there people and packages; False where there are some."""
    with owner() as engine, engine.connect() as connection:
        if connection.scalar(select(exists(select(MemberCase.id)))):
            return False
        rows = generate(stand(engine, day), seed)
        writing.write(connection, writing.lines(rows))
        connection.commit()
    return True


def stand(engine: Engine, day: date) -> Ground:
    """What the rows stand on; parties of agreements without a provider get one that is shut."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        ring = keys.of(load())
        connect(session, ring)
        return ground(session, day, ring)


def connect(session: Session, ring: keys.Keys) -> None:
    """Users need a provider, and in the demo nobody signs in through these."""
    parties = select(AgreementSide.organisation_id).distinct()
    known = select(IdentityProvider.organisation_id)
    alone = select(Organisation).where(Organisation.id.in_(parties), Organisation.id.not_in(known))
    for organisation in session.scalars(alone.order_by(Organisation.slug)):
        issuer, row_id = f"https://{organisation.slug}.example", uuid.uuid4()
        session.add(
            IdentityProvider(
                id=row_id,
                slug=organisation.slug,
                organisation_id=organisation.id,
                issuer=issuer,
                metadata_url=f"{issuer}/.well-known/openid-configuration",
                client_id="samspil",
                secret=ring.seal(secrets.token_urlsafe(), **secret_of(row_id)),
                enabled=False,
            )
        )


@contextmanager
def owner() -> Iterator[Engine]:
    engine = create_engine(database_url("owner"), poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()

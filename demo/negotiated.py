"""Agreements that live, for a newcomer to see: one negotiated, one that ends soon, one noticed.

They come about as in the product: by the actions of the two owners, each as the web would do it, on
days before the demo's day.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from demo import data
from demo.chance import instant
from demo.ground import FUND
from portal.access import Actor, Role
from portal.agreements import actions, catalogue, drafting, loading, negotiating, queries
from portal.agreements.models import Agreement, AgreementVersion, Standing, Term
from portal.agreements.parts import AgreementSection
from portal.app import create_app
from portal.clock import Moment
from portal.db import db
from portal.identity.queries import act_for
from portal.organisations.models import Organisation, User
from portal.rules import months_after
from portal.workflow import Stamp

TOWN = "slagelse"
OWNERS = {FUND: "ulla", TOWN: "birgit", "aarhus": "gitte"}
ENDS_SOON, NOTICED = ("odense", "Odense"), ("roskilde", "Roskilde")
NOTE = "Demonstrationsaftale. Ingen har underskrevet den."
SHORTER = 3  # working days to decide in
FEWER = "multi_problem"  # the criterion that is to go


def fill(*, day: date) -> bool:
    """False where they are already, or the day lies outside the agreements of the demo."""
    app = create_app(role="worker")
    with app.app_context():
        signed = load(day)
        db.session.commit()
        db.engine.dispose()
    if signed is None:
        return False
    web = create_app()
    give_notice(web, day)
    negotiate(web, signed, day)
    with web.app_context():
        db.engine.dispose()
    return True


def load(day: date) -> uuid.UUID | None:
    """The two beside the seven; returns the version that is negotiated anew."""
    seven = catalogue.agreements()
    pattern = next(one for one in seven if one.key == f"{FUND}-{TOWN}")
    if db.session.scalar(select(Agreement.id).where(Agreement.key == key_of(NOTICED))):
        return None
    running = db.session.scalars(select(Agreement).where(Agreement.key == pattern.key)).one()
    if running.standing(day) is not Standing.IN_FORCE or running.under_way:
        return None
    begun = months_after(day, -10)
    for town, last in ((ENDS_SOON, day + timedelta(days=25)), (NOTICED, None)):
        written = replace(
            pattern,
            key=key_of(town),
            title=f"Samarbejdsaftale mellem BUPL-A og {town[1]} Kommune",
            municipalities=(town[0],),
            contact_roles=(),
            valid_from=begun,
            valid_until=last,
            expected_per_year=None,
            note=NOTE,
        )
        loading.load([written], today=begun)
    return running.binding[0].id


def key_of(town: tuple[str, str]) -> str:
    return f"{FUND}-{town[0]}"


# --- What the owners do ---


@dataclass(frozen=True)
class Owner:
    """One of the owners at work; what is done in a sitting is committed."""

    web: Flask
    actor: Actor

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with self.web.app_context():
            act_for(self.actor.organisation_id)
            yield
            db.session.commit()

    def propose(self, version_id: uuid.UUID, key: str, at: Moment, **changes: Any) -> None:
        """What is not changed stays as it stands."""
        with self.at_work():
            version, one = found(version_id, key)
            text = changes.pop("text", one.text)
            negotiating.propose(
                one,
                version,
                text=text,
                given=one.given | changes,
                is_left_out=False,
                revision=one.revision,
                actor=self.actor,
                at=at,
            )

    def agree(self, version_id: uuid.UUID, at: Moment, *keys: str) -> None:
        for key in keys:
            with self.at_work():
                version, one = found(version_id, key)
                negotiating.agree(one, version, revision=one.revision, actor=self.actor, at=at)

    def remark(self, version_id: uuid.UUID, key: str, text: str, own: bool, at: Moment) -> None:
        with self.at_work():
            version, one = found(version_id, key)
            negotiating.remark(one, version, text=text, only_own_side=own, actor=self.actor, at=at)

    def step(self, version_id: uuid.UUID, name: str, at: Moment, **given: Any) -> None:
        with self.at_work():
            version = queries.version(version_id)
            stamp = Stamp(version.revision, f"demo {name}")
            actions.take(version, name, given, actor=self.actor, at=at, stamp=stamp)


def found(version_id: uuid.UUID, key: str) -> tuple[AgreementVersion, AgreementSection]:
    return queries.version(version_id), queries.section(version_id, key)


def owner(web: Flask, slug: str) -> Owner:
    with data.owner() as engine, Session(engine) as session:
        rows = select(User).join(Organisation, Organisation.id == User.organisation_id)
        person = session.scalars(
            rows.where(Organisation.slug == slug, User.subject == OWNERS[slug])
        ).one()
        roles = frozenset({Role.AGREEMENT_OWNER})
        return Owner(web, Actor(person.id, person.organisation_id, person.name, roles))


def ago(day: date, days: int, hour: int) -> Moment:
    """In working hours, so many days before."""
    that_day = day - timedelta(days=days)
    return Moment(instant(that_day, hour, 10), that_day)


def give_notice(web: Flask, day: date) -> None:
    """Of three months, a month ago; a file knows no notice, so the owner of the tables adds it."""
    with data.owner() as engine, Session(engine) as session, session.begin():
        rows = select(AgreementVersion).join(Agreement).where(Agreement.key == key_of(NOTICED))
        version_id = session.scalars(rows).one().id
        months = {"notice_months": 3, "term": Term.OPEN_ENDED}
        changed = update(AgreementVersion).where(AgreementVersion.id == version_id)
        session.execute(changed.values(**months))
    at = ago(day, 30, 13)
    reason = "Vi vil samle samarbejdet i én aftale med de omkringliggende kommuner."
    last = months_after(at.today, 3)
    owner(web, FUND).step(version_id, "terminate", at, last_day=last, reason=reason)


def negotiate(web: Flask, signed_id: uuid.UUID, day: date) -> None:
    """The next version of the running agreement: proposals of both sides, remarks, a deadline."""
    ulla, birgit = owner(web, FUND), owner(web, TOWN)
    with ulla.at_work():
        signed = queries.version(signed_id)
        version_id = drafting.renew(signed, actor=ulla.actor, at=ago(day, 12, 9)).id
    written = ago(day, 12, 10)
    first = months_after(day, 2).replace(day=1)
    days = {"valid_from": first, "valid_until": months_after(first, 24) - timedelta(days=1)}
    term = {"term": "fixed", "notice_months": None, "rule_set": ""}
    term |= {name: each.isoformat() for name, each in days.items()}
    ulla.propose(version_id, "term", written, text="Aftalen gælder i to år.", term=term)
    ulla.propose(
        version_id,
        "roles",
        written,
        text="Kommunen vurderer en pakke inden for tre arbejdsdage.",
        decide_days=SHORTER,
    )
    with ulla.at_work():
        _version, one = found(version_id, "visitation")
        kept = [row for row in one.given["criteria"] if row["code"] != FEWER]
    ulla.propose(version_id, "visitation", written, criteria=kept)
    ulla.step(version_id, "open", ago(day, 10, 14))
    read = ago(day, 8, 11)
    birgit.agree(version_id, read, "background", "scope", "plan", "meetings")
    birgit.propose(
        version_id,
        "purpose",
        read,
        text="Medlemmet skal opleve ét forløb, uanset hvem der har ansvaret.",
    )
    birgit.propose(
        version_id,
        "sharing",
        read,
        text="Parterne deler kun det, som den anden skal bruge for at hjælpe medlemmet videre.",
    )
    birgit.remark(
        version_id,
        "roles",
        "Tre arbejdsdage er kort i ferierne. Kan vi sige fem i juli?",
        False,
        read,
    )
    answered = ago(day, 3, 15)
    ulla.agree(version_id, answered, "purpose")
    ulla.remark(version_id, "roles", "Vi kan godt leve med fire dage hele året.", True, answered)
    ulla.propose(
        version_id,
        "evaluation",
        answered,
        text="Parterne ser på aftalen på hvert statusmøde og retter den én gang om året.",
    )

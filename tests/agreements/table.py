"""A negotiating table: two owners, each acting through the web's role, each change committed."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask

from portal.access import Actor, Role
from portal.agreements import actions, amending, drafting, negotiating, queries
from portal.agreements.amending import Why
from portal.agreements.beside import AgreementAmendment
from portal.agreements.models import AgreementVersion
from portal.agreements.parts import AgreementSection, AgreementSignatory
from portal.agreements.templates import templates
from portal.clock import Moment, now, today
from portal.db import db
from portal.identity.queries import act_for
from portal.organisations.models import Organisation
from portal.workflow import Stamp
from tests import make

DECIDE = "parameters.decide_days"


@dataclass
class Owner:
    """Somebody who negotiates for one organisation."""

    web: Flask
    actor: Actor

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """One request: what is done in it is committed."""
        with self.web.app_context():
            act_for(self.actor.organisation_id)
            yield
            db.session.commit()

    def begin(self, *others: Organisation, title: str = "Samarbejdsaftale") -> uuid.UUID:
        with self.at_work():
            ids = [other.id for other in others]
            template = templates()["one-to-one"]
            return drafting.begin(template, title, ids, actor=self.actor, at=moment()).id

    def read(self, version_id: uuid.UUID) -> tuple[AgreementVersion, list[AgreementSection]]:
        with self.at_work():
            found = queries.version(version_id), [*queries.sections(version_id)]
            db.session.expunge_all()
            return found

    def on(self, version_id: uuid.UUID, key: str, move: Callable[..., Any], **said: Any) -> None:
        """A move in one section, as it stands now unless a revision is given."""
        with self.at_work():
            section = queries.section(version_id, key)
            version = queries.version(version_id)
            if move is not negotiating.remark:
                said.setdefault("revision", section.revision)
            if move is negotiating.propose:
                said = {"text": section.text, "given": section.given, "is_left_out": False} | said
            move(section, version, actor=self.actor, at=moment(), **said)

    def propose(self, version_id: uuid.UUID, key: str, **said: Any) -> None:
        self.on(version_id, key, negotiating.propose, **said)

    def agree(self, version_id: uuid.UUID, *keys: str) -> None:
        for key in keys:
            self.on(version_id, key, negotiating.agree)

    def step(
        self, version_id: uuid.UUID, name: str, *, day: date | None = None, **given: Any
    ) -> bool:
        with self.at_work():
            version = queries.version(version_id)
            stamp = Stamp(version.revision, uuid.uuid4().hex)
            return actions.take(version, name, given, actor=self.actor, at=moment(day), stamp=stamp)

    def renew(self, version_id: uuid.UUID) -> uuid.UUID:
        """The draft of the next version."""
        with self.at_work():
            signed = queries.version(version_id)
            return drafting.renew(signed, actor=self.actor, at=moment()).id

    def ask(
        self, version_id: uuid.UUID, path: str = DECIDE, new: Any = 3, why: Why | None = None
    ) -> uuid.UUID:
        """For a change of a version in force."""
        why = why or Why("Vi når det ikke.", "Statusmøde", today())
        with self.at_work():
            version = queries.version(version_id)
            return amending.propose(version, path, new, why, actor=self.actor, at=moment()).id

    def answer(self, amendment_id: uuid.UUID, step: str = "accept", **said: Any) -> None:
        with self.at_work():
            row = db.session.get_one(AgreementAmendment, amendment_id)
            version = queries.agreement(row.agreement_id).binding[0]
            how = {"revision": row.revision, "actor": self.actor, "at": moment()}
            getattr(amending, step)(row, version, **(how | said))

    def name_signatory(self, version_id: uuid.UUID, title: str = "Chef") -> None:
        with self.at_work():
            own = {"organisation_id": self.actor.organisation_id, "user_id": self.actor.user_id}
            version = queries.version(version_id)
            db.session.add(
                AgreementSignatory(
                    agreement_id=version.agreement_id,
                    version_id=version_id,
                    name=self.actor.name,
                    title=title,
                    authority="På vegne af ledelsen",
                    **own,
                )
            )


def moment(day: date | None = None) -> Moment:
    return Moment(now(), day or today())


def owner(web: Flask, organisation: Organisation, name: str) -> Owner:
    person = make.user(organisation, Role.AGREEMENT_OWNER, name=name)
    roles = frozenset({Role.AGREEMENT_OWNER})
    return Owner(web, Actor(person.id, organisation.id, name, roles))


def tomorrow() -> date:
    return today() + timedelta(days=1)


def term(first: date | None = None, **more: Any) -> dict[str, Any]:
    """A term as the section for it holds it: two years from tomorrow."""
    first = first or tomorrow()
    last = first + timedelta(days=730)
    days = {"valid_from": first.isoformat(), "valid_until": last.isoformat()}
    return {"term": "fixed", "notice_months": None, "rule_set": ""} | days | more


def all_agreed(one: Owner, other: Owner, version_id: uuid.UUID, **term_more: Any) -> None:
    """Both say yes to everything: what has no text is left out."""
    one.propose(version_id, "term", text="To år.", given={"term": term(**term_more)})
    _version, sections = one.read(version_id)
    for section in sections:
        if section.state == "empty":
            one.propose(version_id, section.key, is_left_out=True)
        elif not section.text and section.key != "term":
            one.propose(version_id, section.key, text="Som standard.")
    _version, sections = other.read(version_id)
    other.agree(version_id, *(one.key for one in sections if one.state == "proposed"))


def to_signing(
    one: Owner, other: Owner, version_id: uuid.UUID, first: date | None = None
) -> uuid.UUID:
    """Agreed on everything, with a signatory each, and sent to be signed."""
    all_agreed(one, other, version_id, first=first)
    for owner in (one, other):
        owner.name_signatory(version_id)
    one.step(version_id, "settle")
    other.step(version_id, "ask_to_sign")
    return version_id


def in_force(one: Owner, other: Owner, organisation: Organisation, **given: Any) -> uuid.UUID:
    """A version begun by `one`, agreed, signed by both; `given` is what sections are to hold."""
    version_id = one.begin(organisation)
    one.step(version_id, "open")
    for key, values in given.items():
        _version, sections = one.read(version_id)
        [section] = [row for row in sections if row.key == key]
        one.propose(version_id, key, text="Aftalt.", given=section.given | values)
    to_signing(one, other, version_id)
    for owner in (one, other):
        owner.step(version_id, "sign", authenticated_at=now(), is_read=True)
    return version_id

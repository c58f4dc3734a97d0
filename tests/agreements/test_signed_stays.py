"""No sequence of steps, by anybody, in any order, changes what is signed."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import NoResultFound

from portal.agreements import actions, amending, drafting, negotiating, queries
from portal.agreements.actions import EFFECTS
from portal.agreements.models import AgreementVersion
from portal.clock import now, today
from portal.db import db
from portal.workflow import NotNow, NotYours, Overtaken, Refused, Stamp
from tests.agreements import table
from tests.agreements.table import Owner

REFUSALS = (NotNow, NotYours, Refused, Overtaken, NoResultFound, drafting.UnderWay)
KEPT = (
    "number",
    "valid_from",
    "valid_until",
    "term",
    "notice_months",
    "parameters",
    "sections",
    "criteria",
    "goals",
    "contacts",
    "hash",
    "signed_at",
)
GIVEN = {
    "reason": "Derfor",
    "is_read": True,
    "title": "Chef",
    "user_id": uuid.UUID(int=1),
    "last_day": today() + timedelta(days=9),
}
Deed = Callable[[Owner, AgreementVersion], Any]


def step(name: str) -> Deed:
    def taken(owner: Owner, version: AgreementVersion) -> None:
        stamp = Stamp(version.revision, uuid.uuid4().hex)
        given = GIVEN | {"authenticated_at": now()}
        who: dict[str, Any] = {"actor": owner.actor, "at": table.moment()}
        actions.take(version, name, given, stamp=stamp, **who)

    return taken


def in_section(move: Callable[..., Any], **said: Any) -> Deed:
    def moved(owner: Owner, version: AgreementVersion) -> None:
        section = queries.section(version.id, "purpose")
        seen = {"revision": section.revision} if move is not negotiating.remark else {}
        move(section, version, actor=owner.actor, at=table.moment(), **said, **seen)

    return moved


def parties(owner: Owner, version: AgreementVersion) -> None:
    ids = [row.organisation_id for row in version.sides][:1]
    drafting.set_parties(version, ids, {}, actor=owner.actor, at=table.moment())


def added(owner: Owner, version: AgreementVersion) -> None:
    found = queries.sections(version.id)
    words = {"heading": "Nyt", "text": "Nyt"}
    negotiating.add_section(version, found, actor=owner.actor, at=table.moment(), **words)


def deleted(owner: Owner, version: AgreementVersion) -> None:
    drafting.delete_draft(version, actor=owner.actor)


def renewed(owner: Owner, version: AgreementVersion) -> None:
    drafting.renew(version, actor=owner.actor, at=table.moment())


def asked_for(path: str, new: Any) -> Deed:
    def asked(owner: Owner, version: AgreementVersion) -> None:
        who: dict[str, Any] = {"actor": owner.actor, "at": table.moment()}
        amending.propose(version, path, new, amending.Why("Derfor"), **who)

    return asked


def answered(answer: str, **said: Any) -> Deed:
    """The newest change that was asked for, whoever asked."""

    def given(owner: Owner, version: AgreementVersion) -> None:
        found = amending.amendments(version.agreement_id)
        if found:
            how = {"revision": found[0].revision, "actor": owner.actor, "at": table.moment()}
            getattr(amending, answer)(found[0], version, **how, **said)

    return given


DEEDS: dict[str, Deed] = {
    **{name: step(name) for name in EFFECTS},
    "propose": in_section(negotiating.propose, text="Andet", given={}, is_left_out=False),
    "agree": in_section(negotiating.agree),
    "take up": in_section(negotiating.reopen, reason="Derfor"),
    "remark": in_section(negotiating.remark, text="Hm", only_own_side=False),
    "parties": parties,
    "add": added,
    "delete": deleted,
    "renew": renewed,
    "ask for a deadline": asked_for("parameters.decide_days", 3),
    "ask for a text": asked_for("sections.purpose.text", "Et andet formål."),
    "accept": answered("accept"),
    "refuse": answered("decline", reason="Nej"),
    "withdraw": answered("withdraw"),
}


@pytest.fixture
def table_of_two(web, fund, municipality):
    anna = table.owner(web, fund, "Anna Aftaleejer")
    bo = table.owner(web, municipality, "Bo Aftaleejer")
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    table.to_signing(anna, bo, version_id)
    for owner in (anna, bo):
        owner.step(version_id, "sign", authenticated_at=now(), is_read=True)
    return anna, bo, version_id


def content(owner: Owner, version_id: uuid.UUID) -> dict[str, Any]:
    version, sections = owner.read(version_id)
    own = {name: getattr(version, name) for name in KEPT}
    parts = [(one.key, one.text, one.given, one.state) for one in sections]
    sides = sorted((str(row.organisation_id), row.side) for row in version.sides)
    return own | {"parts": parts, "sides": sides}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from(sorted(DEEDS)))))
def test_nothing_that_anybody_does_changes_what_is_signed(table_of_two, deeds):
    anna, bo, version_id = table_of_two
    before = content(anna, version_id)
    for who, name in deeds:
        owner = (anna, bo)[who]
        with owner.at_work():
            try:
                DEEDS[name](owner, queries.version(version_id))
            except REFUSALS:
                db.session.rollback()
    assert content(anna, version_id) == before


@pytest.mark.parametrize("name", ["propose", "parties", "add"])
def test_the_same_deeds_change_what_is_negotiated(web, fund, municipality, name):
    """The control: where the text is open they are no refusals."""
    anna = table.owner(web, fund, "Anna Aftaleejer")
    version_id = anna.begin(municipality)
    with anna.at_work():
        version = queries.version(version_id)
        if name == "parties":
            ids = [row.organisation_id for row in version.sides]
            drafting.set_parties(version, ids, {}, actor=anna.actor, at=table.moment())
        else:
            DEEDS[name](anna, version)

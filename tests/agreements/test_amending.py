"""An agreement in force is changed: asked for by one side, answered by the other, collected."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, NoResultFound

from portal.agreements import drafting, queries
from portal.agreements.amending import Why
from portal.agreements.beside import AgreementAmendment, AmendmentState
from portal.clock import now, today
from portal.db import db
from portal.workflow import NotNow, Overtaken, Refused
from tests import make
from tests.agreements import table


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def signed(anna, bo, municipality):
    return table.in_force(anna, bo, municipality)


def stored(amendment_id) -> AgreementAmendment:
    return make.fresh(make.records.get_one(AgreementAmendment, amendment_id))


# --- Asking and answering ---


def test_one_side_asks_and_the_other_approves(anna, bo, signed):
    id = anna.ask(signed)
    row = stored(id)
    assert (row.old, row.new, row.side, row.person) == (5, 3, "fund", "Anna Aftaleejer")
    assert (row.meeting, row.meeting_on) == ("Statusmøde", today())
    bo.answer(id)
    row = stored(id)
    assert (row.state, row.answered_by) == (AmendmentState.APPROVED, "Bo Aftaleejer")
    assert row.effective_on is None


def test_the_other_side_declines_with_a_reason(anna, bo, signed):
    id = anna.ask(signed)
    with pytest.raises(Refused):
        bo.answer(id, "decline", reason=" ")
    bo.answer(id, "decline", reason="Fem dage er nødvendige.")
    assert stored(id).answer == "Fem dage er nødvendige."


def test_who_asked_withdraws_and_does_not_answer(anna, bo, signed):
    id = anna.ask(signed)
    for owner, step in ((anna, "accept"), (bo, "withdraw")):
        with pytest.raises(NotNow):
            owner.answer(id, step)
    anna.answer(id, "withdraw")
    assert stored(id).state == AmendmentState.WITHDRAWN


@pytest.mark.parametrize("step", ["accept", "decline", "withdraw"])
def test_what_is_answered_stays_answered(anna, bo, signed, step):
    id = anna.ask(signed)
    bo.answer(id)
    said = {"reason": "Nej"} if step == "decline" else {}
    with pytest.raises(NotNow):
        (anna if step == "withdraw" else bo).answer(id, step, **said)


def test_what_was_changed_after_it_was_read_is_not_answered(anna, bo, signed):
    id = anna.ask(signed)
    with pytest.raises(Overtaken):
        bo.answer(id, revision=stored(id).revision - 1)


WRONG = [
    ({"new": 5}, "decide_days", "Det er det, der gælder nu."),
    ({"new": 99}, "decide_days", "Skriv et helt tal fra 1 til 15."),
    ({"new": "tre"}, "decide_days", "Skriv et helt tal fra 1 til 15."),
    ({"path": "parameters.object_days", "new": 15}, "object_days", "Må ikke være kortere"),
    ({"path": "sections.purpose.text", "new": "  "}, "text", "Skriv en tekst."),
    ({"path": "parameters.kinds", "new": ["visitation"]}, "kinds", "kan ikke vælges fra"),
    ({"path": "criteria", "new": []}, "criteria", "Visitation kræver mindst ét kriterium."),
    ({"why": Why("  ")}, "reason", "Skriv hvorfor."),
    ({"why": Why("Ja", None, today())}, "meeting", "Skriv, hvilket møde det var."),
    ({"why": Why("Ja", "Møde", today() + timedelta(days=1))}, "meeting_on", "fremtiden"),
]


@pytest.mark.parametrize(("asked", "field", "words"), WRONG)
def test_what_cannot_be_is_refused_at_its_field(anna, signed, asked, field, words):
    """By the readers of the negotiation, and beside all that is agreed."""
    with pytest.raises(Refused) as refused:
        anna.ask(signed, **asked)
    [lack] = refused.value.lacks
    assert lack.field == field
    assert words in lack.text


@pytest.mark.parametrize(
    "path", ["term", "parameters.nothing", "sections.nothing.text", "hash", ""]
)
def test_what_is_no_part_of_the_agreement_is_not_there(anna, signed, path):
    with pytest.raises(NoResultFound):
        anna.ask(signed, path=path)


def test_one_proposal_for_one_thing_at_a_time(anna, bo, signed):
    id = anna.ask(signed)
    for owner in (anna, bo):
        with pytest.raises(Refused, match="allerede et forslag"):
            owner.ask(signed, new=4)
    bo.answer(id, "decline", reason="Nej")
    bo.ask(signed, new=4)


def test_only_what_governs_from_now_on_is_changed(anna, bo, fund, municipality):
    ended = make.agreement(fund, municipality, valid_until=today() - timedelta(days=1))
    draft = anna.begin(municipality)
    for version_id in (ended.id, draft):
        with pytest.raises((NotNow, IndexError)):
            anna.ask(version_id)


# --- The next version ---


def test_the_next_version_begins_with_what_both_have_approved(anna, bo, signed):
    for path, new in ((table.DECIDE, 3), ("sections.purpose.text", "Borgeren mærker ét forløb.")):
        bo.answer(anna.ask(signed, path, new))
    waiting = bo.ask(signed, "parameters.plan_days", 4)
    before, _sections = anna.read(signed)
    next_id = anna.renew(signed)
    _version, sections = anna.read(next_id)
    found = {row.key: row for row in sections}
    assert found["roles"].given["decide_days"] == 3
    assert found["purpose"].text == "Borgeren mærker ét forløb."
    assert [found[key].state for key in ("roles", "purpose", "joint_meeting")] == [
        "agreed",
        "agreed",
        "proposed",
    ]
    assert found["joint_meeting"].given["plan_days"] == 5
    assert stored(waiting).state == AmendmentState.PROPOSED
    after, _sections = anna.read(signed)
    assert (before.parameters, before.hash) == (after.parameters, after.hash)


def test_it_names_the_version_that_took_it(anna, bo, signed):
    id = anna.ask(signed)
    bo.answer(id)
    next_id = bo.renew(signed)
    assert (stored(id).state, stored(id).collected_in_id) == (AmendmentState.COLLECTED, next_id)


def test_the_last_that_was_approved_of_one_thing_counts(anna, bo, signed):
    for days in (3, 4):
        bo.answer(anna.ask(signed, new=days))
    _version, sections = anna.read(anna.renew(signed))
    assert {row.key: row for row in sections}["roles"].given["decide_days"] == 4


def test_a_version_that_comes_to_nothing_gives_it_back(anna, bo, signed):
    id = anna.ask(signed)
    bo.answer(id)
    draft = anna.renew(signed)
    with anna.at_work():
        drafting.delete_draft(queries.version(draft), actor=anna.actor)
    assert (stored(id).state, stored(id).collected_in_id) == (AmendmentState.APPROVED, None)
    opened = anna.renew(signed)
    anna.step(opened, "open")
    bo.step(opened, "abandon", reason="Vi venter.")
    assert stored(id).state == AmendmentState.APPROVED
    assert stored(id).collected_in_id is None
    again = bo.renew(signed)
    assert stored(id).collected_in_id == again


def test_it_holds_when_the_next_version_begins(anna, bo, signed):
    id = anna.ask(signed)
    bo.answer(id)
    next_id = anna.renew(signed)
    anna.step(next_id, "open")
    first = today() + timedelta(days=30)
    table.to_signing(anna, bo, next_id, first)
    assert stored(id).effective_on is None
    for owner in (anna, bo):
        owner.step(next_id, "sign", authenticated_at=now(), is_read=True)
    assert stored(id).effective_on == first
    version, _sections = anna.read(next_id)
    assert version.parameters["decide_days"] == 3


# --- The database ---


@pytest.fixture
def as_owner(web, anna):
    """Plain SQL as the web, for the fund: what only the database refuses."""

    def run(statement: str, **values: Any) -> None:
        with anna.at_work():
            db.session.execute(text(statement), values)

    return run


SET = "update agreement_amendment set {} where id = :id"


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved', answered_at = now()",
        "state = 'declined', answered_at = now(), answer = 'x'",
        "state = 'collected', answered_at = now(), collected_in_id = version_id",
    ],
)
def test_the_database_lets_nobody_answer_for_the_other_side(as_owner, anna, signed, change):
    id = anna.ask(signed)
    with pytest.raises(DBAPIError, match="side answers|does not go"):
        as_owner(SET.format(change), id=id)


@pytest.mark.parametrize("column", ["path = 'criteria'", "new = '1'", "reason = 'x'"])
def test_what_was_asked_is_not_changed(as_owner, anna, signed, column):
    with pytest.raises(DBAPIError, match="permission denied"):
        as_owner(SET.format(column), id=anna.ask(signed))


def test_the_other_side_withdraws_nothing(as_owner, bo, signed):
    with pytest.raises(DBAPIError, match="who asked"):
        as_owner(SET.format("state = 'withdrawn', answered_at = now()"), id=bo.ask(signed))

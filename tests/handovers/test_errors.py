"""Made in error: emptied on both sides, its openings kept. And what closes by itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from portal import rules
from portal.access import Role
from portal.clock import Moment, day_of, now, today
from portal.db import db
from portal.handovers import digests, upkeep
from portal.handovers.breaches import HandoverBreach
from portal.handovers.files import HandoverFile
from portal.handovers.meeting import Minutes
from portal.handovers.models import Handover, HandoverParty, State
from portal.handovers.parts import (
    HandoverContent,
    HandoverDocument,
    HandoverDraft,
    HandoverMessage,
    HandoverNote,
    HandoverNotice,
    HandoverQuestion,
)
from portal.handovers.reminding import DRAFT, Level, first_days
from tests import make
from tests.handovers import road as steps
from tests.handovers.test_notices import mails, worker  # noqa: F401  (fixtures)
from tests.handovers.ways import to_minutes, to_questions

EMPTIED = (
    HandoverContent,
    HandoverDocument,
    HandoverDraft,
    HandoverFile,
    HandoverMessage,
    HandoverNote,
    HandoverQuestion,
    Minutes,
)
WRONG = {"reason_code": "wrong_person", "reason": "Forvekslet med en anden"}


def the(road) -> Handover:
    return make.fresh(make.records.get_one(Handover, road.address.rsplit("/", 1)[1]))


@pytest.fixture
def torben(fund, client_of):
    return client_of(make.user(fund, Role.TEAM_LEAD))


def test_what_was_made_in_error_is_emptied_and_its_opening_kept(
    road,
    sender,
    receiver,
    torben,
    fund,
    mails,  # noqa: F811
):
    ulla = make.user(fund, Role.AGREEMENT_OWNER, email="ulla@fund.example")
    to_questions(road)
    receiver.get(road.address)
    assert "Markér som fejloprettet" not in sender.get(road.address).text
    assert sender.get(f"{road.address}/steps/mark-error").status_code == 403

    road.take(torben, "mark-error", **WRONG)

    assert road.state(sender) == road.state(receiver) == "Fejloprettet"
    with make.records.begin():
        make.records.execute(text("set local role samspil_keeper"))
        left = {one: make.records.scalar(select(func.count()).select_from(one)) for one in EMPTIED}
    assert left == dict.fromkeys(EMPTIED, 0)
    shown = receiver.get(road.address).text
    for gone in ("Karl Prøvesen", "Hvornår?", "Industritekniker"):
        assert gone not in shown
    assert "Pakken sendt" in shown  # what happened is kept
    assert receiver.get(f"{road.address}/package.pdf").status_code == 303
    assert [one for one in mails() if one.recipient == ulla.email and "blev åbnet" in one.subject]

    answer = torben.get(f"{road.address}/breach")
    assert "72 timer" in answer.text
    assert "Lillekøbing" in answer.text
    told = dict.fromkeys(("seen", "deleted", "told", "reported"), "Ja")
    filled = steps.hidden(steps.page(answer)) | told
    assert torben.post(f"{road.address}/breach", data=filled).status_code == 422
    done = torben.post(f"{road.address}/breach", data=filled | {"prevented": "Vi ser efter"})
    assert done.status_code == 303
    assert make.records.scalars(select(HandoverBreach)).one().answers["prevented"] == "Vi ser efter"
    make.records.commit()
    assert receiver.get(f"{road.address}/breach").status_code == 403


def test_only_the_senders_leader_marks_what_was_made_in_error_and_says_why(
    road, sender, receiver, torben, coordinator, client_of
):
    """Not its adviser, nobody of the other party, not without ground and reason, and not again."""
    road.take(sender, "send")
    at = f"{road.address}/steps/mark-error"
    assert sender.get(at).status_code == 403
    filled = steps.hidden(steps.page(torben.get(at)))
    for stranger, status in ((sender, 403), (client_of(coordinator), 409), (receiver, 409)):
        own = steps.hidden(steps.page(stranger.get(road.address)))
        pressed = {"version": filled["version"], "form_key": "new"} | WRONG
        assert stranger.post(at, data=own | pressed).status_code == status
    for lacking in WRONG:
        answer = torben.post(at, data=filled | WRONG | {lacking: ""})
        assert answer.status_code == 422
    assert torben.post(at, data=filled | WRONG | {"reason_code": "job"}).status_code == 422
    assert the(road).state == State.SENT

    road.take(torben, "mark-error", **WRONG)
    again = filled | WRONG | {"form_key": "another"}
    assert torben.post(at, data=again).status_code == 409
    assert the(road).state == State.IN_ERROR


def test_what_nobody_opened_is_no_breach(road, sender, torben):
    road.take(sender, "send")
    road.take(torben, "mark-error", **WRONG)
    assert make.records.scalars(select(HandoverBreach)).all() == []
    make.records.commit()
    assert torben.get(f"{road.address}/breach").status_code == 303


def test_a_leader_moves_a_package_to_a_colleague(road, sender, torben, fund):
    grethe = make.user(fund, Role.ADVISER, name="Grethe Ny")
    road.take(sender, "send")
    assert sender.get(f"{road.address}/steps/move-case").status_code == 403
    road.take(torben, "move-case", person_id=str(grethe.id))
    assert the(road).sender_person == "Grethe Ny"
    assert "Flyttet til en kollega i a-kassen: Grethe Ny" in sender.get(road.address).text


def test_the_content_closes_for_the_sender_thirty_days_after_the_end(road, sender, receiver):
    to_minutes(road)
    road.take(receiver, "complete", registered_on=today().isoformat())
    assert rules.on(today(), "handover.sender_content_days") == 30
    for days, is_seen in ((30, True), (1, False)):
        with make.records.begin():
            make.records.execute(text("set local role samspil_keeper"))
            make.records.execute(
                update(HandoverParty).values(
                    content_until=HandoverParty.content_until - timedelta(days=days)
                )
            )
        shown = sender.get(road.address).text
        assert ("To job om ugen" in shown) is is_seen
        assert ("Indholdet er lukket for jer" in shown) is not is_seen
        assert sender.get(f"{road.address}/package.pdf").status_code == (200 if is_seen else 303)
        taken_home = sender.get(f"{road.address}/record.pdf")
        assert taken_home.status_code == (200 if is_seen else 409)
        assert (
            "Indholdet er lukket for jer" in taken_home.get_data().decode("utf-8", "replace")
        ) is not is_seen
        assert road.state(sender) == "Overdraget"
        assert "To job om ugen" in receiver.get(road.address).text


@pytest.fixture
def clears(worker, app):  # noqa: F811
    def run() -> int:
        with worker.app_context():
            cleared = upkeep.clear_drafts(Moment(now(), today()))
            db.session.commit()
        return cleared

    return run


@pytest.mark.parametrize(
    ("days", "told", "by_law", "cleared"),
    [
        (90, 7, False, 1),
        (89, 7, False, 0),
        (90, 6, False, 0),
        (90, None, False, 0),
        (90, 7, True, 0),
    ],
)
def test_an_old_draft_is_deleted_a_week_after_it_was_said(
    days, told, by_law, cleared, case, fund, municipality, clears
):
    """That of the transfer by law stays: its clock runs."""
    at = make.days_ago(days)
    basis: dict[str, Any] = (
        {} if by_law else {"agreement_version_id": make.agreement(fund, municipality).id}
    )
    made = make.handover(case, created_at=at, **basis)
    if told:
        said: dict[str, Any] = {
            "clock": DRAFT,
            "due_on": day_of(at),
            "level": Level.OWNERS,
            "found_on": today(),
        }
        make.saved(HandoverNotice(handover_id=made.id, told_at=make.days_ago(told), **said))
    assert clears() == cleared
    warned = first_days(made).get(Level.OWNERS)
    assert warned == (None if by_law else day_of(at) + timedelta(days=83))
    assert made.state == State.DRAFT


def test_that_of_the_transfer_by_law_goes_too_once_the_case_is_closed(
    case,
    fund,
    municipality,
    clears,
    worker,  # noqa: F811
):
    at = make.days_ago(90)
    over = make.member_case(fund, municipality, closed_at=at, closed_reason="job")
    stays, goes = (make.handover(one, created_at=at) for one in (case, over))
    with worker.app_context():
        digests.note(today())
        rows = select(HandoverNotice.handover_id, HandoverNotice.level)
        levels = dict(db.session.execute(rows).all())
        db.session.execute(update(HandoverNotice).values(told_at=make.days_ago(7)))
        db.session.commit()
    assert levels == {stays.id: Level.LATE, goes.id: Level.OWNERS}
    assert clears() == 1
    assert make.fresh(stays).state == State.DRAFT

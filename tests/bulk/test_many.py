"""Many packages at once: what cannot be done is said before, what became of each after."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from portal.access import Role
from portal.audit import AuditEvent
from portal.bulk import actions, upkeep
from portal.bulk.models import Batch, BatchRow
from portal.clock import now, today
from portal.db import db
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverEvent, HandoverReminder
from portal.jobs import as_the_web
from portal.mail import OutgoingMail
from portal.organisations.models import User
from tests import make
from tests.handovers.road import errors, hidden, page

Choosing = Callable[..., str]


@pytest.fixture
def packages(fund, municipality, adviser):
    def made(*states: State, **values: Any) -> list[Handover]:
        given = {"sender_person_id": adviser.id, "sender_person": adviser.name} | values
        return [
            make.handover(make.member_case(fund, municipality), state, **given) for state in states
        ]

    return made


@pytest.fixture
def leader(coordinator, client_of):
    return client_of(coordinator)


@pytest.fixture
def choosing() -> Choosing:
    """What somebody ticked on the list: the address of the page that asks whether it is meant."""

    def choose(client: FlaskClient, doing: str, chosen: list[Handover], **more: Any) -> str:
        data = {"doing": doing, "handover": [str(one.id) for one in chosen], **more}
        answer = client.post("/handovers/bulk/", data=data)
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    return choose


def confirmed(client: FlaskClient, address: str, **values: Any) -> BeautifulSoup:
    answer = client.post(address, data=hidden(page(client.get(address))) | values)
    assert answer.status_code == 303, errors(answer)
    return page(client.get(address))


def table(soup: BeautifulSoup, label: str) -> dict[str, str]:
    """The last cell of each row, by reference."""
    rows = soup.select(f'[aria-label="{label}"] tbody tr')
    return {words(row, "a"): row.select("td")[-1].text.strip() for row in rows}


def words(soup: Tag, place: str) -> str:
    return re.sub(r"\s+", " ", " ".join(one.text for one in soup.select(place))).strip()


def states(*packages: Handover) -> list[State]:
    return [make.fresh(one).state for one in packages]


def test_what_cannot_be_done_is_said_before_and_left_alone(packages, leader, choosing):
    new, other, reviewed = packages(State.SENT, State.SENT, State.RECEIVED)
    address = choosing(leader, "acknowledge", [new, reviewed, other])
    before = page(leader.get(address))
    assert words(before, "h1") == "Kvittér for 2 pakker"
    skipped = table(before, "Pakker, der bliver sprunget over")
    assert skipped == {reviewed.reference: "Det er ikke muligt i status »Til vurdering«."}
    assert table(before, "Pakker, der er med").keys() == {new.reference, other.reference}
    assert states(new, other) == [State.SENT, State.SENT]  # nothing is done by choosing

    after = confirmed(leader, address)
    assert states(new, other, reviewed) == [State.RECEIVED] * 3
    assert table(after, "Pakker, der blev sprunget over").keys() == {reviewed.reference}
    assert {*table(after, "Pakkerne").values()} == {"Udført"}


def test_the_same_step_leaves_the_same_traces(packages, leader, coordinator, choosing, run_jobs):
    [new] = packages(State.SENT)
    confirmed(leader, choosing(leader, "acknowledge", [new]))
    event = make.records.scalars(select(HandoverEvent)).one()
    assert (event.step, event.person, event.target) == (
        "acknowledge",
        coordinator.name,
        State.RECEIVED,
    )
    [audited] = make.records.scalars(
        select(AuditEvent).where(AuditEvent.action == "bulk.acknowledge")
    )
    assert (audited.subject_id, audited.user_id) == (new.id, coordinator.id)
    make.records.commit()
    run_jobs()
    assert make.records.scalars(select(OutgoingMail.reference)).all() == [new.reference]


def test_twice_is_once(packages, leader, choosing):
    address = choosing(leader, "acknowledge", packages(State.SENT))
    form = hidden(page(leader.get(address)))
    assert {leader.post(address, data=form).status_code for _time in range(2)} == {303}
    assert len(make.records.scalars(select(HandoverEvent)).all()) == 1


def test_what_a_colleague_has_done_since_is_not_done_over(packages, leader, contact, choosing):
    mine, theirs = packages(State.RECEIVED, State.RECEIVED)
    address = choosing(leader, "assign", [mine, theirs])
    make.records.execute(
        update(Handover)
        .where(Handover.id == theirs.id)
        .values(receiver_person="Andre", version=theirs.version + 1)
    )
    make.records.commit()
    after = confirmed(leader, address, person_id=str(contact.id))
    why = table(after, "Pakker, der blev sprunget over")
    assert why == {theirs.reference: "Pakken er ændret, siden du valgte den."}
    assert (make.fresh(mine).receiver_person, make.fresh(theirs).receiver_person) == (
        contact.name,
        "Andre",
    )


def test_a_contact_can_only_take_them_alone(packages, contact, coordinator, client_of, choosing):
    client = client_of(contact)
    address = choosing(client, "assign", packages(State.RECEIVED))
    form = hidden(page(client.get(address)))
    assert client.post(address, data=form | {"person_id": str(coordinator.id)}).status_code == 422
    confirmed(client, address, person_id=str(contact.id))
    assert make.records.scalars(select(Handover.receiver_person_id)).one() == contact.id


def test_nothing_that_is_another_organisations_is_chosen(packages, outsider, client_of, choosing):
    stranger = client_of(make.user(outsider, Role.COORDINATOR))
    data = {"doing": "acknowledge", "handover": [str(packages(State.SENT)[0].id)]}
    assert stranger.post("/handovers/bulk/", data=data).status_code == 404


# --- Reminders ---


def test_a_reminder_goes_to_who_has_the_turn_once_a_day(
    packages, sender, leader, contact, adviser, choosing, run_jobs
):
    waiting = packages(State.RECEIVED, receiver_person_id=contact.id)
    [done] = packages(State.COMPLETED)
    after = confirmed(sender, choosing(sender, "remind", [*waiting, done]))
    assert table(after, "Pakker, der blev sprunget over") == {
        done.reference: "Pakken er afsluttet, så der er ingen at rykke."
    }
    run_jobs()
    run_jobs()
    mail = make.records.scalars(select(OutgoingMail)).one()
    assert (mail.recipient, mail.reference) == (contact.email, waiting[0].reference)
    assert waiting[0].member_name not in mail.subject + mail.body
    again = page(leader.get(choosing(leader, "remind", waiting)))
    why = table(again, "Pakker, der bliver sprunget over")
    assert why == {waiting[0].reference: f"{adviser.name} har allerede sendt en rykker i dag."}
    shown = page(leader.get(f"/handovers/{waiting[0].id}"))
    assert "Rykker sendt" in words(shown, ".timeline")


def test_the_database_knows_of_one_reminder_a_day(packages, sender, choosing):
    """Of two at once the second is told, and nothing else of its batch is lost."""
    first, second = packages(State.SENT, State.SENT)
    address = choosing(sender, "remind", [first, second])
    own = {"handover_id": first.id, "organisation_id": first.receiver_id}
    make.saved(HandoverReminder(person="Anden", day=today(), **own))
    after = confirmed(sender, address)
    assert table(after, "Pakkerne") == {second.reference: "Udført"}
    assert len(make.records.scalars(select(HandoverReminder)).all()) == 2


# --- Export ---


def test_the_chosen_leave_for_a_purpose(packages, leader, contact, client_of, choosing):
    one, _other = packages(State.SENT, State.SENT)
    address = choosing(leader, "export", [one])
    form = hidden(page(leader.get(address)))
    assert leader.post(address, data=form | {"format": "csv"}).status_code == 422
    answer = leader.post(address, data=form | {"format": "csv", "purpose": "Teammøde"})
    assert answer.data.decode("utf-8-sig").count("OP-") == 1
    row = make.records.scalars(select(AuditEvent).where(AuditEvent.purpose == "Teammøde")).one()
    assert row.detail == {"rows": 1, "format": "csv"}
    refused = {"doing": "export", "handover": [str(one.id)]}
    assert client_of(contact).post("/handovers/bulk/", data=refused).status_code == 403


# --- Moving ---


def test_a_leader_of_the_sender_moves_them_to_a_colleague(packages, fund, client_of, choosing):
    lead, other = make.user(fund, Role.TEAM_LEAD), make.user(fund, Role.ADVISER, name="Ny Rådgiver")
    waiting, [done] = packages(State.DRAFT, State.RECEIVED), packages(State.COMPLETED)
    client = client_of(lead)
    after = confirmed(client, choosing(client, "move_case", [*waiting, done]), person_id=other.id)
    assert table(after, "Pakker, der blev sprunget over").keys() == {done.reference}
    assert {make.fresh(one).sender_person for one in waiting} == {"Ny Rådgiver"}


# --- Many ---


@pytest.fixture
def few_at_once(monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 2)


def test_the_worker_does_the_rest_as_the_person_would(
    few_at_once, packages, leader, choosing, run_jobs
):
    new = packages(*[State.SENT] * 5)
    address = choosing(leader, "acknowledge", new)
    after = confirmed(leader, address)
    assert words(after, ".progress") == "2 af 5 er behandlet"
    assert after.select('#batch[hx-trigger="load delay:2s"]')
    run_jobs()
    assert {*states(*new)} == {State.RECEIVED}
    done = page(leader.get(address))
    assert not done.select("[hx-trigger]")
    assert table(page(leader.get("/handovers/bulk/")), "Flere pakker ad gangen").keys() == {
        "Kvittér for 5 pakker"
    }


def test_who_has_left_meanwhile_does_no_more(
    few_at_once, packages, leader, coordinator, choosing, run_jobs
):
    new = packages(*[State.SENT] * 3)
    confirmed(leader, choosing(leader, "acknowledge", new))
    make.records.execute(update(User).where(User.id == coordinator.id).values(closed_at=now()))
    make.records.commit()
    run_jobs()
    rows = make.records.scalars(select(BatchRow).order_by(BatchRow.done_at)).all()
    assert [row.lack for row in rows] == [None, None, "Det har du ikke ret til."]


def test_the_worker_is_held_by_the_guard_of_the_web(worker, packages, municipality):
    """What the table of steps does not know, the database refuses the worker too."""
    [new] = packages(State.SENT)
    forced = update(Handover).where(Handover.id == new.id).values(state=State.COMPLETED)
    with worker.app_context():
        as_the_web(municipality.id, municipality.id)
        with pytest.raises(ProgrammingError, match="no step of the receiver"):
            db.session.execute(forced)
        db.session.rollback()


def test_the_whole_list_is_chosen_as_far_as_it_goes(packages, leader, choosing, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 2)
    packages(*[State.SENT] * 3)
    address = choosing(leader, "acknowledge", [], tab="unassigned", whole="1")
    soup = page(leader.get(address))
    assert words(soup, "h1") == "Kvittér for 2 pakker"
    assert "Listen er længere" in words(soup, ".alert")


def test_old_batches_are_cleared_away(packages, leader, choosing, worker):
    choosing(leader, "acknowledge", packages(State.SENT))
    confirmed(leader, choosing(leader, "remind", packages(State.RECEIVED)))
    for days, left in ((0, 2), (2, 1), (31, 0)):
        with worker.app_context():
            upkeep.clear_away(now() + timedelta(days=days))
            assert len(db.session.scalars(select(Batch.id)).all()) == left
            db.session.rollback()

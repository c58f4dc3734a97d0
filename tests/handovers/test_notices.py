"""Who is written to after a step: the party whose turn it is, with a reference and a link."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from portal.access import Role
from portal.app import create_app
from portal.db import db
from portal.handovers import notices
from portal.mail import OutgoingMail
from tests import mailserver, make
from tests.handovers.test_returning import sent_back
from tests.handovers.ways import to_accepted

TASKS: dict[str, Callable[..., None]] = {
    "handovers.tell": notices.tell,
    "handovers.tell_message": notices.tell_message,
}
NAME, CPR = "Karl Prøvesen", "6211702345"


@pytest.fixture(scope="module")
def worker(web, settings):
    app = create_app(settings, role="worker")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def mails(worker, road):
    """Run what was queued, as the worker does, and read the outbox."""

    def run() -> list[OutgoingMail]:
        with worker.app_context():
            jobs = """
                with taken as (delete from procrastinate_jobs returning id, task_name, args)
                select task_name, args from taken order by id"""
            for name, arguments in db.session.execute(text(jobs)).all():
                if name in TASKS:
                    TASKS[name](
                        **(arguments if isinstance(arguments, dict) else json.loads(arguments))
                    )
            db.session.commit()
        found = [*make.records.scalars(select(OutgoingMail).order_by(OutgoingMail.created_at))]
        make.records.commit()
        return found

    return run


def test_the_receiver_is_told_that_it_is_its_turn(road, sender, contact, municipality, mails):
    make.unit(
        municipality, "Modtagelsen", mailbox="modtagelse@lillekoebing.example", is_default=True
    )
    road.take(sender, "send")
    [mail] = mails()
    assert mail.recipient == "modtagelse@lillekoebing.example"
    assert "venter på jer" in mail.subject
    assert road.address in mail.body


def test_the_assignee_is_written_to_and_nobody_twice(road, sender, receiver, contact, mails):
    road.take(sender, "send")
    road.take(receiver, "assign", person_id=str(contact.id))
    road.take(receiver, "acknowledge")
    road.take(receiver, "request-info", **{"questions-0": "Hvornår?"})
    road.take(sender, "provide-info", **{"answers-0": "I går", "unanswerable-0": ""})
    assert [mail.recipient for mail in mails()][-1] == contact.email
    before = len(mails())
    assert len(mails()) == before


def test_both_parties_are_told_who_was_assigned(
    road, sender, receiver, adviser, contact, coordinator, client_of, mails
):
    """The one who has it from here, and the sender; who takes it knows."""
    road.take(sender, "send")
    before = len(mails())
    road.take(receiver, "assign", person_id=str(contact.id))
    assert [mail.recipient for mail in mails()[before:]] == [adviser.email]
    before = len(mails())
    road.take(client_of(coordinator), "assign", person_id=str(contact.id))
    assert {mail.recipient for mail in mails()[before:]} == {adviser.email, contact.email}


def test_after_the_last_round_of_questions_both_owners_are_told(
    road, sender, receiver, fund, municipality, mails
):
    anna, birgit = (make.user(one, Role.AGREEMENT_OWNER) for one in (fund, municipality))

    def told() -> set[str]:
        return {mail.recipient for mail in mails() if "flere spørgsmål" in mail.subject}

    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    for _round in range(2):
        road.take(receiver, "request-info", **{"questions-0": "Hvornår?"})
        road.take(sender, "provide-info", **{"answers-0": "I går", "unanswerable-0": ""})
    assert told() == set()
    road.take(receiver, "request-info", **{"questions-0": "Hvorfor?"})
    assert told() == {anna.email, birgit.email}


def test_the_fund_is_told_of_what_comes_back(road, receiver, fund, mails):
    make.unit(fund, "Team Nord", mailbox="nord@fond.example", is_default=True)
    to_accepted(road)
    before = len(mails())
    back = sent_back(road, receiver)
    [mail] = mails()[before:]
    assert mail.recipient == "nord@fond.example"
    assert back.address in mail.body
    assert NAME not in mail.body


def test_no_mail_holds_a_name_or_a_number(road, sender, receiver, mails):
    road.take(sender, "send")
    road.take(receiver, "acknowledge")
    note = {"text": f"Om {NAME} {CPR}", "audience": "both", "noticed": "text"}
    assert receiver.post(f"{road.address}/messages", data=note).status_code == 303
    asked = note | {"asks": "y"}
    assert receiver.post(f"{road.address}/messages", data=asked).status_code == 303
    written = mails()
    for word in ("ny besked", "et spørgsmål"):
        assert [mail.subject for mail in written if word in mail.subject], word
    for mail in written:
        shown = f"{mail.subject} {mail.body}"
        assert NAME not in shown
        assert CPR not in shown


def test_a_message_to_the_own_side_tells_nobody(road, sender, receiver, mails):
    road.take(sender, "send")
    before = len(mails())
    receiver.post(f"{road.address}/messages", data={"text": "Ring mandag", "audience": "own"})
    assert len(mails()) == before
    assert "Ring mandag" in receiver.get(road.address).text
    assert "Ring mandag" not in sender.get(road.address).text


def test_a_step_ends_in_the_mailbox_of_whose_turn_it_is(
    road, sender, municipality, worker, settings, run_jobs
):
    """By nothing but what runs in production: the web, a real worker, a real mail server."""
    make.unit(
        municipality, "Modtagelsen", mailbox="modtagelse@lillekoebing.example", is_default=True
    )
    road.take(sender, "send")
    with mailserver.running() as server:
        where = {"mail_host": "127.0.0.1", "mail_port": server.port}
        worker.extensions["samspil"] = replace(settings, **where)
        for _round in range(2):  # who tells of the step queues the mail
            run_jobs()
        worker.extensions["samspil"] = settings
    [letter] = server.received
    assert letter["To"] == "modtagelse@lillekoebing.example"
    assert "venter på jer" in letter["Subject"]

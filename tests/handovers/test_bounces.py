"""A mail that its server refuses: seen on the package, and told one level higher."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import mail
from portal.access import Role
from portal.clock import add_working_days, now, today
from portal.db import db
from portal.handovers import bounces, digests
from portal.handovers.bounces import HandoverBounce
from portal.handovers.models import State
from portal.handovers.parts import HandoverNotice
from portal.mail import OutgoingMail
from tests import mailserver, make
from tests.handovers.road import page
from tests.mailserver import Mailbox
from tests.test_mail import connected, later

REFUSED = "550 no such user"


@pytest.fixture
def mailbox(app, worker, settings) -> Iterator[Mailbox]:
    with mailserver.running() as server:
        yield from connected(worker, settings, server)


@pytest.fixture
def package(case, adviser, contact, municipality):
    """Sent to a person; her unit reads a mailbox too. A minute has passed since."""
    unit = make.unit(municipality, "Modtagelsen", mailbox="job@lillekoebing.example")
    due_on = add_working_days(today(), 5)
    return make.handover(
        case,
        State.SENT,
        sender_person_id=adviser.id,
        receiver_person_id=contact.id,
        receiver_unit_id=unit.id,
        due_for="acknowledge",
        due_on=due_on,
        changed_at=now() - timedelta(minutes=1),
    )


@pytest.fixture
def mail_of(worker, settings, contact):
    """A mail about the package to its receiver's person, as a step writes it."""

    def write(package):
        with worker.app_context():
            mail.queue(
                contact.email,
                "your_turn",
                reference=package.reference,
                url=f"{settings.base_url}/handovers/{package.id}",
                language="da",
                subject_id=package.id,
            )
            db.session.commit()

    return write


def levels() -> list[int]:
    found = [*make.records.scalars(select(HandoverNotice.level).order_by(HandoverNotice.level))]
    make.records.commit()
    return found


def told(worker, day) -> dict[str, str]:
    with worker.app_context():
        digests.tell(day)
        db.session.commit()
    mails = select(OutgoingMail).where(OutgoingMail.subject_id.is_(None))
    found = {row.recipient: row.body for row in make.records.scalars(mails)}
    make.records.commit()
    return found


def test_a_refused_mail_stands_on_its_package_and_is_told_one_level_higher(
    package, mail_of, mailbox, run_jobs, worker, contact, sender, receiver
):
    mail_of(package)  # the passing control
    run_jobs()
    assert [one["To"] for one in mailbox.received] == [contact.email]
    assert levels() == []
    shown = f"/handovers/{package.id}"
    assert "kom ikke frem" not in sender.get(shown).text

    mailbox.answers = [REFUSED]
    mail_of(package)
    run_jobs()
    assert len(mailbox.received) == 1
    assert levels() == [1]
    theirs, ours = sender.get(shown), receiver.get(shown)
    assert "En mail om pakken kom ikke frem til Lillekøbing Kommune" in theirs.text
    assert "Ring til dem." in theirs.text
    assert f"En mail om pakken kom ikke frem til {contact.name}" in ours.text
    for side in (theirs, ours):
        timeline = page(side).select_one(".timeline")
        assert timeline
        assert "En mail kom ikke frem" in timeline.text

    text = told(worker, today())["job@lillekoebing.example"]
    assert f"{package.reference}: en mail om overdragelsen kom ikke frem" in text
    assert contact.name not in text


def test_it_is_noted_once_and_rises_to_the_owners_before_the_day_and_no_further(
    package, mail_of, mailbox, run_jobs, worker, fund, municipality
):
    owners = {make.user(one, Role.AGREEMENT_OWNER).email for one in (fund, municipality)}
    for expected in ([1], [1, 2], [1, 2]):
        mailbox.answers = [REFUSED]
        mail_of(package)
        run_jobs()
        assert levels() == expected
    [first, *_more] = make.records.scalars(select(HandoverBounce)).all()
    make.records.commit()
    with worker.app_context():
        bounces.bounced(mail_id=str(first.mail_id))
        db.session.commit()
    assert levels() == [1, 2]
    assert owners <= told(worker, today()).keys()


def test_a_digest_that_comes_back_tells_of_every_package_in_it(
    package, mailbox, run_jobs, worker, contact
):
    due = {"clock": "acknowledge", "due_on": package.due_on, "level": 0, "found_on": today()}
    make.saved(HandoverNotice(handover_id=package.id, **due))
    told(worker, today())
    mailbox.answers = [REFUSED]
    run_jobs()
    assert levels() == [0, 1]
    [noted] = make.records.scalars(select(HandoverBounce)).all()
    make.records.commit()
    assert (noted.handover_id, noted.reader) == (package.id, contact.name)


@pytest.mark.parametrize(
    ("state", "values"),
    [
        (State.COMPLETED, {"due_for": None, "due_on": None}),
        (State.RECEIVED, {"due_for": "hold", "hold_until": today(), "hold_reason": "Ferie"}),
    ],
    ids=["closed", "resting"],
)
def test_where_no_clock_runs_it_is_only_noted(
    state, values, case, mail_of, mailbox, run_jobs, contact, sender
):
    known = {"due_on": today(), "receiver_person_id": contact.id}
    package = make.handover(case, state, **known | values)
    mailbox.answers = [REFUSED]
    mail_of(package)
    run_jobs()
    assert levels() == []
    assert "En mail kom ikke frem" in sender.get(f"/handovers/{package.id}").text


def test_what_may_pass_by_itself_is_not_noted(package, mail_of, mailbox, run_jobs):
    mailbox.answers = ["451 later"]
    mail_of(package)
    run_jobs()
    assert levels() == []
    later()
    run_jobs()
    assert len(mailbox.received) == 1
    assert levels() == []

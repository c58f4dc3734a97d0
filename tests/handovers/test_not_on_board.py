"""A municipality without users: its mailbox gets the reference, the sender notes the phone call.

When it comes on board its packages are there.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal.access import Role
from portal.clock import today
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverEvent
from portal.mail import OutgoingMail
from portal.organisations.models import Unit
from tests import make
from tests.handovers.road import Road, errors, page

MAILBOX = "jobcenter@lillekoebing.example"


@pytest.fixture
def stub(run, municipality):
    """As the operator makes it."""
    done = run("organisation", "mailbox", municipality.slug, MAILBOX)
    assert done.exit_code == 0, done.output
    return municipality


@pytest.fixture
def sent(stub, sender, case):
    road = Road(sender, sender)
    road.start(case.id)
    road.write()
    road.take(sender, "send")
    return road


def call(road, sender, **values):
    told = {"day": today().isoformat(), "with_whom": "Birthe, modtagelsen"} | values
    return road.step(sender, "acknowledge-by-phone", **told)


def test_without_mailbox_and_users_nothing_can_be_sent(municipality, sender, case):
    road = Road(sender, sender)
    road.start(case.id)
    road.write()
    assert "eller en fælles postkasse i Samspil endnu" in road.step(sender, "send").text


def test_the_sender_is_told_before_sending(stub, sender, case):
    road = Road(sender, sender)
    road.start(case.id)
    road.write()
    assert "Kommune er ikke på Samspil endnu" in sender.get(f"{road.address}/steps/send").text


def test_the_mailbox_gets_the_reference_and_no_link_that_leads_to_it(sent, run_jobs, case):
    run_jobs()
    mail = make.records.scalars(select(OutgoingMail).where(OutgoingMail.recipient == MAILBOX)).one()
    package = make.records.scalars(select(Handover)).one()
    make.records.commit()
    assert package.reference in mail.subject
    assert package.reference in mail.body
    assert "/handovers/" not in mail.body
    assert case.name not in mail.subject + mail.body


def test_the_receipt_by_phone_says_when_and_with_whom(sent, sender):
    assert call(sent, sender).status_code == 303
    package = make.records.scalars(select(Handover)).one()
    event = make.records.scalars(
        select(HandoverEvent).where(HandoverEvent.step == "acknowledge_by_phone")
    ).one()
    make.records.commit()
    assert (package.state, package.due_for) == (State.RECEIVED, "decide")
    assert event.detail == {"day": today().isoformat(), "with_whom": "Birthe, modtagelsen"}
    shown = page(sender.get(sent.address)).select_one(".timeline")
    assert shown
    assert "Talt med Birthe, modtagelsen den" in shown.text


@pytest.mark.parametrize("days", [-1, 1])
def test_nobody_was_called_before_it_was_sent_or_will_be_tomorrow(days, sent, sender):
    day = (today() + timedelta(days=days)).isoformat()
    answer = call(sent, sender, day=day)
    assert answer.status_code == 422
    assert len(errors(answer)) == 1


def test_who_comes_on_board_finds_its_packages_and_acknowledges_itself(
    sent, stub, sender, client_of, tries
):
    shown = sender.get(f"{sent.address}/steps/acknowledge-by-phone")
    own = make.records.scalars(select(Unit).where(Unit.organisation_id == stub.id)).one()
    make.records.commit()
    newcomer = client_of(make.user(stub, Role.COORDINATOR, unit_id=own.id))
    assert "Karl Prøvesen" in newcomer.get("/handovers/?tab=unit").text
    # The form that stood open at the fund is too late, also past the page.
    form = {"day": today().isoformat(), "with_whom": "Birthe"}
    hidden = {
        str(one["name"]): str(one.get("value", ""))
        for one in page(shown).select('main input[type="hidden"]')
    }
    late = sender.post(f"{sent.address}/steps/acknowledge-by-phone", data=hidden | form)
    assert late.status_code == 409
    package = make.records.scalars(select(Handover)).one()
    make.records.commit()
    forced = (
        "update handover set state = 'received', received_at = now(), due_for = 'decide', "
        "changed_at = now() where id = :package"
    )
    assert not tries("fund", package, forced)
    assert tries("municipality", package, forced)
    assert "Registrér kvittering på telefon" not in sender.get(sent.address).text
    Road(sender, newcomer, sent.address).take(newcomer, "acknowledge")


def test_the_operator_makes_no_mailbox_of_who_is_on_board(
    run, municipality, contact, fund, database
):
    for slug, address in (
        (municipality.slug, MAILBOX),
        (fund.slug, MAILBOX),
        ("nobody", MAILBOX),
        (municipality.slug, "no address"),
    ):
        assert run("organisation", "mailbox", slug, address).exit_code == 1, slug
    with database.connect() as owner:
        assert owner.scalar(text("select count(*) from unit where mailbox is not null")) == 0

"""An event in a member's life: listed before it is done, done on its day, taken back in time."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.access import Role
from portal.cases.models import MemberCase
from portal.clock import Moment, now, today
from portal.db import db
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverDraft
from portal.life import upkeep
from portal.life.models import LifeEvent
from portal.mail import OutgoingMail
from portal.organisations.models import Organisation, User
from tests import make

DAY = timedelta(days=1)


@pytest.fixture
def case(fund: Organisation, municipality: Organisation, adviser: User) -> MemberCase:
    return make.member_case(fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id)


@pytest.fixture
def client(adviser: User, client_of: Callable[[User], FlaskClient]) -> FlaskClient:
    return client_of(adviser)


@pytest.fixture
def happens(client, case) -> Callable[..., Any]:
    """What the page lists; confirmed where it is to be done."""

    def post(kind: str, day: date | str | None = None, confirm: bool = True, **values: Any):
        address = f"/cases/{case.id}/events/new"
        typed = day if isinstance(day, str) else f"{day or today():%d/%m/%Y}"
        data = {"kind": kind, "day": typed} | values
        asked = client.post(address, data=data)
        if not confirm or asked.status_code != 200:
            return asked
        page = BeautifulSoup(asked.text, "html.parser")
        seen = page.select_one("input[name=seen]")
        assert seen is not None
        return client.post(address, data=data | {"seen": seen["value"]})

    return post


def fresh(handover: Handover) -> Handover:
    return make.fresh(handover)


def test_a_job_is_listed_first_and_then_closes_package_and_case(happens, case):
    package = make.handover(case, State.SENT)
    listed = happens("job", confirm=False)
    assert f"{package.reference} hos Lillekøbing Kommune bortfalder" in listed.text
    assert "Medlemmets sag lukkes" in listed.text
    assert "uden navn og uden grund" in listed.text
    assert fresh(package).state == State.SENT
    assert make.fresh(case).closed_at is None
    assert happens("job").status_code == 303
    assert (fresh(package).state, package.closed_reason) == (State.OBSOLETE, "job")
    assert make.fresh(case).closed_reason == "job"


def test_what_has_changed_since_the_list_is_listed_anew(client, happens, case):
    package = make.handover(case, State.SENT)
    page = BeautifulSoup(happens("job", confirm=False).text, "html.parser")
    [seen] = [field["value"] for field in page.select("input[name=seen]")]
    other = make.handover(case, State.SENT, receiver_id=make.organisation("Udkøbing Kommune").id)
    data = {"kind": "job", "day": f"{today():%d/%m/%Y}", "seen": seen}
    answer = client.post(f"/cases/{case.id}/events/new", data=data)
    assert answer.status_code == 409
    assert other.reference in answer.text
    assert fresh(package).state == State.SENT


def test_a_job_ahead_lets_the_package_rest_and_closes_it_on_the_day(happens, case, worker):
    package = make.handover(case, State.ACCEPTED, due_on=today() + 3 * DAY, due_for="plan")
    starts = today() + 10 * DAY
    assert happens("job", starts).status_code == 303
    assert (fresh(package).state, package.hold_until) == (State.ACCEPTED, starts)
    assert make.fresh(case).closed_at is None

    def night(day: date) -> int:
        with worker.app_context():
            done = upkeep.carry_out_due(Moment(now() + (day - today()), day))
            db.session.commit()
        return done

    assert night(starts - DAY) == 0
    assert fresh(package).state == State.ACCEPTED
    assert night(starts) == 1
    assert fresh(package).state == State.OBSOLETE
    assert make.fresh(case).closed_reason == "job"
    assert night(starts) == 0


def test_a_job_that_falls_through_leaves_all_as_it_was(client, happens, case):
    package = make.handover(case, State.RECEIVED)
    happens("job")
    [event] = events()
    assert client.post(f"/cases/{case.id}/events/{event.id}/undo").status_code == 303
    assert fresh(package).state == State.RECEIVED
    assert make.fresh(case).closed_at is None
    make.records.expire_all()
    [event] = events()
    assert event.undone_by == "Mette Eksempel"
    assert client.post(f"/cases/{case.id}/events/{event.id}/undo").status_code == 409


def events() -> list[LifeEvent]:
    found = [*make.records.scalars(select(LifeEvent).order_by(LifeEvent.recorded_at))]
    make.records.commit()
    return found


def test_nobody_is_written_to_of_a_death(happens, case, run_jobs, contact):
    told = make.handover(case, State.SENT, receiver_person_id=contact.id)
    happens("death")
    run_jobs()
    assert fresh(told).state == State.OBSOLETE
    assert mails() == []


def test_of_a_job_the_municipality_is_told_without_name_or_reason(happens, case, run_jobs, contact):
    told = make.handover(case, State.SENT, receiver_person_id=contact.id)
    happens("job")
    run_jobs()
    [mail] = mails()
    assert mail.recipient == contact.email
    assert told.reference in mail.body
    for secret in ("Karl", "Prøvesen", "job"):
        assert secret not in mail.body.replace("jobcenter", "")


def mails() -> list[OutgoingMail]:
    found = [*make.records.scalars(select(OutgoingMail))]
    make.records.commit()
    return found


def test_the_municipality_reads_no_illness(happens, case, client_of, contact):
    package = make.handover(case, State.ACCEPTED)
    assert happens("illness", until=f"{today() + 5 * DAY:%d/%m/%Y}").status_code == 303
    assert fresh(package).hold_until == today() + 6 * DAY
    read = client_of(contact).get(f"/handovers/{package.id}").text
    assert "Medlemmet kan ikke deltage inden da." in read
    main = BeautifulSoup(read, "html.parser").select("main")
    assert not re.search(r"\b(syg|ill)", main[0].text, re.IGNORECASE)


def test_a_move_begins_anew_for_the_new_municipality_with_what_was_written(happens, case, fund):
    new = make.organisation("Udkøbing Kommune")
    sent = make.handover(case, State.SENT)
    taken_on = make.handover(case, State.ACCEPTED, receiver_id=make.organisation("Nær").id)
    [written] = make.records.scalars(
        select(HandoverDraft).where(HandoverDraft.handover_id == sent.id)
    )
    written.summary = "Er i god gang."
    make.saved(written)
    assert happens("moved", municipality_id=str(new.id)).status_code == 303
    assert make.fresh(case).municipality_id == new.id
    assert (fresh(sent).state, sent.closed_reason) == (State.OBSOLETE, "moved")
    assert fresh(taken_on).state == State.ACCEPTED
    [anew] = make.records.scalars(select(Handover).where(Handover.receiver_id == new.id))
    make.records.commit()
    assert anew.state == State.DRAFT
    [draft] = make.records.scalars(
        select(HandoverDraft.summary).where(HandoverDraft.handover_id == anew.id)
    )
    make.records.commit()
    assert draft == "Er i god gang."


def test_a_move_sends_on_what_was_sent_and_is_taken_back(client, client_of, happens, case):
    new = make.organisation("Udkøbing Kommune")
    there = client_of(make.user(new, Role.CONTACT))
    sent = make.handover(case, State.RECEIVED)
    was = sent.receiver_id
    to = {"municipality_id": str(new.id)}
    listed = happens("moved", confirm=False, **to).text
    assert f"{sent.reference} sendes videre fra Lillekøbing Kommune til Udkøbing Kommune" in listed
    assert happens("moved", **to).status_code == 303
    assert (fresh(sent).state, sent.receiver_id) == (State.SENT, new.id)
    assert there.get(f"/handovers/{sent.id}").status_code == 200

    make.user(make.records.get_one(Organisation, was), Role.CONTACT)
    [event] = events()
    assert client.post(f"/cases/{case.id}/events/{event.id}/undo").status_code == 303
    assert fresh(sent).receiver_id == was
    assert make.fresh(case).municipality_id == was
    assert there.get(f"/handovers/{sent.id}").status_code == 404


UNFIT = [
    ({"kind": "illness"}, "until", "hvor længe"),
    ({"kind": "moved"}, "municipality_id", "Vælg den kommune"),
    ({"kind": "illness", "until": "31/12/9999"}, "until", "mere end et år frem"),
    ({"kind": "job", "day": "31/12/9999"}, "day", "mere end et år frem"),
    ({"kind": "job", "day": ""}, "day", "Skriv dagen"),
    ({"kind": "job", "day": "01/01/2020"}, "day", "for langt tilbage"),
    ({"kind": ""}, "kind", "Vælg, hvad der er sket"),
]


@pytest.mark.parametrize(("typed", "field", "told"), UNFIT)
def test_what_is_missing_is_told_at_its_field(client, happens, case, typed, field, told):
    answer = happens(**typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert events() == []


def test_another_organisation_records_nothing(case, client_of, contact, outsider):
    stranger = client_of(make.user(make.fund("Fremmed A-kasse"), Role.ADVISER))
    assert stranger.get(f"/cases/{case.id}/events/new").status_code == 404
    assert client_of(contact).get(f"/cases/{case.id}/events/new").status_code == 403


def test_to_another_fund_the_plan_goes_with_the_members_yes(client, happens, case):
    package = make.handover(case, State.RECEIVED)
    written = select(HandoverDraft).where(HandoverDraft.handover_id == package.id)
    make.records.scalars(written).one().summary = "Er godt i gang."
    make.records.commit()
    to = make.fund("Ny A-kasse")
    yes = {"fund_id": str(to.id), "consented_on": f"{today():%d/%m/%Y}"}
    asked = happens("other_fund", confirm=False, consented_on=yes["consented_on"])
    assert "Vælg den nye a-kasse." in asked.text
    listed = happens("other_fund", confirm=False, **yes)
    assert "En kladde med planen til Ny A-kasse" in listed.text
    assert happens("other_fund", **yes).status_code == 303
    change = make.records.scalars(select(Handover).where(Handover.kind == "akasseskift")).one()
    assert (change.state, change.receiver_id, change.consented_on) == ("draft", to.id, today())
    told = select(HandoverDraft.summary).where(HandoverDraft.handover_id == change.id)
    assert make.records.scalars(told).one() == "Er godt i gang."
    assert fresh(package).state == State.RECEIVED
    assert make.fresh(case).closed_at is None

    [event] = events()
    assert client.post(f"/cases/{case.id}/events/{event.id}/undo").status_code == 303
    left = select(Handover.id).where(Handover.kind == "akasseskift")
    assert make.records.scalars(left).all() == []
    make.records.commit()


def test_to_another_fund_without_a_yes_nothing_goes_along(happens, case):
    package = make.handover(case, State.RECEIVED)
    assert happens("other_fund").status_code == 303
    assert (fresh(package).state, package.closed_reason) == (State.OBSOLETE, "fund")
    assert make.fresh(case).closed_reason == "other_fund"

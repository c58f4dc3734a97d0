"""Somebody leaves: who takes over, and what is nobody's when no one was asked."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.access import Role
from portal.agreements.beside import AgreementContact
from portal.cases.models import MemberCase
from portal.clock import now, today
from portal.db import db
from portal.departures import upkeep
from portal.handovers.models import Handover, State
from portal.handovers.parts import HandoverEvent
from portal.mail import OutgoingMail
from portal.organisations.models import Membership, User
from tests import beside, make

DAY = timedelta(days=1)
CASES = {"code": "municipality_contact", "side": "municipality", "label_da": "Sager"}
ADVISER = {"code": "fund_contact", "side": "fund", "label_da": "Jobvejleder"}
FUNCTIONS = [row | {"label_en": "", "source": "Prøve"} for row in (ADVISER, CASES)]


@pytest.fixture
def version(fund, municipality):
    return make.agreement(fund, municipality, contacts=FUNCTIONS)


@pytest.fixture
def administrator(municipality):
    return make.user(municipality, Role.LOCAL_ADMINISTRATOR, name="Anne Attrap")


@pytest.fixture
def close(client_of, administrator):
    def post(leaving, to=None, by=administrator):
        data = {"replacement_id": str(to.id) if to else ""}
        return client_of(by).post(f"/administration/users/{leaving.id}/close", data=data)

    return post


@pytest.fixture
def package(fund, municipality, adviser, contact):
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    had = {"receiver_person_id": contact.id, "receiver_person": contact.name}
    had |= {"sender_person_id": adviser.id, "sender_person": adviser.name}
    return make.handover(case, State.RECEIVED, **had)


def fresh(row):
    return make.fresh(make.records.get_one(type(row), row.id))


def named() -> list[tuple[str | None, str | None]]:
    rows = select(AgreementContact).where(AgreementContact.valid_until.is_(None))
    make.records.expire_all()
    found = [(row.name, row.deputy_name) for row in make.records.scalars(rows)]
    make.records.commit()
    return found


def last_step(package) -> tuple[str, str]:
    rows = select(HandoverEvent).where(HandoverEvent.handover_id == package.id)
    found = [*make.records.scalars(rows.order_by(HandoverEvent.at.desc()))]
    make.records.commit()
    return (found[0].step, found[0].person) if found else ("", "")


def test_who_holds_nothing_is_closed_without_a_question(close, contact):
    assert close(contact).status_code == 303
    assert fresh(contact).closed_at


@pytest.mark.parametrize("holds", ["function", "deputy", "package"])
def test_who_holds_something_is_not_closed_before_somebody_takes_over(
    close, client_of, administrator, version, municipality, contact, coordinator, holds, request
):
    if holds == "package":
        request.getfixturevalue("package")
    elif holds == "deputy":
        make.contact(version, coordinator, "municipality_contact", contact)
    else:
        make.contact(version, contact, "municipality_contact")
    answer = close(contact)
    assert answer.status_code == 422
    assert "Vælg en kollega, der overtager, før brugeren kan lukkes." in answer.text
    assert fresh(contact).closed_at is None
    other = make.user(municipality, Role.CONTACT, name="Tove Tredje")
    assert close(contact, other).status_code == 303
    assert fresh(contact).closed_at


def test_a_function_is_the_replacements_at_once(close, version, contact, coordinator):
    make.contact(version, contact, "municipality_contact", phone="70 00 00 01", title="Chef")
    close(contact, coordinator)
    assert named() == [("Karen Attrap", None)]
    old, new = make.records.scalars(
        select(AgreementContact).order_by(AgreementContact.written_at)
    ).all()
    make.records.commit()
    assert (old.valid_until, old.name) == (today() - DAY, "Jonas Skabelon")
    assert (new.title, new.phone, new.written_by) == (None, None, "Anne Attrap")


def test_a_deputy_who_becomes_the_person_is_no_longer_the_deputy(
    close, version, contact, coordinator
):
    make.contact(version, contact, "municipality_contact", coordinator, deputy_phone="70 00 00 02")
    close(contact, coordinator)
    assert named() == [("Karen Attrap", None)]


def test_open_packages_and_cases_are_moved_and_the_new_one_is_told(
    close, run_jobs, package, municipality, contact, coordinator
):
    close(contact, coordinator)
    run_jobs()
    row = fresh(package)
    assert (row.receiver_person_id, row.receiver_person) == (coordinator.id, "Karen Attrap")
    assert last_step(package) == ("move", "Anne Attrap")
    assert coordinator.email in recipients()


def test_the_funds_packages_and_cases_are_moved_too(client_of, run_jobs, package, fund, adviser):
    other = make.user(fund, Role.ADVISER, name="Kim Kollega")
    by = make.user(fund, Role.LOCAL_ADMINISTRATOR)
    page = client_of(by).get(f"/administration/users/{adviser.id}/close")
    assert "1 åben pakke" in page.text
    assert "1 åben sag" in page.text
    data = {"replacement_id": str(other.id)}
    client_of(by).post(f"/administration/users/{adviser.id}/close", data=data)
    run_jobs()
    assert fresh(package).sender_person_id == other.id
    case = make.records.scalars(select(MemberCase)).one()
    make.records.commit()
    assert case.adviser_id == other.id
    assert [row.action for row in make.audited(case.id)] == ["cases.moved"]


def test_what_only_named_people_see_goes_to_nobody_by_the_administrators_choice(
    client_of, run_jobs, package, fund, adviser
):
    """Beside a case that anybody may take over."""
    free = make.member_case(fund, make.organisation(), adviser_id=adviser.id)
    leader = make.user(fund, Role.TEAM_LEAD)
    hidden = make.fresh(make.records.get_one(MemberCase, package.case_id))
    beside.restricted_case(hidden, leader)
    colleague, closes = make.user(fund, Role.ADVISER), make.user(fund, Role.LOCAL_ADMINISTRATOR)
    to = {"replacement_id": str(colleague.id)}
    client_of(closes).post(f"/administration/users/{adviser.id}/close", data=to)
    run_jobs()
    assert fresh(free).adviser_id == colleague.id
    assert fresh(hidden).adviser_id == adviser.id
    assert fresh(package).sender_person_id is None, "it is nobody's, as of who was closed elsewhere"
    mine = client_of(colleague)
    assert mine.get(f"/handovers/{package.id}").status_code == 404
    assert mine.get(f"/cases/{free.id}").status_code == 200
    assert mine.get(f"/cases/{hidden.id}").status_code == 404


def test_only_who_works_with_packages_takes_them_over(
    close, client_of, administrator, municipality, package, contact, coordinator
):
    reader = make.user(municipality, Role.AUDITOR, name="Rita Revisor")
    page = client_of(administrator).get(f"/administration/users/{contact.id}/close").text
    offered = [
        one.text for one in BeautifulSoup(page, "html.parser").select("#replacement_id option")
    ]
    assert offered == ["Vælg en kollega", "Karen Attrap"]
    assert close(contact, reader).status_code == 422
    assert fresh(contact).closed_at is None


def test_a_replacement_of_another_organisation_is_none(close, package, contact, adviser):
    assert close(contact, adviser).status_code == 422
    assert fresh(contact).closed_at is None


def test_a_refused_closing_moves_nothing(close, version, administrator, contact, municipality):
    """Nobody closes themselves: what they hold stays with them."""
    make.contact(version, administrator, "municipality_contact")
    answer = close(administrator, contact)
    assert answer.status_code == 422
    assert "Du kan ikke ændre din egen adgang" in answer.text
    assert named() == [("Anne Attrap", None)]


def test_a_job_for_what_does_not_fit_together_does_nothing(worker, package, contact, adviser):
    with worker.app_context():
        for user, to in ((contact, adviser), (contact, contact)):
            upkeep.hand_over.func(str(user.id), str(to.id), str(contact.id))
        db.session.commit()
    assert fresh(package).receiver_person_id == contact.id


# --- Left without a word ---


@pytest.fixture
def night(worker):
    def work() -> None:
        with worker.app_context():
            upkeep.release.func(0)
            db.session.commit()

    return work


def recipients() -> list[str]:
    found = [mail.recipient for mail in make.records.scalars(select(OutgoingMail))]
    make.records.commit()
    return sorted(found)


def test_of_who_was_closed_elsewhere_nobody_has_the_packages_and_both_are_told(
    night, client_of, package, municipality, contact
):
    make.unit(municipality, "Dagpenge", mailbox="dagpenge@x.example", is_default=True)
    owner = make.user(municipality, Role.AGREEMENT_OWNER, email="ejer@x.example")
    night()
    assert fresh(package).receiver_person_id == contact.id
    contact.closed_at = now()
    make.saved(contact)
    night()
    row = fresh(package)
    assert (row.receiver_person_id, row.receiver_person) == (None, None)
    assert last_step(package) == ("release", "Samspil")
    assert recipients() == ["dagpenge@x.example", "ejer@x.example"]
    night()
    assert recipients() == ["dagpenge@x.example", "ejer@x.example"]
    home = client_of(owner).get("/").text
    assert "1 pakke er ikke tildelt nogen" in home
    colleague = make.user(municipality, Role.CONTACT)
    listed = client_of(colleague).get("/handovers/?tab=unassigned").text
    assert package.reference in listed


@pytest.mark.parametrize(("days", "is_gone"), [(0, False), (-1, True)])
def test_whose_employment_has_ended_has_left_the_day_after(night, package, contact, days, is_gone):
    place = make.records.scalars(select(Membership).where(Membership.user_id == contact.id)).one()
    place.valid_until = today() + days * DAY
    make.saved(place)
    night()
    assert (fresh(package).receiver_person_id is None) == is_gone


def test_what_is_closed_stays_with_whoever_had_it(night, fund, municipality, adviser, contact):
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    done = make.handover(case, State.COMPLETED, receiver_person_id=contact.id)
    contact.closed_at = now()
    make.saved(contact)
    night()
    row: Handover = fresh(done)
    assert row.receiver_person_id == contact.id
    assert isinstance(fresh(contact), User)

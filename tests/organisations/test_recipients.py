"""Who is written to: somebody who is there, of the right organisation, or nobody."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from portal.access import Role
from portal.clock import now
from portal.organisations.models import Absence, Membership
from portal.organisations.queries import recipients
from tests import make

DAY = date(2026, 11, 23)
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.fixture
def office(municipality):
    return make.unit(municipality, "Dagpenge", mailbox="dagpenge@lillekoebing.example")


@pytest.fixture
def jonas(municipality, office):
    return make.user(municipality, Role.CONTACT, email="jonas@x.example", unit_id=office.id)


@pytest.fixture
def karen(municipality):
    return make.user(municipality, Role.CONTACT, email="karen@x.example", language="en")


@pytest.fixture
def written(municipality, office, worker):
    """The addresses, for what lies with this person in this unit."""

    def ask(person, unit=office, day=DAY) -> list[str]:
        with worker.app_context():
            unit_id = unit.id if unit else None
            found = recipients(municipality.id, person.id if person else None, unit_id, day)
        return [reader.address for reader in found]

    return ask


def away(user, stand_in=None, first=DAY, last=DAY) -> None:
    values = {"first_day": first, "last_day": last, "stand_in_id": stand_in and stand_in.id}
    make.saved(Absence(user_id=user.id, organisation_id=user.organisation_id, **values))


def test_the_person_is_written_to(jonas, written):
    assert written(jonas) == ["jonas@x.example"]


def test_in_the_language_that_the_person_reads(karen, municipality, worker):
    with worker.app_context():
        [reader] = recipients(municipality.id, karen.id, None, DAY)
    assert reader.language == "en"


def test_who_is_absent_is_not_written_to_but_who_stands_in(jonas, karen, written):
    away(jonas, karen, YESTERDAY, DAY)
    assert written(jonas) == ["karen@x.example"]
    assert written(jonas, day=TOMORROW) == ["jonas@x.example"]


def test_a_stand_in_who_is_absent_has_one_too(jonas, karen, municipality, written):
    pia = make.user(municipality, Role.CONTACT, email="pia@x.example")
    away(jonas, karen)
    away(karen, pia)
    assert written(jonas) == ["pia@x.example"]


def test_two_who_stand_in_for_each_other_leave_it_to_the_mailbox(jonas, karen, written):
    away(jonas, karen)
    away(karen, jonas)
    assert written(jonas) == ["dagpenge@lillekoebing.example"]


def test_without_a_stand_in_the_mailbox_of_the_unit_is_written_to(jonas, written):
    away(jonas)
    assert written(jonas) == ["dagpenge@lillekoebing.example"]


@pytest.mark.parametrize("gone", ["closed_at", "email", "membership"])
def test_nobody_who_has_left_is_written_to(gone, jonas, municipality, written):
    assert written(jonas) == ["jonas@x.example"]
    if gone == "membership":
        make.records.execute(update(Membership).values(valid_until=YESTERDAY))
        make.records.commit()
    else:
        setattr(jonas, gone, now() if gone == "closed_at" else None)
        make.saved(jonas)
    assert written(jonas) == ["dagpenge@lillekoebing.example"]


def test_what_lies_with_nobody_goes_to_the_unit(written):
    assert written(None) == ["dagpenge@lillekoebing.example"]


def test_a_unit_without_a_mailbox_leaves_it_to_the_default_one(jonas, municipality, written):
    bare = make.unit(municipality, "Uden postkasse")
    make.unit(municipality, "Standard", mailbox="post@lillekoebing.example", is_default=True)
    assert written(None, bare) == ["post@lillekoebing.example"]
    assert written(None, None) == ["post@lillekoebing.example"]


def test_a_unit_that_is_closed_is_not_written_to(municipality, office, written):
    office.valid_until = YESTERDAY
    make.saved(office)
    assert written(None, office) == []


def test_in_the_end_the_leaders_are_written_to(municipality, coordinator, karen, outsider, written):
    make.user(outsider, Role.COORDINATOR)
    assert written(None, None) == [coordinator.email]
    away(coordinator)
    assert written(None, None) == []


def test_nobody_of_another_organisation_is_written_to(outsider, adviser, written):
    foreign = make.unit(outsider, "Andres", mailbox="post@udkoebing.example", is_default=True)
    assert written(adviser, foreign) == []

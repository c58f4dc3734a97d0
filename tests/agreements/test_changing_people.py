"""Who fills a function gives way to another: what the owners approve, and when it holds."""

import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from portal.access import Role
from portal.agreements.beside import AgreementAmendment, AgreementContact
from portal.clock import now, today
from portal.organisations.models import User
from tests import make
from tests.agreements import table
from tests.agreements.table import Owner


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def signed(anna, bo, municipality):
    return table.in_force(anna, bo, municipality)


def people(owner: Owner, code: str = "municipality_contact") -> list[AgreementContact]:
    rows = make.records.query(AgreementContact).filter_by(code=code)
    make.records.expire_all()
    found = rows.order_by(AgreementContact.valid_from, AgreementContact.written_at).all()
    make.records.commit()
    return found


@pytest.fixture
def name(client_of, bo):
    """Bo names somebody as the contact for cases: what the page shows, with what is typed."""
    client = client_of(make.records.get_one(User, bo.actor.user_id))

    def post(agreement_id, person, **typed):
        address = f"/contacts/{agreement_id}/municipality_contact"
        page = BeautifulSoup(client.get(address).text, "html.parser")
        seen = page.select_one("input[name=seen]")
        blank = {"user_id": str(person.id), "deputy_id": "", "unit_id": "", "reason": ""}
        return client.post(address, data=blank | {"seen": seen["value"] if seen else ""} | typed)

    return post


def agreement_of(owner: Owner, version_id) -> uuid.UUID:
    version, _sections = owner.read(version_id)
    return version.agreement_id


def open_ones(agreement_id) -> list[AgreementAmendment]:
    make.records.expire_all()
    rows = make.records.query(AgreementAmendment).filter_by(agreement_id=agreement_id)
    found = rows.order_by(AgreementAmendment.proposed_at).all()
    make.records.commit()
    return found


def test_a_contact_is_changed_when_both_owners_approve_where_the_agreement_says_so(
    anna, bo, municipality, name, contact, coordinator
):
    small = {"evaluation": {"small_changes": ["contact_persons"]}}
    agreement_id = agreement_of(anna, table.in_force(anna, bo, municipality, **small))
    assert name(agreement_id, contact).status_code == 303
    assert [row.name for row in people(bo)] == ["Jonas Skabelon"]
    assert open_ones(agreement_id) == []

    assert name(agreement_id, coordinator).status_code == 422
    assert name(agreement_id, coordinator, reason="Jonas har fået andet at lave").status_code == 303
    assert [row.name for row in people(bo)] == ["Jonas Skabelon"]
    [asked] = open_ones(agreement_id)
    assert asked.path == "contacts.municipality_contact.person"
    anna.answer(asked.id)
    assert make.fresh(asked).effective_on == today()
    old, new = people(bo)
    assert (old.name, old.valid_until) == ("Jonas Skabelon", today() - timedelta(days=1))
    assert (new.name, new.user_id, new.valid_until) == ("Karen Attrap", coordinator.id, None)


def test_where_the_agreement_does_not_name_it_the_change_goes_into_the_next_version(
    anna, bo, signed, name, contact, coordinator
):
    agreement_id = agreement_of(anna, signed)
    name(agreement_id, contact)
    name(agreement_id, coordinator, reason="Jonas har fået andet at lave")
    [asked] = open_ones(agreement_id)
    anna.answer(asked.id)
    assert [row.name for row in people(bo)] == ["Jonas Skabelon"]
    next_id = anna.renew(signed)
    anna.step(next_id, "open")
    first = today() + timedelta(days=30)
    table.to_signing(anna, bo, next_id, first)
    for owner in (anna, bo):
        owner.step(next_id, "sign", authenticated_at=now(), is_read=True)
    old, new = people(bo)
    assert (old.name, old.valid_until) == ("Jonas Skabelon", first - timedelta(days=1))
    assert (new.name, new.valid_from, new.valid_until) == ("Karen Attrap", first, None)


def test_title_and_number_are_nobodys_to_approve(anna, bo, signed, name, contact):
    agreement_id = agreement_of(anna, signed)
    name(agreement_id, contact)
    name(agreement_id, contact, title="Koordinator", phone="70 00 00 00")
    assert open_ones(agreement_id) == []
    assert people(bo)[-1].phone == "70 00 00 00"


def test_what_nobody_fills_any_more_is_filled_at_once(anna, bo, signed, name, contact, coordinator):
    agreement_id = agreement_of(anna, signed)
    name(agreement_id, contact)
    contact.closed_at = now()
    make.saved(contact)
    assert name(agreement_id, coordinator).status_code == 303
    assert people(bo)[-1].name == "Karen Attrap"
    assert open_ones(agreement_id) == []


@pytest.mark.parametrize(
    ("part", "typed", "small"),
    [
        ("deputy", {"deputy_id": "other"}, "stand_ins"),
        ("mailbox", {"mailbox": "ny@x.example"}, "mailboxes"),
    ],
)
def test_each_kind_of_small_change_is_named_for_itself(
    anna, bo, municipality, name, contact, coordinator, part, typed, small
):
    given = {"evaluation": {"small_changes": [small]}}
    agreement_id = agreement_of(anna, table.in_force(anna, bo, municipality, **given))
    first = {"deputy_id": str(coordinator.id), "mailbox": "gammel@x.example"}
    name(agreement_id, contact, **first)
    other = make.user(municipality, Role.CONTACT, name="Tove Tredje")
    change = {key: str(other.id) if value == "other" else value for key, value in typed.items()}
    assert name(agreement_id, contact, **first | change, reason="Ny").status_code == 303
    [asked] = open_ones(agreement_id)
    assert asked.path == f"contacts.municipality_contact.{part}"
    assert people(bo)[-1].mailbox == "gammel@x.example"
    anna.answer(asked.id)
    last = people(bo)[-1]
    changed = last.deputy_name if part == "deputy" else last.mailbox
    assert changed == ("Tove Tredje" if part == "deputy" else "ny@x.example")
    assert last.name == "Jonas Skabelon"


def test_under_notice_there_is_no_next_version_so_it_holds_at_once(
    fund, municipality, bo, name, contact, coordinator
):
    task = {"code": "municipality_contact", "side": "municipality", "label_da": "Sager"}
    how = {"notice_months": 3, "contacts": [task | {"label_en": "", "source": "Prøve"}]}
    version = make.agreement(fund, municipality, **how)
    make.contact(version, contact, "municipality_contact")
    last = today() + timedelta(days=200)
    bo.step(version.id, "terminate", last_day=last, reason="Slut")
    assert name(version.agreement_id, coordinator).status_code == 303
    assert people(bo)[-1].name == "Karen Attrap"

"""Contact persons: each party names its own, the other reads whom to call today."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.access import OrganisationKind, Role
from portal.agreements import contacts, upkeep
from portal.agreements.beside import AgreementContact
from portal.clock import now, today
from portal.db import db
from portal.handovers.models import State
from portal.mail import OutgoingMail
from portal.organisations.models import Absence
from tests import make

DAY = timedelta(days=1)
CASES = {"code": "municipality_contact", "side": "municipality", "label_da": "Sager"}
MEETINGS = {"code": "meetings", "side": "municipality", "label_da": "Statusmøder"}
ADVISER = {"code": "fund_contact", "side": "fund", "label_da": "Jobvejleder"}
BLANK = {"user_id": "", "deputy_id": "", "unit_id": ""}
FUNCTIONS = [row | {"label_en": "", "source": "Prøve"} for row in (ADVISER, CASES, MEETINGS)]
TOLD = {"code": "new", "side": "municipality", "label_da": "Nye pakker", "told_of": "packages"}


@pytest.fixture
def version(fund, municipality):
    box = {"mailbox": "dagpenge@lillekoebing.example", "is_default": True}
    make.unit(municipality, "Dagpengeteamet", **box)
    return make.agreement(fund, municipality, contacts=FUNCTIONS)


@pytest.fixture
def owner(municipality):
    return make.user(municipality, Role.AGREEMENT_OWNER, name="Bo Aftaleejer")


@pytest.fixture
def fill(client_of, version, owner):
    """Name somebody as the page does: what it shows, with what is typed over it."""

    def post(person=None, by=None, code="municipality_contact", **values: Any):
        address = f"/contacts/{version.agreement_id}/{code}"
        client = client_of(by or owner)
        page = BeautifulSoup(client.get(address).text, "html.parser")
        seen = page.select_one("input[name=seen]")
        shown = BLANK | {"seen": seen["value"] if seen else ""}
        data = {"user_id": str(person.id)} if person else {}
        return client.post(address, data=shown | data | values)

    return post


@pytest.fixture
def directory(client_of, version, adviser):
    """The line of a function as the other party reads it: by its headings."""

    def read(code: str = "Sager", reader=adviser, query: str = "") -> dict[str, str]:
        answer = client_of(reader).get(f"/agreements/{version.agreement_id}/contacts{query}")
        assert answer.status_code == 200
        rows = BeautifulSoup(answer.text, "html.parser").select("tbody tr")
        cells = [
            {
                str(cell["data-label"]): re.sub(r"\s+", " ", cell.text).strip()
                for cell in row.select("td")
            }
            for row in rows
        ]
        return next((one for one in cells if one["Opgave"] == code), {})

    return read


def stored(code="municipality_contact") -> list[AgreementContact]:
    rows = select(AgreementContact).where(AgreementContact.code == code)
    make.records.expire_all()
    found = [*make.records.scalars(rows.order_by(AgreementContact.written_at))]
    make.records.commit()
    return found


def away(user, stand_in=None, first=None, last=None):
    days = {"first_day": first or today(), "last_day": last or today()}
    stands = {"stand_in_id": stand_in.id if stand_in else None}
    own = {"user_id": user.id, "organisation_id": user.organisation_id}
    return make.saved(Absence(**own, **days, **stands))


def test_a_party_names_its_own_and_the_other_reads_whom_to_call(
    fill, directory, contact, coordinator
):
    told = {"title": "Koordinator", "phone": "70 00 00 00", "deputy_id": str(coordinator.id)}
    assert fill(contact, **told).status_code == 303
    line = directory()
    assert line["Ring til"] == "Jonas Skabelon 70 00 00 00"
    assert line["Kontaktperson"].startswith("Jonas Skabelon, Koordinator")
    assert line["Stedfortræder"] == "Karen Attrap"
    assert line["Funktionspostkasse"] == "dagpenge@lillekoebing.example"


def test_a_mailbox_is_that_of_the_function_or_of_a_unit(fill, directory, municipality, contact):
    team = make.unit(municipality, "Team Syd", mailbox="syd@lillekoebing.example")
    fill(contact, unit_id=str(team.id))
    assert directory()["Funktionspostkasse"] == "syd@lillekoebing.example"
    fill(contact, code="meetings", mailbox="moede@lillekoebing.example")
    assert directory("Statusmøder")["Funktionspostkasse"] == "moede@lillekoebing.example"


def test_who_is_told_of_packages_may_open_them(version, fill, directory, contact, owner):
    """The mail's link would lead an owner of agreements to a refusal."""
    version.contacts = [*FUNCTIONS, FUNCTIONS[0] | TOLD]
    make.saved(version)
    refused = fill(owner, code="new")
    assert refused.status_code == 422
    assert "Vælg en, der må åbne det" in refused.text
    assert stored("new") == []
    assert fill(contact, code="new", phone="70 00 00 00").status_code == 303
    assert fill(owner, code="meetings").status_code == 303
    line = directory("Nye pakkerFår mail om: Pakker, som ingen har taget")
    assert line["Ring til"] == "Jonas Skabelon 70 00 00 00"


@pytest.mark.parametrize(
    ("first", "last", "is_away"), [(-2, -1, False), (-1, 0, True), (0, 1, True), (1, 2, False)]
)
def test_absence_is_shown_from_its_first_to_its_last_day(
    version, directory, contact, coordinator, first, last, is_away
):
    make.contact(version, contact, "municipality_contact")
    away(contact, coordinator, today() + first * DAY, today() + last * DAY)
    line = directory()
    assert ("fraværende til og med" in line["Kontaktperson"]) == is_away
    assert line["Ring til"] == ("Karen Attrap" if is_away else "Jonas Skabelon")
    assert ("kontakt Karen Attrap" in line["Kontaktperson"]) == is_away


def test_who_answers_follows_stand_in_deputy_mailbox(version, directory, municipality, contact):
    deputy = make.user(municipality, Role.CONTACT, name="Dorte Stedfortræder")
    stand_in = make.user(municipality, Role.CONTACT, name="Sten Vikar")
    row = make.contact(version, contact, "municipality_contact", deputy)
    absence = away(contact, stand_in)
    assert directory()["Ring til"] == "Sten Vikar"
    absence.stand_in_id = None
    make.saved(absence)
    assert directory()["Ring til"] == "Dorte Stedfortræder"
    away(deputy)
    assert directory()["Ring til"] == "Skriv til postkassen"
    make.records.delete(absence)
    make.records.commit()
    assert directory()["Ring til"] == row.name


def test_a_change_is_another_row_and_the_old_one_is_kept(
    fill, version, municipality, contact, coordinator
):
    make.contact(version, contact, "municipality_contact")
    left(contact)
    assert fill(coordinator).status_code == 303
    old, new = stored()
    assert (old.name, old.valid_until) == ("Jonas Skabelon", today() - DAY)
    assert (new.name, new.valid_from, new.valid_until) == ("Karen Attrap", today(), None)
    left(coordinator)
    fill(make.user(municipality, Role.CONTACT, name="Tove Tredje"))
    assert [row.valid_until for row in stored()] == [today() - DAY, today() - DAY, None]


def left(person):
    person.closed_at = now()
    make.saved(person)


def test_what_is_saved_unchanged_is_no_change(fill, contact):
    fill(contact, phone="70 00 00 00")
    fill(contact, phone="70 00 00 00")
    assert len(stored()) == 1


def test_the_next_version_keeps_whoever_fills_the_function(version, directory, contact):
    make.contact(version, contact, "municipality_contact")
    later = [CASES | {"label_da": "Alle sager", "label_en": "", "source": "Prøve"}]
    begins = {"number": 2, "valid_from": today(), "contacts": later}
    make.agreement_version(version.agreement_id, **begins)
    assert directory("Alle sager")["Ring til"] == "Jonas Skabelon"
    assert directory("Statusmøder") == {}


WRONG = [
    ({"user_id": ""}, "Vælg den, der overtager opgaven."),
    ({"deputy_id": "self"}, "Man kan ikke være sin egen stedfortræder."),
    ({"unit_id": "unit", "mailbox": "a@b.example"}, "Vælg enten enhedens postkasse eller"),
    ({"mailbox": "ikke en adresse"}, "Skriv en e-mailadresse som navn@eksempel.dk."),
    ({"phone": "ring bare"}, "Skriv nummeret med tal"),
    ({"title": "x" * 121}, "Højst 120 tegn."),
    ({"user_id": "stranger"}, "Vælg en af mulighederne."),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    fill, version, municipality, contact, adviser, wrong, words
):
    make.contact(version, contact, "municipality_contact")
    known = {"self": contact.id, "stranger": adviser.id}
    known["unit"] = make.unit(municipality, "Team Nord", mailbox="nord@x.example").id
    typed = {name: str(known.get(value, value)) for name, value in wrong.items()}
    answer = fill(contact, **{"title": "Koordinator"} | typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert (typed.get("title") or "Koordinator") in answer.text
    assert [row.name for row in stored()] == ["Jonas Skabelon"]


def test_a_function_needs_a_person_or_a_mailbox(fill, directory):
    answer = fill()
    assert answer.status_code == 422
    assert "Vælg en person eller en postkasse." in answer.text
    assert fill(mailbox="sager@lillekoebing.example").status_code == 303
    assert directory()["Kontaktperson"] == "Ikke udpeget"


def test_who_was_slower_reads_what_the_other_wrote_and_keeps_the_own(
    client_of, owner, version, contact, coordinator
):
    address = f"/contacts/{version.agreement_id}/municipality_contact"
    client, data = client_of(owner), BLANK | {"seen": "", "user_id": str(contact.id)}
    assert client.post(address, data=data).status_code == 303
    answer = client.post(address, data=data | {"user_id": str(coordinator.id), "title": "Chef"})
    assert answer.status_code == 409
    assert "Nu står der: Jonas Skabelon" in answer.text
    assert "Chef" in answer.text
    assert [row.name for row in stored()] == ["Jonas Skabelon"]


def test_nobody_names_for_the_other_party_or_a_stranger(
    fill, fund, municipality, version, contact, adviser, outsider
):
    ulla = make.user(fund, Role.AGREEMENT_OWNER)
    assert fill(adviser, by=ulla).status_code == 404
    assert fill(contact, by=make.user(outsider, Role.AGREEMENT_OWNER)).status_code == 404
    assert fill(adviser, by=ulla, code="fund_contact").status_code == 303
    assert fill(contact, by=make.user(municipality, Role.AUDITOR)).status_code == 403
    administrator = make.user(municipality, Role.LOCAL_ADMINISTRATOR)
    assert fill(contact, by=administrator).status_code == 303


def test_an_observer_reads_no_people(version, client_of, contact):
    make.contact(version, contact, "municipality_contact")
    council = make.organisation("Rådet", OrganisationKind.PARTNER)
    make.side(version, council)
    with_reading = make.user(council, Role.AUDITOR)
    page = client_of(with_reading).get(f"/agreements/{version.agreement_id}")
    assert page.status_code == 200
    assert "Jonas Skabelon" not in page.text
    directory = client_of(with_reading).get(f"/agreements/{version.agreement_id}/contacts")
    assert directory.status_code == 404


def test_the_database_tells_of_absence_to_the_two_sides_alone(
    version, seen_by, fund, outsider, contact
):
    make.contact(version, contact, "municipality_contact")
    away(contact)
    council = make.organisation("Forbundet", OrganisationKind.PARTNER)
    make.side(version, council)
    told = {}
    for reader in (fund, outsider, council):
        with seen_by(reader):
            found = contacts.status_on(version.agreement_id, today()).values()
            told[reader.id] = [one.away_until for one in found]
    assert told == {fund.id: [today()], outsider.id: [], council.id: []}


def test_a_party_that_acts_through_another_names_nobody(fund, municipality, seen_by):
    other = make.fund("Nabobæk A-kasse")
    version = make.agreement(fund, municipality, contacts=FUNCTIONS)
    make.side(version, other, represented_by_id=fund.id, mandate="Fuldmagt")
    with seen_by(other):
        assert contacts.unfilled(other.id, today()) == []
    with seen_by(fund):
        assert [one.function["code"] for one in contacts.unfilled(fund.id, today())] == [
            "fund_contact"
        ]


# --- Nobody is named ---


def tasks(client_of, person) -> list[str]:
    page = BeautifulSoup(client_of(person).get("/").text, "html.parser")
    found = page.select("section[aria-labelledby=unfilled-heading] li a")
    return [link.text for link in found]


@pytest.mark.parametrize("role", [Role.AGREEMENT_OWNER, Role.LOCAL_ADMINISTRATOR])
def test_what_nobody_fills_is_a_task_on_the_start_page(
    version, client_of, municipality, contact, role
):
    reader = make.user(municipality, role)
    assert tasks(client_of, reader) == ["Sager", "Statusmøder"]
    make.contact(version, contact, "municipality_contact")
    assert tasks(client_of, reader) == ["Statusmøder"]


def test_of_an_agreement_that_has_ended_nothing_is_asked(fund, municipality, seen_by):
    ended = {"valid_until": today() - DAY}
    make.agreement(fund, municipality, contacts=FUNCTIONS, **ended)
    with seen_by(municipality):
        assert contacts.unfilled(municipality.id, today()) == []
        assert len(contacts.unfilled(municipality.id, today() - DAY)) == 2


@pytest.fixture
def night(worker):
    """What the worker does at night; the mails that wait after it."""

    def work() -> list[str]:
        with worker.app_context():
            upkeep.remind.func(0)
            db.session.commit()
        found = [mail.recipient for mail in make.records.scalars(select(OutgoingMail))]
        make.records.commit()
        return found

    return work


def test_who_has_left_leaves_the_function_to_nobody_and_the_owner_is_told_once(
    version, client_of, owner, directory, contact, night
):
    make.contact(version, contact, "municipality_contact")
    assert night() == []
    left(contact)
    assert directory()["Kontaktperson"] == "Ikke udpeget"
    assert "Sager" in tasks(client_of, owner)
    assert "Jonas Skabelon er ikke længere bruger" in client_of(owner).get("/contacts/").text
    assert night() == [owner.email]
    assert night() == [owner.email]


# --- The directory ---


def test_a_function_is_searched_by_its_words_without_javascript(version, directory):
    assert directory("Sager")
    assert directory("Sager", query="?q=status") == {}
    assert directory("Statusmøder", query="?q=status")


def test_the_package_leads_to_whom_to_call(
    client_of, fund, municipality, version, adviser, contact
):
    case = make.member_case(fund, municipality, adviser_id=adviser.id)
    sent = make.handover(case, State.SENT, agreement_version_id=version.id)
    for reader, other in ((adviser, "Lillekøbing Kommune"), (contact, "Prøvebæk A-kasse")):
        client = client_of(reader)
        page = BeautifulSoup(client.get(f"/handovers/{sent.id}").text, "html.parser")
        [link] = page.find_all("a", string=f"Kontakt hos {other}")
        assert client.get(link["href"], follow_redirects=True).status_code == 200


def test_the_directory_costs_the_same_however_many_are_named(
    client_of, version, adviser, contact, municipality, statements
):
    client = client_of(adviser)

    def cost() -> int:
        statements.clear()
        assert client.get(f"/agreements/{version.agreement_id}/contacts").status_code == 200
        return len(statements)

    cost()
    without = cost()
    make.contact(version, contact, "municipality_contact")
    make.contact(version, make.user(municipality, Role.CONTACT), "meetings")
    assert cost() == without


def test_own_functions_are_two_statements_for_any_number(
    fund, municipality, version, seen_by, statements
):
    other = make.organisation("Nabokøbing Kommune")
    make.agreement(fund, other, contacts=FUNCTIONS)
    with seen_by(fund):
        statements.clear()
        assert len(contacts.own_functions(fund.id, today())) == 2
        assert len(statements) == 2

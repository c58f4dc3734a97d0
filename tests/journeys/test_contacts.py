"""Whom do I call in Kolding: named by one party, read by the other, changed by both."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.access import Role
from portal.clock import today
from portal.handovers.models import State
from portal.organisations.models import Absence, User
from tests import make
from tests.agreements import table
from tests.browser import PHONE, SCREEN, faults, follow, press

pytestmark = pytest.mark.journey
DAY = timedelta(days=1)


@pytest.fixture
def kolding(app):
    made = make.organisation("Kolding Kommune", slug="kolding")
    make.unit(made, "Dagpengeteamet", mailbox="dagpenge@kolding.example", is_default=True)
    return made


@pytest.fixture
def owners(portal, fund, kolding):
    return table.owner(portal, fund, "Anna Aftaleejer"), table.owner(portal, kolding, "Bo Ejer")


@pytest.fixture
def package(owners, fund, kolding, adviser):
    """Sent under an agreement that names contact persons among its small changes."""
    small = {"evaluation": {"small_changes": ["contact_persons"]}}
    anna, bo = owners
    version_id = table.in_force(anna, bo, kolding, **small)
    case = make.member_case(fund, kolding, adviser_id=adviser.id)
    return make.handover(case, State.SENT, agreement_version_id=version_id)


def name(page, person):
    """In the page of a function: a person, in the only way that also works on a telephone."""
    page.get_by_label("Person", exact=True).select_option(person)


@pytest.mark.parametrize(("width", "scripts"), [(SCREEN, True), (PHONE, False)])
def test_an_adviser_finds_out_whom_to_call_and_the_owners_change_it(
    opened, owners, package, kolding, adviser, width, scripts
):
    anna, bo = (make.records.get_one(User, one.actor.user_id) for one in owners)
    jonas = make.user(kolding, Role.CONTACT, name="Jonas Skabelon")
    karen = make.user(kolding, Role.COORDINATOR, name="Karen Attrap")
    how = {"width": width, "java_script_enabled": scripts}

    bos = opened(bo, **how)
    bos.goto("/")
    follow(bos, "Kontaktperson for sager")
    name(bos, "Jonas Skabelon")
    bos.get_by_label("Telefon", exact=False).first.fill("70 00 00 00")
    press(bos, "Gem")
    expect(bos.get_by_role("main")).to_contain_text("Jonas Skabelon")

    own = {"organisation_id": kolding.id, "user_id": jonas.id, "stand_in_id": karen.id}
    away = make.saved(Absence(**own, first_day=today() - DAY, last_day=today() + DAY))
    mettes = opened(adviser, **how)
    mettes.goto(f"/handovers/{package.id}")
    follow(mettes, "Kontakt hos Kolding Kommune")
    line = mettes.get_by_role("row").filter(has_text="Kontaktperson for sager").first
    expect(line).to_contain_text("fraværende til og med")
    expect(line).to_contain_text("kontakt Karen Attrap")
    make.records.delete(away)
    make.records.commit()
    mettes.reload()
    expect(line).not_to_contain_text("fraværende")
    expect(line).to_contain_text("70")

    bos.goto("/contacts/")
    bos.get_by_role("row").filter(has_text="Jonas Skabelon").get_by_role("link").click()
    name(bos, "Karen Attrap")
    press(bos, "Gem")
    expect(bos.get_by_role("alert")).to_contain_text("Skriv hvorfor")
    expect(bos.get_by_label("Person", exact=True)).to_have_value(str(karen.id))
    bos.get_by_label("Hvorfor skifter I?").fill("Jonas har fået andre opgaver.")
    press(bos, "Gem")
    mettes.reload()
    expect(line).to_contain_text("Jonas Skabelon")

    annas = opened(anna, **how)
    annas.goto("/")
    annas.get_by_role("region", name="Ændringer, I skal svare på").get_by_role("link").click()
    annas.get_by_role("link", name="Person i opgaven").click()
    press(annas, "Vi er enige")
    expect(annas.get_by_role("main")).to_contain_text("Godkendt og gælder")
    mettes.reload()
    expect(line).to_contain_text("Karen Attrap")


def test_the_pages_are_accessible_and_fit(opened, owners, package, kolding, fund):
    anna, bo = owners
    version, _sections = anna.read(package.agreement_version_id)
    asked = bo.ask(version.id, "sections.purpose.text", "Borgeren mærker ét forløb.")
    page = opened(make.records.get(User, anna.actor.user_id))
    here = f"/agreements/{version.agreement_id}"
    for address, picture in (
        ("/", "contacts-start"),
        (here, "contacts-agreement"),
        (f"{here}/contacts", "contacts-directory"),
        ("/contacts/", "contacts-own"),
        (f"/contacts/{version.agreement_id}/fund_contact", "contacts-one"),
        (f"{here}/amendments/", "amendments"),
        (f"{here}/amendments/{asked}", "amendment"),
        (f"{here}/amendments/new?path=parameters.decide_days", "amendment-new"),
        (f"{here}/amendments/new?path=criteria", "amendment-criteria"),
    ):
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
        assert faults(page, picture=picture) == [], address
    leaving = make.user(fund, Role.ADVISER, name="Stig Stopper")
    make.handover(
        make.member_case(fund, kolding, adviser_id=leaving.id), sender_person_id=leaving.id
    )
    admins = opened(make.user(fund, Role.LOCAL_ADMINISTRATOR))
    admins.goto(f"/administration/users/{leaving.id}/close")
    assert faults(admins, picture="departure") == []

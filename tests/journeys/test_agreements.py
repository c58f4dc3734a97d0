"""An agreement from template to signature, in two real browsers."""

from datetime import timedelta

import pytest

from portal.access import OrganisationKind, Role
from portal.clock import add_working_days, today
from portal.organisations.models import CouncilMembership, User
from tests import make
from tests.agreements import table
from tests.browser import PHONE, faults, follow, press
from tests.journeys.members import package

pytestmark = pytest.mark.journey
OWNER = "Birgit Påfund"


@pytest.fixture
def anna(portal, fund):
    return table.owner(portal, fund, "Anna Aftaleejer")


def test_the_pages_are_accessible_and_fit(opened, anna, fund, municipality, outsider):
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    anna.propose(version_id, "purpose", text="Et andet formål.")
    page = opened(make.records.get(User, anna.actor.user_id))
    _version, sections = anna.read(version_id)
    here = f"/negotiations/{version_id}"
    more = [
        "/consequences",
        "/parties",
        "/signatories",
        "/sections/new",
        *(f"/sections/{one.key}" for one in sections),
    ]
    signed = make.agreement(fund, outsider, notice_months=3, valid_until=today())
    ending = f"/agreements/versions/{signed.id}/terminate"
    shown = ("/agreements/", f"/agreements/{signed.agreement_id}", ending, "/negotiations/new")
    for address in (*shown, here, *(here + one for one in more)):
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
        assert faults(page, picture=f"agreement-{address.rsplit('/', 1)[1] or 'list'}") == []


def test_the_map_of_an_area_is_accessible_and_fits(opened, fund, municipality, outsider):
    council = make.organisation("Rådet Øst", OrganisationKind.COUNCIL)
    for town in (municipality, outsider):
        under = {"municipality_id": town.id, "council_id": council.id}
        make.saved(CouncilMembership(valid_from=make.LONG_AGO, **under))
    for name in ("Anden A-kasse", "Faglig Fælles A-kasse", "A-kassen for Alle"):
        make.agreement(make.fund(name), municipality)
    make.agreement(fund, outsider, valid_until=today())
    page = opened(make.user(council, Role.SECRETARY))
    page.goto("/agreements/in-area")
    assert faults(page, picture="agreement-area") == []
    heads = page.get_by_role("rowheader").all_inner_texts()
    assert heads == ["Lillekøbing Kommune", "Udkøbing Kommune"]
    assert page.get_by_role("columnheader").count() >= 6


def test_two_owners_negotiate_and_sign_and_the_next_package_follows(
    bupl_a, slagelse, enter, client_of
):
    """Annex 4 from template to signature, two changes of wording and one of a deadline."""
    enter("BUPL-A", "Mette Eksempel")
    enter("Slagelse Kommune", "Sanne Eksempel")
    people = {row.subject: row for row in make.records.query(User)}
    sender, receiver = client_of(people["mette"]), client_of(people["sanne"])
    before = package(sender, receiver, bupl_a, slagelse)

    ulla = enter("BUPL-A", "Ulla Påfund")
    ulla.goto("/agreements/")
    follow(ulla, "Ny aftale")
    ulla.get_by_label("Aftalens navn").fill("Aftale om overgange")
    ulla.get_by_label("Én a-kasse og én kommune").check()
    ulla.get_by_label("Slagelse Kommune").check()
    press(ulla, "Lav kladden")
    here = ulla.url
    assert faults(ulla, picture="sign-1-draft") == []
    ulla.goto(f"{here}/sections/term")
    ulla.get_by_label("Aftaletekst").fill("Aftalen gælder et år.")
    ulla.get_by_label("Første dag").fill(f"{today():%d/%m/%Y}")
    ulla.get_by_label("Sidste dag").fill(f"{today() + timedelta(days=365):%d/%m/%Y}")
    press(ulla, "Gem")
    for key in ("parties", "roles", "placement", "sharing", "evaluation", "annexes"):
        ulla.goto(f"{here}/sections/{key}")
        ulla.get_by_label("Aftaletekst").fill("Som parterne plejer.")
        press(ulla, "Gem")
    ulla.goto(here)
    press(ulla, "Åbn for den anden side")

    owner = enter("Slagelse Kommune", OWNER, width=PHONE)
    owner.goto("/agreements/")
    follow(owner, "Aftale om overgange")
    assert faults(owner, picture="sign-2-opened") == []
    for key, words in (
        ("purpose", "Borgeren mærker ét forløb."),
        ("background", "Et fælles afsæt."),
    ):
        owner.goto(f"{here}/sections/{key}")
        owner.get_by_label("Aftaletekst").fill(words)
        press(owner, "Gem forslaget")
    owner.goto(f"{here}/sections/roles")
    owner.get_by_label("Frist for vurdering").fill("3")
    press(owner, "Gem forslaget")
    assert faults(owner, picture="sign-3-proposed") == []
    owner.goto(f"{here}/sections/parties")
    for _section in range(14):  # each leads to the next that waits
        press(owner, "Vi er enige")
    ulla.goto(f"{here}/sections/background")
    assert faults(ulla, picture="sign-4-theirs") == []
    for _section in range(3):
        press(ulla, "Vi er enige")
    for page, title, whom in ((ulla, "Direktør", "BUPL-A"), (owner, "Chef", "Slagelse Kommune")):
        page.goto(f"{here}/signatories")
        page.get_by_label("Person").select_option(index=1)
        page.get_by_label("Titel").fill(title)
        page.get_by_label("Underskriver på vegne af").fill(whom)
        press(page, "Vælg underskriveren")
    owner.goto(here)
    press(owner, "Alt er aftalt")
    follow(owner, "Se hvad der ændrer sig, og send til underskrift")
    assert faults(owner, picture="sign-5-consequences") == []
    press(owner, "Send til underskrift")
    assert faults(owner, picture="sign-5-sent") == []
    for page in (ulla, owner):
        page.goto(f"{here}/signing")
        assert faults(page, picture="sign-6-sign") == []
        page.get_by_label("Jeg har læst aftalen og godkender den elektronisk").check()
        press(page, "Underskriv")
    assert faults(owner, picture="sign-7-signed") == []
    assert owner.get_by_text("I kraft").first.is_visible()

    after = package(sender, receiver, bupl_a, slagelse)
    assert before() == add_working_days(today(), 5)
    assert after() == add_working_days(today(), 3)

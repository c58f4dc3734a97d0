"""The main job, end to end, in two real browsers: an a-kasse hands a member over to a jobcentre."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from portal.agreements.parameters import default, plain
from portal.clock import add_working_days, now, today
from portal.handovers.meeting import JointMeeting
from portal.handovers.models import State
from portal.organisations.models import Organisation, User
from tests import make
from tests.browser import PHONE, faults, follow, press
from tests.journeys.members import ready_member

pytestmark = pytest.mark.journey
OTHER = {"code": "other", "label_da": "Andet", "label_en": "Other", "needs_criterion": False}
BY_CRITERIA = {"rejection_reasons": [OTHER], "reject_by_leader": False}


def status(page: Page) -> str:
    return page.locator(".status-head .badge").inner_text()


def fill_day(page: Page, label: str, days: int) -> None:
    day = add_working_days(today(), days) if days > 0 else today()
    box = page.get_by_role("textbox", name=re.compile(f"^{label}")).first
    box.fill(f"{day:%d/%m/%Y}")
    box.press("Tab")


def ask_beside(sanne: Page, mette: Page) -> None:
    """A question in the messages waits on the fund's list, whoever has the turn."""
    sanne.get_by_role("textbox", name=re.compile("^Besked")).fill("Er Karl på ferie i uge 52?")
    sanne.get_by_role("region", name="Beskeder").get_by_text("Begge parter", exact=True).click()
    sanne.get_by_text("Det er et spørgsmål", exact=True).click()
    press(sanne, "Gem besked")
    mette.goto("/handovers/")
    expect(mette.get_by_text("1 spørgsmål til jer")).to_be_visible()
    mette.get_by_role("link", name=re.compile("^OP-")).click()
    assert faults(mette, picture="handover-13") == []
    with mette.expect_navigation():
        mette.get_by_role("link", name=re.compile("^Svar senest")).click()
    mette.get_by_role("textbox", name=re.compile("^Svar")).fill("Nej.")
    assert faults(mette, picture="handover-14") == []
    press(mette, "Send svaret")
    sanne.reload()
    expect(sanne.get_by_text("Se svaret fra Mette Eksempel")).to_be_visible()


def put_right(mette: Page, sanne: Page) -> None:
    """What was sent is corrected; the municipality sees before and after, and says so."""
    follow(mette, "Ret en oplysning")
    assert faults(mette, picture="handover-15") == []
    with mette.expect_navigation():
        mette.get_by_role("link", name="Resumé", exact=True).click()
    mette.get_by_role("textbox", name=re.compile("^Skal være")).fill("Søger kun i Slagelse.")
    mette.get_by_role("textbox", name=re.compile("^Hvorfor")).fill("Har solgt bilen.")
    mette.get_by_role("group", name="Hvem må læse begrundelsen?").get_by_text("Begge").click()
    assert faults(mette, picture="handover-16") == []
    press(mette, "Send rettelsen")
    sanne.reload()
    expect(sanne.get_by_text("BUPL-A har rettet: Resumé")).to_be_visible()
    assert faults(sanne, picture="handover-17") == []
    press(sanne, "Vi har set rettelsen")
    expect(sanne.get_by_text("BUPL-A har rettet: Resumé")).to_be_hidden()


def given_back(sanne: Page) -> None:
    """A new benefit period has begun: the member is the fund's again."""
    follow(sanne, "Borgeren er flyttet")
    assert faults(sanne, picture="handover-18") == []
    follow(sanne, "Fortryd")
    follow(sanne, "Tilbage til a-kassen")
    press(sanne, "Opret kladde")
    assert faults(sanne, picture="handover-19") == []
    sanne.get_by_text("Borgeren er indplaceret i en ny dagpengeperiode").click()
    fill_day(sanne, "Ansvaret går tilbage den", 0)
    press(sanne, "Opret kladde")
    sanne.get_by_role("textbox", name=re.compile("^Det har vi gjort")).fill("Kursus i seks uger.")
    sanne.get_by_role("textbox", name=re.compile("^Det mangler")).fill("En ny plan.")
    fill_day(sanne, "Borgeren er informeret den", 0)
    sanne.get_by_label("Hvordan").select_option(label="Telefon")
    assert faults(sanne, picture="handover-20") == []
    press(sanne, "Gem og gennemse")
    press(sanne, "Send pakken")
    address = sanne.url
    sanne.goto("/handovers/rejected")
    assert faults(sanne, picture="handover-21") == []
    sanne.goto(address)


def test_a_member_is_handed_over(
    bupl_a: Organisation, slagelse: Organisation, enter: Callable[..., Page]
) -> None:
    mette = enter("BUPL-A", "Mette Eksempel")
    case = ready_member(bupl_a, slagelse, adviser="mette")
    mette.goto("/")
    follow(mette, "Lav pakken")
    press(mette, "Opret kladde")
    mette.get_by_role("textbox", name=re.compile("^Resumé")).fill(
        "Søger bredt og vil gerne på kursus."
    )
    mette.get_by_text("Ja", exact=True).click()
    fill_day(mette, "Medlemmet er informeret den", 0)
    mette.get_by_label("Hvordan").select_option(label="Telefon")
    assert faults(mette, picture="handover-01") == []
    press(mette, "Gem og gennemse")
    assert faults(mette, picture="handover-02") == []
    press(mette, "Send pakken")
    assert status(mette) == "Sendt – afventer kvittering"
    address = mette.url
    assert faults(mette, picture="handover-03") == []

    sanne = enter("Slagelse Kommune", "Sanne Eksempel", width=PHONE)
    sanne.goto("/handovers/?tab=unassigned")
    assert faults(sanne, picture="handover-04") == []
    sanne.get_by_role("link", name=re.compile("^OP-")).click()
    assert sanne.url == address
    press(sanne, "Kvittér for modtagelsen")
    assert status(sanne) == "Til vurdering"
    ask_beside(sanne, mette)
    put_right(mette, sanne)
    follow(sanne, "Bed om oplysninger")
    sanne.get_by_role("textbox", name=re.compile("^Spørgsmål")).first.fill("Har Karl kørekort?")
    assert faults(sanne, picture="handover-05") == []
    press(sanne, "Send spørgsmålene")
    assert status(sanne) == "Afventer a-kassen"

    mette.reload()
    assert status(mette) == "Mangler oplysninger"
    expect(mette.get_by_text("Din tur")).to_be_visible()
    follow(mette, "Svar på spørgsmålene")
    mette.get_by_role("textbox", name=re.compile("^Svar")).first.fill("Ja, siden 2011.")
    assert faults(mette, picture="handover-06") == []
    press(mette, "Send svarene")

    sanne.reload()
    expect(sanne.get_by_text("Ja, siden 2011.")).to_be_visible()
    follow(sanne, "Acceptér")
    sanne.get_by_role("group", name="Var pakken komplet?").get_by_text("Nej").click()
    sanne.get_by_role("group", name="Hvad manglede?").get_by_text("Indsatsområder").click()
    assert faults(sanne, picture="handover-07") == []
    press(sanne, "Acceptér")
    assert status(sanne) == "Fællessamtale skal aftales"
    follow(sanne, "Tilbyd tider til samtalen")
    for place, days in enumerate((6, 7)):
        time = sanne.get_by_role("group", name=f"Tid {place + 1}")
        day = add_working_days(today(), days)
        time.get_by_role("textbox", name=re.compile("^Dag")).fill(f"{day:%d/%m/%Y}")
        time.get_by_label("Fra kl.").fill("10:00")
        time.get_by_label("Til kl.").fill("11:00")
    sanne.get_by_role("textbox", name=re.compile("^Sted")).fill("Rådhuset, lokale 2")
    assert faults(sanne, picture="handover-08") == []
    press(sanne, "Tilbyd tider til samtalen")
    expect(sanne.get_by_text("I har tilbudt tider til samtalen")).to_be_visible()

    mette.reload()
    assert faults(mette, picture="handover-08-offered") == []
    follow(mette, "Vælg en tid")
    mette.get_by_text(" kl. 10.00–11.00").first.click()
    mette.get_by_role("group", name="Ønsker medlemmet").get_by_text("Ja", exact=True).click()
    assert faults(mette, picture="handover-08-pick") == []
    press(mette, "Vælg en tid")
    assert status(mette) == "Fællessamtale aftalt"

    sanne.reload()
    follow(sanne, "Registrér indkaldelse")
    fill_day(sanne, "Borger indkaldt den", 0)
    sanne.get_by_label("Indkaldt via").select_option(label="Jobnet")
    press(sanne, "Gem")
    assert faults(sanne, picture="handover-09") == []

    make.records.execute(update(JointMeeting).values(starts_at=now()))  # the day has come
    make.records.commit()
    sanne.reload()
    follow(sanne, "Registrér samtalen som holdt")
    for who in ("borgeren", "kommunen", "a-kassen"):
        sanne.get_by_role("group", name=f"Deltog {who}?").get_by_text("Ja").click()
    press(sanne, "Registrér samtalen som holdt")
    assert status(sanne) == "Skriv referat og plan"
    follow(sanne, "Skriv referat")
    written = sanne.get_by_role("textbox", name=re.compile("^Referat"))
    written.fill("Vi gik planen igennem.")
    sanne.get_by_text("Fortsætter").first.click()
    expect(sanne.get_by_text("Kladden er gemt")).to_be_visible()
    sanne.reload()  # as when the telephone rings
    expect(written).to_have_value("Vi gik planen igennem.")
    expect(sanne.get_by_role("radio", name="Fortsætter").first).to_be_checked()
    fill_day(sanne, "Næste kontakt", 10)
    assert faults(sanne, picture="handover-10") == []
    press(sanne, "Del referatet")
    follow(sanne, "Afslut overdragelsen")
    fill_day(sanne, "Overgangen er registreret i DFDG den", 0)
    press(sanne, "Afslut overdragelsen")
    assert status(sanne) == "Overtaget"
    assert faults(sanne, picture="handover-11") == []

    mette.reload()
    assert status(mette) == "Overdraget"
    expect(mette.get_by_role("region", name="Kommunens vurdering af pakken")).to_contain_text("Nej")
    expect(mette.get_by_text("Vi gik planen igennem.")).to_be_visible()
    assert faults(mette, picture="handover-12") == []
    assert case.name in mette.get_by_role("heading", level=1).inner_text()

    given_back(sanne)
    mette.goto(sanne.url)
    press(mette, "Kvittér for modtagelsen")
    follow(mette, "Overtag")
    press(mette, "Overtag")
    assert status(mette) == "Overtaget"
    assert faults(mette, picture="handover-22") == []
    follow(mette, "Gå til medlemmets sag")
    expect(mette.get_by_text("Ansvaret er tilbage hos jer fra")).to_be_visible()


def test_of_two_who_accept_and_reject_at_once_the_second_reads_what_happened(
    fund: Organisation,
    municipality: Organisation,
    contact: User,
    coordinator: User,
    opened: Callable[..., Page],
) -> None:
    """In two real browsers; what the second has typed is still there."""
    version = make.agreement(fund, municipality)
    terms = {"agreement_version_id": version.id, "parameters": plain(default()) | BY_CRITERIA}
    case = make.member_case(fund, municipality)
    package = make.handover(case, State.RECEIVED, responsible_from=today(), **terms)
    accepts, rejects = opened(contact), opened(coordinator)
    accepts.goto(f"/handovers/{package.id}/steps/accept")
    rejects.goto(f"/handovers/{package.id}/steps/reject")
    rejects.get_by_text("Andet", exact=True).click()
    for words in ("Begrundelse", "Hvad foreslår I i stedet"):
        rejects.get_by_role("textbox", name=re.compile(f"^{words}")).fill("Et kursus først.")
    press(accepts, "Acceptér")
    assert status(accepts) == "Fællessamtale skal aftales"

    press(rejects, "Afvis")
    expect(rejects.get_by_text(f"Accepteret af {contact.name}")).to_be_visible()
    expect(rejects.get_by_text("Et kursus først.").first).to_be_visible()
    assert make.fresh(package).state == State.ACCEPTED
    assert faults(rejects, picture="handover-22") == []

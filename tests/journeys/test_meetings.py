"""A quarterly meeting in two real browsers, and the decision that changes a deadline."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.access import Actor, OrganisationKind, Role
from portal.clock import add_working_days, now, today
from portal.meetings.series import Meeting, MeetingState
from portal.organisations.models import User
from tests import make
from tests.agreements import table
from tests.browser import PHONE, faults, follow, press
from tests.journeys.members import package

pytestmark = pytest.mark.journey
DECISION = "Kommunen vurderer en pakke inden for tre arbejdsdage."
ACTION = "Lav en vagtplan for sommeren."


@pytest.fixture
def aarhus(signs_in_through):
    municipality = make.organisation("Aarhus Kommune", OrganisationKind.MUNICIPALITY, "aarhus")
    make.unit(municipality, "Dagpengeteamet", mailbox="job@aarhus.example", is_default=True)
    return signs_in_through(municipality)


def person(subject):
    found = make.records.scalars(select(User).where(User.subject == subject)).one()
    make.records.commit()
    return found


def negotiator(portal, subject):
    user = person(subject)
    roles = frozenset({Role.AGREEMENT_OWNER})
    return table.Owner(portal, Actor(user.id, user.organisation_id, user.name, roles))


def sign(one, other, version_id):
    one.step(version_id, "open")
    table.to_signing(one, other, version_id, first=today())
    for owner in (one, other):
        owner.step(version_id, "sign", authenticated_at=now(), is_read=True)


def test_a_quarterly_meeting_is_held_and_changes_the_agreement(
    bupl_a, aarhus, enter, client_of, portal
):
    make.user(bupl_a, Role.ADVISER, name="Mette Eksempel", subject="mette")
    make.user(aarhus, Role.CONTACT, name="Line Opfundet", subject="line")
    ulla = enter("BUPL-A", "Ulla Påfund")
    gitte = enter("Aarhus Kommune", "Gitte Påfund", width=PHONE)
    fund, town = negotiator(portal, "ulla"), negotiator(portal, "gitte")
    first_id = fund.begin(aarhus, title="Samarbejdsaftale BUPL-A og Aarhus")
    sign(fund, town, first_id)
    version, _sections = fund.read(first_id)
    for subject, code in (("mette", "fund_contact"), ("line", "municipality_contact")):
        make.contact(version, person(subject), code)
    here = f"/meetings/agreements/{version.agreement_id}"

    ulla.goto(here)
    follow(ulla, "Planlæg en møderække")
    ulla.get_by_label("Dag", exact=True).first.fill(f"{today():%d/%m/%Y}")
    ulla.get_by_label("Fra kl.").fill("9")
    ulla.get_by_label("Til kl.").fill("11")
    ulla.get_by_label("Sted").fill("Aarhus Rådhus")
    press(ulla, "Planlæg møderne")
    follow(ulla, "Statusmøde 1")
    address = ulla.url
    follow(ulla, "Lav dagsordenen")
    press(ulla, "Hent punkter fra dagens tal")
    press(ulla, "Tag alle forslag med")
    ulla.get_by_label("Punkt", exact=True).fill("Frist for vurdering")
    press(ulla, "Tilføj punktet")
    press(ulla, re.compile("Flyt op.*Frist for vurdering"))
    assert faults(ulla, picture="meeting-2-agenda") == []
    follow(ulla, "Færdig: se og send dagsordenen")
    press(ulla, "Send dagsordenen")
    press(ulla, "Begynd mødet")

    for page in (ulla, gitte):
        page.goto(address)
        follow(page, re.compile("Åbn punktet.*Frist for vurdering"))
    press(ulla, "Tag punktet op")
    ulla.get_by_label("Beslutning").check()
    ulla.get_by_role("textbox", name="Note").fill(DECISION)
    gitte.get_by_label("Opgave").check()
    gitte.get_by_role("textbox", name="Note").fill(ACTION)
    press(ulla, "Gem noten")
    press(gitte, "Gem noten")
    assert gitte.get_by_text("Vælg, hvem der gør det.").first.is_visible()
    gitte.get_by_label("Hvem gør det").select_option(label="Line Opfundet")
    gitte.get_by_label("Senest").fill(f"{today() + timedelta(days=20):%d/%m/%Y}")
    press(gitte, "Gem noten")
    assert gitte.get_by_text(DECISION).first.is_visible()
    assert faults(gitte, picture="meeting-3-item") == []
    ulla.goto(f"{address}/screen")
    assert faults(ulla, picture="meeting-4-screen") == []

    for page in (ulla, gitte):
        page.goto(address)
        follow(page, re.compile(f"Ret.*{DECISION}"))
    gitte.get_by_role("textbox", name="Note").fill(f"{DECISION} Også i ferien.")
    press(gitte, "Gem noten")
    ulla.get_by_role("textbox", name="Note").fill("Kommunen vurderer hurtigere.")
    press(ulla, "Gem noten")
    assert ulla.get_by_text("Også i ferien.").first.is_visible()
    typed = ulla.get_by_role("textbox", name="Note")
    assert typed.input_value() == "Kommunen vurderer hurtigere."
    typed.fill(DECISION)
    press(ulla, "Gem noten")

    ulla.goto(f"{address}/people")
    press(ulla, "Alle var med")
    press(ulla, "Del referatet til godkendelse")
    press(ulla, "Godkend referatet")
    gitte.goto(address)
    press(gitte, "Godkend referatet")
    assert faults(gitte, picture="meeting-7-approved") == []
    held = make.records.get_one(Meeting, uuid.UUID(address.rsplit("/", 1)[1]))
    assert held.state == MeetingState.MINUTES_APPROVED
    make.records.commit()

    sides = client_of(person("mette")), client_of(person("line")), bupl_a, aarhus
    before = package(*sides)
    follow(gitte, "Gør til en ændring af aftalen")
    follow(gitte, "Frist for vurdering")
    gitte.get_by_label("Frist for vurdering").fill("3")
    press(gitte, "Send forslaget")
    ulla.goto(gitte.url)
    press(ulla, "Vi er enige")
    next_id = fund.renew(first_id)
    sign(fund, town, next_id)
    ulla.goto(here)
    assert ulla.get_by_text("I kraft siden").first.is_visible()
    assert ulla.get_by_text(ACTION).first.is_visible()
    assert faults(ulla, picture="meeting-9-agreement") == []
    after = package(*sides)
    assert (before(), after()) == (add_working_days(today(), 5), add_working_days(today(), 3))

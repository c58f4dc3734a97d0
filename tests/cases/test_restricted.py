"""A case for named people only, with all that hangs on it: protected address, staff or kin."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from portal import cpr, keys
from portal.access import Role
from portal.cases import restricted
from portal.cases.models import MemberCase, TransferNotice
from portal.clock import today
from portal.db import db
from portal.handovers import passing, restricting
from portal.handovers.models import Kind, State
from portal.mail import OutgoingMail
from portal.settings import load
from tests import make
from tests.cases.test_importing import check, faults
from tests.handovers.road import errors, page

NUMBER = cpr.parse("6205881234", today=today())
WHY = {"basis": "protected_address", "reason": "Bor på et krisecenter"}
HOURS = "CPR-nummer;Egen reference;Måned;Timer;Årsag\n"
MEMBERS = "Navn;CPR-nummer;Kommune;Dagpengeperiode fra;Rådgiver;Egen reference\n"


@pytest.fixture
def case(fund, municipality, adviser):
    made = make.member_case(
        fund,
        municipality,
        name="Sigrid Kornblomst",
        adviser_id=adviser.id,
        own_reference="A-77",
        transfer_on=today() + timedelta(days=5),
    )
    ring = keys.of(load())
    made.cpr = ring.seal_cpr(NUMBER, table="member_case", row_id=made.id)
    made.cpr_index = ring.find_cpr(NUMBER)
    make.records.commit()
    return made


@pytest.fixture
def colleague(fund, team):
    return make.user(fund, Role.ADVISER, name="Anna Anden", unit_id=team.id)


@pytest.fixture
def restrict(leader, adviser, client_of, case):
    """By the leader's own browser, for the adviser who has the case."""

    def press(*people, **values):
        chosen = {"people": [str(one.id) for one in people or (adviser,)]}
        return client_of(leader).post(f"/cases/{case.id}/access", data=WHY | chosen | values)

    return press


def test_named_people_only_see_it_anywhere(case, restrict, adviser, colleague, leader, client_of):
    everybody = [client_of(one) for one in (adviser, colleague, leader)]
    assert [one.get(f"/cases/{case.id}").status_code for one in everybody] == [200] * 3
    assert "Desuden har I" not in everybody[1].get("/cases/?list=all").text
    assert restrict().status_code == 303

    for path in ("", "/hours", "/plan", "/course", "/assessments", "/edit", "/events/new"):
        codes = [one.get(f"/cases/{case.id}{path}").status_code for one in everybody]
        assert codes == [200, 404, 404], path
    assert [one.get(f"/handovers/new/{case.id}").status_code for one in everybody] == [
        200,
        404,
        404,
    ]
    for at, client in enumerate(everybody):
        by_name = client.post("/cases/search", data={"words": "Sigrid"}).text
        by_number = client.post("/cases/search-cpr", data={"number": NUMBER.whole}).text
        listed = client.get("/cases/?list=all")
        for shown in (by_name, by_number, listed.text):
            assert ("Sigrid Kornblomst" in shown) == (at == 0)
        tabs = [" ".join(one.text.split()) for one in page(listed).select("main nav a")]
        assert ("Alle åbne 1" in tabs) == (at == 0)
        told = "Desuden har I 1 åben sag, som kun udpegede kan se."
        assert (told in listed.text) == (at > 0)
        passes = client.get("/handovers/passing").text
        assert ("Desuden overgår ansvaret for 1 af a-kassens medlemmer" in passes) == (at > 0)
    assert client_of(leader).get(f"/cases/move?case={case.id}").status_code == 404


def test_a_hidden_member_is_neither_registered_again_nor_found_by_a_file(
    case, restrict, adviser, colleague, municipality, client_of
):
    """With the same words as of a member whom everybody sees, and for hours as of a stranger."""
    told = {
        "name": "En Anden",
        "cpr": NUMBER.whole,
        "municipality_id": str(municipality.id),
        "benefit_start": "2026-11-16",
        "weekly_hours": "37",
    }
    file = MEMBERS + "Sigrid Kornblomst;620588-1234;Lillekøbing Kommune;16-11-2026;;\n"
    hours = HOURS + "620588-1234;;11-2026;10;\n"

    def answers(client: Any) -> tuple[Any, Any, Any]:
        new = client.post("/cases/new", data=told)
        assert new.status_code == 422
        return errors(new), faults(check(client, file)), faults(check(client, hours, kind="hours"))

    open_to_all = answers(client_of(colleague))
    restrict()
    assert answers(client_of(adviser)) == open_to_all
    new, members, of_hours = answers(client_of(colleague))
    assert "Finder du den ikke, når du søger på nummeret" in new[0]
    assert (new, members) == open_to_all[:2]
    assert of_hours == faults(check(client_of(colleague), hours.replace("1234", "1235"), "hours"))
    assert open_to_all[2] == []
    assert len(make.records.scalars(select(MemberCase)).all()) == 1
    make.records.commit()


def test_only_who_leads_restricts_names_and_lifts(
    case, restrict, fund, adviser, colleague, leader, contact, coordinator, client_of
):
    for one in (adviser, colleague, contact, coordinator):
        assert client_of(one).get(f"/cases/{case.id}/access").status_code == 403
    nobody = restrict(people=[])
    assert nobody.status_code == 422
    assert "Vælg mindst én, der må se sagen." in errors(nobody)
    assert "Bor på et krisecenter" in nobody.text
    restrict()
    leads = client_of(leader)
    shown = leads.get(f"/cases/{case.id}/access").text
    assert "Du er ikke udpeget" in shown
    assert restricted.reference(case.id) in shown
    assert "Sigrid" not in shown
    for path in ("people", "lift"):
        assert client_of(adviser).post(f"/cases/{case.id}/access/{path}").status_code == 403

    named = {"people": [str(colleague.id), str(leader.id)]}
    assert leads.post(f"/cases/{case.id}/access/people", data=named).status_code == 303
    assert [client_of(one).get(f"/cases/{case.id}").status_code for one in (colleague, leader)] == [
        200,
        200,
    ]
    assert leads.post(f"/cases/{case.id}/access/lift", data={}).status_code == 422
    lifting = {"reason": "Adressen er ikke længere beskyttet"}
    assert leads.post(f"/cases/{case.id}/access/lift", data=lifting).status_code == 303
    other = make.user(fund, Role.ADVISER)
    assert client_of(other).get(f"/cases/{case.id}").status_code == 200


def test_who_leads_moves_it_by_naming_themself_and_the_new_adviser_sees_it(
    case, restrict, adviser, leader, colleague, client_of
):
    restrict()
    leads = client_of(leader)
    own = {"people": [str(leader.id)]}
    leads.post(f"/cases/{case.id}/access/people", data=own)
    moved = leads.post("/cases/move", data={"case": str(case.id), "adviser_id": str(colleague.id)})
    assert moved.status_code == 303
    seen = [client_of(one).get(f"/cases/{case.id}").status_code for one in (adviser, colleague)]
    assert seen == [404, 200]


# --- Packages ---


def test_its_packages_are_kept_with_it_on_both_sides(
    case, version, restrict, adviser, colleague, leader, contact, coordinator, client_of
):
    """Those there are, listed before it is confirmed, and those to come."""
    sent = make.handover(case, State.SENT, kind=Kind.VISITATION, agreement_version_id=version.id)
    asked = client_of(leader).get(f"/cases/{case.id}/access").text
    assert "1 pakke bliver også begrænset" in asked
    assert sent.reference in asked
    restrict()
    sides = [client_of(one) for one in (adviser, colleague, leader, contact, coordinator)]
    for address in (f"/handovers/{sent.id}", new_package(sides[0], case)):
        found = [one.get(address).status_code for one in sides]
        assert found == [200] + [404] * 4
    named = {"people": [str(contact.id)]}
    sides[4].post(f"/handovers/{sent.id}/access/people", data=named)
    assert sides[3].get(f"/handovers/{sent.id}").status_code == 200

    # Named on the case is named on its packages, and never lifted before it.
    people = {"people": [str(colleague.id)]}
    sides[2].post(f"/cases/{case.id}/access/people", data=people)
    assert sides[1].get(f"/handovers/{sent.id}").status_code == 200
    lifted = sides[4].post(f"/handovers/{sent.id}/access/lift", data={"reason": "Nok nu"})
    assert lifted.status_code == 422
    assert "før a-kassen har ophævet begrænsningen af sagen" in lifted.text
    sides[2].post(f"/cases/{case.id}/access/lift", data={"reason": "Ikke mere"})
    assert sides[4].get(f"/handovers/{sent.id}").status_code == 404
    lifted = sides[4].post(f"/handovers/{sent.id}/access/lift", data={"reason": "Ikke mere"})
    assert lifted.status_code == 303
    assert sides[4].get(f"/handovers/{sent.id}").status_code == 200


def new_package(client: Any, case: MemberCase) -> str:
    answer = client.post(f"/handovers/new/{case.id}", data={"kind": "overgang"})
    assert answer.status_code == 303, errors(answer)
    return str(answer.location).removesuffix("/draft")


# --- Told ---


def test_every_opening_is_told_to_the_agreement_owners(
    case, restrict, adviser, leader, fund, worker, client_of
):
    owner = make.user(fund, Role.AGREEMENT_OWNER, name="Ulla Ejer")
    own = client_of(adviser)
    own.get(f"/cases/{case.id}")
    restrict()
    client_of(leader).get(f"/cases/{case.id}/access")
    assert told(worker) == []
    own.get(f"/cases/{case.id}/hours")
    [mail] = told(worker)
    assert mail.recipient == owner.email
    assert mail.body.count(restricted.reference(case.id)) == 1
    assert "Sigrid" not in mail.body
    shown = client_of(owner).get("/handovers/restricted").text
    assert restricted.reference(case.id) in shown
    assert "Mette Eksempel" in shown
    assert "Sigrid" not in shown
    assert client_of(owner).get(f"/cases/{case.id}").status_code == 403
    auditor = client_of(make.user(fund, Role.AUDITOR))
    asked = {"whom": NUMBER.whole, "purpose": "Borgeren har bedt om det"}
    looks = page(auditor.post("/lookups/", data=asked)).select("tbody tr")
    assert len(looks) == 2 + 2, "the leader's pages of it are look-ups too"


def told(worker: Any) -> list[OutgoingMail]:
    with worker.app_context():
        restricting.tell(today())
        db.session.commit()
    rows = make.records.scalars(select(OutgoingMail)).all()
    make.records.commit()
    return [one for one in rows if "begrænset adgang" in one.subject]


def test_its_clock_is_told_to_the_named_only(case, restrict, adviser, leader, fund, worker):
    """Also when it has passed, of which else the agreement owners are told; else to who leads."""
    make.user(fund, Role.AGREEMENT_OWNER)
    late = {"case_id": case.id, "transfer_on": today(), "level": 3, "found_on": today()}

    def readers() -> set[str]:
        with worker.app_context():
            held = db.session.get_one(MemberCase, case.id)
            found = passing.readers(TransferNotice(**late), held, today())
            return {one.address for one in found}

    assert adviser.email not in readers()
    restrict()
    assert readers() == {adviser.email}
    make.records.execute(text("set local role samspil_keeper"))
    gone = text("update member_case set adviser_id = null where id = :id")
    make.records.execute(gone, {"id": case.id})
    make.records.execute(text("delete from case_reader"))
    make.records.commit()
    assert readers() == {leader.email}

"""Restricted packages: protected address, staff or kin. Named recipients only, in totals, in no
list of others, and every opening told to the agreement owners."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import CursorResult, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from portal.access import Role
from portal.clock import today
from portal.db import db
from portal.handovers import reached, restricting
from portal.handovers.models import Handover, Party, State
from portal.handovers.parts import HandoverFiling, HandoverNote
from portal.handovers.restricted import HandoverReader, HandoverRestriction
from portal.mail import OutgoingMail
from tests import beside, make
from tests.handovers.road import errors, page
from tests.handovers.road import hidden as hidden_of

WHY = {"basis": "staff", "reason": "Ansat i kommunen"}


@pytest.fixture
def leader(fund):
    return make.user(fund, Role.TEAM_LEAD, name="Torben Fører")


@pytest.fixture
def colleague(fund):
    return make.user(fund, Role.ADVISER, name="Anna Anden")


@pytest.fixture
def owner(fund):
    return make.user(fund, Role.AGREEMENT_OWNER, name="Ulla Ejer")


@pytest.fixture
def sent(road, sender):
    road.take(sender, "send")
    return make.records.scalars(select(Handover)).one()


@pytest.fixture
def restrict(leader, adviser, client_of, road):
    """By the leader's own browser, for the adviser who has the case."""

    def press(*people, **values):
        chosen = {"people": [str(one.id) for one in people or (adviser,)]}
        return client_of(leader).post(f"{road.address}/access", data=WHY | chosen | values)

    return press


def test_named_recipients_only(
    road, sent, restrict, adviser, colleague, leader, contact, coordinator, client_of
):
    everybody = [client_of(one) for one in (adviser, colleague, leader, contact, coordinator)]
    assert [one.get(road.address).status_code for one in everybody] == [200] * 5
    assert restrict().status_code == 303

    assert [one.get(road.address).status_code for one in everybody] == [200] + [404] * 4
    for path in ("package.pdf", "files", "filing.zip", "steps/withdraw"):
        codes = [one.get(f"{road.address}/{path}").status_code for one in everybody]
        assert codes[0] == 200
        assert set(codes[1:]) <= {403, 404}
    seen = "Karl Prøvesen"
    for at, client in enumerate(everybody):
        for tab in ("waiting", "unassigned", "unit"):
            shown = client.get(f"/handovers/?tab={tab}").text
            assert seen not in shown or at == 0
        found = client.post("/handovers/search", data={"word": "Karl"}).text
        assert (seen in found) == (at == 0)
    assert seen in everybody[0].get("/handovers/?tab=waiting").text


def test_each_side_names_its_own(
    road, sent, restrict, contact, coordinator, municipality, client_of, adviser
):
    restrict()
    leads, works = client_of(coordinator), client_of(contact)
    listed = leads.get("/handovers/restricted").text
    assert sent.reference in listed
    assert "Karl Prøvesen" not in listed
    assert works.get("/handovers/restricted").status_code == 403
    shown = leads.get(f"{road.address}/access").text
    assert "Du er ikke udpeget" in shown
    assert "Karl Prøvesen" not in shown
    nobody = leads.post(f"{road.address}/access/people", data={})
    assert "Vælg mindst én, der må se pakken." in errors(nobody)
    stranger = {"people": [str(adviser.id)]}
    assert leads.post(f"{road.address}/access/people", data=stranger).status_code == 422

    named = {"people": [str(contact.id)]}
    assert leads.post(f"{road.address}/access/people", data=named).status_code == 303
    assert works.get(road.address).status_code == 200
    assert leads.get(road.address).status_code == 404
    road.take(works, "acknowledge")
    other = {"people": [str(coordinator.id)]}
    leads.post(f"{road.address}/access/people", data=other)
    assert works.get(road.address).status_code == 404
    assert leads.get(road.address).status_code == 200


def test_who_has_it_is_named_by_having_it(road, sent, restrict, contact, coordinator, client_of):
    restrict()
    leads = client_of(coordinator)
    leads.post(f"{road.address}/access/people", data={"people": [str(coordinator.id)]})
    road.take(leads, "acknowledge")
    road.take(leads, "assign", person_id=str(contact.id))
    assert client_of(contact).get(road.address).status_code == 200


def test_lifted_it_is_seen_again(road, sent, restrict, leader, colleague, contact, client_of):
    restrict()
    leads = client_of(leader)
    assert leads.post(f"{road.address}/access/lift", data={}).status_code == 422
    lifted = leads.post(f"{road.address}/access/lift", data={"reason": "Ikke ansat mere"})
    assert lifted.status_code == 303
    for one in (leader, colleague, contact):
        assert client_of(one).get(road.address).status_code == 200
    [row] = make.records.scalars(select(HandoverRestriction)).all()
    make.records.commit()
    assert (row.lifted_by, row.lifted_reason) == ("Torben Fører", "Ikke ansat mere")
    assert restrict().status_code == 303, "and may be restricted again"


def test_a_draft_goes_to_nobody_until_the_other_side_has_named(
    road, sender, restrict, contact, coordinator, client_of
):
    restrict()
    road.take(sender, "send")
    assert client_of(contact).get(road.address).status_code == 404
    assert client_of(coordinator).get(road.address).status_code == 404
    assert client_of(coordinator).get(f"{road.address}/access").status_code == 200


def test_it_is_in_totals_and_each_count_is_what_one_can_open(
    road, sent, restrict, adviser, colleague, client_of
):
    def counted(user) -> tuple[str, bool]:
        shown = page(client_of(user).get("/handovers/?tab=waiting"))
        words = "Desuden har I 1 åben pakke, som kun udpegede kan se."
        return str(len(shown.select("#rows tbody tr"))), words in shown.text

    assert counted(colleague) == ("1", False)
    restrict()
    assert counted(colleague) == ("0", True)
    assert counted(adviser) == ("1", False)
    for user, count in ((colleague, "0"), (adviser, "1")):
        tabs = page(client_of(user).get("/handovers/?tab=waiting")).select("main nav a")
        [waiting] = [" ".join(one.text.split()) for one in tabs if "Afventer" in one.text]
        assert count in waiting


def test_only_who_leads_restricts_names_and_lifts(road, sent, restrict, sender, receiver):
    for client in (sender, receiver):
        assert client.get(f"{road.address}/access").status_code == 403
        assert client.post(f"{road.address}/access", data=WHY).status_code == 403
    restrict()
    for client in (sender, receiver):
        for path in ("people", "lift"):
            assert client.post(f"{road.address}/access/{path}", data=WHY).status_code == 403


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"basis": ""}, "Vælg en grund."),
        ({"basis": "other"}, "Vælg en af mulighederne."),
        ({"reason": " "}, "Skriv en begrundelse."),
        ({"people": []}, "Vælg mindst én, der må se pakken."),
    ],
)
def test_what_lacks_is_said_and_what_was_written_stays(values, words, road, sent, restrict):
    answer = restrict(**values)
    assert answer.status_code == 422
    assert words in errors(answer)
    assert "reason" in values or "Ansat i kommunen" in answer.text


def test_a_second_package_is_refused_without_telling_of_the_first(
    road, sent, restrict, case, colleague, client_of
):
    restrict()
    answer = client_of(colleague).post(f"/handovers/new/{case.id}", data={"kind": "overgang"})
    assert answer.status_code == 422
    assert "som kun udpegede kan se" in answer.text
    assert sent.reference not in answer.text


def test_what_happens_to_a_member_is_recorded_by_who_sees_the_package(
    road, sent, restrict, case, sender, colleague, client_of
):
    """Else a death would leave its meetings standing."""

    def record(client):
        told = {"kind": "death", "day": today().isoformat()}
        shown = client.post(f"/cases/{case.id}/events/new", data=told)
        again = told | hidden_of(page(shown))
        return client.post(f"/cases/{case.id}/events/new", data=again)

    restrict()
    refused = record(client_of(colleague))
    assert refused.status_code == 422
    assert "som kun udpegede kan se" in refused.text
    assert sent.reference not in refused.text
    assert record(sender).status_code == 303
    assert make.fresh(sent).state == State.OBSOLETE


# --- Told to the agreement owners ---


def test_every_opening_is_told_to_the_agreement_owners_of_the_own_organisation(
    road, sent, restrict, sender, owner, municipality, worker, client_of
):
    make.user(municipality, Role.AGREEMENT_OWNER)
    sender.get(road.address)
    restrict()
    assert told(worker) == {}
    for _again in range(2):
        sender.get(road.address)
    [(address, body)] = told(worker).items()
    assert address == owner.email
    assert body.count(sent.reference) == 1
    assert "Karl" not in body
    assert len(told(worker)) == 1, "a second run writes no second mail"
    shown = client_of(owner).get("/handovers/restricted").text
    assert "Mette Eksempel" in shown
    assert "Karl Prøvesen" not in shown
    assert client_of(owner).get(road.address).status_code == 403


def told(worker) -> dict[str, str]:
    with worker.app_context():
        restricting.tell(today())
        db.session.commit()
    rows = make.records.scalars(select(OutgoingMail)).all()
    make.records.commit()
    about = [one for one in rows if "begrænset adgang" in one.subject]
    assert len({one.recipient for one in about}) == len(about)
    return {one.recipient: one.body for one in about}


def test_mails_go_to_the_named_only(
    road, sent, restrict, worker, contact, coordinator, municipality
):
    make.unit(municipality, mailbox="post@lillekoebing.example", is_default=True)

    def readers() -> set[str]:
        with worker.app_context():
            package = db.session.get_one(Handover, sent.id)
            return {one.address for one in reached.recipients(package, Party.RECEIVER, today())}

    assert readers() == {"post@lillekoebing.example"}
    restrict()
    assert readers() == {coordinator.email}, "who leads can name somebody"
    make.saved(
        HandoverReader(
            handover_id=sent.id,
            organisation_id=municipality.id,
            user_id=contact.id,
            person=contact.name,
            named_by="Karen",
        )
    )
    assert readers() == {contact.email}


# --- In plain SQL, as if a query had been broken into ---

PACKAGE = {
    "party": "select from handover_party where handover_id = :package",
    "package": "select from handover where id = :package",
    "content": "select from handover_content where handover_id = :package",
    "events": "select from handover_event where handover_id = :package",
    "message": "select from handover_message where handover_id = :package",
    "file": "select from handover_file where handover_id = :package",
    "draft": "select from handover_draft where handover_id = :package",
    "search": "select from handover_search(array['karl'], 9)",
    "openings": "select from handover_openings(:package)",
    "step": "update handover set receiver_person = 'X', changed_at = now() where id = :package",
}


def rows_of(seen_by, user, organisation, statement, **given: Any) -> int:
    """What somebody gets at; without a user, a connection that names the organisation alone."""
    with seen_by(organisation):
        person = str(user.id) if user else ""
        setting = text("select set_config('samspil.person', :id, true)")
        db.session.execute(setting, {"id": person})
        known = {name: value for name, value in given.items() if f":{name}" in statement}
        found = db.session.execute(text(statement), known)
        assert isinstance(found, CursorResult)
        return found.rowcount


@pytest.fixture
def hidden(case, fund, contact, leader, adviser):
    """Sent, with a row of everything, for one person on each side."""
    package = make.handover(case, State.RECEIVED, member_name="Karl Prøvesen")
    beside.file(package, fund, position=1)
    make.question(package, fund.id)
    beside.restricted(package, leader, contact)
    return package


@pytest.mark.parametrize("what", sorted(PACKAGE.keys() - {"events", "openings", "draft"}))
def test_an_unnamed_colleague_gets_at_nothing(
    what, hidden, fund, municipality, outsider, leader, colleague, contact, coordinator, seen_by
):
    statement = PACKAGE[what]
    side = {contact: municipality, coordinator: municipality, colleague: fund, leader: fund}

    def gets(user, organisation) -> bool:
        try:
            return rows_of(seen_by, user, organisation, statement, package=hidden.id) > 0
        except ProgrammingError as refused:
            if "InsufficientPrivilege" not in str(refused):
                raise
            return False

    allowed = {contact} if what == "step" else {contact, leader}
    assert {one for one in side if gets(one, side[one])} == allowed
    assert not gets(None, fund)
    assert not gets(None, municipality)
    assert not gets(contact, outsider)


@pytest.mark.parametrize("table", ["handover_draft", "handover_note", "handover_filing"])
def test_nor_at_what_its_own_side_keeps(table, hidden, fund, leader, colleague, seen_by):
    own = {"handover_id": hidden.id, "organisation_id": fund.id, "person": "Torben"}
    make.saved(HandoverNote(text="Bor hos sin søster", **own))
    make.saved(HandoverFiling(filed_on=today(), **own))
    statement = f"select from {table} where handover_id = :package"
    found = {
        one: rows_of(seen_by, one, fund, statement, package=hidden.id)
        for one in (leader, colleague)
    }
    assert found == {leader: 1, colleague: 0}


FORGED = {
    "name oneself": "insert into handover_reader (id, handover_id, organisation_id, user_id,"
    " person, named_by, named_at) values (gen_random_uuid(), :package, :me, :who, '', '', now())",
    "lift": "update handover_restriction set lifted_at = now(), lifted_by = '', lifted_reason = ''"
    " where handover_id = :package",
    "remove the restriction": "delete from handover_restriction where handover_id = :package",
    "write the readers": "update handover_party set readers = null where handover_id = :package",
}
ALLOWED = {"name oneself": {"coordinator"}, "lift": {"coordinator", "leader"}}


@pytest.mark.parametrize("what", FORGED)
def test_nobody_lets_themselves_in(
    what, hidden, fund, municipality, leader, colleague, contact, coordinator, seen_by
):
    who = {"leader": leader, "colleague": colleague, "contact": contact, "coordinator": coordinator}
    bodies = {fund.id: fund, municipality.id: municipality}
    done = set()
    for label, user in who.items():
        given = {"package": hidden.id, "me": user.organisation_id, "who": user.id}
        body = bodies[user.organisation_id]
        try:
            if rows_of(seen_by, user, body, FORGED[what], **given):
                done.add(label)
        except (ProgrammingError, IntegrityError) as refused:
            if "InsufficientPrivilege" not in str(refused) and label != "leader":
                raise
    assert done == ALLOWED.get(what, set())


def test_who_leads_has_no_more_than_the_reference(hidden, municipality, coordinator, seen_by):
    known = "select * from handover_restricted()"
    assert rows_of(seen_by, coordinator, municipality, known) == 1
    assert rows_of(seen_by, None, municipality, known) == 0
    assert rows_of(seen_by, coordinator, municipality, PACKAGE["party"], package=hidden.id) == 0


def test_a_former_leader_leads_no_more(hidden, municipality, coordinator, seen_by):
    end = "update membership set valid_until = :day where user_id = :who"
    make.records.execute(text("set local role samspil_keeper"))
    yesterday = today() - timedelta(days=1)
    make.records.execute(text(end), {"day": yesterday, "who": coordinator.id})
    make.records.commit()
    assert rows_of(seen_by, coordinator, municipality, "select * from handover_restricted()") == 0

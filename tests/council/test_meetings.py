"""A council's own meeting, from a planned day to approved minutes."""

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from portal.access import Role
from portal.clock import day_of, is_working_day, today
from portal.council import meeting_upkeep
from portal.council.models import CouncilItem, CouncilMeeting, CouncilParticipant
from portal.mail import OutgoingMail
from portal.meetings.series import MeetingState
from tests import area, make, practice, project
from tests.council.test_counterpart import read
from tests.participants.asking import as_the_web, at_work

HERE = "/council-meetings/"


@pytest.fixture(scope="module")
def member(cast):
    return make.user(cast.council, Role.COUNCIL_MEMBER, name="Preben Medlem")


@pytest.fixture(scope="module")
def red(cast):
    told: dict[str, Any] = {"colour": "red", "colour_reason": "Ingen tovholder har tid"}
    late = {"next_report_on": today() - timedelta(days=3)}
    practice.wish(cast.council, cast.lead, text="Hvad virker for ufaglærte?")
    return project.project(cast.lead, municipalities=(cast.lead,), title="I rødt", **told, **late)


def held() -> CouncilMeeting:
    make.records.expire_all()
    found = make.records.scalars(select(CouncilMeeting).order_by(CouncilMeeting.starts_at)).first()
    make.records.commit()
    assert found
    return found


def take(client, meeting_id: uuid.UUID, step: str, **form: Any) -> Any:
    page = client.get(f"{HERE}{meeting_id}").text
    found = re.search(r'name="revision"[^>]*value="(\d+)"', page)
    make.records.expire_all()
    revision = found[1] if found else make.records.get_one(CouncilMeeting, meeting_id).revision
    make.records.commit()
    return client.post(f"{HERE}{meeting_id}/{step}", data={"revision": revision} | form)


def test_a_council_meets_from_planned_days_to_approved_minutes(cast, as_, member, red):
    susanne, preben = as_(cast.susanne), as_(member)
    proposed = sorted({*re.findall(r'value="(\d{4}-\d\d-\d\d)"', susanne.get(f"{HERE}new").text)})
    days = [*map(date.fromisoformat, proposed)]
    assert len(days) == 4
    assert all(is_working_day(one) and one >= today() + timedelta(weeks=3) for one in days)
    plan = {"series": "Rådsmøde", "starts": "10.00", "ends": "12.00"}
    refused = susanne.post(f"{HERE}new", data=plan | {"days-0": proposed[0]})
    assert refused.status_code == 422
    assert "Skriv et sted eller et link" in refused.text
    dated = {f"days-{n}": one for n, one in enumerate(proposed)}
    assert susanne.post(f"{HERE}new", data=plan | dated | {"place": "Salen"}).status_code == 303
    meeting = held()
    here = f"{HERE}{meeting.id}"
    assert "Rådsmøde 1" in preben.get(HERE).text
    assert "Preben Medlem" in preben.get(here).text

    assert "Der er ingen punkter endnu" in take(susanne, meeting.id, "send-agenda").text
    susanne.post(f"{here}/items", data={"do": "draw"})
    shown = susanne.get(f"{here}/items").text
    wanted = "Projekter med rød status", "Ingen tovholder har tid", "Forsinkede", "for ufaglærte?"
    for words in (*wanted, "Eventuelt"):
        assert words in shown
    assert "Tag stilling til forslagene" in take(susanne, meeting.id, "send-agenda").text
    susanne.post(f"{here}/items", data={"do": "take_all"})
    own = {"title": "Budgettet for 2027", "text": "", "minutes": "15"}
    susanne.post(f"{here}/items", data=own)
    susanne.post(f"{here}/items", data={"do": "draw"})  # changes nothing that was decided on
    assert take(susanne, meeting.id, "send-agenda").status_code == 303
    agenda = read(preben.get(f"{here}/documents/agenda.pdf"), "agenda")
    assert "Bilag" in agenda
    assert "Ingen tovholder har tid" in agenda
    make.records.execute(text("update project set colour_reason = 'Løst'"))
    make.records.commit()
    assert "Ingen tovholder har tid" in read(preben.get(f"{here}/documents/agenda.xlsx"), "file")

    assert "Flyt det" in take(susanne, meeting.id, "begin").text
    moved = {"day": f"{today():%d-%m-%Y}", "starts": "00.00", "ends": "23.59", "place": "Salen"}
    assert take(susanne, meeting.id, "move", **moved).status_code == 303
    assert day_of(held().starts_at) == today()
    assert "SEQUENCE:1" in preben.get(f"{here}/documents/meeting.ics").text
    assert take(susanne, meeting.id, "begin").status_code == 303
    assert preben.get(f"{here}/documents/minutes.pdf").status_code == 404
    refused = take(susanne, meeting.id, "share-minutes").text
    assert "om vedkommende var med" in refused
    assert "Skriv beslutningen til" in refused
    for item in on_agenda(meeting.id):
        told = {"decision": f"Besluttet om {item.title}", "revision": item.revision}
        assert susanne.post(f"{here}/items/{item.id}", data=told).status_code == 303
    stale = susanne.post(f"{here}/items/{item.id}", data=told | {"decision": "Noget andet"})
    assert stale.status_code == 409
    assert "Noget andet" in stale.text
    susanne.post(f"{here}/people", data={"do": "attend", "all": "yes"})
    assert take(susanne, meeting.id, "share-minutes").status_code == 303
    minutes = read(preben.get(f"{here}/documents/minutes.pdf"), "minutes")
    assert "Besluttet om Budgettet for 2027" in minutes
    assert "Ikke godkendt endnu" in minutes
    assert "Skriv, hvordan" in take(susanne, meeting.id, "approve").text
    assert take(susanne, meeting.id, "approve", reason="Af formanden").status_code == 303
    assert held().state == MeetingState.MINUTES_APPROVED
    assert "Af formanden" in read(preben.get(f"{here}/documents/minutes.xlsx"), "minutes")


def on_agenda(meeting_id: uuid.UUID) -> list[CouncilItem]:
    rows = select(CouncilItem).where(CouncilItem.meeting_id == meeting_id)
    found = [*make.records.scalars(rows.order_by(CouncilItem.position))]
    make.records.commit()
    return found


def test_the_database_holds_steps_and_what_was_sent(cast):
    planned = area.meeting(cast.council)
    other = "update council_meeting set state = 'in_progress', began_at = now() where id = :id"
    item = "update council_item set title = 'x' where meeting_id = :id"
    with as_the_web(cast.council) as web:
        assert web.execute(text(item), {"id": planned.id}).rowcount == 1
        with pytest.raises(ProgrammingError, match="does not go"):
            web.execute(text(other), {"id": planned.id})
    sent = area.meeting(cast.council)
    pack = "update council_meeting set state = 'agenda_sent', pack = '{}', pack_hash = 'x' where id = :id"  # noqa: E501  (one statement)
    make.records.execute(text(pack), {"id": sent.id})
    make.records.commit()
    for statement in (item, "update council_meeting set pack_hash = 'y' where id = :id"):
        with as_the_web(cast.council) as web, pytest.raises(ProgrammingError):
            web.execute(text(statement), {"id": sent.id})
    with as_the_web(cast.lead) as web:
        assert web.execute(text("select from council_meeting")).all() == []


def test_members_and_guests_get_the_meeting_in_their_calendars_and_out_of_them(cast, as_, worker):
    preben = make.user(cast.council, Role.COUNCIL_MEMBER, email="preben@rbr-proeve.example")
    planned = area.meeting(cast.council)
    own = {"meeting_id": planned.id, "organisation_id": cast.council.id}
    asked = make.saved(CouncilParticipant(user_id=preben.id, name=preben.name, **own))
    assert told(worker, planned, "invited") == {
        ("preben@rbr-proeve.example", "REQUEST"),
        ("gaest@star.example", "REQUEST"),
    }
    assert told(worker, planned, "invited") == set()  # once each
    make.records.delete(asked)
    make.records.commit()
    assert told(worker, planned, "invited") == {("preben@rbr-proeve.example", "CANCEL")}
    make.saved(CouncilParticipant(user_id=preben.id, name=preben.name, **own))
    assert told(worker, planned, "council_agenda") == {("preben@rbr-proeve.example", None)}


def told(worker, planned: CouncilMeeting, what: str) -> set[tuple[str, str | None]]:
    """Whom the job writes to, and what their calendars are asked."""
    before = {one.id for one in make.records.scalars(select(OutgoingMail))}
    make.records.commit()
    at_work(worker, lambda: meeting_upkeep.tell(str(planned.id), what, uuid.uuid4().hex))
    rows = make.records.scalars(select(OutgoingMail)).all()
    found = {(one.recipient, one.calendar_method) for one in rows if one.id not in before}
    assert all("RAADSMOEDE" in (one.reference or "") for one in rows if one.id not in before)
    make.records.commit()
    return found

"""A meeting from the agreement's cadence to minutes that both sides have approved."""

import re
from datetime import timedelta

from sqlalchemy import select

from portal.access import Role
from portal.clock import is_working_day, today
from portal.db import db
from portal.handovers import digests
from portal.mail import OutgoingMail
from portal.meetings.parts import (
    MeetingItem,
    MeetingMinutes,
    MeetingNote,
    MeetingParticipant,
    NoteKind,
)
from portal.meetings.series import MeetingState
from portal.status_meetings.agenda import hash_of
from tests import make, meeting
from tests.reading import texts
from tests.status_meetings.conftest import PLAN, meetings, now

ADDRESS = re.compile(r"http://127\.0\.0\.1:5000(/calendar/[\w-]{43}\.ics)")
SEQUENCE = re.compile(r"\nSEQUENCE:(\d+)")


def rows(model):
    make.records.expire_all()
    found = [*make.records.scalars(select(model).order_by(model.id))]
    make.records.commit()
    return found


def plan(side, version, **changes):
    day = f"{today():%d/%m/%Y}"
    side.post(
        f"/meetings/agreements/{version.agreement_id}/new", **PLAN | {"days-0": day} | changes
    )
    return meetings()[0]


def test_a_series_is_proposed_from_the_cadence_on_working_days(ulla, version, adviser, contact):
    here = f"/meetings/agreements/{version.agreement_id}/new"
    form = ulla.read(here).select("input[name^=days-]")
    days = [str(one["value"]) for one in form]
    assert len(days) == 4
    typed = {f"days-{n}": day for n, day in enumerate(days)}
    ulla.post(here, **PLAN | typed)
    made = meetings()
    assert [one.number for one in made] == [1, 2, 3, 4]
    assert all(is_working_day(one.day) for one in made)
    gaps = {(b.day - a.day).days // 80 for a, b in zip(made, made[1:], strict=False)}
    assert gaps == {1}
    asked = {row.name for row in rows(MeetingParticipant) if row.meeting_id == made[0].id}
    assert asked == {adviser.name, contact.name}


def test_from_agenda_to_minutes_that_both_approve(ulla, birgit, version, outsider, client_of):
    one = plan(ulla, version)
    here = f"/meetings/{one.id}"
    assert "Tag stilling" not in ulla.step(one, "send-agenda", 422)
    ulla.post(f"{here}/items", do="draw")
    assert "Tag stilling til forslagene" in ulla.step(one, "send-agenda", 422)
    ulla.post(f"{here}/items", do="take_all")
    birgit.post(f"{here}/items", title="Ferie", text="Hvem er her i juli?", minutes="5")
    own = next(row for row in rows(MeetingItem) if row.source == "own")
    place = own.position
    birgit.post(f"{here}/items/{own.id}", do="up")
    assert now(own).position == place - 1
    ulla.step(one, "send-agenda")
    sent = now(one)
    assert sent.pack_hash == hash_of(sent.pack)
    assert "Ferie" in [item["title"] for item in sent.pack["items"]]
    assert ulla.client.post(f"{here}/items", data={"do": "draw"}).status_code == 409

    ulla.step(one, "begin")
    ulla.post(f"{here}/items/{own.id}", do="start")
    ulla.post(f"{here}/items/{own.id}", do="note", kind="decision", text="Vi holder åbent i juli.")
    asked = {"HX-Request": "true", "X-Polling": "1"}
    seen = birgit.client.get(f"{here}/items/{own.id}", headers=asked).text
    assert ("Vi holder åbent i juli." in seen, "<textarea" in seen) == (True, False)
    birgit.post(f"{here}/items/{own.id}", 422, do="note", kind="action", text="Lav en liste")
    people = rows(MeetingParticipant)
    who = {"who": str(people[0].id), "due_on": f"{today() + timedelta(days=7):%d/%m/%Y}"}
    birgit.post(f"{here}/items/{own.id}", do="note", kind="action", text="Lav en liste", **who)
    ulla.post(f"{here}/items/{own.id}", do="note", kind="information", text="=1+1 er 2")
    assert "fremmøde" in ulla.read(here).text.lower()
    assert "for hver deltager" in ulla.step(one, "share-minutes", 422)
    there = {f"there-{row.id}": "yes" for row in people}
    ulla.post(f"{here}/people", do="attend", **there)
    ulla.step(one, "share-minutes")

    ulla.step(one, "approve", number=1)
    stranger = client_of(make.user(outsider, Role.AGREEMENT_OWNER))
    assert stranger.post(f"{here}/approve").status_code == 404
    note = next(row for row in rows(MeetingNote) if row.kind == "decision")
    typed = {"kind": "decision", "text": "Vi holder åbent hele juli.", "revision": note.revision}
    birgit.post(f"{here}/notes/{note.id}", **typed)
    first, second = sorted(rows(MeetingMinutes), key=lambda row: row.number)
    assert "holder åbent i juli" in second.reason
    assert first.content != second.content
    assert "rettet, siden" in birgit.step(one, "approve", 422, number=1)
    birgit.step(one, "approve", number=2)
    assert now(one).state == MeetingState.MINUTES_DRAFTED
    ulla.step(one, "approve", number=2)
    assert now(one).state == MeetingState.MINUTES_APPROVED
    about = f"/meetings/agreements/{version.agreement_id}"
    assert "Lav en liste" in birgit.read(about).text
    linked = [str(link["href"]) for link in birgit.read(here).select("a[href*='/documents/']")]
    years = [str(link["href"]) for link in birgit.read(about).select("a[href*='/years/']")]
    addresses = {*linked, *years, f"{here}/documents/meeting.ics"}
    found = {address: birgit.client.get(address) for address in addresses}
    assert {answer.status_code for answer in found.values()} == {200}
    books = [answer.data for answer in found.values() if answer.data.startswith(b"PK")]
    assert len(books) == 4
    written = texts(found[f"{here}/documents/minutes.xlsx"].data)
    assert {"Lav en liste", "=1+1 er 2"} <= {*written}
    paper = texts(found[f"{here}/documents/paper.xlsx"].data)
    assert "Lillekøbing Kommune" in paper[: paper.index("Beslutningstema")]  # her own committee


def test_an_action_is_told_of_in_the_digest_before_its_day_and_once_late(
    version, fund, adviser, worker
):
    one = meeting.meeting(version, fund, MeetingState.MINUTES_APPROVED)
    owes = {"kind": NoteKind.ACTION, "text": "Ring", "person": adviser.name}
    owes |= {"party_id": fund.id, "user_id": adviser.id, "due_on": today() + timedelta(days=1)}
    meeting.note(one, meeting.item(one, fund), fund, **owes)
    days = (today(), today() + timedelta(days=1), today() + timedelta(days=9))
    with worker.app_context():
        said = [digests.tell(day) for day in days]
        db.session.rollback()
    assert [[line.what for lines in one for line in lines] for one in said] == [
        ["action"],
        [],
        ["action_late"],
    ]


def test_the_invitation_lists_what_each_still_owes(ulla, version, fund, adviser, contact, run_jobs):
    """The one who owes reads of what and by when to find it; the others read of nothing."""
    before = meeting.meeting(version, fund, MeetingState.MINUTES_APPROVED)
    owes = {"kind": NoteKind.ACTION, "text": "Ring", "person": adviser.name, "party_id": fund.id}
    due = {"user_id": adviser.id, "due_on": today() + timedelta(days=40)}
    meeting.note(before, meeting.item(before, fund), fund, **owes, **due)
    day = f"{today() + timedelta(days=30):%d/%m/%Y}"
    plan(ulla, version, title="Styregruppe", **{"days-0": day})
    one = next(row for row in meetings() if row.state == MeetingState.PLANNED)
    for do in ("draw", "take_all"):
        ulla.post(f"/meetings/{one.id}/items", do=do)
    ulla.step(one, "send-agenda")
    run_jobs()
    mails = {row.recipient: row.body for row in rows(OutgoingMail) if "agsorden" in row.subject}
    assert {*mails} == {adviser.email, contact.email}
    assert f"en opgave med frist {due['due_on']:%d.%m.%Y}" in mails[adviser.email]
    assert "Ring" not in mails[adviser.email]
    assert "mangler at gøre" not in mails[contact.email]


def test_invitations_follow_the_meeting_and_the_calendar_shows_it(
    ulla, version, adviser, contact, client_of, web, run_jobs, fund
):
    """Planned, moved, cancelled: each of the parties and the guest is told once of each."""
    day = f"{today() + timedelta(days=30):%d/%m/%Y}"
    one = plan(ulla, version, **{"days-0": day})
    guest = {"do": "ask", "name": "Grete Gæst", "title": "STAR", "mail": "gg@star.example"}
    ulla.post(f"/meetings/{one.id}/people", taking="observer", **guest)
    run_jobs()
    assert told() == {(adviser.email, 0), (contact.email, 0), ("gg@star.example", 0)}
    [address] = set(ADDRESS.findall(client_of(adviser).post("/calendar/").text))
    seen = web.test_client().get(address).text
    assert f"UID:{one.id}" in seen
    assert "Rådhuset" not in seen
    file = f"/meetings/agreements/{version.agreement_id}/series/{one.series_id}.ics"
    moved = {"day": day, "starts": "13", "ends": "14", "place": "Lokale 2"}
    ulla.step(one, "move", **moved)
    run_jobs()
    assert {(adviser.email, 1), ("gg@star.example", 1)} <= told()
    series = ulla.client.get(file).text
    assert (series.count(f"UID:{one.id}"), SEQUENCE.findall(series)) == (1, ["1"])
    ulla.step(one, "cancel", reason="Sygdom")
    series = ulla.client.get(file).text
    assert (SEQUENCE.findall(series), "STATUS:CANCELLED" in series) == (["2"], True)
    run_jobs()
    run_jobs()
    ended = [row for row in rows(OutgoingMail) if row.calendar_method == "CANCEL"]
    assert {row.recipient for row in ended} == {row for row, _number in told()}
    assert len(rows(OutgoingMail)) == 9
    assert f"UID:{one.id}" not in web.test_client().get(address).text


def told():
    """Who was sent the meeting, and in which sequence."""
    found = [row for row in rows(OutgoingMail) if row.calendar_method == "REQUEST"]
    return {(row.recipient, int(SEQUENCE.findall(row.calendar)[0])) for row in found}

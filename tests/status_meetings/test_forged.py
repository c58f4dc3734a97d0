"""What somebody would forge who writes SQL as the web, for a side of a meeting's agreement.

Each refusal stands beside the same statement as it may be.
"""

import json
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.access import Role
from portal.clock import now, today
from portal.goals.publications import Publication, PublishedFigure
from portal.goals.values import GoalValue
from portal.meetings.parts import MeetingMinutes, MeetingNote, NoteKind
from portal.meetings.series import MeetingState
from portal.organisations.models import Absence
from portal.status_meetings.agenda import hash_of
from tests import make, meeting

S = MeetingState
HASH = "encode(sha256(convert_to(meeting_spelt({}), 'UTF8')), 'hex')"
OWN = "gen_random_uuid(), :meeting, :agreement, :own"
TOLD = {"title": "Statusmøde", "people": [], "pack_hash": "0"}


@pytest.fixture
def does(seen_by):
    """How many rows the last statement of an organisation's changes, or why it may not."""

    def attempt(acting, one, *statements: str, **values: Any) -> str | int:
        known = {"meeting": one.id, "agreement": one.agreement_id, "own": acting.id, **values}
        with seen_by(acting) as session:
            try:
                done = [session.execute(text(each), known).rowcount for each in statements]
                session.execute(text("set constraints all immediate"))
            except DBAPIError as error:
                return str(error.orig)
        return int(done[-1])

    return attempt


def minutes_of(one, by, number, *notes: MeetingNote):
    said = [
        {"number": note.number, "kind": str(note.kind), "text": note.text, "person": note.person}
        | {"party": None, "due_on": note.due_on and note.due_on.isoformat()}
        for note in notes
    ]
    content = TOLD | {"items": [{"title": "Frister", "notes": said}]}
    told = {"content": content, "hash": "0", "shared_by": "P"}
    return meeting.part(one, MeetingMinutes, by, number=number, **told)


# --- What both have read ---

ANEW = f"""
insert into meeting_minutes (id, meeting_id, agreement_id, organisation_id, number, content, hash,
    reason, shared_at, shared_by)
select gen_random_uuid(), meeting_id, agreement_id, :own, 2, said, {HASH.format("said")}, 'x',
    now(), 'P'
from meeting_minutes,
    jsonb_set(content, '{{items,0,notes,0,text}}', to_jsonb(cast(:said as text))) said
where meeting_id = :meeting
"""
REWRITTEN = "update meeting_note set text = 'Vi holder lukket.' where meeting_id = :meeting"


def test_the_minutes_say_what_was_noted(does, version, fund):
    """Else one side rewrites a decision beside the minutes that the other has approved."""
    one = meeting.meeting(version, fund, S.MINUTES_DRAFTED)
    point = meeting.item(one, fund)
    noted = meeting.note(one, point, fund, kind=NoteKind.DECISION, text="Vi holder åbent.")
    minutes_of(one, fund, 1, noted)
    assert "minutes say what was noted" in does(fund, one, REWRITTEN)
    assert "minutes say what was noted" in does(fund, one, ANEW, said="Vi holder lukket.")
    assert "minutes say what was noted" in does(fund, one, REWRITTEN, ANEW, said="Noget andet")
    assert does(fund, one, REWRITTEN, ANEW, said="Vi holder lukket.") == 1


CLOSED = """
update meeting_note set closed_at = now(), closed_by = 'P', closed_text = :said
where meeting_id = :meeting
"""
OPENED = """
update meeting_note set closed_at = null, closed_by = null, closed_text = null
where meeting_id = :meeting
"""


def test_what_came_of_an_action_is_said_once(does, version, fund, contact):
    one = meeting.meeting(version, fund, S.MINUTES_APPROVED)
    owed = {"kind": NoteKind.ACTION, "due_on": today(), "person": contact.name}
    meeting.note(one, meeting.item(one, fund), fund, **owed)
    assert does(fund, one, CLOSED, said="Gjort") == 1
    for again in (OPENED, CLOSED.replace(":said", "'Aldrig gjort'")):
        assert "stays closed" in does(fund, one, CLOSED, again, said="Gjort")


def test_an_action_is_closed_by_whose_it_is(does, version, fund, municipality, contact):
    one = meeting.meeting(version, fund, S.MINUTES_APPROVED)
    owed = {"kind": NoteKind.ACTION, "due_on": today(), "person": contact.name}
    meeting.note(one, meeting.item(one, fund), fund, party_id=municipality.id, **owed)
    assert "closed by whose it is" in does(fund, one, CLOSED, said="Gjort")
    assert does(municipality, one, CLOSED, said="Gjort") == 1


# --- Who comes and who does it ---

ASKED = f"""
insert into meeting_participant (id, meeting_id, agreement_id, organisation_id, party_id, user_id,
    name, taking) values ({OWN}, :party, :who, 'x', 'member')
"""
OWED = f"""
insert into meeting_note (id, meeting_id, agreement_id, organisation_id, item_id, number, kind,
    text, written_at, written_by, party_id, user_id, person, due_on, revision)
values ({OWN}, :item, 7, 'action', 'x', now(), 'x', :party, :who, 'x', current_date, 1)
"""


@pytest.mark.parametrize("statement", [ASKED, OWED], ids=["asked", "owed"])
def test_nobody_else_is_written_to(does, version, fund, contact, outsider, statement):
    """The worker mails whoever is named: of the two sides, and each of their own."""
    one = meeting.meeting(version, fund, S.IN_PROGRESS)
    stranger = make.user(outsider, Role.AGREEMENT_OWNER)
    at = {"item": meeting.item(one, fund).id}
    party = contact.organisation_id
    assert "of the two sides" in does(fund, one, statement, party=outsider.id, who=None, **at)
    wrong = {"party": party, "who": stranger.id}
    assert "user_id_party_id" in str(does(fund, one, statement, **wrong, **at))
    assert does(fund, one, statement, party=party, who=contact.id, **at) == 1


APPROVED = f"""
insert into meeting_approval (id, meeting_id, agreement_id, organisation_id, side, number, user_id,
    person, at) values ({OWN}, 'fund', 1, :who, 'x', now())
"""


def test_nobody_approves_in_the_name_of_the_others_people(does, version, fund, adviser, contact):
    one = meeting.meeting(version, fund, S.MINUTES_DRAFTED)
    meeting.participant(one, adviser, fund)
    minutes_of(one, fund, 1)
    meeting.participant(one, contact, fund)
    assert "who approves takes part" in does(fund, one, APPROVED, who=contact.id)
    assert does(fund, one, APPROVED, who=adviser.id) == 1


def test_who_approves_has_a_part_in_it(does, version, fund, adviser):
    """Takes part, owns the agreement, is the deputy of who is named, or stands in for an owner."""
    one = meeting.meeting(version, fund, S.MINUTES_DRAFTED)
    minutes_of(one, fund, 1)
    owner = make.user(fund, Role.AGREEMENT_OWNER)
    stand_in, deputy = make.user(fund, Role.ADVISER), make.user(fund, Role.ADVISER)
    days = {"first_day": today(), "last_day": today() + timedelta(days=3)}
    away = {"user_id": owner.id, "stand_in_id": stand_in.id}
    make.saved(Absence(organisation_id=fund.id, **days, **away))
    make.contact(version, owner, "fund_board", deputy)
    for who in (make.user(fund, Role.TEAM_LEAD), adviser):
        assert "takes part, owns the agreement" in does(fund, one, APPROVED, who=who.id)
    for who in (owner, stand_in, deputy):
        assert does(fund, one, APPROVED, who=who.id) == 1
    meeting.participant(one, adviser, fund)
    assert does(fund, one, APPROVED, who=adviser.id) == 1


CAME = "update meeting_participant set attended = false where meeting_id = :meeting"


@pytest.mark.parametrize(
    ("state", "is_let_in"), [(S.IN_PROGRESS, True), (S.MINUTES_DRAFTED, False)]
)
def test_who_came_is_as_the_minutes_say(does, version, fund, contact, state, is_let_in):
    one = meeting.meeting(version, fund, state)
    meeting.participant(one, contact, fund)
    assert (does(fund, one, CAME) == 1) == is_let_in


# --- The agenda that was sent, and the steps ---


@pytest.mark.parametrize(("title", "is_let_in"), [("Ferie", True), ("Frister", False)])
def test_what_was_sent_is_not_taken_off_the_agenda(does, version, fund, title, is_let_in):
    pack = {"items": [{"title": title, "source": "own", "text": ""}]}
    one = meeting.meeting(version, fund, S.IN_PROGRESS, pack=pack)
    meeting.item(one, fund)
    gone = does(fund, one, "delete from meeting_item where meeting_id = :meeting")
    assert (gone == 1) == is_let_in


CANCELLED = """
update meeting set state = 'cancelled', cancelled_reason = 'x', sequence = sequence + 1,
    changed_at = now() where id = :meeting
"""
MOVED = """
update meeting set place = 'Et andet sted', sequence = sequence + 1, changed_at = now()
where id = :meeting
"""
SAID = f"""
insert into meeting_event (id, meeting_id, agreement_id, organisation_id, person, at, step, source,
    target, detail) values ({OWN}, 'P', now(), :step, 'planned', :target, '{{}}')
"""


@pytest.mark.parametrize(
    ("statement", "step", "target"),
    [(CANCELLED, "cancel", S.CANCELLED), (MOVED, "move", S.PLANNED)],
    ids=["cancel", "move"],
)
def test_no_step_without_its_event(does, version, fund, statement, step, target):
    """The other side reads in the history what was done, and by whom."""
    one = meeting.meeting(version, fund)
    assert "told by its event" in does(fund, one, statement)
    told = {"step": step, "target": str(target)}
    assert "event" in does(fund, one, statement, SAID, **told | {"step": "people"})
    assert does(fund, one, statement, SAID, **told) == 1


def test_an_event_tells_of_a_step(does, version, fund, adviser):
    one = meeting.meeting(version, fund, S.MINUTES_DRAFTED)
    meeting.participant(one, adviser, fund)
    minutes_of(one, fund, 1)
    event = SAID.replace("'planned'", "'minutes_drafted'")
    told = {"target": "minutes_drafted", "adviser": adviser.id}
    for step in ("approve", "cancel", "signed"):
        assert "tells of a step" in does(fund, one, event, step=step, **told)
    approved = APPROVED.replace(":who", ":adviser")
    assert does(fund, one, approved, event, step="approve", **told) == 1


SHARED = "update meeting set state = 'minutes_drafted', changed_at = now() where id = :meeting"
NONE = """'{"items": []}'"""
FIRST = f"""
insert into meeting_minutes (id, meeting_id, agreement_id, organisation_id, number, content, hash,
    shared_at, shared_by) values ({OWN}, 1, {NONE}, {HASH.format(NONE)}, now(), 'P')
"""


def test_minutes_are_shared_with_the_step(does, version, fund):
    one = meeting.meeting(version, fund, S.IN_PROGRESS)
    event = SAID.replace("'planned'", "'in_progress'")
    told = {"step": "share_minutes", "target": "minutes_drafted"}
    assert "told by its event" in does(fund, one, SHARED, event, **told)
    assert does(fund, one, SHARED, FIRST, event, **told) == 1


def test_a_meeting_evaluates_its_own_agreement(does, version, fund, outsider):
    one = meeting.meeting(version, fund)
    other = make.agreement(fund, outsider)
    sent = """
        update meeting set state = 'agenda_sent', pack = '{}', pack_hash = :hash,
            version_id = :version, sent_at = now(), changed_at = now() where id = :meeting
    """
    told = {"step": "send_agenda", "target": "agenda_sent", "hash": hash_of({})}
    assert "its own agreement" in str(does(fund, one, sent, SAID, version=other.id, **told))
    assert does(fund, one, sent, SAID, version=version.id, **told) == 1


BEGUN = """
update meeting set state = 'in_progress', began_at = cast(:at as timestamptz), changed_at = now()
where id = :meeting
"""


@pytest.mark.parametrize(("days", "is_let_in"), [(-1, True), (0, True), (1, False)])
def test_a_meeting_begins_on_its_day(does, version, fund, days, is_let_in):
    starts = now() + timedelta(days=days)
    one = meeting.meeting(version, fund, S.AGENDA_SENT, starts_at=starts)
    event = SAID.replace("'planned'", "'agenda_sent'")
    told = {"step": "begin", "target": "in_progress", "at": max(starts, now())}
    done = does(fund, one, BEGUN, event, **told)
    assert done == 1 if is_let_in else "begins on its day" in done
    early = does(fund, one, BEGUN, event, **told | {"at": starts - timedelta(days=2)})
    assert "begins on its day" in early


SENT = """
update meeting set state = 'agenda_sent', pack = cast(:pack as jsonb), pack_hash = :hash,
    sent_at = now(), changed_at = now() where id = :meeting
"""
SEND = {"step": "send_agenda", "target": "agenda_sent"}


def sent(does, fund, one, figure, row=None, hash=None):
    rows = [row or [figure["label"], "", figure["text"]]]
    pack = {"figures": [figure], "items": [{"source": "goals", "evidence": {"rows": rows}}]}
    told = SEND | {"pack": json.dumps(pack), "hash": hash or hash_of(pack)}
    return does(fund, one, SENT, SAID, **told)


def test_what_is_sent_has_the_hash_of_its_text(does, version, fund):
    """In the spelling of the program: keys in order, and Danish letters as they are."""
    one = meeting.meeting(version, fund)
    figure = {"label": 'Ærø \n\t"\u001f', "å": [1, None, True], "text": "", "share": None}
    assert sent(does, fund, one, figure) == 1
    assert "the hash of its text" in sent(does, fund, one, figure, hash="0" * 64)


def test_the_figures_of_a_pack_are_those_that_are_published_or_reported(
    does, version, fund, municipality
):
    one = meeting.meeting(version, fund)
    days = {"first_day": date(2026, 7, 1), "last_day": date(2026, 9, 30)}
    quarter = make.saved(Publication(id=uuid.uuid4(), **days))
    pair = {"fund_id": fund.id, "municipality_id": municipality.id, "set": "law", "code": "talks"}
    shown = {"of": 20, "low": 12, "high": 16}
    make.saved(PublishedFigure(publication_id=quarter.id, **pair, **days, **shown))
    figure = {"set": "law", "code": "talks", "label": "Samtaler", "each": False}
    figure |= {"first": "2025-10-01", "last": "2026-09-30", "share": [20, 12, 16]}
    figure |= {"text": "60–80 % (mellem 12 og 16 af 20)"}
    assert sent(does, fund, one, figure) == 1
    for forged in (
        {"share": [20, 12, 20]},
        {"share": [20, 12, 16], "text": "90 % (18 af 20)"},
        {"share": None},
        {"last": "2026-06-30"},
    ):
        assert "both sides may read" in sent(does, fund, one, figure | forged)
    assert "both sides may read" in sent(does, fund, one, figure, ["Samtaler", "", "90 %"])
    reported = {"code": "job", "label": "Job", "share": None, "text": "66 % af 41"}
    assert "both sides may read" in sent(does, fund, one, reported)
    value = {"agreement_id": version.agreement_id, "organisation_id": fund.id, "side": "fund"}
    value |= {"set": "law", "code": "job", "shown": "66 % af 41", "source": "dream", **days}
    value |= {"state": "submitted", "submitted_by": "P", "submitted_at": now(), "version": 1}
    make.saved(GoalValue(id=uuid.uuid4(), goal_number=0, written_by="P", **value))
    assert sent(does, fund, one, reported) == 1

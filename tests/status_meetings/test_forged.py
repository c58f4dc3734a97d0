"""What somebody would forge who writes SQL as the web, for a side of a meeting's agreement.

Each refusal stands beside the same statement as it may be.
"""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.access import Role
from portal.clock import now
from portal.meetings.parts import MeetingMinutes, MeetingNote, NoteKind
from portal.meetings.series import MeetingState
from tests import make, meeting

S = MeetingState
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

ANEW = """
insert into meeting_minutes (id, meeting_id, agreement_id, organisation_id, number, content, hash,
    reason, shared_at, shared_by)
select gen_random_uuid(), meeting_id, agreement_id, :own, 2,
    jsonb_set(content, '{items,0,notes,0,text}', to_jsonb(cast(:said as text))), '0', 'x',
    now(), 'P'
from meeting_minutes where meeting_id = :meeting
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
    owed = {"kind": NoteKind.ACTION, "due_on": now().date(), "person": contact.name}
    meeting.note(one, meeting.item(one, fund), fund, **owed)
    assert does(fund, one, CLOSED, said="Gjort") == 1
    for again in (OPENED, CLOSED.replace(":said", "'Aldrig gjort'")):
        assert "stays closed" in does(fund, one, CLOSED, again, said="Gjort")


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
    minutes_of(one, fund, 1)
    assert "user_id_organisation_id" in str(does(fund, one, APPROVED, who=contact.id))
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
    minutes_of(one, fund, 1)
    event = SAID.replace("'planned'", "'minutes_drafted'")
    told = {"target": "minutes_drafted", "adviser": adviser.id}
    for step in ("approve", "cancel", "signed"):
        assert "tells of a step" in does(fund, one, event, step=step, **told)
    approved = APPROVED.replace(":who", ":adviser")
    assert does(fund, one, approved, event, step="approve", **told) == 1


SHARED = "update meeting set state = 'minutes_drafted', changed_at = now() where id = :meeting"
FIRST = f"""
insert into meeting_minutes (id, meeting_id, agreement_id, organisation_id, number, content, hash,
    shared_at, shared_by) values ({OWN}, 1, '{{"items": []}}', '0', now(), 'P')
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
        update meeting set state = 'agenda_sent', pack = '{}', pack_hash = '0',
            version_id = :version, sent_at = now(), changed_at = now() where id = :meeting
    """
    told = {"step": "send_agenda", "target": "agenda_sent"}
    assert "its own agreement" in str(does(fund, one, sent, SAID, version=other.id, **told))
    assert does(fund, one, sent, SAID, version=version.id, **told) == 1
